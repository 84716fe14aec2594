/* SPDX-License-Identifier: Apache-2.0 */
/* A fresh, open store around each check. */
#include "support/store_case.h"

#include <fcntl.h>
#include <stdlib.h>

#include "nintei/fs.h"
#include "support/support.h"

struct fixture f;
static char *base; /* of all checks that share this process */
static unsigned count;
char *dir;
struct store *s;

void
store_setup(void)
{
	struct store_opts opts;
	struct err e = ERR_INIT;

	fixture_init(&f);
	if (base == NULL)
		base = temp_dir();
	dir = xasprintf("%s/%u", base, count++);
	ck_ok(fs_mkdirs(AT_FDCWD, dir, 0700, &e), &e);
	ck_ok(fixture_create(&f, dir, &e), &e);
	opts = fixture_opts(&f);
	ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
}

void
store_teardown(void)
{
	store_close(s);
	s = NULL;
	fixture_done(&f);
	free(dir);
}

void
store_reopen(struct store_report *report)
{
	struct store_opts opts = fixture_opts(&f);
	struct err e = ERR_INIT;

	store_close(s);
	s = NULL;
	ck_ok(store_open(dir, &opts, report, &s, &e), &e);
}

struct store_done
append(const char *dossier, const char *event, size_t doc_bytes)
{
	struct store_done done = { .seq = 0 };
	struct err e = ERR_INIT;

	ck_ok(fixture_append(s, dossier, event, doc_bytes, &done, &e), &e);
	return done;
}
