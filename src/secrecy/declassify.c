/* SPDX-License-Identifier: Apache-2.0 */
/* The one door from secret to public: a complete declassification record. */
#include "nintei/secrecy.h"

#include <string.h>

#include "secrecy_int.h"

/* What each ground asks for.  SECRECY-2. */
static const struct ground {
	const char *name;
	const char *article;
	bool evidence;
	size_t officers;
} grounds[] = {
	{ "11-1", "11(1)", false, 2 },
	{ "11-2", "11(2)", false, 1 },
	{ "13-1", "13(1)", false, 0 },
	{ "16-2", "16(2)", false, 2 },
	{ "16-2-outcome", "16(2)", false, 1 },
	{ "19-2", "19(2)", false, 2 },
	{ "20-2-1", "20(2)(1)", true, 2 },
	{ "20-2-2", "20(2)(2)", true, 2 },
	{ "20-2-3", "20(2)(3)", true, 2 },
	{ "20-2-4", "20(2)(4)", true, 2 },
	{ "20-2-5", "20(2)(5)", false, 0 },
	{ "20-2-6", "20(2)(6)", false, 0 },
	{ "22-2", "22(2)", false, 2 },
};

static const struct ground *
ground_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < NELEM(grounds); i++)
		if (strcmp(grounds[i].name, name) == 0)
			return &grounds[i];
	return NULL;
}

const char *
declassification_article(const char *ground)
{
	const struct ground *g = ground_find(ground);

	return g == NULL ? NULL : g->article;
}

static bool
is_said(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static bool
is_digest(const char *text)
{
	return text != NULL && strlen(text) == 64 &&
	    strspn(text, "0123456789abcdef") == 64;
}

/* "2026-07-15": the form alone; the calendar is the caller's. */
static bool
is_day(const char *text)
{
	static const char form[] = "dddd-dd-dd";

	if (text == NULL || strlen(text) != strlen(form))
		return false;
	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9'
				   : text[i] != form[i])
			return false;
	return true;
}

static int
officers_check(
    const struct ground *g, const struct declassification *r, struct err *e)
{
	for (size_t i = 0; i < g->officers; i++)
		if (!is_said(r->officer[i]))
			return err_set(e, E_INVALID,
			    "Art. %s: want %zu officers, have %zu", g->article,
			    g->officers, i);
	if (g->officers == 2 && strcmp(r->officer[0], r->officer[1]) == 0)
		return err_set(e, E_INVALID,
		    "Art. %s: want two officers, have one twice", g->article);
	return 0;
}

int
declassification_check(const struct declassification *r, struct err *e)
{
	const struct ground *g = r == NULL ? NULL : ground_find(r->ground);

	if (g == NULL)
		return err_set(
		    e, E_INVALID, "no ground that the regulation knows");
	if (!is_said(r->act))
		return err_set(e, E_INVALID,
		    "Art. %s: want the decision or event", g->article);
	if (!is_day(r->on))
		return err_set(e, E_INVALID, "Art. %s: want a day", g->article);
	if (g->evidence ? !is_digest(r->evidence) : r->evidence != NULL)
		return err_set(e, E_INVALID, "Art. %s: want %s", g->article,
		    g->evidence ? "the evidence's SHA-256" : "no evidence");
	return officers_check(g, r, e);
}

int
declassify(const struct declassification *r, const struct sec_str *s,
    const struct pub_str **out, struct err *e)
{
	if (declassification_check(r, e) < 0)
		return -1;
	*out = (const struct pub_str *)(const char *)s;
	return 0;
}

struct json *
declassification_json(const struct declassification *r)
{
	struct json *j = jsonx_object();
	struct json *officers = jsonx_array();

	jsonx_set_str(j, "ground", r->ground);
	jsonx_set_str(j, "article", declassification_article(r->ground));
	jsonx_set_str(j, "act", r->act);
	jsonx_set_str(j, "evidence", r->evidence);
	jsonx_set_str(j, "on", r->on);
	for (size_t i = 0; i < NELEM(r->officer) && is_said(r->officer[i]); i++)
		jsonx_add_str(officers, r->officer[i]);
	jsonx_set(j, "officers", officers);
	return j;
}

int
declassification_read(
    const struct json *j, struct declassification *out, struct err *e)
{
	const struct json *officers = jsonx_get(j, "officers");
	const char *article = jsonx_get_str(j, "article");
	struct declassification r = {
		.ground = jsonx_get_str(j, "ground"),
		.act = jsonx_get_str(j, "act"),
		.evidence = jsonx_get_str(j, "evidence"),
		.on = jsonx_get_str(j, "on"),
		.officer = { jsonx_str(jsonx_at(officers, 0)),
		    jsonx_str(jsonx_at(officers, 1)) },
	};

	if (declassification_check(&r, e) < 0)
		return -1;
	if (article == NULL ||
	    strcmp(article, declassification_article(r.ground)) != 0)
		return err_set(e, E_INVALID, "the ground has another article");
	*out = r;
	return 0;
}
