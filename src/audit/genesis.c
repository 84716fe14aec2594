/* SPDX-License-Identifier: Apache-2.0 */
/* The first commit: who the body is, its first roster, its certificates. */
#include "audit_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/ca_lint.h"
#include "nintei/ca_view.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"
#include "nintei/x509.h"

static const struct json_field members[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "authority", JSON_KIND_STRING, true },
	{ "development", JSON_KIND_BOOL, true },
	{ "created", JSON_KIND_STRING, true },
	{ "shard_bits", JSON_KIND_INT, true },
	{ "hash", JSON_KIND_STRING, true },
	{ "root_sha256", JSON_KIND_STRING, true },
	{ "commit_key", JSON_KIND_STRING, true },
	{ "roster", JSON_KIND_OBJECT, true },
};

static void
wrong(struct audit *a, const char *expected, const char *found)
{
	audit_say(a, AUDIT_R92, expected, "%s", found);
}

/* --- the roster --- */

/* "roster/<person>.json": the person, or NULL. */
static char *
person_of(const struct file *f)
{
	const char *at = f->name + strlen("roster/");
	size_t n = strlen(at);

	if (n <= 5 || strcmp(at + n - 5, ".json") != 0)
		return NULL;
	return xstrndup(at, n - 5);
}

static void
entry_take(struct audit *a, struct file *f, const struct json *hashes)
{
	CLEANUP(freep) char *person = person_of(f);
	CLEANUP(freep)
	struct roster_entry *entry = xcalloc(1, sizeof(*entry));
	const char *want =
	    person == NULL ? NULL : jsonx_get_str(hashes, person);
	struct err why = ERR_INIT;
	char have[SHA256_HEX];

	f->claimed = true;
	if (roster_entry_decode(buf_slice(&f->bytes), entry, &why) < 0 ||
	    roster_put(a->roster, buf_slice(&f->bytes), &why) < 0) {
		audit_say(a, AUDIT_R92, "a roster entry", "%.60s: %.100s",
		    f->name, why.detail);
		return;
	}
	sha256_hex(buf_slice(&f->bytes), have);
	if (want == NULL || strcmp(want, have) != 0 ||
	    strcmp(entry->person, person) != 0)
		audit_say(a, AUDIT_R92, "the entry that genesis.json names",
		    "%.60s is another", f->name);
}

/* The hash of "<person> <hash>\n" over the first roster, by name. */
static void
roster_note(struct audit *a, const struct json *hashes)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(4));
	struct keymap t = { 0 };
	const struct keymap_slot **sorted;
	const struct json *value;
	const char *person;

	for (size_t i = 0; jsonx_member(hashes, i, &person, &value); i++)
		keymap_put(&t, person, (void *)(uintptr_t)1);
	sorted = keymap_sorted(&t);
	for (size_t i = 0; i < t.n; i++)
		buf_putf(&b, "%s %s\n", sorted[i]->key,
		    jsonx_get_str(hashes, sorted[i]->key) == NULL
			? ""
			: jsonx_get_str(hashes, sorted[i]->key));
	sha256_hex(buf_slice(&b), a->report->roster_sha256);
	free(sorted);
	keymap_free(&t, NULL);
}

static void
roster_begin(struct audit *a, const struct json *genesis)
{
	const struct json *hashes = jsonx_get(genesis, "roster");

	for (size_t i = 0; i < a->it->n_files; i++)
		if (a->it->files[i].kind == FILE_ROSTER)
			entry_take(a, &a->it->files[i], hashes);
	if (roster_len(a->roster) != jsonx_len(hashes))
		wrong(a, "the entries that genesis.json names",
		    "more or fewer of them");
	roster_note(a, hashes);
}

/* --- certificates --- */

static struct cert *
cert_take(struct audit *a, const char *name)
{
	const struct file *f = item_claim(a->it, name);
	struct err why = ERR_INIT;
	struct cert *c = NULL;

	if (f == NULL)
		audit_say(a, AUDIT_R93, name, "no such file");
	else if (cert_decode(buf_slice(&f->bytes), &c, &why) < 0)
		audit_say(
		    a, AUDIT_R93, "a certificate", "%s: %s", name, why.detail);
	return c;
}

