/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of containers and bags: their own modules read them. */
#include "examine_int.h"
#include "nintei/asic.h"
#include "nintei/bag.h"

void
asic_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	const char *fault = "";

	if (asic_manifest_facts(in, &facts, &fault) < 0)
		xd_finding(w, EXF_ASIC, fault);
	else
		xd_tree(w, facts);
}

void
bag_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	const char *fault = "";

	if (bag_facts(in, &facts, &fault) < 0)
		xd_finding(w, EXF_BAG, fault);
	else
		xd_tree(w, facts);
}
