/* SPDX-License-Identifier: Apache-2.0 */
/* What an amendment changes, and what a decision of kind policy may change. */
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "scheme_int.h"

void
scheme_digest(const struct scheme *s, char out[65])
{
	CLEANUP(digest_freep) struct digest *d = digest_sha256_new();
	uint8_t hash[SHA256_BYTES];
	struct slice bytes;
	const char *name;

	for (size_t i = 0; scheme_file(s, i, &name, &bytes); i++) {
		uint8_t one[SHA256_BYTES];

		sha256_of(bytes, one);
		digest_update(d, slice_of(name, strlen(name) + 1));
		digest_update(d, slice_of(one, sizeof(one)));
	}
	digest_final(d, hash);
	hex_encode(hash, sizeof(hash), out);
}

struct json *
scheme_rules_detail(const struct scheme *s, const char *effective_from)
{
	struct json *o = jsonx_object();
	struct json *files = jsonx_object();
	struct slice bytes;
	char hex[SHA256_HEX] = "";
	const char *name;

	for (size_t i = 0; scheme_file(s, i, &name, &bytes); i++)
		jsonx_set_str(files, name, sha256_hex(bytes, hex));
	jsonx_set_str(o, "schema", "nintei.rules/1");
	jsonx_set_str(o, "scheme", s->id);
	jsonx_set_str(o, "rule_version", s->rule_version);
	jsonx_set_str(o, "policy_version", s->policy_version);
	jsonx_set_str(o, "effective_from", effective_from);
	jsonx_set_str(o, "text_sha256", jsonx_get_str(files, "rule.txt"));
	jsonx_set(o, "files", files);
	return o;
}

bool
scheme_rules_match(const struct scheme *s, const struct json *detail)
{
	const char *from = jsonx_get_str(detail, "effective_from");
	CLEANUP(jsonx_freep) struct json *own = NULL;
	const char *diff = jsonx_get_str(detail, "diff");

	if (from == NULL)
		return false;
	own = scheme_rules_detail(s, from);
	if (diff != NULL)
		jsonx_set_str(own, "diff", diff);
	return jsonx_equal(own, detail);
}

/* --- differences --- */

static struct json *
change(const char *key, const char *name, const char *what)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, key, name);
	jsonx_set_str(o, "change", what);
	return o;
}

static struct json *
changed_files(const struct scheme *from, const struct scheme *to)
{
	struct json *a = jsonx_array();
	struct slice was = { 0 }, is;
	const char *name;

	for (size_t i = 0; scheme_file(to, i, &name, &is); i++) {
		if (from != NULL)
			(void)scheme_file(from, i, &name, &was);
		if (from == NULL || !slice_eq(was, is))
			jsonx_add_str(a, name);
	}
	return a;
}

static const struct rule_part *
part_named(const struct rule_parts *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->items[i].name, name) == 0)
			return &p->items[i];
	return NULL;
}

/* What a part is compared by: an article by its heading, else all of it. */
static struct slice
part_text(const struct rule_parts *p, const struct rule_part *part)
{
	size_t next = (size_t)(part - p->items) + 1;

	if (part->level == 0 && next < p->n && p->items[next].level == 1)
		return slice_of(part->text.p,
		    (size_t)(p->items[next].text.p - part->text.p));
	return part->text;
}

static void
add_article(struct json *a, const struct rule_parts *was,
    const struct rule_parts *is, const struct rule_part *p)
{
	const struct rule_part *old = part_named(was, p->name);
	struct slice now = part_text(is, p);
	struct json *o;

	if (p->level > 1)
		return; /* an item is shown with its paragraph */
	if (old != NULL && slice_eq(part_text(was, old), now))
		return;
	o = change("article", p->name, old == NULL ? "added" : "changed");
	if (old != NULL)
		jsonx_set(o, "from", jsonx_string_n(part_text(was, old)));
	jsonx_set(o, "to", jsonx_string_n(now));
	jsonx_add(a, o);
}

