/* SPDX-License-Identifier: Apache-2.0 */
/* A register of corporate numbers out of a few rows. */
#include "numbers_make.h"

#include <fcntl.h>

#include "nintei/fs.h"
#include "nintei/numbers_import.h"
#include "support/dossier.h"
#include "support/support.h"

struct numbers *
numbers_make(const char *rows)
{
	CLEANUP(numbers_summary_done) struct numbers_summary s = { .n = 0 };
	const char *home = temp_dir();
	CLEANUP(freep)
	char *path = fs_join(home, "00_zenkoku_all_20260529.csv");
	CLEANUP(freep) char *store = fs_join(home, "store");
	const char *paths[] = { path };
	struct numbers_import job = {
		.home = home, .paths = paths, .n_paths = 1, .now = DOSSIER_NOW
	};
	struct numbers *out = NULL;
	struct err e = ERR_INIT;

	ck_ok(fs_mkdirs(AT_FDCWD, store, 0700, &e), &e);
	ck_ok(fs_write(AT_FDCWD, path, slice_str(rows), 0644, &e), &e);
	ck_ok(numbers_import(&job, &s, &e), &e);
	ck_ok(numbers_open(home, &out, &e), &e);
	return out;
}
