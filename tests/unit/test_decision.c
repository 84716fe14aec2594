/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions: the one spelling is accepted; roster and quorum judge. */
#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "nintei/approval.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/key.h"

#define FROZEN INT64_C(1782882000) /* 2026-07-01T14:00:00+09:00 */
#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const certify[][2] = {
	{ "decision_id", "d-1" },
	{ "kind", "certify" },
	{ "article", "6(1)" },
	{ "scheme", "iaas-paas-iot" },
	{ "rule_version", "2022-04-01" },
	{ "policy_version", "2022-04-01.1" },
	{ "case_id", "c-1" },
	{ "case_basis", HASH },
	{ "cert_number", "IPT0001-2607" },
	{ "service", "見本クラウド" },
	{ "operator", "見本株式会社" },
	{ "outcome", "decide_certify" },
	{ "certified_on", "2026-07-01" },
	{ "valid_through", "2028-07-01" },
	{ "detail", HASH },
	{ "proposer", "secretary-1" },
	{ "frozen_at", "2026-07-01T14:00:00+09:00" },
	{ "expires_at", "2026-07-08T14:00:00+09:00" },
	{ "nonce", "00112233445566778899aabbccddeeff" },
};

static struct json *
fields_new(void)
{
	struct json *j = jsonx_object();

	for (size_t i = 0; i < NELEM(certify); i++)
		jsonx_set_str(j, certify[i][0], certify[i][1]);
	return j;
}

static struct decision *
decision_new(void)
{
	struct json *j = fields_new();
	struct err e = ERR_INIT;
	struct decision *d = NULL;

	ck_ok(decision_build(j, &d, &e), &e);
	jsonx_free(j);
	return d;
}

START_TEST(build_and_parse_agree)
{
	struct decision *d = decision_new(), *again = NULL;
	struct err e = ERR_INIT;
	char code[DECISION_CODE];

	ck_ok(decision_parse(decision_bytes(d), &again, &e), &e);
	ck_assert(slice_eq(decision_bytes(d), decision_bytes(again)));
	ck_assert_str_eq(decision_get(again, "service"), "見本クラウド");
	ck_assert_ptr_null(decision_get(again, "reasons"));
	ck_assert_int_eq(decision_frozen_at(again), FROZEN);
	decision_code(decision_hash(d), code);
	ck_assert_uint_eq(strlen(code), 19);
	decision_free(d);
	decision_free(again);
}
END_TEST

START_TEST(code_is_base32_of_the_first_80_bits)
{
	static const uint8_t hash[32] = { 0x00, 0x44, 0x32, 0x14, 0xc7, 0x42,
		0x54, 0xb6, 0x35, 0xcf, 0xff };
	char code[DECISION_CODE];

	ck_assert_str_eq(decision_code(hash, code), "ABCD-EFGH-JKLM-NPQR");
}
END_TEST

static const struct {
	const char *name;
	const char *key;
	const char *value; /* NULL: the member goes */
} bends[] = {
	{ "DECISION-2 unknown member", "surprise", "x" },
	{ "DECISION-2 no place here", "grounds", "2" },
	{ "DECISION-2 missing", "case_basis", NULL },
	{ "DECISION-2 missing number", "cert_number", NULL },
	{ "DECISION-3 control", "service", "a\nb" },
	{ "DECISION-3 DEL", "service", "a\x7f" },
	{ "DECISION-3 C1", "service", "a\xc2\x85" },
	{ "DECISION-3 not composed", "service", "か\xe3\x82\x99" },
	{ "DECISION-4 empty", "service", "" },
	{ "DECISION-4 id", "decision_id", "D 1" },
	{ "DECISION-4 person", "proposer", "../x" },
	{ "DECISION-4 basis", "case_basis", "aa" },
	{ "DECISION-4 nonce", "nonce", "00" },
	{ "DECISION-4 day", "certified_on", "2026-02-30" },
	{ "DECISION-4 instant in Z", "frozen_at", "2026-07-01T05:00:00Z" },
	{ "DECISION-5 unknown kind", "kind", "crown" },
	{ "DECISION-6 outcome", "outcome", "decide_decline" },
	{ "DECISION-6 half a word", "outcome", "decide" },
	{ "DECISION-7 ends before", "expires_at", "2026-07-01T14:00:00+09:00" },
};
START_TEST(bent_decisions_are_refused)
{
	struct json *j = fields_new();
	struct err e = ERR_INIT;
	struct decision *d = NULL;

	jsonx_del(j, bends[_i].key);
	if (bends[_i].value != NULL)
		jsonx_set_str(j, bends[_i].key, bends[_i].value);
	ck_assert_msg(decision_build(j, &d, &e) < 0, "%s", bends[_i].name);
	ck_assert_int_eq(e.code, E_INPUT);
	jsonx_free(j);
}
END_TEST

