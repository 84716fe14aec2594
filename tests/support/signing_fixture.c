/* SPDX-License-Identifier: Apache-2.0 */
/* A development home and honest requests to its signer. */
#include "support/signing_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/authority.h"
#include "nintei/detail.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

const char *const sf_people[SF_PEOPLE] = { "officer-1", "officer-2",
	"secretary-1", "stranger" };

static int64_t
sf_clock(void *arg)
{
	const struct sf *f = arg;

	return f->now;
}

static struct pkey *
key_load(const struct sf *f, const char *person)
{
	CLEANUP(freep)
	char *path = xasprintf("%s/keys/development/%s.key", f->home, person);
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(8));
	struct pkey *k = NULL;
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, path, KIB(8) - 1, &text, &e), &e);
	ck_ok(ssh_private_decode(buf_slice(&text), &k, &e), &e);
	return k;
}

/* Made once for all tests of a program: what follows is a copy. */
static char *template;

static void
home_make(struct sf *f, const char *home)
{
	struct authority_options o = { .home = home,
		.policies = TEST_SOURCE_DIR "/policies",
		.development = true,
		.clock = { sf_clock, f } };
	struct err e = ERR_INIT;

	ck_ok(authority_init(&o, &e), &e);
}

static void
prepare_at(int64_t now)
{
	struct sf f = { .now = now };

	if (template != NULL)
		return;
	template = fs_join(temp_dir(), "template");
	home_make(&f, template);
}

void
sf_prepare(void)
{
	prepare_at(SF_NOW);
}

void
sf_prepare_later(void)
{
	prepare_at(SF_NOW + 200 * 86400);
}

static void
home_copy(const char *home)
{
	CLEANUP(freep)
	char *line = xasprintf("cp -a '%s' '%s'", template, home);

	ck_assert_int_eq(system(line), 0);
}

void
sf_init(struct sf *f)
{
	struct err e = ERR_INIT;

	*f = (struct sf){ .home = fs_join(temp_dir(), "home"), .now = SF_NOW };
	if (template == NULL)
		home_make(f, f->home);
	else
		home_copy(f->home);
	for (int i = 0; i < SF_STRANGER; i++)
		f->keys[i] = key_load(f, sf_people[i]);
	ck_ok(pkey_generate(KEY_ED25519, &f->keys[SF_STRANGER], &e), &e);
	sf_open(f);
}

void
sf_open(struct sf *f)
{
	struct signer_options o = { .home = f->home, .clock = { sf_clock, f } };
	struct err e = ERR_INIT;

	ck_ok(signer_open(&o, &f->signer, &e), &e);
	f->link = signer_local(f->signer);
}

void
sf_close(struct sf *f)
{
	signer_close(f->signer);
	f->signer = NULL;
}

void
sf_done(struct sf *f)
{
	sf_close(f);
	for (int i = 0; i < SF_PEOPLE; i++)
		pkey_free(f->keys[i]);
	free(f->home);
}

