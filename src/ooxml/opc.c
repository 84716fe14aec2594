/* SPDX-License-Identifier: Apache-2.0 */
/* A package: parts, content types, relationships (ECMA-376-2). */
#include "ooxml_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nintei/enc.h"
#include "nintei/findings.h"
#include "nintei/limits.h"

#define TYPES "[Content_Types].xml"
#define PATH_BYTES 2048

void
fault_at(struct ooxml_faults *f, const char *code, const char *where,
    const char *what)
{
	struct ooxml_fault one = { .code = code };
	char all[PATH_BYTES];

	snprintf(all, sizeof(all), "%s%s%s", where,
	    where[0] != '\0' && what[0] != '\0' ? ": " : "", what);
	text_show(one.where, sizeof(one.where), all, strlen(all));
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->items[i].code, code) == 0 &&
		    strcmp(f->items[i].where, one.where) == 0)
			return;
	if (f->n < OOXML_FAULTS)
		f->items[f->n++] = one;
}

void
fault_add(struct ooxml_faults *f, const char *code, const char *where)
{
	fault_at(f, code, where, "");
}

bool
fault_is(const struct ooxml_faults *f)
{
	return f->n > 0;
}

void
pkg_hidden(struct pkg *p, const char *what, const char *where)
{
	struct json *one;
	char shown[OOXML_NAME_BYTES];

	if (jsonx_len(p->hidden) >= OOXML_HIDDEN)
		return;
	text_show(shown, sizeof(shown), where, strlen(where));
	one = jsonx_object();
	jsonx_set_str(one, "what", what);
	jsonx_set_str(one, "where", shown);
	jsonx_add(p->hidden, one);
}

int
pkg_xml(
    struct pkg *p, const char *part, const struct xmlx_handlers *h, void *arg)
{
	CLEANUP(buf_free) struct buf doc = BUF_INIT(LIMIT_ENTRY_BYTES);
	const struct zip_part *it = zip_find(p->zip, part);
	struct zip_fault zf = { 0 };
	enum xmlx_fault xf;

	if (it == NULL || it->is_dir) {
		fault_add(p->f, "TYPE_MISMATCH", part);
		return -1;
	}
	if (zip_read(p->zip, it, &doc, &zf) < 0) {
		fault_at(p->f, zf.code, part, zf.detail);
		return -1;
	}
	xf = xmlx_read(buf_slice(&doc), h, arg);
	if (xf == XMLX_OK)
		return 0;
	if (xf != XMLX_STOPPED)
		fault_add(p->f, xmlx_fault_code(xf), part);
	else if (!fault_is(p->f))
		fault_add(p->f, "LIM_OUTPUT", part);
	return -1;
}

/* Content types: where a part has none, it is not read as anything. */
static bool
is_extension(const char *part, const char *extension)
{
	const char *dot = part == NULL ? NULL : strrchr(part, '.');

	return dot != NULL && extension != NULL &&
	    strcasecmp(dot + 1, extension) == 0;
}

/* The main part's type by its name, else by its extension. */
static bool
on_type(void *arg, const struct xmlx_element *el)
{
	struct pkg *p = arg;
	const char *type = attr_plain(el, "ContentType");
	const char *part = attr_plain(el, "PartName");
	const char *extension = attr_plain(el, "Extension");

	if (type == NULL)
		return true;
	judge_content_type(p, part == NULL ? TYPES : part, type);
	if (part == NULL && p->default_type == NULL &&
	    is_extension(p->main, extension))
		p->default_type = dup_cut(type, OOXML_NAME_BYTES);
	if (part != NULL && p->main != NULL && p->main_type == NULL &&
	    strcasecmp(part + (part[0] == '/'), p->main) == 0)
		p->main_type = dup_cut(type, OOXML_NAME_BYTES);
	return true;
}

