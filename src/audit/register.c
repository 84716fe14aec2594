/* SPDX-License-Identifier: Apache-2.0 */
/* The register after each event, and digests that two auditors compare. */
#include "audit_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"

void
register_follow(struct audit *a, struct trail *t)
{
	publication_follow(a, t);
	derive_entry_follow(&t->entry, t->d, a->it->event);
}

static void
line_add(struct digest *d, const char *text)
{
	digest_update(d, slice_str(text));
	digest_update(d, slice_str("\n"));
}

/* Each number and the trail that has its entry. */
static void
entries_digest(
    const struct audit *a, const struct keymap_slot **cases, struct digest *out)
{
	struct keymap numbers = { 0 };
	const struct keymap_slot **sorted;

	for (size_t i = 0; i < a->cases.n; i++) {
		struct trail *t = cases[i]->value;

		if (t->entry != NULL)
			keymap_put(&numbers, t->d->certification.number, t);
	}
	sorted = keymap_sorted(&numbers);
	for (size_t i = 0; i < numbers.n; i++) {
		const struct trail *t = sorted[i]->value;
		CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(2));

		pub_canonical(t->entry, &text);
		line_add(out, buf_str(&text));
	}
	free(sorted);
	keymap_free(&numbers, NULL);
}

static void
states_digest(
    const struct audit *a, const struct keymap_slot **cases, struct digest *out)
{
	for (size_t i = 0; i < a->cases.n; i++) {
		const struct trail *t = cases[i]->value;
		const struct dossier *d = t->d;
		CLEANUP(freep)
		char *line =
		    xasprintf("%s %" PRId64 " %s", d->id, d->seq, d->head);

		line_add(out, line);
		for (size_t k = 0; k < d->n_machines; k++) {
			const struct dossier_machine *m = &d->machines[k];
			CLEANUP(freep)
			char *state =
			    xasprintf(" %s %s %s", machine_name(m->machine),
				m->instance, state_name(m->state));

			line_add(out, state);
		}
	}
}

void
register_digest(struct audit *a)
{
	const struct keymap_slot **cases = keymap_sorted(&a->cases);
	CLEANUP(digest_freep) struct digest *entries = digest_sha256_new();
	CLEANUP(digest_freep) struct digest *states = digest_sha256_new();
	uint8_t sum[SHA256_BYTES];

	entries_digest(a, cases, entries);
	digest_final(entries, sum);
	hex_encode(sum, sizeof(sum), a->report->register_digest);
	states_digest(a, cases, states);
	digest_final(states, sum);
	hex_encode(sum, sizeof(sum), a->report->state_digest);
	free(cases);
}
