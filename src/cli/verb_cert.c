/* SPDX-License-Identifier: Apache-2.0 */
/* nintei cert and nintei crl: certificates and CRLs, read and verified. */
#include "cli_int.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/ca_view.h"
#include "nintei/conf.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/instant.h"
#include "nintei/limits.h"
#include "trust_int.h"

/* The arc of this home; NULL: the example arc. */
static char *
oid_base(const struct cli *c)
{
	CLEANUP(config_freep) struct config *conf = NULL;
	struct err ignored = ERR_INIT;

	if (config_load(c->a.home, &conf, &ignored) < 0)
		return NULL;
	return xstrdup(conf->oid_base);
}

static const struct cert *
leaf_load(const char *path, struct trust *t, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(MIB(1));

	if (fs_read(AT_FDCWD, path, MIB(1) - 1, &bytes, e) < 0) {
		(void)err_wrap(e, "%s", path);
		return NULL;
	}
	return trust_chain(t, buf_slice(&bytes), e);
}

static struct json *
view_json(const struct ca_view *v)
{
	struct json *o = jsonx_object();
	char instant[INSTANT_TEXT], hex[65];
	const struct {
		const char *key, *value;
	} rows[] = {
		{ "number", v->number },
		{ "service", v->statement.service },
		{ "common_name", v->common_name },
		{ "operator", v->organization },
		{ "organization_id", v->organization_id },
		{ "guideline", v->statement.guideline },
		{ "designated_url", v->designated_url },
		{ "serial", v->serial },
		{ "issuer", v->issuer_common_name },
		{ "policy", v->policy_oid },
		{ "rules", v->rule_url },
		{ "notice", v->notice },
		{ "crl", v->crl_url },
		{ "ocsp", v->ocsp_url },
		{ "issuer_url", v->issuer_url },
		{ "key", v->key },
		{ "mark", v->statement.mark },
	};
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].value != NULL && rows[i].value[0] != '\0')
			jsonx_set_str(o, rows[i].key, rows[i].value);
	jsonx_set_str(o, "not_before", instant_format(v->not_before, instant));
	jsonx_set_str(o, "not_after", instant_format(v->not_after, instant));
	if (v->has_statement) {
		jsonx_set_str(
		    o, "record", hex_encode(v->statement.record, 32, hex));
		jsonx_set_bool(o, "interim", v->statement.interim);
	}
	return o;
}

static void
print_members(const struct json *o)
{
	const struct json *value;
	const char *key;
	char safe[1024];
	size_t i;

	for (i = 0; jsonx_member(o, i, &key, &value); i++)
		if (jsonx_str(value) != NULL)
			printf("%-16s %s\n", key,
			    text_show(safe, sizeof(safe), jsonx_str(value),
				strlen(jsonx_str(value))));
}

static int
view_of(const struct cli *c, const struct cert *leaf, struct ca_view **out,
    struct err *e)
{
	CLEANUP(freep) char *base = oid_base(c);

	return ca_view_read(cert_der(leaf), base, out, e);
}

int
cert_show(struct cli *c, struct err *e)
{
	CLEANUP(trust_free) struct trust t = { 0 };
	CLEANUP(ca_view_freep) struct ca_view *v = NULL;
	CLEANUP(jsonx_freep) struct json *o = NULL;
	const struct cert *leaf = leaf_load(c->a.pos[0], &t, e);

	if (leaf == NULL || view_of(c, leaf, &v, e) < 0)
		return -1;
	o = view_json(v);
	if (c->a.json)
		print_json(o);
	else
		print_members(o);
	return 0;
}

/* Fetch what the folder lacks; what cannot be fetched stays absent. */
static void
fetch_missing(struct cli *c, struct trust *t, const char *url)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_CRL_BYTES + 1);
	struct err why = ERR_INIT;

	if (url == NULL || url[0] == '\0')
		return;
	if (remote_public(c, url, &bytes, &why) < 0)
		cli_note(c, "%s: %s", url, why.detail);
	else
		(void)trust_add(t, buf_slice(&bytes), false);
}

/* No list at hand, or one that is over. */
static bool
is_wanting(const struct trust *t, struct slice issuer, int64_t at)
{
	const struct crl *crl = trust_crl(t, issuer);

	return crl == NULL ||
	    (crl_next_update(crl) != 0 && crl_next_update(crl) < at);
}

/* Our own URLs: the root's list lies beside the issuer's (INTERFACE 3). */
static char *
root_crl_url(const char *crl_url)
{
	const char *slash = crl_url != NULL ? strrchr(crl_url, '/') : NULL;

	if (slash == NULL)
		return NULL;
	return xasprintf("%.*sroot.crl", (int)(slash - crl_url + 1), crl_url);
}

/* Issuer, root and both lists, from the folder first, then by their URLs. */
static int
evidence_find(struct cli *c, struct trust *t, const struct ca_view *v,
    struct ca_evidence *x, struct err *e)
{
	CLEANUP(freep) char *root_url = root_crl_url(v->crl_url);
	struct slice by = cert_issuer(x->leaf);