/* %XX once; false when it is too long or hides a NUL. */
static bool
percent_decode(const char *in, char out[PATH_BYTES])
{
	size_t n = 0;

	for (; *in != '\0'; in++) {
		int c = (unsigned char)*in;

		if (n + 1 >= PATH_BYTES)
			return false;
		if (c == '%' && hex_value(in[1]) >= 0 &&
		    hex_value(in[2]) >= 0) {
			c = hex_value(in[1]) * 16 + hex_value(in[2]);
			in += 2;
		}
		if (c == 0)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

/* Append one segment to the path; false: it leads out of the package. */
static bool
segment(char *path, size_t *n, const char *seg, size_t len)
{
	if (len == 0 || (len == 1 && seg[0] == '.'))
		return true;
	if (len == 2 && seg[0] == '.' && seg[1] == '.') {
		if (*n == 0)
			return false;
		while (*n > 0 && path[*n - 1] != '/')
			--*n;
		*n -= *n > 0;
		path[*n] = '\0';
		return true;
	}
	if (*n + len + 2 > PATH_BYTES)
		return false;
	if (*n > 0)
		path[(*n)++] = '/';
	for (size_t i = 0; i < len; i++)
		path[(*n)++] = seg[i];
	path[*n] = '\0';
	return true;
}

static bool
segments(char *path, size_t *n, const char *text, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != '/')
			continue;
		if (!segment(path, n, text + from, i - from))
			return false;
		from = i + 1;
	}
	return true;
}

/* Rule EXTERNAL_REF: a target stays inside the package. */
static bool
resolve(const char *source, const char *target, char out[PATH_BYTES])
{
	char decoded[PATH_BYTES];
	const char *folder = strrchr(source, '/');
	size_t n = 0;

	out[0] = '\0';
	if (!percent_decode(target, decoded))
		return false;
	decoded[strcspn(decoded, "#?")] = '\0';
	if (strchr(decoded, '\\') != NULL || strstr(decoded, "//") != NULL ||
	    strchr(decoded, ':') != NULL)
		return false;
	if (decoded[0] != '/' && folder != NULL &&
	    !segments(out, &n, source, (size_t)(folder - source)))
		return false;
	return segments(out, &n, decoded, strlen(decoded));
}

struct rels_reading {
	struct pkg *p;
	const char *source;
};

static const char *
last_word(const char *uri)
{
	const char *cut = strrchr(uri, '/');

	return cut == NULL ? uri : cut + 1;
}

/* Others a word processor does not follow, so nobody sees what they name. */
static const char *
known_type(const char *uri)
{
	static const char *const bases[] = {
		"http://schemas.openxmlformats.org/",
		"http://purl.oclc.org/ooxml/",
		"http://schemas.microsoft.com/office/",
	};

	for (size_t i = 0; i < NELEM(bases); i++)
		if (strncmp(uri, bases[i], strlen(bases[i])) == 0)
			return last_word(uri);
	return "";
}

static bool
rel_add(struct pkg *p, const char *source, const struct xmlx_element *el,
    const char *target)
{
	const struct zip_part *it = zip_find(p->zip, target);
	const char *id = attr_plain(el, "Id"), *type = attr_plain(el, "Type");
	struct rel *r;

	if (p->n_rels >= OOXML_RELS)
		return false;
	if (p->n_rels == p->cap_rels) {
		p->cap_rels = p->cap_rels == 0 ? 16 : p->cap_rels * 2;
		p->rels = xrealloc(p->rels, p->cap_rels, sizeof(*p->rels));
	}
	r = &p->rels[p->n_rels++];
	r->source = xstrdup(source);
	r->id = dup_cut(id == NULL ? "" : id, OOXML_NAME_BYTES);
	r->type = dup_cut(known_type(type), OOXML_NAME_BYTES);
	r->target = it == NULL ? NULL : xstrdup(it->name);
	return true;
}

static bool
on_rel(void *arg, const struct xmlx_element *el)
{
	struct rels_reading *r = arg;
	const char *type = attr_plain(el, "Type");
	const char *target = attr_plain(el, "Target");
	const char *mode = attr_plain(el, "TargetMode");
	bool external = mode != NULL && strcmp(mode, "External") == 0;
	char path[PATH_BYTES];

	if (!is_local(el, "Relationship") || type == NULL || target == NULL)
		return true;
	judge_rel(r->p, r->source, last_word(type), target, external);
	if (external || target[0] == '#')
		return true;
	if (!resolve(r->source, target, path)) {
		fault_at(r->p->f, "EXTERNAL_REF", r->source, last_word(type));
		return true;
	}
	return rel_add(r->p, r->source, el, path);
}

