/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over every file of its corpus, as an ordinary test. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"

#define SEED_MAX ((size_t)16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
replay_file(int dir, const char *name)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(SEED_MAX);
	struct err e = ERR_INIT;

	if (fs_read(dir, name, SEED_MAX, &bytes, &e) < 0) {
		fprintf(stderr, "%s: %s [%s]\n", name, e.detail, e.trail);
		return -1;
	}
	(void)LLVMFuzzerTestOneInput(bytes.p, bytes.n);
	return 0;
}

/* The number of files, or -1. */
static int
replay_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *ent;
	int n = 0;

	if (dir == NULL) {
		perror(path);
		return -1;
	}
	while (n >= 0 && (ent = readdir(dir)) != NULL) {
		if (ent->d_name[0] == '.')
			continue;
		n = replay_file(dirfd(dir), ent->d_name) < 0 ? -1 : n + 1;
	}
	closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	static const uint8_t nothing[1];
	int total = 0, n;

	(void)LLVMFuzzerTestOneInput(nothing, 0);
	for (int i = 1; i < argc; i++) {
		if ((n = replay_folder(argv[i])) < 0)
			return 1;
		total += n;
	}
	printf("%d inputs\n", total);
	return total > 0 ? 0 : 1;
}
