/* SPDX-License-Identifier: Apache-2.0 */
/* What a package may not hold: programs, and what lies outside of it. */
#include "ooxml_int.h"

#include <string.h>
#include <strings.h>

/* Does text end so, ASCII letters alike? */
static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcasecmp(text + n - m, end) == 0;
}

static bool
has(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

/* Rule MACRO and EXTERNAL_REF by the name of a part. */
static const struct {
	const char *in, *code;
} named[] = {
	{ "vbaproject", "MACRO" },
	{ "vbadata.xml", "MACRO" },
	{ "/activex/", "MACRO" },
	{ "/embeddings/oleobject", "MACRO" },
	{ "/macrosheets/", "MACRO" },
	{ "/dialogsheets/", "MACRO" },
	{ "xl/externallinks/", "EXTERNAL_REF" },
	{ "xl/connections.xml", "EXTERNAL_REF" },
	{ "xl/querytables/", "EXTERNAL_REF" },
	{ "word/afchunk", "EXTERNAL_REF" },
};

void
judge_name(struct pkg *p, const char *part)
{
	for (size_t i = 0; i < NELEM(named); i++)
		if (has(part, named[i].in))
			fault_add(p->f, named[i].code, part);
	if (has(part, "/embeddings/"))
		pkg_hidden(p, "embedded", part);
}

/* By its content type, whatever it is called. */
static const struct {
	const char *in, *code;
} typed[] = {
	{ "macroenabled", "MACRO" },
	{ "vbaproject", "MACRO" },
	{ "activex", "MACRO" },
	{ "oleobject", "MACRO" },
	{ "excel.macrosheet", "MACRO" },
	{ "spreadsheetml.externallink", "EXTERNAL_REF" },
	{ "spreadsheetml.connections", "EXTERNAL_REF" },
	{ "spreadsheetml.querytable", "EXTERNAL_REF" },
};

void
judge_content_type(struct pkg *p, const char *part, const char *type)
{
	for (size_t i = 0; i < NELEM(typed); i++)
		if (has(type, typed[i].in)) {
			fault_add(p->f, typed[i].code, part);
			return;
		}
}

/* By the type of a relationship, wherever it leads. */
static const struct {
	const char *type, *code;
} related[] = {
	{ "vbaProject", "MACRO" },
	{ "wordVbaData", "MACRO" },
	{ "control", "MACRO" },
	{ "activeXControlBinary", "MACRO" },
	{ "oleObject", "MACRO" },
	{ "xlMacrosheet", "MACRO" },
	{ "aFChunk", "EXTERNAL_REF" },
	{ "externalLink", "EXTERNAL_REF" },
	{ "connections", "EXTERNAL_REF" },
	{ "queryTable", "EXTERNAL_REF" },
	{ "subDocument", "EXTERNAL_REF" },
};

/* Addresses that a person follows, and that nothing follows by itself. */
static bool
is_link(const char *target)
{
	static const char *const schemes[] = { "http://", "https://",
		"mailto:", "tel:" };

	for (size_t i = 0; i < NELEM(schemes); i++)
		if (strncasecmp(target, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return target[0] != '\\' && target[0] != '/' &&
	    strchr(target, ':') == NULL;
}

void
judge_rel(struct pkg *p, const char *source, const char *type,
    const char *target, bool external)
{
	for (size_t i = 0; i < NELEM(related); i++)
		if (strcmp(type, related[i].type) == 0) {
			fault_at(p->f, related[i].code, source, type);
			return;
		}
	if (external && (!ends_in(type, "hyperlink") || !is_link(target)))
		fault_at(p->f, "EXTERNAL_REF", source, type);
}
