/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_BAG_INT_H
#define NINTEI_BAG_INT_H
/* bag_int: rules, and what the tag files are by their names. */
#include "nintei/bag.h"

#define BAG_MANIFESTS 8 /* of one bag */

enum bag_rule {
	BR_NONE = 0,
#define X(name, rule, code, sev, article, ja, en) name,
#include "rules.inc"
#undef X
	BR_MAX
};
void bag_rule_add(struct findings *f, enum bag_rule rule, const char *member,
    const char *detail);

enum bag_part {
	BAG_OTHER = 0, /* another tag file: of no account */
	BAG_FILE, /* below data/ */
	BAG_DECLARED, /* bagit.txt */
	BAG_INFO, /* bag-info.txt */
	BAG_FETCH, /* fetch.txt */
	BAG_LIST, /* manifest-<algorithm>.txt */
	BAG_TAG_LIST /* tagmanifest-<algorithm>.txt */
};
enum bag_part bag_part_of(const char *path);

/* Only these are strong enough; any other name is BAG_WEAK. */
enum bag_algorithm {
	BAG_WEAK = 0,
	BAG_SHA256,
	BAG_SHA384,
	BAG_SHA512,
	BAG_ALGORITHM_MAX
};
/* Of a manifest's path. */
enum bag_algorithm bag_algorithm_of(const char *path);

#endif
