/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of stage B look up: in an event, a commit, a case. */
#include "audit_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nintei/jsonx.h"

int64_t
event_instant(const struct item *it, const char *key)
{
	const char *text = jsonx_get_str(it->event, key);
	struct err why = ERR_INIT;
	int64_t t;

	return text != NULL && instant_parse(text, &t, &why) == 0 ? t : 0;
}

static bool
step_is(const struct json *j, const char *machine, const char *word)
{
	const char *m = jsonx_get_str(j, "machine");
	const char *w = jsonx_get_str(j, "event");

	return m != NULL && w != NULL && strcmp(m, machine) == 0 &&
	    strcmp(w, word) == 0;
}

const struct json *
event_step(const struct json *event, const char *machine, const char *word)
{
	const struct json *effects = jsonx_get(event, "effects");

	if (step_is(event, machine, word))
		return event;
	for (size_t i = 0; i < jsonx_len(effects); i++)
		if (step_is(jsonx_at(effects, i), machine, word))
			return jsonx_at(effects, i);
	return NULL;
}

const struct file *
audit_need(struct audit *a, const char *fmt, ...)
{
	char name[AUDIT_PATH];
	const struct file *f;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	f = item_claim(a->it, name);
	if (f == NULL)
		audit_say(a, AUDIT_R5, name, "no new file of this name");
	return f;
}

struct trail *
trail_of(struct audit *a, const char *id)
{
	struct trail *t = keymap_get(&a->cases, id);

	if (t != NULL)
		return t;
	t = xcalloc(1, sizeof(*t));
	t->d = dossier_new(id);
	keymap_put(&a->cases, id, t);
	a->report->count[AUDIT_N_CASES]++;
	return t;
}

struct paper *
trail_paper(const struct trail *t, const char *id)
{
	for (struct paper *p = t->papers; id != NULL && p != NULL; p = p->next)
		if (strcmp(p->id, id) == 0)
			return p;
	return NULL;
}