static void
parts_of(const struct scheme *s, struct rule_parts *out)
{
	/* The scheme is the first member of its box. */
	const struct scheme_box *b = (const void *)s;

	if (b != NULL)
		rule_parts(buf_slice(&b->rule), out);
}

static struct json *
changed_articles(const struct scheme *from, const struct scheme *to)
{
	CLEANUP(freep) struct rule_parts *was = xcalloc(1, sizeof(*was));
	CLEANUP(freep) struct rule_parts *is = xcalloc(1, sizeof(*is));
	struct json *a = jsonx_array();

	parts_of(from, was);
	parts_of(to, is);
	for (size_t i = 0; i < is->n; i++)
		add_article(a, was, is, &is->items[i]);
	for (size_t i = 0; i < was->n; i++)
		if (was->items[i].level <= 1 &&
		    part_named(is, was->items[i].name) == NULL) {
			struct json *o =
			    change("article", was->items[i].name, "removed");

			jsonx_set(o, "from",
			    jsonx_string_n(part_text(was, &was->items[i])));
			jsonx_add(a, o);
		}
	return a;
}

static struct json *
changed_params(const struct scheme *from, const struct scheme *to)
{
	struct json *a = jsonx_array();
	struct param_value was, is;

	for (size_t i = 0; params_at(&to->params, i, &is); i++) {
		struct json *o;

		if (from != NULL && params_at(&from->params, i, &was) &&
		    strcmp(was.text, is.text) == 0)
			continue;
		if (from == NULL && is.is_default)
			continue;
		o = jsonx_object();
		jsonx_set_str(o, "key", is.key);
		if (from != NULL)
			jsonx_set_str(o, "from", was.text);
		jsonx_set_str(o, "to", is.text);
		jsonx_add(a, o);
	}
	return a;
}

static const struct json *
row_of(const struct json *list, const char *id)
{
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (strcmp(jsonx_get_str(jsonx_at(list, i), "id"), id) == 0)
			return jsonx_at(list, i);
	return NULL;
}

/* Rows with an id: criteria and fields of form A. */
static struct json *
changed_rows(const struct json *was, const struct json *is)
{
	struct json *a = jsonx_array();

	for (size_t i = 0; i < jsonx_len(is); i++) {
		const struct json *row = jsonx_at(is, i);
		const char *id = jsonx_get_str(row, "id");
		const struct json *old = row_of(was, id);

		if (old == NULL)
			jsonx_add(a, change("id", id, "added"));
		else if (!jsonx_equal(old, row))
			jsonx_add(a, change("id", id, "changed"));
	}
	for (size_t i = 0; i < jsonx_len(was); i++) {
		const char *id = jsonx_get_str(jsonx_at(was, i), "id");

		if (row_of(is, id) == NULL)
			jsonx_add(a, change("id", id, "removed"));
	}
	return a;
}

static bool
shown_apart(const char *key)
{
	static const char *const apart[] = { "criteria", "form_a", "params",
		"versions", "schema", "id", "rule_version", "policy_version",
		NULL };

	return word_known(key, apart);
}

/* Everything else of scheme.yaml, registry.yaml and profiles.yaml. */
static struct json *
changed_values(const struct json *was, const struct json *is)
{
	struct json *a = jsonx_array();
	const struct json *value;
	const char *key;

	for (size_t i = 0; jsonx_member(is, i, &key, &value); i++) {
		struct json *o;

		if (shown_apart(key) || jsonx_equal(jsonx_get(was, key), value))
			continue;
		o = jsonx_object();
		jsonx_set_str(o, "key", key);
		jsonx_set(o, "from", jsonx_dup(jsonx_get(was, key)));
		jsonx_set(o, "to", jsonx_dup(value));
		jsonx_add(a, o);
	}
	return a;
}

