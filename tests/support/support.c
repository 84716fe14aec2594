/* SPDX-License-Identifier: Apache-2.0 */
/* What every Check suite shares. */
#include "support/support.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"

#define TEMP_DIRS 256

static char *temp_dirs[TEMP_DIRS];
static size_t temp_dir_count;
static pid_t temp_owner;

int
suite_main(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

#ifdef NINTEI_SANITIZED
	if (getenv("CK_FORK") == NULL)
		srunner_set_fork_status(runner, CK_NOFORK);
#endif
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
remove_tree(const char *path)
{
	nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

static void
remove_temp_dirs(void)
{
	if (getpid() != temp_owner)
		return;
	for (size_t i = 0; i < temp_dir_count; i++) {
		remove_tree(temp_dirs[i]);
		free(temp_dirs[i]);
	}
	/* Registered by the parent too, it runs twice. */
	temp_dir_count = 0;
}

char *
temp_dir(void)
{
	const char *base = getenv("TMPDIR");
	char *dir =
	    xasprintf("%s/nintei-test-XXXXXX", base != NULL ? base : "/tmp");

	ck_assert_msg(mkdtemp(dir) != NULL, "mkdtemp");
	if (temp_owner != getpid()) {
		temp_owner = getpid();
		temp_dir_count = 0;
		atexit(remove_temp_dirs);
	}
	ck_assert(temp_dir_count < TEMP_DIRS);
	temp_dirs[temp_dir_count++] = dir;
	return dir;
}

struct buf
fixture_read(const char *name)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT((size_t)64 * 1024 * 1024);
	char *path = xasprintf("%s/tests/fixtures/%s", TEST_SOURCE_DIR, name);

	ck_assert_msg(fs_read(AT_FDCWD, path, b.max, &b, &e) == 0, "%s: %s",
	    path, e.detail);
	free(path);
	return b;
}

static void
put_utf8(char **to, unsigned long c)
{
	char *p = *to;

	if (c < 0x80) {
		*p++ = (char)c;
	} else if (c < 0x800) {
		*p++ = (char)(0xc0 | c >> 6);
		*p++ = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		*p++ = (char)(0xe0 | c >> 12);
		*p++ = (char)(0x80 | (c >> 6 & 63));
		*p++ = (char)(0x80 | (c & 63));
	} else {
		*p++ = (char)(0xf0 | c >> 18);
		*p++ = (char)(0x80 | (c >> 12 & 63));
		*p++ = (char)(0x80 | (c >> 6 & 63));
		*p++ = (char)(0x80 | (c & 63));
	}
	*to = p;
}

/* \u{HEX} in place. */
static void
unescape(char *field)
{
	char *to = field;

	for (char *p = field; *p != '\0';) {
		if (strncmp(p, "\\u{", 3) == 0) {
			char *end;
			unsigned long c = strtoul(p + 3, &end, 16);

			put_utf8(&to, c);
			p = end + 1;
		} else {
			*to++ = *p++;
		}
	}
	*to = '\0';
}

void
tsv_each(const char *name,
    void (*fn)(char *field[TSV_COLUMNS], unsigned line, void *arg), void *arg)
{
	struct buf b = fixture_read(name);
	static char empty[1];
	bool header = true;
	unsigned number = 0;
	char *rest = (char *)b.p, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		char *field[TSV_COLUMNS];
		size_t n = 0;

		number++;
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (header) {
			header = false;
			continue;
		}
		for (size_t i = 0; i < TSV_COLUMNS; i++)
			field[i] = empty;
		for (char *f;
		     n < TSV_COLUMNS && (f = strsep(&line, "\t")) != NULL;
		     n++) {
			unescape(f);
			field[n] = f;
		}
		fn(field, number, arg);
	}
	buf_free(&b);
}

uint64_t
random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}
