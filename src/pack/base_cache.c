/* SPDX-License-Identifier: Apache-2.0 */
/* Delta bases in one ring of bytes: no allocation, the oldest go first. */
#include <stdlib.h>
#include <string.h>

#include "packset_int.h"

#define SLOT_BITS 14
#define SLOTS (1U << SLOT_BITS)
#define LARGEST_SHARE 4 /* one object takes at most this part of the ring */

/* One object in the ring; its bytes follow.  serial 0: nothing here. */
struct kept {
	uint64_t serial, at;
	uint32_t n;
	uint32_t type;
};

struct base_cache {
	uint8_t *ring;
	size_t size;
	size_t head; /* where the next goes */
	size_t tail; /* the oldest */
	size_t full; /* end of the last in the upper part; head < tail */
	bool wrapped;
	uint32_t slots[SLOTS]; /* place in the ring + 1; 0: none */
};

struct base_cache *
base_cache_new(size_t bytes)
{
	struct base_cache *c = xcalloc(1, sizeof(*c));

	c->size = bytes > UINT32_MAX / 2 ? UINT32_MAX / 2 : bytes;
	c->ring = malloc(c->size + 1);
	if (c->ring == NULL)
		abort();
	return c;
}

void
base_cache_free(struct base_cache *c)
{
	if (c == NULL)
		return;
	free(c->ring);
	free(c);
}

static size_t
slot_of(uint64_t serial, uint64_t at)
{
	uint64_t h = (at ^ serial << 40) * 0x9e3779b97f4a7c15ULL;

	return (size_t)(h >> (64 - SLOT_BITS));
}

static struct kept
kept_at(const struct base_cache *c, size_t place)
{
	struct kept k;

	memcpy(&k, c->ring + place, sizeof(k));
	return k;
}

static size_t
room_of(size_t n)
{
	return ALIGN_UP(sizeof(struct kept) + n, 8);
}

enum pack_type
base_cache_get(
    const struct base_cache *c, uint64_t serial, uint64_t at, struct slice *out)
{
	uint32_t place = c->slots[slot_of(serial, at)];
	struct kept k;

	if (place == 0)
		return PACK_NONE;
	k = kept_at(c, place - 1);
	if (k.serial != serial || k.at != at)
		return PACK_NONE;
	*out = slice_of(c->ring + place - 1 + sizeof(k), k.n);
	return (enum pack_type)k.type;
}

/* The oldest goes. */
static void
drop(struct base_cache *c)
{
	struct kept k = kept_at(c, c->tail);
	uint32_t *slot = &c->slots[slot_of(k.serial, k.at)];

	if (*slot == c->tail + 1)
		*slot = 0;
	c->tail += room_of(k.n);
	if (c->wrapped && c->tail == c->full) {
		c->tail = 0;
		c->wrapped = false;
	}
}

/* Room for n bytes in one piece at head. */
static void
make_room(struct base_cache *c, size_t n)
{
	if (!c->wrapped && c->size - c->head < n) {
		c->full = c->head;
		c->head = 0;
		c->wrapped = c->full > c->tail;
		if (!c->wrapped)
			c->tail = 0;
	}
	while (c->wrapped && c->tail - c->head < n)
		drop(c);
	/* drop() may have come to the lower part. */
	if (!c->wrapped && c->size - c->head < n)
		make_room(c, n);
}

void
base_cache_put(struct base_cache *c, uint64_t serial, uint64_t at,
    enum pack_type type, struct slice bytes)
{
	struct kept k = { serial, at, (uint32_t)bytes.n, type };
	size_t room = room_of(bytes.n);

	if (room > c->size / LARGEST_SHARE)
		return;
	make_room(c, room);
	memcpy(c->ring + c->head, &k, sizeof(k));
	if (bytes.n > 0)
		memcpy(c->ring + c->head + sizeof(k), bytes.p, bytes.n);
	c->slots[slot_of(serial, at)] = (uint32_t)c->head + 1;
	c->head += room;
}