static void
set_all(struct json *j, const char *const rows[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		jsonx_set_str(j, rows[i][0], rows[i][1]);
}

static void
request_begin(struct sf *f, struct sf_request *r, const char *decision_id)
{
	static const char *const common[][2] = {
		{ "article", "6(1)" },
		{ "scheme", "iaas-paas-iot" },
		{ "rule_version", "2022-04-01" },
		{ "policy_version", "2022-04-01.1" },
		{ "case_id", "c-1" },
		{ "service", "見本クラウド" },
		{ "operator", "見本株式会社" },
		{ "proposer", "secretary-1" },
		{ "nonce", "00112233445566778899aabbccddeeff" },
	};
	char at[INSTANT_TEXT];

	*r = (struct sf_request){ .fields = jsonx_object(),
		.url = SF_URL,
		.signers = { SF_OFFICER_1, SF_OFFICER_2, -1, -1 },
		.as = { -1, -1, -1, -1 },
		.ns = SSH_NS_DECISION,
		.basis = BUF_INIT(KIB(8)),
		.detail_of = BUF_INIT(KIB(16)),
		.record_bytes = BUF_INIT(KIB(8)),
		.decided_at = f->now };
	for (size_t i = 0; i < NELEM(r->armour); i++)
		r->armour[i] = (struct buf)BUF_INIT(KIB(4));
	set_all(r->fields, common, NELEM(common));
	jsonx_set_str(r->fields, "decision_id", decision_id);
	jsonx_set_str(
	    r->fields, "frozen_at", instant_format(f->now - 3600, at));
	jsonx_set_str(
	    r->fields, "expires_at", instant_format(f->now + 86400, at));
	buf_puts(&r->basis, "event-hash-event-hash-event-hash");
	buf_puts(&r->basis, "review-sha-review-sha-review-sha");
}

static void
basis_set(struct sf_request *r)
{
	char hex[SHA256_HEX];

	if (jsonx_get(r->fields, "case_basis") == NULL)
		jsonx_set_str(r->fields, "case_basis",
		    sha256_hex(buf_slice(&r->basis), hex));
}

void
sf_certify(struct sf *f, struct sf_request *r, const char *decision_id)
{
	static const char *const decision[][2] = {
		{ "kind", "certify" },
		{ "outcome", "decide_certify" },
		{ "cert_number", SF_NUMBER },
		{ "certified_on", "2026-07-01" },
		{ "valid_through", "2028-07-01" },
	};
	static const char *const record[][2] = {
		{ "schema", "nintei.certification/1" },
		{ "number", SF_NUMBER },
		{ "scheme", "iaas-paas-iot" },
		{ "service", "見本クラウド" },
		{ "operator", "見本株式会社" },
		{ "corporate_number", "7000012050002" },
		{ "rule_version", "2022-04-01" },
		{ "guideline",
		    "IoT クラウドサービスの安全・信頼性に係る情報開示指針"
		    "（IaaS・PaaS 編）（平成30年10月総務省公表）" },
		{ "certified_on", "2026-07-01" },
		{ "valid_from", "2026-07-01" },
		{ "valid_through", "2028-07-01" },
		{ "term", "1" },
	};

	request_begin(f, r, decision_id);
	set_all(r->fields, decision, NELEM(decision));
	r->record = jsonx_object();
	set_all(r->record, record, NELEM(record));
	jsonx_set_str(r->record, "decision_id", decision_id);
}

void
sf_revoke(struct sf *f, struct sf_request *r, const char *decision_id)
{
	static const char *const decision[][2] = {
		{ "kind", "revoke" },
		{ "outcome", "revoke" },
		{ "article", "17(1)" },
		{ "cert_number", SF_NUMBER },
		{ "grounds", "2,7" },
		{ "reasons", "理由" },
	};

	request_begin(f, r, decision_id);
	set_all(r->fields, decision, NELEM(decision));
}

static void
entry_write(const struct sf *f, const char *person, const char *role,
    const char *until, struct buf *out)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(1));
	struct json *roles = jsonx_array(), *keys = jsonx_array();
	struct json *key = jsonx_object();
	struct ssh_key pub;
	struct err e = ERR_INIT;
	int who = SF_STRANGER;

	for (int i = 0; i < SF_PEOPLE; i++)
		if (strcmp(sf_people[i], person) == 0)
			who = i;
	ck_ok(ssh_key_of(f->keys[who], &pub, &e), &e);
	ssh_key_format(&pub, &line);
	jsonx_set_str(key, "id", "key-1");
	jsonx_set_str(key, "type", "ssh");
	jsonx_set_str(key, "public", buf_str(&line));
	jsonx_set_str(key, "valid_from", "2024-01-01T00:00:00+09:00");
	jsonx_add(keys, key);
	jsonx_add_str(roles, role);
	jsonx_set_str(j, "schema", "nintei.roster/1");
	jsonx_set_str(j, "person", person);
	jsonx_set(j, "roles", roles);
	jsonx_set(j, "keys", keys);
	jsonx_set_str(j, "valid_from", "2024-01-01T00:00:00+09:00");
	if (until != NULL)
		jsonx_set_str(j, "valid_until", until);
	jsonx_canonical(j, out);
}

