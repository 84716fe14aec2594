/* SPDX-License-Identifier: Apache-2.0 */
/* A DER Name as text that a person reads. */
#include "examine_int.h"
#include <string.h>
#include "nintei/der.h"

static const struct {
	const char *oid, *name;
} attributes[] = {
	{ "2.5.4.3", "CN" },
	{ "2.5.4.5", "serialNumber" },
	{ "2.5.4.6", "C" },
	{ "2.5.4.10", "O" },
	{ "2.5.4.11", "OU" },
};

static const char *
attribute_name(const char *oid)
{
	for (size_t i = 0; i < NELEM(attributes); i++)
		if (strcmp(attributes[i].oid, oid) == 0)
			return attributes[i].name;
	return oid;
}

/* "C=JP, O=..., CN=..." of a DER Name; text that is not UTF-8 in hex. */
void
cms_name_text(struct slice der, struct buf *out)
{
	struct der d = der_init(der), rdns = der_enter(&d, DER_SEQUENCE);
	char oid[64], shown[128];

	while (!rdns.bad && der_peek(&rdns) == DER_SET) {
		struct der set = der_enter(&rdns, DER_SET);
		struct der pair = der_enter(&set, DER_SEQUENCE);
		struct slice value;
		int tag;

		der_get_oid(&pair, oid, sizeof(oid));
		tag = der_peek(&pair);
		value = tag < 0 ? (struct slice){ 0 } : der_get(&pair, tag);
		text_show(shown, sizeof(shown), (const char *)value.p, value.n);
		buf_putf(out, "%s%s=%s", out->n > 0 ? ", " : "",
		    attribute_name(oid), shown);
	}
}