START_TEST(DECISION_1_canonical_bytes_only)
{
	struct decision *d = decision_new(), *bad = NULL;
	struct buf b = BUF_INIT(8192);
	struct err e = ERR_INIT;

	buf_put(&b, decision_bytes(d).p, decision_bytes(d).n);
	buf_putc(&b, '\n');
	ck_code(decision_parse(buf_slice(&b), &bad, &e), &e, E_INPUT);
	buf_reset(&b);
	buf_puts(&b, "[]");
	e = (struct err)ERR_INIT;
	ck_code(decision_parse(buf_slice(&b), &bad, &e), &e, E_INPUT);
	buf_free(&b);
	decision_free(d);
}
END_TEST

START_TEST(affirmation_is_fixed)
{
	struct decision *d = decision_new(), *bad = NULL;
	struct json *j = NULL;
	struct buf b = BUF_INIT(8192);
	struct err e = ERR_INIT;

	ck_ok(jsonx_parse(decision_bytes(d), 8192, &j, &e), &e);
	jsonx_set_str(j, "affirmation", "I do not mind.");
	jsonx_canonical(j, &b);
	ck_code(decision_parse(buf_slice(&b), &bad, &e), &e, E_INPUT);
	jsonx_free(j);
	buf_free(&b);
	decision_free(d);
}
END_TEST

static const struct {
	const char *kind;
	unsigned policy, needed;
} quorums[] = {
	{ "certify", 0, 2 },
	{ "certify", 1, 2 },
	{ "certify", 3, 3 },
	{ "revoke", 0, 2 },
	{ "decline", 0, 2 },
	{ "roster", 0, 2 },
	{ "shred", 0, 2 },
	{ "lapse", 0, 1 },
	{ "lapse", 2, 2 },
	{ "refuse_art8", 0, 1 },
	{ "crown", 0, 0 },
};
START_TEST(quorum_has_a_floor)
{
	ck_assert_uint_eq(decision_needed(quorums[_i].kind, quorums[_i].policy),
	    quorums[_i].needed);
}
END_TEST

START_TEST(grounds_are_ascending_items)
{
	static const char *const good[] = { "2", "2,7", "1,2,3,4,5,6,7,8,9" };
	static const char *const bad[] = { "", "0", "2,", ",2", "7,2", "2,2",
		"10", "2 7", "2,10" };
	struct json *j = fields_new();
	struct decision *d = NULL;

	jsonx_set_str(j, "kind", "revoke");
	jsonx_set_str(j, "outcome", "revoke");
	jsonx_set_str(j, "reasons", "理由");
	jsonx_del(j, "certified_on");
	jsonx_del(j, "valid_through");
	for (size_t i = 0; i < NELEM(good) + NELEM(bad); i++) {
		bool is_good = i < NELEM(good);
		struct err e = ERR_INIT;

		jsonx_set_str(
		    j, "grounds", is_good ? good[i] : bad[i - NELEM(good)]);
		ck_assert_int_eq(decision_build(j, &d, &e), is_good ? 0 : -1);
		if (is_good)
			decision_free(d);
	}
	jsonx_free(j);
}
END_TEST

