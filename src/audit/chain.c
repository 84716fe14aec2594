/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intakes: by one act a bundle goes its way, and what it is for comes into
 * being.  The order of the links is that of REGULATION 5.
 */
#include "audit_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/jsonx.h"

/* Acts that take a bundle in, and what they begin before the word. */
static const struct {
	enum machine machine;
	const char *event;
	bool opens; /* an application */
	bool may_be_alone; /* also a command without a bundle */
} intakes[] = {
	{ M_APPLICATION, "submit", true, false },
	{ M_APPLICATION, "resubmit", false, false },
	{ M_APPLICATION, "submit_paper", true, false },
	{ M_APPLICATION, "submit_paper_part", true, false },
	{ M_CHANGE_NOTICE, "notify", false, true },
	{ M_TERMINATION, "file", false, true },
	{ M_TERMINATION, "file_without_paper", false, true },
};

static size_t
intake_of(const struct json *event)
{
	enum machine m = machine_parse(jsonx_get_str(event, "machine"));
	const char *word = jsonx_get_str(event, "event");

	for (size_t i = 0; i < NELEM(intakes); i++)
		if (intakes[i].machine == m &&
		    strcmp(intakes[i].event, word) == 0)
			return i;
	return NELEM(intakes);
}

bool
is_intake(const struct json *event)
{
	size_t i = intake_of(event);

	return i < NELEM(intakes) &&
	    (!intakes[i].may_be_alone ||
		jsonx_get(jsonx_get(event, "data"), "bundle") != NULL);
}

/* The links of one act, as they are put together. */
struct way {
	struct flow_link links[FLOW_STEPS];
	size_t n, word;
	char bundle[24]; /* instance */
};

static void
link_add(struct way *c, enum machine m, const char *instance, const char *ev)
{
	if (c->n < NELEM(c->links))
		c->links[c->n++] = (struct flow_link){ m, instance, ev };
}

static void
bundle_links(struct way *c, bool paper, bool safe)
{
	if (paper) {
		link_add(c, M_BUNDLE, c->bundle, "register_paper");
		return;
	}
	link_add(c, M_BUNDLE, c->bundle, "open");
	link_add(c, M_BUNDLE, c->bundle, "seal");
	link_add(c, M_BUNDLE, c->bundle, safe ? "unpack_ok" : "unpack_bad");
	if (safe)
		link_add(c, M_BUNDLE, c->bundle, "examine_done");
}

/* Items asked to be withheld: which, only the secret manifest knows. */
static void
request_links(struct way *c, const struct json *event)
{
	const struct json *effects = jsonx_get(event, "effects");

	for (size_t i = 0; i < jsonx_len(effects); i++) {
		const struct json *j = jsonx_at(effects, i);
		const char *machine = jsonx_get_str(j, "machine");
		const char *word = jsonx_get_str(j, "event");

		if (machine != NULL && strcmp(machine, "withholding") == 0 &&
		    word != NULL && strcmp(word, "request") == 0)
			link_add(c, M_WITHHOLDING, jsonx_get_str(j, "instance"),
			    "request");
	}
}

int
chain_decide(const struct trail *t, const struct flow_act *act,
    const struct flow_facts *f, const struct json *event, struct flow_plan *p,
    struct flow_refusal *r, struct err *e)
{
	size_t i = intake_of(event);
	/* Staff register what came by post; nobody uploads it. */
	bool paper =
	    jsonx_get(jsonx_get(event, "data"), "transcription") != NULL;
	bool application = act->machine == M_APPLICATION;
	struct way c = { 0 };

	snprintf(c.bundle, sizeof(c.bundle), "%zu",
	    dossier_instances(t->d, M_BUNDLE) + 1);
	bundle_links(&c, paper, f->archive_safe);
	if (intakes[i].opens)
		link_add(&c, M_APPLICATION, "1",
		    f->base == NULL ? "open_new" : "open_renewal");
	c.word = c.n;
	link_add(&c, act->machine, act->instance, act->event);
	if (act->machine != M_TERMINATION)
		request_links(&c, event);
	if (application && !f->archive_safe)
		link_add(&c, M_APPLICATION, "1", "bundle_refused");
	return flow_chain(t->d, act, f, c.links, c.n, c.word, p, r, e);
}
