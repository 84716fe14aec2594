/* SPDX-License-Identifier: Apache-2.0 */
/* A table of texts, open addressing, at most three quarters full. */
#include "audit_int.h"

#include <stdlib.h>
#include <string.h>

static size_t
hash_of(const char *key)
{
	uint64_t h = 14695981039346656037U;

	for (const char *p = key; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 1099511628211U;
	return (size_t)(h ^ h >> 29);
}

static struct keymap_slot *
slot_of(const struct keymap *t, const char *key)
{
	size_t i = hash_of(key) & (t->cap - 1);

	while (t->slots[i].key != NULL && strcmp(t->slots[i].key, key) != 0)
		i = (i + 1) & (t->cap - 1);
	return &t->slots[i];
}

static void
grow(struct keymap *t)
{
	struct keymap bigger = { .cap = t->cap == 0 ? 64 : 2 * t->cap };

	bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < t->cap; i++)
		if (t->slots[i].key != NULL)
			*slot_of(&bigger, t->slots[i].key) = t->slots[i];
	bigger.n = t->n;
	free(t->slots);
	*t = bigger;
}

void *
keymap_get(const struct keymap *t, const char *key)
{
	return t->cap == 0 ? NULL : slot_of(t, key)->value;
}

void
keymap_put(struct keymap *t, const char *key, void *value)
{
	struct keymap_slot *s;

	if (4 * (t->n + 1) > 3 * t->cap)
		grow(t);
	s = slot_of(t, key);
	if (s->key == NULL) {
		s->key = xstrdup(key);
		t->n++;
	}
	s->value = value;
}

void
keymap_free(struct keymap *t, void (*free_value)(void *value))
{
	for (size_t i = 0; i < t->cap; i++) {
		if (t->slots[i].key == NULL)
			continue;
		if (free_value != NULL)
			free_value(t->slots[i].value);
		free(t->slots[i].key);
	}
	free(t->slots);
	*t = (struct keymap){ 0 };
}

static int
slot_cmp(const void *a, const void *b)
{
	const struct keymap_slot *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

const struct keymap_slot **
keymap_sorted(const struct keymap *t)
{
	const struct keymap_slot **out = xcalloc(t->n + 1, sizeof(*out));
	size_t n = 0;

	for (size_t i = 0; i < t->cap; i++)
		if (t->slots[i].key != NULL)
			out[n++] = &t->slots[i];
	qsort(out, n, sizeof(*out), slot_cmp);
	return out;
}
