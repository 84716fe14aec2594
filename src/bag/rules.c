/* SPDX-License-Identifier: Apache-2.0 */
/* The rule table of bags, and tag files by their names. */
#include "bag_int.h"

#include <string.h>

static const struct finding_rule rules[BR_MAX] = {
#define X(name, rule, code, sev, article, ja, en) \
	[name] = { rule, code, sev, article, ja, en },
#include "rules.inc"
#undef X
};

void
bag_rule_add(struct findings *f, enum bag_rule rule, const char *member,
    const char *detail)
{
	findings_add(f, &rules[rule], member, NULL, detail);
}

static bool
begins(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

/* "manifest-sha256.txt": a name between these two, at the top. */
static bool
is_list(const char *path, const char *prefix)
{
	static const char end[] = ".txt";
	size_t n = strlen(path), head = strlen(prefix), tail = sizeof(end) - 1;

	return begins(path, prefix) && n > head + tail &&
	    strcmp(path + n - tail, end) == 0 && strchr(path, '/') == NULL;
}

static const struct {
	const char *path;
	enum bag_part part;
} names[] = {
	{ BAG_DECLARATION, BAG_DECLARED },
	{ "bag-info.txt", BAG_INFO },
	{ "fetch.txt", BAG_FETCH },
};

enum bag_part
bag_part_of(const char *path)
{
	if (begins(path, BAG_PAYLOAD))
		return BAG_FILE;
	for (size_t i = 0; i < NELEM(names); i++)
		if (strcmp(path, names[i].path) == 0)
			return names[i].part;
	if (is_list(path, "manifest-"))
		return BAG_LIST;
	return is_list(path, "tagmanifest-") ? BAG_TAG_LIST : BAG_OTHER;
}

enum bag_algorithm
bag_algorithm_of(const char *path)
{
	static const char *const ends[BAG_ALGORITHM_MAX] = {
		[BAG_SHA256] = "manifest-sha256.txt",
		[BAG_SHA384] = "manifest-sha384.txt",
		[BAG_SHA512] = "manifest-sha512.txt",
	};
	const char *name = begins(path, "tag") ? path + 3 : path;
	enum bag_algorithm a = BAG_ALGORITHM_MAX;

	while (--a > BAG_WEAK && strcmp(name, ends[a]) != 0)
		;
	return a;
}
