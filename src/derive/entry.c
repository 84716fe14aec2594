/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of the public register (Art. 11), from publication to its end. */
#include "nintei/derive.h"

#include <string.h>

#include "nintei/jsonx.h"

struct json *
derive_entry(const struct dossier *d, const struct json *publication)
{
	const struct dossier_certification *c = &d->certification;
	struct json *j = jsonx_dup(publication);

	jsonx_set_str(j, "number", c->number);
	jsonx_set_str(j, "scheme", d->scheme);
	jsonx_set_str(j, "service", c->service);
	jsonx_set_str(j, "operator", c->operator_name);
	if (c->corporate_number[0] != '\0')
		jsonx_set_str(j, "corporate_number", c->corporate_number);
	jsonx_set_str(j, "certified_on", c->certified_on);
	jsonx_set_str(j, "valid_through", c->valid_through);
	jsonx_set(j, "history", jsonx_array());
	return j;
}

void
derive_entry_history(
    struct json *entry, const struct dossier *d, const struct json *event)
{
	struct json *history = jsonx_dup(jsonx_get(entry, "history"));
	struct json *line = jsonx_object();
	enum state s = dossier_state(d, M_CERTIFICATION, "1");

	jsonx_set(line, "at", jsonx_dup(jsonx_get(event, "effective_at")));
	jsonx_set_str(line, "state", state_name(s));
	jsonx_add(history, line);
	jsonx_set(entry, "history", history);
	jsonx_set_str(entry, "state", state_name(s));
}

static bool
is_certification(const struct json *step)
{
	const char *m = jsonx_get_str(step, "machine");

	return m != NULL && strcmp(m, "certification") == 0;
}

bool
derive_entry_moved(const struct json *event)
{
	const struct json *effects = jsonx_get(event, "effects");

	if (is_certification(event))
		return true;
	for (size_t i = 0; i < jsonx_len(effects); i++)
		if (is_certification(jsonx_at(effects, i)))
			return true;
	return false;
}
