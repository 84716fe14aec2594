/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of a scheme is in force: as officers decided, no other. */
#include "signing_int.h"

#include <string.h>

#include "nintei/detail.h"

static const struct json_field fields[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "scheme", JSON_KIND_STRING, true },
	{ "rule_version", JSON_KIND_STRING, true },
	{ "policy_version", JSON_KIND_STRING, true },
	{ "effective_from", JSON_KIND_STRING, true },
	{ "text_sha256", JSON_KIND_STRING, false },
	{ "diff", JSON_KIND_STRING, false }, /* for people alone */
	{ "diff", JSON_KIND_STRING, false },
	{ "files", JSON_KIND_OBJECT, true },
};

/* What a detail nintei.rules/1 says; texts borrowed from doc. */
struct amendment {
	struct json *doc;
	const char *scheme, *rule_version, *policy_version;
	struct jday from;
};

static int
amendment_read(struct slice bytes, struct amendment *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;

	if (jsonx_parse_canonical(bytes, SIGN_DETAIL_BYTES, &doc, e) < 0 ||
	    jsonx_shape(doc, fields, NELEM(fields), e) < 0)
		return -1;
	if (strcmp(jsonx_get_str(doc, "schema"), DETAIL_RULES) != 0)
		return err_set(e, E_INPUT, "detail: want " DETAIL_RULES);
	if (jday_parse(jsonx_get_str(doc, "effective_from"), &out->from, e) < 0)
		return -1;
	out->scheme = jsonx_get_str(doc, "scheme");
	out->rule_version = jsonx_get_str(doc, "rule_version");
	out->policy_version = jsonx_get_str(doc, "policy_version");
	out->doc = TAKE(doc);
	return 0;
}

static void
amendment_done(struct amendment *a)
{
	jsonx_free(a->doc);
}

/* SIGN-82: announced for long enough; a policy never back in time. */
static int
notice_check(const struct signer *s, const struct proven *p,
    const struct amendment *a, struct err *e)
{
	const struct scheme *now = scheme_find(s->schemes, a->scheme);
	struct jday today = jday_of_instant(signer_now(s));
	const char *outcome = decision_get(p->d, "outcome");
	int days;

	if (now == NULL)
		return refuse(e, 0, "no such scheme: %s", a->scheme);
	if (strcmp(outcome, "rescind") == 0)
		return jday_cmp(a->from, today) > 0
		    ? 0
		    : refuse(e, 0, "it is in force already");
	if (strcmp(outcome, "import") == 0)
		return refuse(e, 0, "what is installed came with the genesis");
	days = strcmp(outcome, "adopt") == 0 ? (int)now->params.rule_notice_days
					     : 0;
	if (jday_cmp(a->from, jday_add_days(today, days)) < 0)
		return refuse(e, 0, "it comes into force too soon");
	return 0;
}

static int
file_of(void *arg, const char *name, struct buf *out, struct err *e)
{
	const struct sign_note *m = arg;

	for (size_t i = 0; i < m->n_files; i++)
		if (strcmp(m->files[i].name, name) == 0) {
			buf_put(out, m->files[i].bytes.p, m->files[i].bytes.n);
			return 0;
		}
	return err_set(e, E_NOT_FOUND, "%s", name);
}

/* SIGN-81: no byte of it is read but by the hash that officers signed. */
static int
files_check(const struct sign_note *m, const struct amendment *a, struct err *e)
{
	const struct json *want = jsonx_get(a->doc, "files");
	char hex[SHA256_HEX];

	for (size_t i = 0; i < m->n_files; i++) {
		const char *hash = jsonx_get_str(want, m->files[i].name);

		sha256_hex(m->files[i].bytes, hex);
		if (hash == NULL || strcmp(hash, hex) != 0)
			return refuse(e, GUARD_BASIS_CURRENT,
			    "%s is not the file of the decision",
			    m->files[i].name);
	}
	return 0;
}

/* The version, into the schemes where it is not there yet. */
static int
version_take(struct signer *s, const struct sign_note *m,
    const struct amendment *a, struct err *e)
{
	CLEANUP(scheme_freep) struct scheme *read = NULL;
	struct scheme_source from = { file_of, NULL };
	const struct scheme *v =
	    scheme_of_version(s->schemes, a->scheme, a->policy_version);
	struct sign_note *files;

	if (v != NULL && scheme_rules_match(v, a->doc))
		return 0;
	files = xcalloc(1, sizeof(*files));
	*files = *m;
	from.arg = files;
	if (scheme_read(a->scheme, &from, &read, e) < 0) {
		freep(&files);
		return -1;
	}
	freep(&files);
	if (!scheme_rules_match(read, a->doc))
		return err_set(
		    e, E_INVALID, "the files are not those of the decision");
	return scheme_set_take(s->schemes, TAKE(read), e);
}

int
rules_check(struct signer *s, const struct proven *p, const struct sign_note *m,
    struct err *e)
{
	CLEANUP(amendment_done) struct amendment a = { 0 };
	const char *named = decision_get(p->d, "scheme");
	struct err why = ERR_INIT;

	if (!detail_is_of(p->d, m->detail))
		return refuse(e, GUARD_BASIS_CURRENT,
		    "the detail is not that of the decision");
	if (amendment_read(m->detail, &a, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (named != NULL && strcmp(named, a.scheme) != 0)
		return refuse(e, 0, "decision and detail differ in scheme");
	if (notice_check(s, p, &a, e) < 0 || files_check(m, &a, e) < 0)
		return -1;
	if (strcmp(decision_get(p->d, "outcome"), "rescind") == 0)
		return 0;
	if (version_take(s, m, &a, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	return 0;
}

int
rules_enact(struct signer *s, const struct noted *n, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(SIGN_DETAIL_BYTES);
	CLEANUP(amendment_done) struct amendment a = { 0 };
	const struct scheme *v;

	jsonx_canonical(n->rules, &text);
	if (amendment_read(buf_slice(&text), &a, e) < 0)
		return -1;
	if (!n->adopts) {
		scheme_set_repeal(s->schemes, a.scheme, a.rule_version);
		return 0;
	}
	v = scheme_of_version(s->schemes, a.scheme, a.policy_version);
	if (v == NULL || !scheme_rules_match(v, a.doc))
		return err_set(e, E_CONFIG,
		    "policies/%s/versions/%s: not the files that were decided",
		    a.scheme, a.rule_version);
	return scheme_set_enact(
	    s->schemes, a.scheme, a.policy_version, instant_of_jday(a.from), e);
}

/* SIGN-80: what was noted is in force whatever the files say. */
int
rules_replay(struct signer *s, struct err *e)
{
	for (size_t i = 0; i < s->ledger.n_noted; i++)
		if (s->ledger.noted[i].rules != NULL &&
		    rules_enact(s, &s->ledger.noted[i], e) < 0)
			return -1;
	return 0;
}