static void
key_note(struct audit *a, const struct cert *c)
{
	char hex[SHA256_HEX];

	keymap_put(&a->keys, sha256_hex(cert_spki(c), hex), &a->keys);
}

static void
lint(struct audit *a, enum ca_kind kind, const struct cert *c,
    const struct cert *issuer, const char *name)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	struct err why = ERR_INIT;

	if (ca_lint_cert(kind, cert_der(c), issuer,
		a->oid_base.n > 0 ? buf_str(&a->oid_base) : CA_OIDS_EXAMPLE,
		&found, &why) < 0)
		audit_say(a, AUDIT_R93, "a certificate of PKI 2", "%s: %s",
		    name, why.detail);
	for (size_t i = 0; i < found.n && i < 3; i++)
		audit_say(a, AUDIT_R93, "a certificate of PKI 2", "%s: %s %s",
		    name, found.items[i].rule, found.items[i].text_en);
}

static void
root_begin(struct audit *a, const struct json *genesis)
{
	char hex[SHA256_HEX];

	if ((a->root = cert_take(a, "pki/root.cer")) == NULL)
		return;
	sha256_hex(cert_der(a->root), hex);
	snprintf(
	    a->report->root_sha256, sizeof(a->report->root_sha256), "%s", hex);
	audit_same(a, AUDIT_R92, "root_sha256",
	    jsonx_get_str(genesis, "root_sha256"), hex);
	if (!cert_signed_by(a->root, a->root))
		audit_say(a, AUDIT_R93, "a root signed by itself", "another");
	key_note(a, a->root);
	lint(a, CA_KIND_ROOT, a->root, NULL, "pki/root.cer");
}

/* The arc of our OIDs: what stands before the scheme's own in its issuer. */
static void
arc_note(struct audit *a, const struct scheme *s, const struct cert *issuer)
{
	CLEANUP(ca_view_freep) struct ca_view *v = NULL;
	struct err why = ERR_INIT;
	size_t n, arc = strlen(s->profile.policy_oid);

	if (a->oid_base.n > 0 ||
	    ca_view_read(cert_der(issuer), NULL, &v, &why) < 0 ||
	    v->policy_oid == NULL)
		return;
	n = strlen(v->policy_oid);
	if (n > arc + 1 && v->policy_oid[n - arc - 1] == '.' &&
	    strcmp(v->policy_oid + n - arc, s->profile.policy_oid) == 0)
		buf_put(&a->oid_base, v->policy_oid, n - arc - 1);
}

static void
issuer_begin(struct audit *a, const struct scheme *s)
{
	CLEANUP(freep) char *name = xasprintf("pki/%s.cer", s->id);
	struct cert *c = cert_take(a, name);
	struct lists *l;

	if (c == NULL || a->n_lists == NELEM(a->lists)) {
		cert_free(c);
		return;
	}
	l = xcalloc(1, sizeof(*l));
	snprintf(l->scheme, sizeof(l->scheme), "%s", s->id);
	l->issuer = c;
	a->lists[a->n_lists++] = l;
	if (a->root == NULL || !cert_signed_by(c, a->root))
		audit_say(
		    a, AUDIT_R93, "an issuer signed by the root", "%s", name);
	arc_note(a, s, c);
	key_note(a, c);
	lint(a, CA_KIND_ISSUER, c, a->root, name);
}

/* Certificates of the body's own services: seal, tsa. */
static void
others_begin(struct audit *a)
{
	for (size_t i = 0; i < a->it->n_files; i++) {
		struct file *f = &a->it->files[i];
		CLEANUP(cert_freep) struct cert *c = NULL;
		size_t n = strlen(f->name);

		if (f->kind != FILE_PKI || f->claimed || n < 4 ||
		    strcmp(f->name + n - 4, ".cer") != 0)
			continue;
		if ((c = cert_take(a, f->name)) == NULL)
			continue;
		if (a->root == NULL || !cert_signed_by(c, a->root))
			audit_say(
			    a, AUDIT_R93, "signed by the root", "%s", f->name);
		key_note(a, c);
	}
}

