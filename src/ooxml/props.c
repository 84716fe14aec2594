/* SPDX-License-Identifier: Apache-2.0 */
/* Properties and sensitivity labels of a package. */
#include "ooxml_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nintei/limits.h"

#define LABELS_MAX 64
#define ID_BYTES 40
#define GUID 36

/* One sensitivity label. */
struct msip {
	char id[ID_BYTES]; /* lower case, without braces */
	char *name;
	bool enabled;
};

struct props {
	struct pkg *p;
	struct json *labels;
	struct msip *msip;
	size_t n;
	bool has_info; /* LabelInfo.xml lists labels */
	char *key; /* the property that is open */
	struct buf value;
};

/* A GUID in lower case without braces; false: none. */
static bool
guid_of(const char *text, size_t n, char out[ID_BYTES])
{
	if (n >= 2 && text[0] == '{') {
		text++;
		n -= 2;
	}
	if (n != GUID)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		c = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
		if (strchr("0123456789abcdef-", c) == NULL || c == '\0')
			return false;
		out[i] = c;
	}
	out[n] = '\0';
	return true;
}

static struct msip *
msip_of(struct props *r, const char id[ID_BYTES])
{
	struct msip *m;

	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->msip[i].id, id) == 0)
			return &r->msip[i];
	if (r->n >= LABELS_MAX)
		return NULL;
	m = &r->msip[r->n++];
	snprintf(m->id, sizeof(m->id), "%s", id);
	return m;
}

/* "MSIP_Label_<guid>_Enabled" and its kin; false: another property. */
static bool
msip_put(struct props *r, const char *key, const char *value)
{
	static const char prefix[] = "MSIP_Label_";
	const char *word = key + sizeof(prefix) - 1 + GUID;
	char id[ID_BYTES];
	struct msip *m;

	if (strncasecmp(key, prefix, sizeof(prefix) - 1) != 0 ||
	    strlen(key) < sizeof(prefix) - 1 + GUID + 1 ||
	    !guid_of(key + sizeof(prefix) - 1, GUID, id) ||
	    (m = msip_of(r, id)) == NULL)
		return false;
	if (strcasecmp(word, "_Enabled") == 0)
		m->enabled =
		    strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0;
	if (strcasecmp(word, "_Name") == 0 && m->name == NULL)
		m->name = dup_cut(value, 256);
	return true;
}

static void
label_put(struct props *r, const char *source, const char *id, const char *name,
    bool enabled)
{
	struct json *one;

	if (jsonx_len(r->labels) >= LABELS_MAX)
		return;
	one = jsonx_object();
	jsonx_set_str(one, "source", source);
	if (id != NULL)
		jsonx_set_str(one, "id", id);
	if (name != NULL)
		jsonx_set_str(one, "name", name);
	jsonx_set_bool(one, "enabled", enabled);
	jsonx_add(r->labels, one);
}

static bool
custom_start(void *arg, const struct xmlx_element *el)
{
	struct props *r = arg;
	const char *name = attr_plain(el, "name");

	if (!is_local(el, "property"))
		return true;
	free(r->key);
	r->key = dup_cut(name == NULL ? "" : name, OOXML_NAME_BYTES);
	buf_reset(&r->value);
	return true;
}

static bool
any_text(void *arg, struct slice s)
{
	struct props *r = arg;

	if (r->key != NULL)
		buf_put(&r->value, s.p, s.n);
	return true;
}

static bool
custom_end(void *arg, const struct xmlx_element *el)
{
	struct props *r = arg;

	if (!is_local(el, "property") || r->key == NULL)
		return true;
	if (!msip_put(r, r->key, buf_str(&r->value)) &&
	    strncasecmp(r->key, "MSIP_Label_", 11) != 0)
		pkg_hidden(r->p, "property", r->key);
	free(TAKE(r->key));
	return true;
}

/* core.xml: what a search finds; keywords may be a label. */
static const char *const told[] = { "title", "subject", "description",
	"keywords", "category", "contentStatus" };

static bool
core_start(void *arg, const struct xmlx_element *el)
{
	struct props *r = arg;

	if (el->depth != 2)
		return true;
	free(r->key);
	r->key = xstrdup(el->local);
	buf_reset(&r->value);
	return true;
}

static bool
core_end(void *arg, const struct xmlx_element *el)
{
	struct props *r = arg;
	bool empty = r->value.n == 0;

	if (el->depth != 2 || r->key == NULL)
		return true;
	for (size_t i = 0; i < NELEM(told) && !empty; i++)
		if (is_local(el, told[i]))
			pkg_hidden(r->p, "property", told[i]);
	if (!empty && r->value.n <= 512 && buf_ok(&r->value) &&
	    (is_local(el, "keywords") || is_local(el, "category") ||
		is_local(el, "contentStatus")))
		label_put(r, "keywords", NULL, buf_str(&r->value), true);
	free(TAKE(r->key));
	return true;
}

/* docMetadata/LabelInfo.xml: [MS-OFFCRYPTO] 2.6. */
static bool
info_start(void *arg, const struct xmlx_element *el)
{
	struct props *r = arg;
	const char *id = attr_plain(el, "id");
	const struct msip *m;
	char guid[ID_BYTES];

	if (!is_local(el, "label") || id == NULL ||
	    !guid_of(id, strlen(id), guid))
		return true;
	r->has_info = true;
	if (attr_is_true(attr_plain(el, "removed"), false))
		return true;
	m = NULL;
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->msip[i].id, guid) == 0)
			m = &r->msip[i];
	label_put(r, "labelinfo", guid, m == NULL ? NULL : m->name,
	    attr_is_true(attr_plain(el, "enabled"), true));
	return true;
}

static const struct {
	const char *part;
	struct xmlx_handlers h;
} parts[] = {
	{ "docProps/custom.xml", { custom_start, custom_end, any_text } },
	{ "docProps/core.xml", { core_start, core_end, any_text } },
	{ "docMetadata/LabelInfo.xml", { info_start, NULL, NULL } },
};
/* The same parts by their relationships, where they lie elsewhere. */
static const char *const types[] = { "custom-properties", "core-properties",
	"classificationlabels" };

static const char *
part_of(const struct pkg *p, size_t i)
{
	size_t at = 0;
	const char *part = pkg_target_of_type(p, "", types[i], &at);

	if (part != NULL)
		return part;
	return zip_find(p->zip, parts[i].part) == NULL ? NULL : parts[i].part;
}

static int
parts_read(struct props *r)
{
	for (size_t i = 0; i < NELEM(parts); i++) {
		const char *part = part_of(r->p, i);

		if (part != NULL && pkg_xml(r->p, part, &parts[i].h, r) < 0)
			return -1;
	}
	/* LabelInfo.xml wins over what older programs left behind. */
	for (size_t i = 0; i < r->n && !r->has_info; i++)
		label_put(r, "msip", r->msip[i].id, r->msip[i].name,
		    r->msip[i].enabled);
	return 0;
}

int
props_read(struct pkg *p, struct json *facts)
{
	struct msip msip[LABELS_MAX] = { 0 };
	struct props r = { .p = p, .msip = msip, .value = BUF_INIT(KIB(64)) };
	int rv;

	r.labels = jsonx_array();
	rv = parts_read(&r);
	jsonx_set(facts, "labels", r.labels);
	for (size_t i = 0; i < r.n; i++)
		free(msip[i].name);
	free(r.key);
	buf_free(&r.value);
	return rv;
}
