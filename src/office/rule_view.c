/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/rules/{scheme}/{article}: the text, its readings, its acts. */
#include <string.h>

#include "nintei/digest.h"
#include "nintei/params_about.h"
#include "office_int.h"

/* "12" covers "12(1)"; the same covers itself. */
static bool
covers(const char *wide, size_t n, const char *narrow, size_t m)
{
	return n <= m && memcmp(wide, narrow, n) == 0 &&
	    (n == m || narrow[n] == '(');
}

/* Does a list "4(1),5(1)" name the article, a part of it, or the whole? */
static bool
cites(const char *list, const char *article)
{
	size_t asked = strlen(article);

	while (*list != '\0') {
		size_t n = strcspn(list, ",");

		if (covers(article, asked, list, n) ||
		    covers(list, n, article, asked))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

static struct json *
readings(const struct scheme *s, const char *article)
{
	struct json *a = jsonx_array();
	const struct param_about *about;
	struct param_value v;

	for (size_t i = 0; (about = param_about_at(i)) != NULL; i++) {
		struct json *j;
		size_t k = 0;

		if (!cites(about->article, article))
			continue;
		while (params_at(&s->params, k, &v) &&
		    strcmp(v.key, about->key) != 0)
			k++;
		j = jsonx_object();
		jsonx_set_str(j, "key", about->key);
		jsonx_set_str(j, "value", v.text);
		jsonx_set_bool(j, "default", v.is_default);
		jsonx_set_str(j, "article", about->article);
		jsonx_set_str(j, "ja", about->ja);
		jsonx_set_str(j, "en", about->en);
		jsonx_add(a, j);
	}
	return a;
}

/* Each row of the tables that cites it. */
static struct json *
acts(const char *article)
{
	struct json *a = jsonx_array();
	const struct flow_row *row;

	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++) {
		struct json *j;

		if (!cites(row->article, article))
			continue;
		j = jsonx_object();
		jsonx_set_str(j, "machine", machine_name(row->machine));
		jsonx_set_str(j, "from", state_name(row->from));
		jsonx_set_str(j, "event", row->event);
		jsonx_set_str(j, "to", state_name(row->to));
		jsonx_set_str(j, "article", row->article);
		jsonx_add(a, j);
	}
	return a;
}

static struct json *
slips(const struct scheme *s, const char *article)
{
	struct json *a = jsonx_array();

	for (size_t i = 0; i < s->n_slips; i++) {
		struct json *j;

		if (!cites(s->slips[i].article, article))
			continue;
		j = jsonx_object();
		jsonx_set_str(j, "text", s->slips[i].text);
		jsonx_set_str(j, "note", s->slips[i].note);
		jsonx_add(a, j);
	}
	return a;
}

/* In force at the end of a day; today: now. */
static int
rule_at(struct visit *v, const struct scheme **out, struct err *e)
{
	CLEANUP(freep) char *as_of = query_text(v, "as_of");
	int64_t at = v->now;
	struct jday day;

	if (as_of != NULL) {
		if (jday_parse(as_of, &day, e) < 0)
			return err_wrap(e, "as_of");
		at = instant_of_jday(jday_add_days(day, 1)) - 1;
	}
	*out = scheme_in_force(v->o->schemes, v->q->param[0], at);
	if (*out != NULL)
		return 0;
	return scheme_find(v->o->schemes, v->q->param[0]) == NULL
	    ? err_set(e, E_NOT_FOUND, "there is no such scheme")
	    : err_set(e, E_NOT_FOUND, "no version was in force on that day");
}

int
get_rule(struct visit *v, struct answer *a, struct err *e)
{
	const char *article = v->q->param[1];
	const struct scheme_version *version;
	const struct scheme *s;
	struct slice text;
	char hash[SHA256_HEX];
	struct json *j;

	if (rule_at(v, &s, e) < 0)
		return -1;
	if (!scheme_article(s, article, &text))
		return err_set(e, E_NOT_FOUND,
		    "the text has no article \"%.40s\"; write 12, 12(1) or "
		    "17(1)(3)",
		    article);
	version = &s->versions[s->n_versions - 1];
	j = jsonx_object();
	jsonx_set_str(j, "scheme", s->id);
	jsonx_set_str(j, "article", article);
	jsonx_set_str(j, "rule_version", s->rule_version);
	jsonx_set_str(j, "policy_version", s->policy_version);
	jsonx_set_str(j, "text_sha256", version->sha256);
	jsonx_set(j, "text", jsonx_string_n(text));
	jsonx_set(j, "params", readings(s, article));
	jsonx_set(j, "slips", slips(s, article));
	jsonx_set(j, "acts", acts(article));
	answer_json(a, 200, j);
	answer_header(a, FR_CACHE_CONTROL, "public, max-age=60");
	answer_etag(v, a, sha256_hex(buf_slice(&a->body), hash));
	return 0;
}