static void
log_key_begin(struct audit *a)
{
	const struct file *f = item_claim(a->it, "pki/log.vkey");
	const char *text = f == NULL ? "" : buf_str(&f->bytes);

	if (f == NULL)
		audit_say(a, AUDIT_R93, "pki/log.vkey", "no such file");
	snprintf(a->report->log_key, sizeof(a->report->log_key), "%.*s",
	    (int)strcspn(text, "\n"), text);
}

static void
pki_begin(struct audit *a, const struct json *genesis)
{
	const struct scheme *s;

	root_begin(a, genesis);
	for (size_t i = 0; (s = scheme_at(a->schemes, i)) != NULL; i++)
		issuer_begin(a, s);
	others_begin(a);
	log_key_begin(a);
}

/* --- the record --- */

static struct json *
genesis_read(struct audit *a)
{
	const struct file *f = audit_need(a, "genesis.json");
	struct json *j = NULL;
	struct err why = ERR_INIT;

	if (f == NULL)
		return NULL;
	sha256_hex(buf_slice(&f->bytes), a->report->genesis_sha256);
	if (jsonx_parse_canonical(
		buf_slice(&f->bytes), LIMIT_EVENT_BYTES, &j, &why) < 0 ||
	    jsonx_shape(j, members, NELEM(members), &why) < 0) {
		wrong(a, "nintei.genesis/1", why.detail);
		jsonx_free(j);
		return NULL;
	}
	return j;
}

static void
genesis_members(struct audit *a, const struct json *j)
{
	const struct json *data = jsonx_get(a->it->event, "data");
	char created[INSTANT_TEXT];

	audit_same(a, AUDIT_R92, "schema", "nintei.genesis/1",
	    jsonx_get_str(j, "schema"));
	audit_same(a, AUDIT_R92, "hash", "sha256", jsonx_get_str(j, "hash"));
	audit_same(a, AUDIT_R92, "authority", jsonx_get_str(j, "authority"),
	    jsonx_get_str(data, "authority"));
	a->report->development = jsonx_get_bool(j, "development", false);
	if (a->report->development !=
	    jsonx_get_bool(data, "development", false))
		wrong(a, "one word about development", "two");
	instant_format(event_instant(a->it, "recorded_at"), created);
	audit_same(
	    a, AUDIT_R92, "created", created, jsonx_get_str(j, "created"));
}

static void
commit_key_judge(struct audit *a, const struct json *j)
{
	struct err why = ERR_INIT;
	struct ssh_key key;
	const char *line = jsonx_get_str(j, "commit_key");

	if (ssh_key_parse(line == NULL ? "" : line, &key, &why) < 0) {
		wrong(a, "commit_key", why.detail);
		return;
	}
	for (size_t i = 0; i < a->n_signers; i++)
		if (ssh_key_equal(&a->signers[i].key, &key))
			return;
	wrong(a, "the key of allowed_signers", "another commit_key");
}

void
genesis_judge(struct audit *a)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	const struct commit_view *v = &a->it->view;

	hex_encode(a->it->id.b, GITX_OID, a->report->genesis);
	if (strcmp(v->dossier, "authority") != 0 || v->seq != 1 ||
	    strcmp(v->act, "body.genesis") != 0)
		wrong(a, "authority 1 body.genesis", v->act);
	if ((j = genesis_read(a)) == NULL)
		return;
	genesis_members(a, j);
	roster_begin(a, j);
	policy_begin(a);
	pki_begin(a, j);
	commit_key_judge(a, j);
	if (!signers_follow(a))
		wrong(a, "allowed_signers as the roster gives it", "another");
	checkpoint_judge(a);
	pins_judge(a);
}