/* Three officers, one of them removed, a secretary, a stranger. */
enum {
	ANNA,
	BEN,
	CARL,
	DORA,
	STRANGER,
	SPARE,
	KEYS
};
static const char *const people[KEYS] = { "anna", "ben", "carl", "dora",
	"stranger", "anna" };
static struct pkey *keys[KEYS];
static struct roster *roster;

static void
entry_make(const char *person, const char *role, const char *until,
    const struct pkey *const *key, size_t n_keys, struct buf *out)
{
	struct json *j = jsonx_object(), *list = jsonx_array();
	struct json *roles = jsonx_array();
	struct err e = ERR_INIT;

	for (size_t i = 0; i < n_keys; i++) {
		struct json *one = jsonx_object();
		struct buf line = BUF_INIT(512);
		struct ssh_key pub;
		char id[32];

		ck_ok(ssh_key_of(key[i], &pub, &e), &e);
		ssh_key_format(&pub, &line);
		snprintf(id, sizeof(id), "k-%zu", i);
		jsonx_set_str(one, "id", id);
		jsonx_set_str(one, "type", "ssh");
		jsonx_set_str(one, "public", buf_str(&line));
		jsonx_set_str(one, "valid_from", "2026-01-01T00:00:00+09:00");
		jsonx_add(list, one);
		buf_free(&line);
	}
	jsonx_add_str(roles, role);
	jsonx_set_str(j, "schema", "nintei.roster/1");
	jsonx_set_str(j, "person", person);
	jsonx_set(j, "roles", roles);
	jsonx_set(j, "keys", list);
	jsonx_set_str(j, "valid_from", "2026-01-01T00:00:00+09:00");
	if (until != NULL)
		jsonx_set_str(j, "valid_until", until);
	jsonx_canonical(j, out);
	jsonx_free(j);
}

static void
put(const char *person, const char *role, const char *until,
    const struct pkey *const *key, size_t n)
{
	struct buf b = BUF_INIT(8192);
	struct err e = ERR_INIT;

	entry_make(person, role, until, key, n, &b);
	ck_ok(roster_put(roster, buf_slice(&b), &e), &e);
	buf_free(&b);
}

static void
people_make(void)
{
	const struct pkey *anna[2];
	struct err e = ERR_INIT;

	roster = roster_new();
	for (size_t i = 0; i < KEYS; i++)
		ck_ok(pkey_generate(KEY_ED25519, &keys[i], &e), &e);
	anna[0] = keys[ANNA];
	anna[1] = keys[SPARE];
	put("anna", "officer", NULL, anna, 2);
	put("ben", "officer", NULL, (const struct pkey *const *)&keys[BEN], 1);
	put("carl", "officer", "2026-06-30T00:00:00+09:00",
	    (const struct pkey *const *)&keys[CARL], 1);
	put("dora", "secretariat", NULL,
	    (const struct pkey *const *)&keys[DORA], 1);
}

static void
people_free(void)
{
	for (size_t i = 0; i < KEYS; i++)
		pkey_free(keys[i]);
	roster_free(roster);
}

