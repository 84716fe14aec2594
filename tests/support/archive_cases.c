/* SPDX-License-Identifier: Apache-2.0 */
/* DIR: writes the archive of each line of archives.txt to DIR/LINE-ID-good or
 * DIR/LINE-ID-bad, for scripts that send them to a server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "support/archive_make.h"
#include "support/archive_spec.h"

#define CASES TEST_SOURCE_DIR "/tests/fixtures/archives.txt"

static int
write_case(const char *dir, const struct spec_case *c)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	char name[512];
	size_t n;
	FILE *f;

	spec_build(c->build, &bytes);
	snprintf(name, sizeof(name), "%s/%03u-%s-%s", dir, c->line, c->id,
	    strcmp(c->codes, "OK") == 0 ? "good" : "bad");
	if ((f = fopen(name, "wb")) == NULL)
		return -1;
	n = fwrite(bytes.p, 1, bytes.n, f);
	keep_free();
	return fclose(f) == 0 && n == bytes.n ? 0 : -1;
}

int
main(int argc, char **argv)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	struct spec_case c;
	unsigned line = 0;
	char *at, *next;

	if (argc != 2 || fs_read(AT_FDCWD, CASES, MIB(1) - 1, &text, &e) < 0) {
		fprintf(stderr, "usage: archive_cases DIR; %s\n", e.detail);
		return 2;
	}
	buf_putc(&text, 0);
	for (at = (char *)text.p; at != NULL; at = next) {
		if ((next = strchr(at, '\n')) != NULL)
			*next++ = '\0';
		if (spec_parse(slice_str(at), ++line, &c) &&
		    write_case(argv[1], &c) < 0) {
			perror(argv[1]);
			return 1;
		}
	}
	return 0;
}
