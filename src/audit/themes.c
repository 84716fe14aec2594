/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUDIT-42 for a certified service: what a finding means is computed, and a
 * disclosure names the documents that it handed over (THEME-1, THEME-7).
 */
#include "audit_int.h"

#include <string.h>

#include "nintei/jsonx.h"
#include "nintei/themes.h"

static char *
list_text(const struct json *list)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_EVENT_BYTES);

	if (list != NULL)
		jsonx_canonical(list, &b);
	return xstrdup(buf_str(&b));
}

static void
lists_same(struct audit *a, const char *what, const struct json *want,
    const struct json *have)
{
	CLEANUP(freep) char *w = list_text(want);
	CLEANUP(freep) char *h = list_text(have);

	audit_same(a, AUDIT_R42, what, w, h);
}

static void
misuse_judge(struct audit *a, const struct trail *t, const struct scheme *s,
    const struct json *data)
{
	const struct dossier_machine *m = dossier_last(t->d, M_MARK);
	bool ended = m != NULL && (m->flags & FLAG_ENDED) != 0;
	CLEANUP(jsonx_freep) struct json *want = NULL;
	struct err why = ERR_INIT;
	unsigned broken;

	if (s == NULL || theme_mark_breaches(s, data, ended, &broken, &why) < 0)
		return; /* the guard has said so */
	want = theme_breaches_json(broken);
	lists_same(a, "breaches", want, jsonx_get(data, "breaches"));
}

static const char *
commitment_of(const struct dossier *d, int64_t n)
{
	const struct dossier_document *doc = dossier_document_find(d, n);

	return doc == NULL ? "" : doc->commitment;
}

static void
disclosure_judge(struct audit *a, const struct trail *t, const struct scheme *s,
    const struct json *data)
{
	const struct json *objects = jsonx_get(data, "objects");
	CLEANUP(jsonx_freep) struct json *want = jsonx_array();

	(void)s;
	for (size_t i = 0; i < jsonx_len(objects); i++)
		jsonx_add_str(want,
		    commitment_of(
			t->d, jsonx_int_value(jsonx_at(objects, i), 0)));
	lists_same(a, "commitments", want, jsonx_get(data, "commitments"));
}

/* The emergency that an inquiry names was told before it. */
static void
inquire_judge(struct audit *a, const struct trail *t, const struct scheme *s,
    const struct json *data)
{
	const char *source = jsonx_get_str(data, "source");

	(void)s;
	if (source != NULL && dossier_emergency_find(t->d, source) == NULL)
		audit_say(
		    a, AUDIT_R42, "an emergency of the case", "%.40s", source);
}

static const struct {
	const char *machine, *event;
	void (*judge)(struct audit *a, const struct trail *t,
	    const struct scheme *s, const struct json *data);
} acts[] = {
	{ "mark", "misuse_found", misuse_judge },
	{ "disclosure", "disclose", disclosure_judge },
	{ "compliance", "inquire", inquire_judge },
};

void
themes_judge(struct audit *a, const struct trail *t, const struct scheme *s)
{
	const struct json *j = a->it->event;

	for (size_t i = 0; i < NELEM(acts); i++)
		if (strcmp(acts[i].machine, jsonx_get_str(j, "machine")) == 0 &&
		    strcmp(acts[i].event, jsonx_get_str(j, "event")) == 0)
			acts[i].judge(a, t, s, jsonx_get(j, "data"));
}
