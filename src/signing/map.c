/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes to numbers: open addressing; the keys are uniform by themselves. */
#include "signing_int.h"

#include <stdlib.h>
#include <string.h>

static struct map_slot *
slot_of(struct map_slot *slots, size_t cap, const uint8_t key[32])
{
	struct rd r = rd_init(slice_of(key, 8));
	size_t i = (size_t)rd_u64(&r) & (cap - 1);

	while (slots[i].value != 0 && memcmp(slots[i].key, key, 32) != 0)
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

static void
grow(struct map *m)
{
	size_t cap = m->cap == 0 ? 64 : m->cap * 2;
	struct map_slot *slots = xcalloc(cap, sizeof(*slots));

	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].value != 0)
			*slot_of(slots, cap, m->slots[i].key) = m->slots[i];
	free(m->slots);
	m->slots = slots;
	m->cap = cap;
}

void
map_put(struct map *m, const uint8_t key[32], uint32_t value)
{
	struct map_slot *slot;

	if (m->n * 2 >= m->cap)
		grow(m);
	slot = slot_of(m->slots, m->cap, key);
	m->n += slot->value == 0;
	bytes_take(slice_of(key, 32), slot->key, 32);
	slot->value = value + 1;
}

bool
map_get(const struct map *m, const uint8_t key[32], uint32_t *out)
{
	const struct map_slot *slot;

	if (m->cap == 0)
		return false;
	slot = slot_of(m->slots, m->cap, key);
	if (slot->value != 0 && out != NULL)
		*out = slot->value - 1;
	return slot->value != 0;
}

void
map_free(struct map *m)
{
	free(m->slots);
	*m = (struct map){ 0 };
}

void
map_key(const char *kind, struct slice text, uint8_t out[32])
{
	struct slice parts[] = { slice_of(kind, strlen(kind) + 1), text };

	sha256_parts(parts, NELEM(parts), out);
}

bool
map_find(const struct map *m, const char *kind, const char *text, uint32_t *out)
{
	uint8_t key[32];

	if (text == NULL)
		return false;
	map_key(kind, slice_str(text), key);
	return map_get(m, key, out);
}

void
bytes_take(struct slice from, uint8_t *out, size_t n)
{
	struct rd r = rd_init(from);

	rd_raw(&r, out, n);
}

void
text_copy(char out[41], const char *text)
{
	size_t n = text == NULL ? 0 : strnlen(text, 40);

	bytes_take(slice_of(text, n), (uint8_t *)out, n);
	out[n] = '\0';
}
