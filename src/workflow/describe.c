/* SPDX-License-Identifier: Apache-2.0 */
/* The tables as Markdown with Mermaid drawings. */
#include "workflow_int.h"

#include <string.h>

static void
put_roles(struct buf *out, unsigned roles)
{
	bool first = true;

	for (unsigned bit = 1; bit <= ROLE_PUBLIC; bit <<= 1) {
		if ((roles & bit) == 0)
			continue;
		buf_putf(out, "%s%s", first ? "" : ", ",
		    role_name((enum flow_role)bit));
		first = false;
	}
}

static void
put_row(struct buf *out, const struct flow_row *row)
{
	char guards[256];

	guards_text(row, guards, sizeof(guards));
	buf_putf(out, "| %s | `%s` | %s | %s | ", state_name(row->from),
	    row->event, guards, state_name(row->to));
	put_roles(out, row->roles);
	buf_putf(out, " | %s |\n", row->article);
}

static void
put_edge(struct buf *out, const struct flow_row *row)
{
	buf_putf(out, "    %s --> %s: %s\n",
	    row->from == S_NONE ? "[*]" : state_name(row->from),
	    state_name(row->to), row->event);
}

static void
put_machine(struct buf *out, enum machine m)
{
	const struct flow_row *row;

	buf_putf(out, "\n## %s\n\n", machine_name(m));
	buf_puts(out,
	    "| from | event | guards | to | who | Art |\n"
	    "| --- | --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++)
		if (row->machine == m)
			put_row(out, row);
	buf_puts(out, "\n```mermaid\nstateDiagram-v2\n");
	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++)
		if (row->machine == m)
			put_edge(out, row);
	buf_puts(out, "```\n");
}

void
flow_describe(struct buf *out)
{
	const struct flow_coupling *c;

	buf_puts(out,
	    "# State machines\n\nMade from the tables in `src/workflow/`; "
	    "do not edit.\n");
	for (int m = M_NONE + 1; m < M_MAX; m++)
		put_machine(out, (enum machine)m);
	buf_puts(out,
	    "\n## Couplings\n\n| when | then | must |\n| --- | --- | --- |\n");
	for (size_t i = 0; (c = flow_coupling_at(i)) != NULL; i++)
		buf_putf(out, "| %s.%s | %s.%s | %s |\n",
		    machine_name(c->machine), c->event, machine_name(c->then),
		    c->then_event, c->must ? "yes" : "");
}