	if (trust_issuer(t, by) == NULL)
		fetch_missing(c, t, v->issuer_url);
	x->issuer = trust_issuer(t, by);
	if (x->issuer == NULL)
		return err_set(e, E_INVALID,
		    "the certificate of the issuing CA is not at hand");
	x->root = trust_root(t, cert_issuer(x->issuer));
	if (x->root == NULL)
		return err_set(e, E_INVALID,
		    "its root is not among those that are trusted");
	if (is_wanting(t, by, x->at))
		fetch_missing(c, t, v->crl_url);
	if (is_wanting(t, cert_subject(x->root), x->at))
		fetch_missing(c, t, root_url);
	x->crl = trust_crl(t, by);
	x->root_crl = trust_crl(t, cert_subject(x->root));
	return 0;
}

static void
verdict_add(struct json *list, const char *check, const char *verdict,
    const char *ja, const char *en)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "check", check);
	jsonx_set_str(o, "verdict", verdict);
	jsonx_set_str(o, "text_ja", ja);
	jsonx_set_str(o, "text_en", en);
	jsonx_add(list, o);
}

static bool
state_is_in_force(const char *state)
{
	return state != NULL &&
	    (strcmp(state, "issuing") == 0 || strcmp(state, "valid") == 0 ||
		strcmp(state, "continued") == 0);
}

/* The public register, where a server is known; only about the present. */
static void
register_check(
    struct cli *c, const struct ca_view *v, struct json *list, bool *ok)
{
	CLEANUP(jsonx_freep) struct json *entry = NULL;
	CLEANUP(freep) char *number = NULL;
	CLEANUP(freep) char *path = NULL;
	struct err why = ERR_INIT;
	const char *state;

	if (c->a.at != NULL || v->number == NULL || !remote_known(c)) {
		verdict_add(list, "register", "skipped",
		    "登録簿は照会していない", "The register was not asked");
		return;
	}
	number = fetch_escape(v->number);
	path = xasprintf("/v1/register/%s", number);
	if (remote_get(c, path, &entry, &why) < 0) {
		*ok = *ok && why.code != E_NOT_FOUND;
		verdict_add(list, "register",
		    why.code == E_NOT_FOUND ? "failed" : "skipped",
		    why.code == E_NOT_FOUND ? "登録簿にない"
					    : "登録簿に照会できない",
		    why.code == E_NOT_FOUND ? "The register does not have it"
					    : why.detail);
		return;
	}
	state = jsonx_get_str(entry, "state");
	*ok = *ok && state_is_in_force(state);
	verdict_add(list, "register",
	    state_is_in_force(state) ? "ok" : "failed",
	    state != NULL ? state : "", state != NULL ? state : "");
}

/* The certificate names the SHA-256 of the published record. */
static void
record_check(
    struct cli *c, const struct ca_view *v, struct json *list, bool *ok)
{
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	CLEANUP(freep) char *number = NULL;
	CLEANUP(freep) char *path = NULL;
	struct fetch_request q = FETCH_INIT;
	struct err why = ERR_INIT;
	uint8_t hash[32];
	bool same;

	if (c->a.at != NULL || v->number == NULL || !v->has_statement ||
	    !remote_known(c))
		return;
	number = fetch_escape(v->number);
	path = xasprintf("/v1/register/%s/certificate.json", number);
	if (remote_call(c, &q, path, &a, &why) < 0)
		return; /* the register's verdict says so already */
	sha256_of(buf_slice(&a.body), hash);
	same = memcmp(hash, v->statement.record, sizeof(hash)) == 0;
	*ok = *ok && same;
	verdict_add(list, "record", same ? "ok" : "failed",
	    same ? "公表された認定の記録と一致する"
		 : "公表された認定の記録と一致しない",
	    same ? "The published record is the one that it names"
		 : "The published record is another one");
}

static void
print_verdicts(const struct cli *c, const struct json *list)
{
	const struct json *v;
	const char *check, *verdict, *text;
	char safe[512];
	size_t i;

	for (i = 0; i < jsonx_len(list); i++) {
		v = jsonx_at(list, i);
		check = jsonx_get_str(v, "check");
		verdict = jsonx_get_str(v, "verdict");
		text = jsonx_get_str(v, c->ja ? "text_ja" : "text_en");
		if (check != NULL && verdict != NULL && text != NULL)
			printf("%-10s %-8s %s\n", check, verdict,
			    text_show(safe, sizeof(safe), text, strlen(text)));
	}
}

/* Whether it was revoked must be known: silence is no good answer. */
static bool
revocation_known(const struct json *list)
{
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct json *v = jsonx_at(list, i);
		const char *check = jsonx_get_str(v, "check");
		const char *verdict = jsonx_get_str(v, "verdict");

		if (check != NULL && verdict != NULL &&
		    strcmp(check, "revocation") == 0)
			return strcmp(verdict, "skipped") != 0;
	}
	return false;
}

static const char *
verdict_words(const struct cli *c, bool ok, bool known)
{
	if (!ok)
		return cli_say(c, "有効ではありません。", "Not valid.");
	if (!known)
		return cli_say(c,
		    "判断できません。失効の有無を確かめられませんでした。",
		    "Cannot tell: whether it was revoked was not checked.");
	return cli_say(c, "有効です。", "Valid.");
}