/* Who signs with whose key, over what, for which namespace. */
struct act {
	int person, key;
	const char *ns;
	bool other_bytes;
};
static const struct {
	const char *name;
	struct act acts[3];
	int64_t now;
	const char *proposer;
	const char *conflicted;
	const char *basis;
	unsigned failed, approvals, objections;
} scenes[] = {
#define D SSH_NS_DECISION
	{ "two officers", { { ANNA, ANNA, D, 0 }, { BEN, BEN, D, 0 } },
	    FROZEN + 60, "dora", NULL, HASH, 0, 2, 0 },
	{ "one officer", { { ANNA, ANNA, D, 0 } }, FROZEN + 60, "dora", NULL,
	    HASH, GUARD_QUORUM_REACHED, 1, 0 },
	{ "nobody", { { 0 } }, FROZEN + 60, "dora", NULL, HASH,
	    GUARD_QUORUM_REACHED, 0, 0 },
	{ "the same officer twice",
	    { { ANNA, ANNA, D, 0 }, { ANNA, ANNA, D, 0 } }, FROZEN + 60, "dora",
	    NULL, HASH, GUARD_DISTINCT | GUARD_QUORUM_REACHED, 1, 0 },
	{ "the same officer with another key",
	    { { ANNA, ANNA, D, 0 }, { ANNA, SPARE, D, 0 } }, FROZEN + 60,
	    "dora", NULL, HASH, GUARD_DISTINCT | GUARD_QUORUM_REACHED, 1, 0 },
	{ "under another's name", { { ANNA, ANNA, D, 0 }, { BEN, ANNA, D, 0 } },
	    FROZEN + 60, "dora", NULL, HASH,
	    GUARD_SIGNATURE_VALID | GUARD_DISTINCT | GUARD_QUORUM_REACHED, 1,
	    0 },
	{ "the proposer", { { ANNA, ANNA, D, 0 }, { BEN, BEN, D, 0 } },
	    FROZEN + 60, "anna", NULL, HASH,
	    GUARD_NOT_PROPOSER | GUARD_QUORUM_REACHED, 1, 0 },
	{ "a removed officer", { { ANNA, ANNA, D, 0 }, { CARL, CARL, D, 0 } },
	    FROZEN + 60, "dora", NULL, HASH,
	    GUARD_ROLE_OK | GUARD_QUORUM_REACHED, 1, 0 },
	{ "a secretary", { { ANNA, ANNA, D, 0 }, { DORA, DORA, D, 0 } },
	    FROZEN + 60, "ben", NULL, HASH,
	    GUARD_ROLE_OK | GUARD_QUORUM_REACHED, 1, 0 },
	{ "somebody unknown",
	    { { ANNA, ANNA, D, 0 }, { STRANGER, STRANGER, D, 0 } }, FROZEN + 60,
	    "dora", NULL, HASH,
	    GUARD_SIGNATURE_VALID | GUARD_ROLE_OK | GUARD_QUORUM_REACHED, 1,
	    0 },
	{ "a changed decision", { { ANNA, ANNA, D, 0 }, { BEN, BEN, D, 1 } },
	    FROZEN + 60, "dora", NULL, HASH,
	    GUARD_SIGNATURE_VALID | GUARD_QUORUM_REACHED, 1, 0 },
	{ "another namespace", { { ANNA, ANNA, D, 0 }, { BEN, BEN, "git", 0 } },
	    FROZEN + 60, "dora", NULL, HASH,
	    GUARD_SIGNATURE_VALID | GUARD_QUORUM_REACHED, 1, 0 },
	{ "an objection",
	    { { ANNA, ANNA, D, 0 }, { BEN, BEN, SSH_NS_OBJECTION, 0 } },
	    FROZEN + 60, "dora", NULL, HASH, GUARD_QUORUM_REACHED, 1, 1 },
	{ "a conflict", { { ANNA, ANNA, D, 0 }, { BEN, BEN, D, 0 } },
	    FROZEN + 60, "dora", "ben", HASH,
	    GUARD_NO_CONFLICT | GUARD_QUORUM_REACHED, 1, 0 },
	{ "a stale case", { { ANNA, ANNA, D, 0 }, { BEN, BEN, D, 0 } },
	    FROZEN + 60, "dora", NULL, "bb", GUARD_BASIS_CURRENT, 2, 0 },
	{ "an expired decision", { { ANNA, ANNA, D, 0 }, { BEN, BEN, D, 0 } },
	    FROZEN + 7 * 86400, "dora", NULL, HASH, GUARD_BASIS_CURRENT, 2, 0 },
	{ "a decision from the future",
	    { { ANNA, ANNA, D, 0 }, { BEN, BEN, D, 0 } }, FROZEN - 1, "dora",
	    NULL, HASH, GUARD_BASIS_CURRENT, 2, 0 },
#undef D
};

