/* SPDX-License-Identifier: Apache-2.0 */
/* What a job asks, in one number; which protocol a header asks for. */
#include "nintei/gitserve.h"

#include <string.h>

#include "nintei/cc.h"

enum {
	BIT_PROTOCOL = 8,
	BIT_GZIP = 16,
	BIT_BUNDLE = 17
};

uint32_t
gitserve_encode(const struct gitserve_kind *k)
{
	return (uint32_t)k->act | (uint32_t)k->protocol << BIT_PROTOCOL |
	    (uint32_t)k->gzip << BIT_GZIP | (uint32_t)k->bundle << BIT_BUNDLE;
}

bool
gitserve_decode(uint32_t wire, struct gitserve_kind *out)
{
	struct gitserve_kind k = {
		.act = (enum gitserve_act)(wire & 0xff),
		.protocol = wire >> BIT_PROTOCOL & 0xff,
		.gzip = (wire >> BIT_GZIP & 1) != 0,
		.bundle = (wire >> BIT_BUNDLE & 1) != 0,
	};

	if (k.act == GITSERVE_NONE || k.act >= GITSERVE_MAX || k.protocol > 2 ||
	    gitserve_encode(&k) != wire)
		return false;
	if ((k.gzip && k.act != GITSERVE_PACK) ||
	    (k.bundle && k.act != GITSERVE_MAINTAIN))
		return false;
	*out = k;
	return true;
}

static const char *const versions[] = { "version=0", "version=1", "version=2" };

unsigned
gitserve_protocol(struct slice header)
{
	unsigned greatest = 0;

	while (header.n > 0) {
		const uint8_t *end = memchr(header.p, ':', header.n);
		size_t n = end == NULL ? header.n : (size_t)(end - header.p);
		struct slice item = slice_of(header.p, n);

		for (unsigned i = 1; i < NELEM(versions); i++)
			if (slice_eq_str(item, versions[i]) && i > greatest)
				greatest = i;
		if (end == NULL)
			break;
		header = slice_of(end + 1, header.n - n - 1);
	}
	return greatest;
}
