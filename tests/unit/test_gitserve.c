/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of jobs, git's protocol versions, maintenance of a small repository. */
#include "gitserve_int.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/gitx.h"
#include "nintei/limits.h"
#include "support/support.h"

/* --- kinds --- */

START_TEST(kinds_round_trip)
{
	for (uint32_t wire = 0; wire < 1u << 19; wire++) {
		struct gitserve_kind k = { 0 };

		if (!gitserve_decode(wire, &k))
			continue;
		ck_assert_uint_eq(gitserve_encode(&k), wire);
		ck_assert(k.act > GITSERVE_NONE && k.act < GITSERVE_MAX);
		ck_assert_uint_le(k.protocol, 2);
		ck_assert(!k.gzip || k.act == GITSERVE_PACK);
		ck_assert(!k.bundle || k.act == GITSERVE_MAINTAIN);
	}
}
END_TEST

START_TEST(kinds_that_are_none)
{
	static const uint32_t wires[] = { 0, 4, 255, 0x301, 0xff02, 0x10001,
		0x20002, 0x10003, 0x80001, 0xffffffff };
	struct gitserve_kind k;

	ck_assert(!gitserve_decode(wires[_i], &k));
}
END_TEST

static const struct {
	const char *header;
	unsigned version;
} protocols[] = {
	{ "", 0 },
	{ "version=0", 0 },
	{ "version=1", 1 },
	{ "version=2", 2 },
	{ "version=1:version=2", 2 },
	{ "version=2:version=1", 2 },
	{ "object-format=sha1:version=2:agent=x", 2 },
	{ "version=3", 0 },
	{ "version=22", 0 },
	{ " version=2", 0 },
	{ "version=2;reboot", 0 },
	{ "VERSION=2", 0 },
	{ "::::", 0 },
	{ "version=2:", 2 },
};

START_TEST(protocol_of_a_header)
{
	ck_assert_uint_eq(gitserve_protocol(slice_str(protocols[_i].header)),
	    protocols[_i].version);
}
END_TEST

/* --- maintenance --- */

static char *store;

static void PRINTF_LIKE(1, 2) sh(const char *format, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	ck_assert_msg(system(line) == 0, "%s", line);
}

static void
commits_make(unsigned n)
{
	static unsigned turn;

	sh("cd %s && rm -rf work && git clone -q audit.git work 2>/dev/null && "
	   "cd work && for i in $(seq %u); do echo $i %u > f$i && "
	   "git add . && git -c user.name=a -c user.email=a@b commit -q -m $i "
	   "|| exit 1; done && git push -q origin HEAD:refs/heads/main",
	    store, n, ++turn);
}

static void
store_make(void)
{
	store = temp_dir();
	sh("git init -q --bare -b main %s/audit.git", store);
	commits_make(4);
}

static unsigned lines;

static void
count_line(void *arg, const char *line)
{
	(void)arg;
	(void)line;
	lines++;
}

static int
maintain(bool fsck, bool bundle, struct gitserve_report *r, struct err *e)
{
	const struct gitserve_maintain m = { .store = store,
		.fsck = fsck,
		.bundle = bundle,
		.say = count_line };

	return gitserve_maintain(&m, r, e);
}

static bool
is_there(const char *name)
{
	CLEANUP(freep) char *path = fs_join(store, name);

	return access(path, F_OK) == 0;
}

START_TEST(maintenance_packs)
{
	struct gitserve_report r = { 0 };
	struct err e = ERR_INIT;

	store_make();
	lines = 0;
	ck_ok(maintain(true, true, &r, &e), &e);
	ck_assert_uint_gt(r.before.loose, 8);
	ck_assert_uint_eq(r.before.packs, 0);
	ck_assert_uint_eq(r.after.loose, 0);
	ck_assert_uint_eq(r.after.packs, 1);
	ck_assert_uint_gt(r.after.pack_bytes, 100);
	ck_assert_uint_eq(r.fsck_runs, 1);
	ck_assert_uint_gt(r.bundle_bytes, 100);
	ck_assert_uint_ge(lines, 4);
	ck_assert(is_there("audit.git/objects/pack/multi-pack-index"));
	ck_assert(is_there("audit.git/objects/info/commit-graphs"));
	ck_assert(is_there(GITSERVE_BUNDLE));
	sh("git -C %s/audit.git bundle verify -q %s/" GITSERVE_BUNDLE, store,
	    store);
	commits_make(9);
	ck_ok(maintain(true, false, &r, &e), &e);
	ck_assert_uint_eq(r.after.loose, 0);
	ck_assert_uint_eq(r.bundle_bytes, 0);
	sh("git -C %s/audit.git fsck --full --strict", store);
}
END_TEST

/* What nothing reaches stays: an unsealed segment may. */
START_TEST(maintenance_drops_nothing)
{
	struct gitserve_report r;
	struct err e = ERR_INIT;

	store_make();
	sh("cd %s/audit.git && echo lost | git hash-object -w --stdin > ../oid",
	    store);
	for (int i = 0; i < 3; i++) {
		ck_ok(maintain(false, false, &r, &e), &e);
		commits_make(3);
	}
	ck_ok(maintain(false, false, &r, &e), &e);
	sh("cd %s/audit.git && test \"$(git cat-file blob $(cat ../oid))\" = "
	   "lost",
	    store);
}
END_TEST