static void
report(struct cli *c, const struct ca_view *v, struct json *list, bool ok)
{
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	bool known = revocation_known(list);

	if (!ok)
		c->status = err_exit(E_INVALID);
	else if (!known)
		c->status = err_exit(E_UNAVAILABLE);
	if (!c->a.json) {
		print_verdicts(c, list);
		printf("%s\n", verdict_words(c, ok, known));
		jsonx_free(list);
		return;
	}
	jsonx_set_bool(o, "ok", ok && known);
	jsonx_set(o, "certificate", view_json(v));
	jsonx_set(o, "checks", list);
	print_json(o);
}

static struct json *
verdicts_json(const struct ca_verdicts *found)
{
	struct json *list = jsonx_array();
	size_t i;

	for (i = 0; i < found->n; i++)
		verdict_add(list, found->items[i].check,
		    found->items[i].skipped  ? "skipped"
			: found->items[i].ok ? "ok"
					     : "failed",
		    found->items[i].text_ja, found->items[i].text_en);
	return list;
}

int
cert_verify(struct cli *c, struct err *e)
{
	CLEANUP(trust_free) struct trust t = { 0 };
	CLEANUP(ca_view_freep) struct ca_view *v = NULL;
	CLEANUP(freep) char *base = oid_base(c);
	struct ca_evidence x = { .oid_base = base, .at = local_now(c) };
	struct ca_verdicts found = { .n = 0 };
	struct json *list;
	bool ok = false;

	if (c->a.at != NULL && instant_parse(c->a.at, &x.at, e) < 0)
		return err_wrap(e, "--at");
	if (trust_load(c, &t, e) < 0)
		return -1;
	x.leaf = leaf_load(c->a.pos[0], &t, e);
	if (x.leaf == NULL || ca_view_read(cert_der(x.leaf), base, &v, e) < 0 ||
	    evidence_find(c, &t, v, &x, e) < 0 ||
	    ca_verify(&x, &found, &ok, e) < 0)
		return -1;
	list = verdicts_json(&found);
	register_check(c, v, list, &ok);
	record_check(c, v, list, &ok);
	report(c, v, list, ok);
	return 0;
}

static struct json *
crl_json(const struct crl *crl)
{
	struct json *o = jsonx_object();
	struct json *list = jsonx_array();
	struct json *item;
	struct crl_entry entry;
	char text[INSTANT_TEXT], hex[129];
	size_t i;

	jsonx_set_int(o, "number", (int64_t)crl_number(crl));
	jsonx_set_str(
	    o, "this_update", instant_format(crl_this_update(crl), text));
	jsonx_set_str(
	    o, "next_update", instant_format(crl_next_update(crl), text));
	for (i = 0; crl_at(crl, i, &entry); i++) {
		item = jsonx_object();
		if (entry.serial.n <= 64)
			jsonx_set_str(item, "serial",
			    hex_encode(entry.serial.p, entry.serial.n, hex));
		jsonx_set_str(
		    item, "revoked_at", instant_format(entry.revoked_at, text));
		if (crl_reason_name(entry.reason) != NULL)
			jsonx_set_str(
			    item, "reason", crl_reason_name(entry.reason));
		if (entry.invalid_since != 0)
			jsonx_set_str(item, "invalid_since",
			    instant_format(entry.invalid_since, text));
		jsonx_add(list, item);
	}
	jsonx_set(o, "entries", list);
	return o;
}

static void
print_crl(const struct json *o)
{
	const struct json *list = jsonx_get(o, "entries");
	const struct json *item;
	const char *reason, *since;
	size_t i;

	printf(
	    "%-16s %lld\n", "number", (long long)jsonx_get_int(o, "number", 0));
	printf("%-16s %s\n", "this_update", jsonx_get_str(o, "this_update"));
	printf("%-16s %s\n", "next_update", jsonx_get_str(o, "next_update"));
	for (i = 0; i < jsonx_len(list); i++) {
		item = jsonx_at(list, i);
		reason = jsonx_get_str(item, "reason");
		since = jsonx_get_str(item, "invalid_since");
		printf("%s  %s  %s%s%s\n", jsonx_get_str(item, "serial"),
		    jsonx_get_str(item, "revoked_at"),
		    reason != NULL ? reason : "-", since != NULL ? "  " : "",
		    since != NULL ? since : "");
	}
}

int
crl_show(struct cli *c, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(2 * LIMIT_CRL_BYTES);
	CLEANUP(crl_freep) struct crl *crl = NULL;
	CLEANUP(jsonx_freep) struct json *o = NULL;

	if (fs_read(AT_FDCWD, c->a.pos[0], 2 * LIMIT_CRL_BYTES - 1, &bytes, e) <
	    0)
		return err_wrap(e, "%s", c->a.pos[0]);
	if (crl_load(buf_slice(&bytes), &crl, e) < 0)
		return -1;
	o = crl_json(crl);
	if (c->a.json)
		print_json(o);
	else
		print_crl(o);
	return 0;
}
