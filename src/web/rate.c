/* SPDX-License-Identifier: Apache-2.0 */
/* How often one address may: GCRA over IPv4 /32 and IPv6 /64. */
#include "web_int.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

int
rate_init(struct rate *r, const struct web_config *c, struct err *e)
{
	pthread_mutex_init(&r->lock, NULL);
	r->rule[RATE_READ] = c->reads;
	r->rule[RATE_PREFLIGHT] = c->preflights;
	r->rule[RATE_FAILURE] = c->failures;
	if (c->random(r->salt, sizeof(r->salt)) < 0)
		return err_set(e, E_INTERNAL, "no random bytes");
	return 0;
}

static uint64_t
mix(uint64_t h, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		h = (h ^ p[i]) * 0x100000001b3u;
		h ^= h >> 29;
	}
	return h;
}

/* Salted, so that nobody chooses addresses that push others out. */
static uint64_t
key_of(const struct rate *r, const char *peer)
{
	uint64_t h = mix(0xcbf29ce484222325u, r->salt, sizeof(r->salt));
	struct in6_addr a6;
	struct in_addr a4;

	if (inet_pton(AF_INET, peer, &a4) == 1)
		h = mix(h, (const uint8_t *)&a4, sizeof(a4));
	else if (inet_pton(AF_INET6, peer, &a6) == 1)
		h = mix(h, a6.s6_addr, 8);
	return h == 0 ? 1 : h;
}

static int64_t
latest(const struct rate_entry *x)
{
	int64_t t = 0;

	for (unsigned i = 0; i < RATE_MAX; i++)
		if (x->tat_us[i] > t)
			t = x->tat_us[i];
	return t;
}

/* The entry of this address; the one least in debt makes room. */
static struct rate_entry *
entry_of(struct rate *r, uint64_t key)
{
	struct rate_entry *set = r->entry[key % RATE_SETS], *best = set;

	for (unsigned i = 0; i < RATE_WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	for (unsigned i = 0; i < RATE_WAYS; i++)
		if (latest(&set[i]) < latest(best))
			best = &set[i];
	memset(best, 0, sizeof(*best));
	best->key = key;
	return best;
}

/* All in microseconds; seconds to wait, or 0. */
static unsigned
gcra(int64_t *tat, const struct web_rate *rule, bool peek, int64_t now)
{
	int64_t step = (int64_t)rule->period_seconds * 1000000 / rule->count;
	int64_t slack = step * ((int64_t)rule->burst - 1);
	int64_t t = *tat > now ? *tat : now;

	if (t - slack > now)
		return (unsigned)((t - slack - now + 999999) / 1000000);
	if (!peek)
		*tat = t + step;
	return 0;
}

unsigned
rate_take(struct rate *r, enum rate_class class, const char *peer, bool peek,
    int64_t now_ms)
{
	uint64_t key = key_of(r, peer);
	unsigned wait;

	if (r->rule[class].count == 0)
		return 0;
	pthread_mutex_lock(&r->lock);
	wait = gcra(&entry_of(r, key)->tat_us[class], &r->rule[class], peek,
	    now_ms * 1000);
	pthread_mutex_unlock(&r->lock);
	return wait;
}