/* "xl/_rels/workbook.xml.rels" -> "xl/workbook.xml"; false: no such part. */
static bool
rels_source(const char *name, char out[PATH_BYTES])
{
	const char *at = strcasestr(name, "_rels/");
	size_t n = strlen(name);

	if (at == NULL || n < 5 || n >= PATH_BYTES ||
	    strcasecmp(name + n - 5, ".rels") != 0 ||
	    strchr(at + 6, '/') != NULL || (at > name && at[-1] != '/'))
		return false;
	snprintf(out, PATH_BYTES, "%.*s%.*s", (int)(at - name), name,
	    (int)(n - 5 - (size_t)(at + 6 - name)), at + 6);
	return true;
}

static int
rels_read(struct pkg *p)
{
	static const struct xmlx_handlers h = { .start = on_rel };

	for (size_t i = 0; i < zip_count(p->zip); i++) {
		const struct zip_part *it = zip_part(p->zip, i);
		char source[PATH_BYTES];
		struct rels_reading r = { p, source };

		if (it->is_dir)
			continue;
		judge_name(p, it->name);
		if (rels_source(it->name, source) &&
		    pkg_xml(p, it->name, &h, &r) < 0)
			return -1;
	}
	return 0;
}

/* What is no package at all: with a password, old, or of another kind. */
static const char *
no_package(struct slice in, const char *code)
{
	static const uint8_t compound[] = { 0xd0, 0xcf, 0x11, 0xe0 };

	if (in.n >= sizeof(compound) &&
	    memcmp(in.p, compound, sizeof(compound)) == 0)
		return "ENCRYPTED";
	return in.n == 0 || strncmp(code, "FORMAT", 6) == 0 ||
		strcmp(code, "EMPTY") == 0
	    ? "TYPE_MISMATCH"
	    : code;
}

int
pkg_open(struct slice in, struct ooxml_faults *f, struct pkg *out)
{
	static const struct xmlx_handlers h = { .start = on_type };
	struct zip_fault zf = { 0 };
	const char *at;
	size_t from = 0;

	out->f = f;
	out->hidden = jsonx_array();
	if (in.n == 0 || zip_open(in, &out->zip, &zf) < 0) {
		fault_at(f, no_package(in, in.n == 0 ? "" : zf.code), zf.where,
		    zf.detail);
		return -1;
	}
	if (rels_read(out) < 0)
		return -1;
	at = pkg_target_of_type(out, "", "officeDocument", &from);
	if (at != NULL &&
	    pkg_target_of_type(out, "", "officeDocument", &from) == NULL)
		out->main = xstrdup(at);
	if (pkg_xml(out, TYPES, &h, out) < 0)
		return -1;
	if (out->main_type == NULL)
		out->main_type = TAKE(out->default_type);
	if (out->main != NULL && out->main_type != NULL)
		return 0;
	fault_add(f, "TYPE_MISMATCH", TYPES);
	return -1;
}

void
pkg_done(struct pkg *p)
{
	for (size_t i = 0; i < p->n_rels; i++) {
		free(p->rels[i].source);
		free(p->rels[i].id);
		free(p->rels[i].type);
		free(p->rels[i].target);
	}
	free(p->rels);
	free(p->main);
	free(p->main_type);
	free(p->default_type);
	jsonx_free(p->hidden);
	zip_free(p->zip);
}

const char *
pkg_target(const struct pkg *p, const char *source, const char *id)
{
	const struct rel *found = NULL;

	for (size_t i = 0; id != NULL && i < p->n_rels; i++) {
		if (strcmp(p->rels[i].id, id) != 0 ||
		    strcasecmp(p->rels[i].source, source) != 0)
			continue;
		if (found != NULL)
			return NULL; /* two: each reader takes another */
		found = &p->rels[i];
	}
	return found == NULL ? NULL : found->target;
}

const char *
pkg_target_of_type(
    const struct pkg *p, const char *source, const char *type, size_t *at)
{
	for (; *at < p->n_rels; ++*at) {
		const struct rel *r = &p->rels[*at];

		if (r->target == NULL || strcmp(r->type, type) != 0 ||
		    strcasecmp(r->source, source) != 0)
			continue;
		++*at;
		return r->target;
	}
	return NULL;
}