static struct decision *
scene_decision(const char *proposer)
{
	struct json *j = fields_new();
	struct err e = ERR_INIT;
	struct decision *d = NULL;

	jsonx_set_str(j, "proposer", proposer);
	ck_ok(decision_build(j, &d, &e), &e);
	jsonx_free(j);
	return d;
}

START_TEST(quorum_scenes)
{
	struct approval_signature sigs[3];
	struct buf armour[3] = { BUF_INIT(4096), BUF_INIT(4096),
		BUF_INIT(4096) };
	struct decision *d;
	struct approval_result r;
	struct approval_terms t = { .now = scenes[_i].now,
		.needed = 2,
		.conflicted = &scenes[_i].conflicted,
		.n_conflicted = scenes[_i].conflicted != NULL,
		.case_basis = scenes[_i].basis };
	struct err e = ERR_INIT;
	size_t n = 0;

	people_make();
	d = scene_decision(scenes[_i].proposer);
	for (; n < 3 && scenes[_i].acts[n].ns != NULL; n++) {
		const struct act *a = &scenes[_i].acts[n];

		ck_ok(sshsig_sign(keys[a->key], a->ns,
			  a->other_bytes ? slice_str("{}") : decision_bytes(d),
			  &armour[n], &e),
		    &e);
		sigs[n] = (struct approval_signature){ people[a->person],
			buf_slice(&armour[n]), 0 };
	}
	ck_ok(approval_check(d, sigs, n, roster, &t, &r, &e), &e);
	ck_assert_msg(r.failed == scenes[_i].failed, "%s: want %x, have %x",
	    scenes[_i].name, scenes[_i].failed, r.failed);
	ck_assert_uint_eq(r.approvals, scenes[_i].approvals);
	ck_assert_uint_eq(r.objections, scenes[_i].objections);
	for (size_t i = 0; i < 3; i++)
		buf_free(&armour[i]);
	decision_free(d);
	people_free();
}
END_TEST

START_TEST(guards_have_names)
{
	char names[128];

	approval_guard_names(
	    GUARD_DISTINCT | GUARD_QUORUM_REACHED, names, sizeof(names));
	ck_assert_str_eq(names, "distinct quorum_reached");
	ck_assert_str_eq(
	    approval_guard_name(GUARD_ROLE_OK | GUARD_DISTINCT), "role_ok");
	ck_assert_ptr_null(approval_guard_name(0));
}
END_TEST

START_TEST(allowed_signers_names_everybody)
{
	struct buf out = BUF_INIT(8192);
	struct err e = ERR_INIT;
	struct ssh_key store;

	people_make();
	ck_ok(ssh_key_of(keys[STRANGER], &store, &e), &e);
	roster_allowed_signers(roster, &store, FROZEN, &out);
	ck_assert_ptr_nonnull(strstr(buf_str(&out),
	    "store@nintei namespaces=\"git\",valid-after=\"20260701050000Z\" "
	    "ssh-ed25519 "));
	ck_assert_ptr_nonnull(strstr(buf_str(&out),
	    "\ncarl namespaces=\"decision@nintei,objection@nintei,"
	    "opinion@nintei,declaration@nintei\","
	    "valid-after=\"20251231150000Z\","
	    "valid-before=\"20260629150000Z\" ssh-ed25519 "));
	buf_free(&out);
	people_free();
}
END_TEST

