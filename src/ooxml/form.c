/* SPDX-License-Identifier: Apache-2.0 */
/* The issued template: defined names that stand for fields. */
#include "ooxml_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nintei/limits.h"

#define SLOTS_MAX 1000
#define TEMPLATE "nintei_template"
#define VALUE_BYTES KIB(24) /* over 4 bytes for each of LIMIT_FIELD_CHARS */

/* "f_service_name" -> "service_name", "item_3_1" -> "3.1"; NULL: neither. */
static char *
field_of(const char *name)
{
	char *id;

	if (strncmp(name, "f_", 2) == 0)
		return dup_cut(name + 2, OOXML_NAME_BYTES);
	if (strncmp(name, "item_", 5) != 0)
		return NULL;
	id = dup_cut(name + 5, OOXML_NAME_BYTES);
	for (char *p = id; *p != '\0'; p++)
		if (*p == '_')
			*p = '.';
	return id;
}

/* "'sheet''s name'!$B$4" or "Sheet1!$B$4:$D$4": the first cell. */
static bool
reference(
    const char *ref, char sheet[OOXML_NAME_BYTES], uint32_t *row, uint32_t *col)
{
	bool quoted = *ref == '\'';
	size_t n = 0;
	const char *end;

	for (ref += quoted; *ref != '\0' && n + 1 < OOXML_NAME_BYTES; ref++) {
		if (quoted && *ref == '\'') {
			if (ref[1] != '\'')
				break;
			ref++;
		} else if (!quoted && *ref == '!')
			break;
		sheet[n++] = *ref;
	}
	sheet[n] = '\0';
	if (quoted && *ref++ != '\'')
		return false;
	return n > 0 && *ref == '!' && cell_ref(ref + 1, row, col, &end) &&
	    (*end == '\0' || *end == ':');
}

void
slot_add(struct book *b, const char *name, const char *ref)
{
	char sheet[OOXML_NAME_BYTES], cell[16];
	struct slot one = { 0 };
	bool template = strcasecmp(name, TEMPLATE) == 0;

	if (b->n_slots >= SLOTS_MAX ||
	    !reference(ref, sheet, &one.row, &one.col))
		return;
	while (one.sheet < b->n_sheets &&
	    strcasecmp(b->sheets[one.sheet].name, sheet) != 0)
		one.sheet++;
	if (one.sheet == b->n_sheets)
		return;
	if (!template && (one.id = field_of(name)) == NULL)
		return;
	cell_name(one.row, one.col, cell);
	one.where = xasprintf("%s!%s", b->sheets[one.sheet].name, cell);
	if (b->n_slots == b->cap_slots) {
		b->cap_slots = b->cap_slots == 0 ? 64 : b->cap_slots * 2;
		b->slots = xrealloc(b->slots, b->cap_slots, sizeof(*b->slots));
	}
	b->slots[b->n_slots++] = one;
}

static int
slot_cmp(const void *one, const void *other)
{
	const struct slot *a = one, *b = other;

	if (a->sheet != b->sheet)
		return a->sheet < b->sheet ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return a->col < b->col ? -1 : a->col > b->col;
}

/* glibc asks the system for its memory when it first sorts over 1 KiB. */
void
ooxml_warm(void)
{
	struct slot many[64] = { 0 };

	for (size_t i = 0; i < NELEM(many); i++)
		many[i].row = (uint32_t)(NELEM(many) - i);
	qsort(many, NELEM(many), sizeof(*many), slot_cmp);
	xmlx_warm();
}

void
slots_sort(struct book *b)
{
	if (b->n_slots > 0)
		qsort(b->slots, b->n_slots, sizeof(*b->slots), slot_cmp);
}

/* More than any field may hold is cut: it stays too long (FORM-LENGTH). */
static void
slot_put(struct slot *s, struct slice text)
{
	if (s->value != NULL)
		return;
	if (text.n > VALUE_BYTES)
		for (text.n = VALUE_BYTES;
		     text.n > 0 && (text.p[text.n] & 0xc0) == 0x80;)
			text.n--;
	s->value = slice_dup(text);
}

/* Two names may stand for one cell. */
void
slots_put(struct book *b, uint32_t row, uint32_t col, struct slice text)
{
	const struct slot key = { .sheet = b->at, .row = row, .col = col };
	struct slot *at;

	if (b->n_slots == 0 ||
	    (at = bsearch(&key, b->slots, b->n_slots, sizeof(key), slot_cmp)) ==
		NULL)
		return;
	while (at > b->slots && slot_cmp(at - 1, &key) == 0)
		at--;
	for (const struct slot *end = b->slots + b->n_slots;
	     at < end && slot_cmp(at, &key) == 0; at++)
		slot_put(at, text);
}

/* "nintei.form-b/1 iaas-paas-iot 2026-07-01.1": the first word. */
static void
put_schema(struct json *form, const char *template)
{
	size_t n = strcspn(template, " ");
	CLEANUP(freep) char *schema = xstrndup(template, n);

	jsonx_set_str(form, "schema", schema);
	jsonx_set_str(form, "template", template);
}

/* The template's words after the sign of the version line. */
static const char *
version_of(const char *value)
{
	const char *at = value == NULL ? NULL : strstr(value, "nintei.");

	return at == NULL ? "" : at;
}

struct json *
slots_form(const struct book *b)
{
	CLEANUP(jsonx_freep) struct json *form = jsonx_object();
	struct json *fields = jsonx_object(), *cells = jsonx_object();
	bool found = false;

	for (size_t i = 0; i < b->n_slots; i++) {
		const struct slot *s = &b->slots[i];

		if (s->id == NULL) {
			put_schema(form, version_of(s->value));
			found = true;
			continue;
		}
		jsonx_set_str(fields, s->id, s->value == NULL ? "" : s->value);
		jsonx_set_str(cells, s->id, s->where);
	}
	jsonx_set(form, "fields", fields);
	jsonx_set(form, "cells", cells);
	return found ? TAKE(form) : NULL;
}
