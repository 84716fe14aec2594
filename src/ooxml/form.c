/* SPDX-License-Identifier: Apache-2.0 */
/* The issued template: defined names that stand for fields. */
#include "ooxml_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nintei/limits.h"

#define SLOTS_MAX 1000
#define TEMPLATE "nintei_template"
#define LABEL_BYTES 512
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
slot_add(struct book *b, const char *name, const char *ref, bool scoped)
{
	char sheet[OOXML_NAME_BYTES], cell[16];
	struct slot one = { .scoped = scoped };
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
static struct slice
cut(struct slice text, size_t max)
{
	if (text.n > max)
		for (text.n = max;
		     text.n > 0 && (text.p[text.n] & 0xc0) == 0x80;)
			text.n--;
	return text;
}

/* One cell is written once: of two, each reader takes another. */
static void
slot_put(struct slot *s, struct slice text, bool formula)
{
	s->twice |= s->value != NULL;
	s->formula |= formula;
	if (s->value == NULL)
		s->value = slice_dup(cut(text, VALUE_BYTES));
}

/* What a person takes for the name of the field. */
static void
slot_label(struct slot *s, struct slice text)
{
	CLEANUP(freep) char *label = NULL;

	if (text.n == 0 || jsonx_len(s->left) >= SLOT_LEFT)
		return;
	if (s->left == NULL)
		s->left = jsonx_array();
	label = slice_dup(cut(text, LABEL_BYTES));
	jsonx_add(s->left, jsonx_string(label));
}

/* The first slot that is not before the key. */
static size_t
slots_from(const struct book *b, const struct slot *key)
{
	size_t low = 0, high = b->n_slots;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (slot_cmp(&b->slots[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Two names may stand for one cell. */
void
slots_put(
    struct book *b, uint32_t row, uint32_t col, struct slice text, bool formula)
{
	const struct slot key = { .sheet = b->at, .row = row, .col = col };

	for (size_t i = slots_from(b, &key); i < b->n_slots; i++) {
		struct slot *s = &b->slots[i];

		if (s->sheet != b->at || s->row != row)
			return;
		if (s->col == col)
			slot_put(s, text, formula);
		else
			slot_label(s, text);
	}
}

/* A name of the whole workbook counts before one of a sheet's copy. */
static void
slots_settle(struct book *b)
{
	for (size_t i = 0; i < b->n_slots; i++)
		for (size_t k = 0; k < i; k++) {
			struct slot *s = &b->slots[i], *t = &b->slots[k];

			if ((s->id == NULL) != (t->id == NULL) ||
			    (s->id != NULL && strcmp(s->id, t->id) != 0))
				continue;
			if (s->scoped == t->scoped && slot_cmp(s, t) != 0)
				s->twice = t->twice = true;
		}
}

static bool
is_outdone(const struct book *b, const struct slot *s)
{
	for (size_t i = 0; s->scoped && i < b->n_slots; i++) {
		const struct slot *t = &b->slots[i];

		if (!t->scoped && (s->id == NULL) == (t->id == NULL) &&
		    (s->id == NULL || strcmp(s->id, t->id) == 0))
			return true;
	}
	return false;
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

static void
doubt_add(struct json *doubts, const struct slot *s)
{
	const char *word = s->twice ? "twice" : s->formula ? "formula" : NULL;

	if (word != NULL)
		jsonx_set_str(doubts, s->id == NULL ? "" : s->id, word);
}

static void
put_field(struct json *form, const struct slot *s, struct json *parts[4])
{
	doubt_add(parts[3], s);
	if (s->id == NULL) {
		put_schema(form, version_of(s->value));
		return;
	}
	jsonx_set_str(parts[0], s->id, s->value == NULL ? "" : s->value);
	jsonx_set_str(parts[1], s->id, s->where);
	if (s->left != NULL)
		jsonx_set(parts[2], s->id, jsonx_dup(s->left));
}

struct json *
slots_form(struct book *b)
{
	static const char *const names[] = { "fields", "cells", "left",
		"doubts" };
	CLEANUP(jsonx_freep) struct json *form = jsonx_object();
	struct json *parts[NELEM(names)];
	bool found = false;

	for (size_t i = 0; i < NELEM(names); i++)
		parts[i] = jsonx_object();
	slots_settle(b);
	for (size_t i = 0; i < b->n_slots; i++) {
		const struct slot *s = &b->slots[i];

		if (is_outdone(b, s))
			continue;
		put_field(form, s, parts);
		found |= s->id == NULL;
	}
	for (size_t i = 0; i < NELEM(names); i++)
		jsonx_set(form, names[i], parts[i]);
	return found ? TAKE(form) : NULL;
}
