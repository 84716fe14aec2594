/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The expanded policies equal tests/snapshot/policies/<scheme>.json: a changed
 * policy is a change that a reviewer reads.  UPDATE=1 rewrites them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/scheme.h"
#include "support/support.h"

static struct scheme_set *set;

static void
compare(const struct scheme *s)
{
	CLEANUP(buf_free) struct buf have = BUF_INIT(MIB(4));
	CLEANUP(buf_free) struct buf want = BUF_INIT(MIB(4));
	CLEANUP(jsonx_freep) struct json *j = scheme_json(s);
	CLEANUP(freep)
	char *path = xasprintf(
	    "%s/tests/snapshot/policies/%s.json", TEST_SOURCE_DIR, s->id);
	struct err e = ERR_INIT;

	jsonx_pretty(j, &have);
	buf_putc(&have, '\n');
	if (getenv("UPDATE") != NULL)
		ck_ok(fs_write(AT_FDCWD, path, buf_slice(&have), 0644, &e), &e);
	ck_ok(fs_read(AT_FDCWD, path, MIB(4) - 1, &want, &e), &e);
	ck_assert_msg(slice_eq(buf_slice(&have), buf_slice(&want)),
	    "%s: the policies changed; UPDATE=1 and read the diff", s->id);
}

START_TEST(policies_as_reviewed)
{
	size_t i;

	for (i = 0; scheme_at(set, i) != NULL; i++)
		compare(scheme_at(set, i));
	ck_assert_uint_eq(i, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policies");
	TCase *tc = tcase_create("snapshot");
	struct err e = ERR_INIT;
	int rv;

	if (scheme_set_load(TEST_SOURCE_DIR "/policies", NULL, 0, &set, &e) <
	    0) {
		fprintf(stderr, "%s\n", e.detail);
		return 1;
	}
	tcase_add_test(tc, policies_as_reviewed);
	suite_add_tcase(s, tc);
	rv = suite_main(s);
	scheme_set_free(set);
	return rv;
}