static const struct {
	const char *name;
	const char *key;
	const char *value;
} entries[] = {
	{ "ROSTER-1 schema", "schema", "nintei.roster/2" },
	{ "ROSTER-2 person", "person", "A B" },
	{ "ROSTER-3 from", "valid_from", "2026-01-01" },
	{ "ROSTER-3 until", "valid_until", "2025-01-01T00:00:00+09:00" },
	{ "ROSTER-4 unknown", "extra", "x" },
};
START_TEST(bent_entries_are_refused)
{
	struct buf b = BUF_INIT(8192), bent = BUF_INIT(8192);
	struct err e = ERR_INIT;
	struct json *j = NULL;

	people_make();
	entry_make("eve", "officer", NULL,
	    (const struct pkey *const *)&keys[STRANGER], 1, &b);
	ck_ok(jsonx_parse(buf_slice(&b), 8192, &j, &e), &e);
	jsonx_set_str(j, entries[_i].key, entries[_i].value);
	jsonx_canonical(j, &bent);
	ck_code(roster_put(roster, buf_slice(&bent), &e), &e, E_INPUT);
	ck_assert_ptr_null(roster_get(roster, "eve"));
	e = (struct err)ERR_INIT;
	ck_ok(roster_put(roster, buf_slice(&b), &e), &e);
	ck_assert_ptr_nonnull(roster_get(roster, "eve"));
	ck_assert_uint_eq(roster_len(roster), 5);
	jsonx_free(j);
	buf_free(&b);
	buf_free(&bent);
	people_free();
}
END_TEST

START_TEST(unknown_role_is_refused)
{
	struct buf b = BUF_INIT(8192);
	struct err e = ERR_INIT;

	people_make();
	entry_make("eve", "king", NULL,
	    (const struct pkey *const *)&keys[STRANGER], 1, &b);
	ck_code(roster_put(roster, buf_slice(&b), &e), &e, E_INPUT);
	buf_free(&b);
	people_free();
}
END_TEST

START_TEST(certify_detail_binds_record_key_and_url)
{
	struct json *record = jsonx_object();
	struct buf one = BUF_INIT(8192), other = BUF_INIT(8192);
	struct err e = ERR_INIT;

	jsonx_set_str(record, "number", "IPT0001-2607");
	ck_ok(decision_certify_detail(
		  record, slice_str(""), "https://x/c/1", NULL, &one, &e),
	    &e);
	ck_assert_str_eq(buf_str(&one),
	    "{\"designated_url\":\"https://x/c/1\",\"record\":{\"number\":"
	    "\"IPT0001-2607\"},\"schema\":\"nintei.certify/1\",\"spki\":\"\"}");
	ck_ok(decision_certify_detail(
		  record, slice_str("key"), "https://x/c/1", "", &other, &e),
	    &e);
	ck_assert(!slice_eq(buf_slice(&one), buf_slice(&other)));
	buf_reset(&other);
	ck_ok(decision_certify_detail(
		  record, slice_str(""), "https://x/c/1", "weak", &other, &e),
	    &e);
	ck_assert_str_eq(buf_str(&other),
	    "{\"designated_url\":\"https://x/c/1\",\"existence\":\"weak\","
	    "\"record\":{\"number\":\"IPT0001-2607\"},\"schema\":"
	    "\"nintei.certify/1\",\"spki\":\"\"}");
	jsonx_free(record);
	buf_free(&one);
	buf_free(&other);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("decision");
	TCase *t = tcase_create("document");

	tcase_add_test(t, build_and_parse_agree);
	tcase_add_test(t, code_is_base32_of_the_first_80_bits);
	tcase_add_loop_test(
	    t, bent_decisions_are_refused, 0, (int)NELEM(bends));
	tcase_add_test(t, DECISION_1_canonical_bytes_only);
	tcase_add_test(t, affirmation_is_fixed);
	tcase_add_test(t, grounds_are_ascending_items);
	tcase_add_test(t, certify_detail_binds_record_key_and_url);
	suite_add_tcase(suite, t);
	t = tcase_create("roster");
	tcase_add_loop_test(
	    t, bent_entries_are_refused, 0, (int)NELEM(entries));
	tcase_add_test(t, unknown_role_is_refused);
	tcase_add_test(t, allowed_signers_names_everybody);
	suite_add_tcase(suite, t);
	t = tcase_create("quorum");
	tcase_add_loop_test(t, quorum_has_a_floor, 0, (int)NELEM(quorums));
	tcase_add_loop_test(t, quorum_scenes, 0, (int)NELEM(scenes));
	tcase_add_test(t, guards_have_names);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