void
sf_roster(struct sf *f, struct sf_request *r, const char *decision_id,
    const char *person, const char *role, const char *until)
{
	request_begin(f, r, decision_id);
	jsonx_set_str(r->fields, "kind", "roster");
	jsonx_set_str(r->fields, "outcome", "roster");
	jsonx_del(r->fields, "scheme");
	jsonx_del(r->fields, "service");
	jsonx_del(r->fields, "operator");
	jsonx_del(r->fields, "rule_version");
	jsonx_del(r->fields, "policy_version");
	entry_write(f, person, role, until, &r->detail_of);
}

static void
detail_set(struct sf_request *r)
{
	CLEANUP(buf_free) struct buf rest = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;
	char hex[SHA256_HEX];

	if (jsonx_get(r->fields, "detail") != NULL)
		return;
	if (r->record != NULL &&
	    strcmp(jsonx_get_str(r->fields, "kind"), "reissue") == 0)
		ck_ok(decision_reissue_detail(
			  r->record, r->spki, r->url, &rest, &e),
		    &e);
	else if (r->record != NULL)
		ck_ok(decision_certify_detail(
			  r->record, r->spki, r->url, r->existence, &rest, &e),
		    &e);
	else if (r->detail_of.n > 0)
		buf_put(&rest, r->detail_of.p, r->detail_of.n);
	else
		return;
	decision_detail_hex(buf_slice(&rest), hex);
	jsonx_set_str(r->fields, "detail", hex);
}

void
sf_prove(struct sf *f, struct sf_request *r)
{
	struct err e = ERR_INIT;

	if (jsonx_get(r->fields, "scheme") != NULL)
		basis_set(r);
	else
		jsonx_del(r->fields, "case_basis");
	detail_set(r);
	if (r->record != NULL)
		jsonx_canonical(r->record, &r->record_bytes);
	ck_ok(decision_build(r->fields, &r->decision, &e), &e);
	r->proof.decision = decision_bytes(r->decision);
	r->proof.basis = buf_slice(&r->basis);
	for (size_t i = 0; i < 4 && r->signers[i] >= 0; i++) {
		int who = r->signers[i];
		bool last = i == 3 || r->signers[i + 1] < 0;
		int name = r->as[i] >= 0 ? r->as[i] : who;

		ck_ok(sshsig_sign(f->keys[who], last ? r->ns : SSH_NS_DECISION,
			  last && r->other_bytes ? slice_str("{}")
						 : r->proof.decision,
			  &r->armour[i], &e),
		    &e);
		snprintf(r->proof.sigs[i].person,
		    sizeof(r->proof.sigs[i].person), "%s", sf_people[name]);
		r->proof.sigs[i].armour = buf_slice(&r->armour[i]);
		r->proof.n = i + 1;
	}
}

int
sf_issue(struct sf *f, struct sf_request *r, struct buf *der, struct err *e)
{
	struct sign_cert m = { .proof = r->proof,
		.record = buf_slice(&r->record_bytes),
		.spki = r->spki,
		.decided_at = r->decided_at };

	snprintf(m.url, sizeof(m.url), "%s", r->url);
	snprintf(m.existence, sizeof(m.existence), "%s",
	    r->existence == NULL ? "" : r->existence);
	return signer_issue_cert(&f->link, &m, der, e);
}

int
sf_do_revoke(struct sf *f, struct sf_request *r, struct buf *crl, struct err *e)
{
	struct sign_revoke m = { .proof = r->proof,
		.detail = buf_slice(&r->detail_of) };

	return signer_revoke_cert(&f->link, &m, crl, e);
}

int
sf_do_roster(struct sf *f, struct sf_request *r, struct err *e)
{
	struct sign_roster m = { .proof = r->proof,
		.entry = buf_slice(&r->detail_of) };

	return signer_change_roster(&f->link, &m, e);
}

void
sf_request_done(struct sf_request *r)
{
	jsonx_free(r->record);
	jsonx_free(r->fields);
	decision_free(r->decision);
	buf_free(&r->basis);
	buf_free(&r->detail_of);
	buf_free(&r->record_bytes);
	for (size_t i = 0; i < NELEM(r->armour); i++)
		buf_free(&r->armour[i]);
}
