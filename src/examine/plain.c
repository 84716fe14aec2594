/* SPDX-License-Identifier: Apache-2.0 */
/* Plain text: document reads it. */
#include "examine_int.h"
#include <string.h>
#include "nintei/document.h"

void
plain_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	const char *fault = NULL;

	document_plain_facts(in, &facts, &fault);
	if (fault == NULL)
		xd_tree(w, facts);
	else if (strcmp(fault, "LIM_OUTPUT") == 0)
		xd_finding(w, EXF_TEXT_OUTPUT, "");
	else
		xd_finding(w, EXF_TEXT_ENCODING, "");
}
