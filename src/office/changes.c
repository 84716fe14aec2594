/* SPDX-License-Identifier: Apache-2.0 */
/* Art. 13(1): values of form B that recorded notices have changed. */
#include "office_int.h"

#include <stdlib.h>

void
changes_done(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++)
		sec_doc_free(c->list[i].said);
	free(c->list);
	c->list = NULL;
	c->n = 0;
}

/* Told by a dossier, and recorded after that instant; before 0: told. */
static bool
is_dossier(const struct dossier_change *n, int64_t since)
{
	return n->record != 0 && n->recorded_at > since;
}

int
office_changes(struct office *o, const struct dossier *d, int64_t since,
    struct changes *out, struct err *e)
{
	CLEANUP(changes_done) struct changes found = { 0 };

	found.list = xcalloc(d->n_changes + 1, sizeof(*found.list));
	for (size_t i = d->n_changes; i > 0; i--) {
		const struct dossier_change *notice = &d->changes[i - 1];
		struct change_said *one = &found.list[found.n];

		if (!is_dossier(notice, since))
			continue;
		if (office_said(o, d, notice->record, &one->said, e) < 0)
			return -1;
		one->instance = notice->instance;
		found.n++;
	}
	*out = found;
	found = (struct changes){ 0 };
	return 0;
}

const struct sec_str *
change_value(const struct change_said *c, const char *item)
{
	const struct sec_str *value = sec_get(c->said, "form_b", item);

	/* A field that says nothing changes nothing. */
	return sec_is_blank(value) ? NULL : value;
}