struct json *
scheme_diff(const struct scheme *from, const struct scheme *to)
{
	CLEANUP(jsonx_freep)
	struct json *was = from == NULL ? NULL : scheme_json(from);
	CLEANUP(jsonx_freep) struct json *is = scheme_json(to);
	struct json *o = jsonx_object();

	if (from != NULL)
		jsonx_set_str(o, "from", from->policy_version);
	jsonx_set_str(o, "to", to->policy_version);
	jsonx_set(o, "files", changed_files(from, to));
	jsonx_set(o, "articles", changed_articles(from, to));
	jsonx_set(o, "params", changed_params(from, to));
	jsonx_set(o, "criteria",
	    changed_rows(
		jsonx_get(was, "criteria"), jsonx_get(is, "criteria")));
	jsonx_set(o, "form_a",
	    changed_rows(jsonx_get(was, "form_a"), jsonx_get(is, "form_a")));
	jsonx_set(o, "values", changed_values(was, is));
	return o;
}

#define LINES 80 /* of a diff; more is cut, and said so */

/* "article 9(1) changed" for each row of a list. */
static void
lines_put(const struct json *list, const char *what, const char *key,
    size_t *left, struct buf *out)
{
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct json *row = jsonx_at(list, i);
		const char *change = jsonx_get_str(row, "change");

		if (*left == 0)
			return;
		if (--*left == 0) {
			buf_puts(out, "more\n");
			return;
		}
		buf_putf(out, "%s %s %s\n", what, jsonx_get_str(row, key),
		    change == NULL ? "changed" : change);
	}
}

void
scheme_diff_text(
    const struct scheme *from, const struct scheme *to, struct buf *out)
{
	CLEANUP(jsonx_freep) struct json *j = scheme_diff(from, to);
	static const char *const lists[][3] = {
		{ "articles", "article", "article" },
		{ "params", "param", "key" },
		{ "values", "value", "key" },
		{ "criteria", "criterion", "id" },
		{ "form_a", "field", "id" },
	};
	size_t left = LINES;

	for (size_t i = 0; i < NELEM(lists); i++)
		lines_put(jsonx_get(j, lists[i][0]), lists[i][1], lists[i][2],
		    &left, out);
}

/* --- decisions of kind policy --- */

/* The number behind the last dot: "2026-07-01.2". */
static long
policy_number(const struct scheme *s)
{
	const char *dot = strrchr(s->policy_version, '.');
	int64_t n = 0;
	struct err none = ERR_INIT;

	if (dot == NULL ||
	    conf_int(dot + 1, "policy", 1, 100000, &n, &none) < 0)
		return 0;
	return (long)n;
}

static bool
same_text(const struct scheme *a, const struct scheme *b)
{
	/* The scheme is the first member of its box. */
	const struct scheme_box *x = (const void *)a, *y = (const void *)b;

	return strcmp(a->rule_version, b->rule_version) == 0 &&
	    slice_eq(buf_slice(&x->rule), buf_slice(&y->rule));
}

int
scheme_policy_check(
    const struct scheme *from, const struct scheme *to, struct err *e)
{
	/* What the articles themselves say; all else is the body's policy. */
	static const char *const articles[] = { "name_ja", "classes",
		"guideline", "term_years", "renewal_opens_days",
		"renewal_closes_days", "bar_years", "publish_items",
		"mark_other_scope", "mark_media", "papers_to", "users",
		"compares", "delegate_knowledge" };
	CLEANUP(jsonx_freep) struct json *was = scheme_json(from);
	CLEANUP(jsonx_freep) struct json *is = scheme_json(to);

	if (strcmp(from->id, to->id) != 0 || !same_text(from, to))
		return err_set(e, E_FLOW_GUARD,
		    "another text of the regulation: Art. 22 asks for an "
		    "amendment");
	if (policy_number(to) != policy_number(from) + 1)
		return err_set(e, E_FLOW_GUARD,
		    "want the policy after %s, have %s", from->policy_version,
		    to->policy_version);
	for (size_t i = 0; i < NELEM(articles); i++)
		if (!jsonx_equal(jsonx_get(was, articles[i]),
			jsonx_get(is, articles[i])))
			return err_set(e, E_FLOW_GUARD,
			    "%s stands in the articles: Art. 22 asks for an "
			    "amendment",
			    articles[i]);
	return 0;
}
