/* SPDX-License-Identifier: Apache-2.0 */
/* Homes, files and rows for the tests of the register of numbers. */
#include "numbers_make.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"

char *
home_new(void)
{
	char *home = xstrdup(temp_dir());
	CLEANUP(freep) char *store = fs_join(home, "store");
	struct err e = ERR_INIT;

	ck_ok(fs_mkdirs(AT_FDCWD, store, 0755, &e), &e);
	return home;
}

char *
file_put(const char *dir, const char *name, struct slice bytes)
{
	char *path = fs_join(dir, name);
	struct err e = ERR_INIT;

	ck_ok(fs_write(AT_FDCWD, path, bytes, 0644, &e), &e);
	return path;
}

char *
rows_put(const char *dir, const char *name, const char *text)
{
	return file_put(dir, name, slice_str(text));
}

enum err_code
import_file(const char *home, const char *path, struct numbers_result *out)
{
	CLEANUP(numbers_summary_done) struct numbers_summary s = { .n = 0 };
	struct numbers_import in = {
		.home = home, .paths = &path, .n_paths = 1, .now = 1800000000
	};
	struct err e = ERR_INIT;

	if (numbers_import(&in, &s, &e) < 0 && e.code == E_OK)
		ck_abort_msg("a failure without a code");
	if (out != NULL && s.n == 1) {
		*out = s.files[0];
		out->name = out->member = NULL;
	}
	return e.code;
}

static const char * or (const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

char *
row_text(unsigned sequence, struct row r)
{
	CLEANUP(freep)
	char *name = r.name != NULL && r.name[0] == '\0'
	    ? xstrdup("")
	    : xasprintf("\"%s\"", or (r.name, "架空第一クラウド株式会社"));
	CLEANUP(freep)
	char *why = r.why == NULL ? xstrdup("") : xasprintf("\"%s\"", r.why);

	return xasprintf("%u,%s,%s,0,%s,%s,%s,,301,\"東京都\",\"千代田区\","
			 "\"%s\",,13,101,1000000,,,%s,%s,%s,%s,2015-10-05,%s,,"
			 ",,,,0\n",
	    sequence, or (r.number, ROW_A), or (r.process, "01"),
	    or (r.update, "2015-10-30"), or (r.change, "2015-10-05"), name,
	    or (r.street, "架空町１丁目２番３号"), or (r.close, ""),
	    or (r.cause, ""), or (r.successor, ""), why, or (r.latest, "1"));
}
