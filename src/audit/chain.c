/* SPDX-License-Identifier: Apache-2.0 */
/* Intakes: several machines come into being by one act. */
#include "audit_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/jsonx.h"

/* Items asked to be withheld: which, only the secret manifest knows. */
static size_t
requests_of(const struct json *event, struct flow_link *out, size_t max)
{
	const struct json *effects = jsonx_get(event, "effects");
	size_t n = 0;

	for (size_t i = 0; i < jsonx_len(effects) && n < max; i++) {
		const struct json *j = jsonx_at(effects, i);
		const char *machine = jsonx_get_str(j, "machine");
		const char *word = jsonx_get_str(j, "event");

		if (machine != NULL && strcmp(machine, "withholding") == 0 &&
		    word != NULL && strcmp(word, "request") == 0)
			out[n++] = (struct flow_link){ M_WITHHOLDING,
				jsonx_get_str(j, "instance"), "request" };
	}
	return n;
}

/* An intake: what the bundle went through stands in the effects. */
int
chain_decide(const struct trail *t, const struct flow_act *act,
    const struct flow_facts *f, const struct json *event, struct flow_plan *p,
    struct flow_refusal *r, struct err *e)
{
	bool again = strcmp(act->event, "resubmit") == 0;
	char bundle[24];
	struct flow_link links[FLOW_STEPS] = {
		{ M_BUNDLE, bundle, "open" },
		{ M_BUNDLE, bundle, "seal" },
		{ M_BUNDLE, bundle,
		    f->archive_safe ? "unpack_ok" : "unpack_bad" },
	};
	size_t n = 3, word;

	snprintf(bundle, sizeof(bundle), "%" PRId64, t->d->bundles + 1);
	if (f->archive_safe)
		links[n++] =
		    (struct flow_link){ M_BUNDLE, bundle, "examine_done" };
	if (!again)
		links[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "open_new" };
	word = n;
	links[n++] = (struct flow_link){ M_APPLICATION, "1", act->event };
	n += requests_of(event, links + n, NELEM(links) - n - 1);
	if (!f->archive_safe)
		links[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "bundle_refused" };
	return flow_chain(t->d, act, f, links, n, word, p, r, e);
}
