/* SPDX-License-Identifier: Apache-2.0 */
/* nintei number: corporate numbers. */
#include "cli_int.h"

#include "nintei/registry.h"

int
number_check(struct cli *c, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	char number[CORPORATE_NUMBER_TEXT] = "";
	enum number_fault fault = registry_number_fold(c->a.pos[0], number);
	const char *structure =
	    number_structure_name(registry_number_structure(number));

	(void)e;
	jsonx_set_bool(o, "ok", fault == NUMBER_FAULT_NONE);
	jsonx_set_str(o, "input", c->a.pos[0]);
	if (fault == NUMBER_FAULT_NONE) {
		jsonx_set_str(o, "number", number);
		jsonx_set_str(o, "structure", structure);
	} else {
		jsonx_set_str(o, "fault", number_fault_name(fault));
		c->status = err_exit(E_INVALID);
	}
	if (c->a.json)
		print_json(o);
	else if (fault == NUMBER_FAULT_NONE)
		printf("%s %s (%s)\n", number,
		    cli_say(c, "検査数字は正しい", "the check digit is right"),
		    structure);
	else
		printf("%s: %s\n",
		    cli_say(c, "法人番号ではない", "not a corporate number"),
		    number_fault_name(fault));
	return 0;
}