START_TEST(maintenance_keeps_kept_packs)
{
	struct gitserve_report r;
	struct err e = ERR_INIT;

	store_make();
	ck_ok(maintain(false, false, &r, &e), &e);
	sh("cd %s/audit.git/objects/pack && for p in *.pack; do "
	   "touch ${p%%.pack}.keep; ls ${p} > ../../../kept; done",
	    store);
	for (int i = 0; i < 3; i++) {
		commits_make(6);
		ck_ok(maintain(false, false, &r, &e), &e);
	}
	sh("cd %s/audit.git/objects/pack && test -e $(cat ../../../kept)",
	    store);
	ck_assert_uint_ge(r.after.packs, 2);
	sh("git -C %s/audit.git fsck --full --strict", store);
}
END_TEST

START_TEST(maintenance_after_a_kill)
{
	struct gitserve_report r;
	struct err e = ERR_INIT;

	store_make();
	ck_ok(maintain(false, false, &r, &e), &e);
	sh("cd %s/audit.git/objects && touch pack/multi-pack-index.lock "
	   "pack/.tmp-17-pack-x.pack info/commit-graphs/commit-graph-chain.lock",
	    store);
	commits_make(3);
	ck_ok(maintain(false, false, &r, &e), &e);
	ck_assert(!is_there("audit.git/objects/pack/.tmp-17-pack-x.pack"));
	ck_assert(!is_there("audit.git/objects/pack/multi-pack-index.lock"));
}
END_TEST

START_TEST(never_two_at_once)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(freep) char *path = NULL;
	struct gitserve_report r;
	struct err e = ERR_INIT;

	store_make();
	path = fs_join(store, GITSERVE_LOCK);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_code(maintain(false, false, &r, &e), &e, E_STORE_LOCKED);
}
END_TEST

START_TEST(no_store)
{
	struct gitserve_report r;
	struct err e = ERR_INIT;

	store = temp_dir();
	ck_code(maintain(false, false, &r, &e), &e, E_NOT_FOUND);
}
END_TEST

/* A tree that no client should check out: fsck says so twice, and nothing is
 * noted. */
START_TEST(faults_are_found)
{
	CLEANUP(freep) char *path = NULL;
	struct gitserve_report r;
	struct err e = ERR_INIT;
	struct stat before, after;

	store_make();
	ck_ok(maintain(true, false, &r, &e), &e);
	path = fs_join(store, GITSERVE_LOCK);
	ck_assert_int_eq(stat(path, &before), 0);
	sh("cd %s/audit.git && "
	   "printf '100644 .git\\000abcdefghijklmnopqrst' | "
	   "git hash-object -t tree -w --literally --stdin > ../oid",
	    store);
	lines = 0;
	ck_code(maintain(true, false, &r, &e), &e, E_STORE_CORRUPT);
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}
END_TEST

START_TEST(report_is_json)
{
	const struct gitserve_report r = { .before = { 1, 2, 3 },
		.after = { 4, 5, 6 },
		.repack_seconds = 0.25,
		.fsck_runs = 2,
		.bundle_bytes = 7 };
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(4));

	gitserve_report_json(&r, &out);
	ck_assert_str_eq(buf_str(&out),
	    "{\"schema\":\"nintei.maintain/1\","
	    "\"after\":{\"loose\":6,\"pack_bytes\":5,\"packs\":4},"
	    "\"before\":{\"loose\":3,\"pack_bytes\":2,\"packs\":1},"
	    "\"bundle_bytes\":7,\"bundle_ms\":0,\"fsck_ms\":0,\"fsck_runs\":2,"
	    "\"graph_ms\":0,\"repack_ms\":250}");
}
END_TEST

/* Settings that went astray are put right; what is right is not written. */
START_TEST(settings_are_settled)
{
	struct err e = ERR_INIT;
	struct stat before, after;
	CLEANUP(freep) char *config = NULL;
	CLEANUP(freep) char *path = NULL;

	store = temp_dir();
	path = fs_join(store, GITSERVE_REPOSITORY);
	config = fs_join(path, "config");
	ck_ok(gitx_init(path, &e), &e);
	ck_assert_int_eq(stat(config, &before), 0);
	ck_ok(gitx_settle(path, &e), &e);
	ck_assert_int_eq(stat(config, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	sh("cd %s && git config gc.auto 6700 && git config --unset "
	   "core.bigFileThreshold && git config uploadpack.allowFilter no && "
	   "git config user.own kept && rm info/attributes",
	    path);
	ck_ok(gitx_settle(path, &e), &e);
	sh("cd %s && test $(git config gc.auto) = 0 && "
	   "test $(git config core.bigFileThreshold) = 64k && "
	   "test $(git config uploadpack.allowFilter) = true && "
	   "test $(git config user.own) = kept && "
	   "grep -qx '[*].cms -delta' info/attributes",
	    path);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("gitserve");
	TCase *t = tcase_create("kinds");

	tcase_add_test(t, kinds_round_trip);
	tcase_add_loop_test(t, kinds_that_are_none, 0, 10);
	tcase_add_loop_test(t, protocol_of_a_header, 0, (int)NELEM(protocols));
	tcase_add_test(t, report_is_json);
	suite_add_tcase(s, t);
	t = tcase_create("maintenance");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, maintenance_packs);
	tcase_add_test(t, maintenance_drops_nothing);
	tcase_add_test(t, maintenance_keeps_kept_packs);
	tcase_add_test(t, maintenance_after_a_kill);
	tcase_add_test(t, never_two_at_once);
	tcase_add_test(t, no_store);
	tcase_add_test(t, faults_are_found);
	tcase_add_test(t, settings_are_settled);
	suite_add_tcase(s, t);
	return suite_main(s);
}
