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

/* "+next_term -continuation". */
static void
put_flags(struct buf *out, const struct flow_row *row)
{
	const char *space = "";

	for (unsigned bit = 1; bit <= FLAG_ENDED; bit <<= 1) {
		if (((row->sets | row->clears) & bit) == 0)
			continue;
		buf_putf(out, "%s%s%s", space,
		    (row->sets & bit) != 0 ? "+" : "-", flag_name(bit));
		space = " ";
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
	buf_puts(out, " | ");
	put_flags(out, row);
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
	    "| from | event | guards | to | who | flags | Art |\n"
	    "| --- | --- | --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++)
		if (row->machine == m)
			put_row(out, row);
	buf_puts(out, "\n```mermaid\nstateDiagram-v2\n");
	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++)
		if (row->machine == m)
			put_edge(out, row);
	buf_puts(out, "```\n");
}

static void
put_couplings(struct buf *out)
{
	const struct flow_coupling *c;

	buf_puts(out,
	    "\n## Couplings\n\nWithin one event, in this order; what the "
	    "target has no row for is left out. `must`: a guard that fails "
	    "refuses the whole act. Conditions and choices are functions of "
	    "`src/workflow/couple.c`.\n\n"
	    "| when | then | must | if | which |\n"
	    "| --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; (c = flow_coupling_at(i)) != NULL; i++)
		buf_putf(out, "| %s.%s | %s.%s | %s | %s | %s |\n",
		    machine_name(c->machine), c->event, machine_name(c->then),
		    c->then_event, c->must ? "yes" : "", c->when, c->which);
}

/* What a policy key changes in the tables above (REGULATION 7). */
static void
put_policy(struct buf *out)
{
	static const struct {
		const char *key, *effect;
	} notes[] = {
		{ "renewal_term",
		    "`decision`: `renewed` from valid sets no next_term; the "
		    "new term begins at once and the old artefacts are "
		    "superseded" },
		{ "gap_renewal",
		    "`as_new`: decide_certify of a renewal after expiry creates "
		    "a certification in its own case" },
		{ "mark_during_continuation",
		    "`stop`: term_ends_continued ends the mark, renewed "
		    "revives it" },
		{ "continuation_certificate_days",
		    "0: no certificate is ordered for a continuation" },
		{ "termination_ends_certification",
		    "no: take_effect leaves the certification alone" },
		{ "termination_waits_for_revocation",
		    "no: revocation_proposed does not hold take_effect back; "
		    "recorded by confirm" },
		{ "silence_is_insufficient",
		    "no: the clock does not bring compliance.due_passed in an "
		    "inquiry; recorded by inquire" },
		{ "revoke_after_end",
		    "yes: a proposed revocation is not closed by "
		    "certification_ended; its decision is then annotated" },
		{ "written_notice_form",
		    "which notices certification.revoke queues" },
		{ "loss_statement_accepted",
		    "no: paper_attached holds only when the paper is back" },
		{ "late_renewal", "`never`: window_ok knows no late_allowed" },
		{ "paper_arrival, paper_on_holiday_next_day",
		    "window_ok of papers" },
		{ "merger_survivor_lapses, unlawful_reading",
		    "succession, ground_shown" },
		{ "committee_quorum, rule_notice_days",
		    "committee_quorum, notice_enough" },
	};

	buf_puts(out,
	    "\n## Policy keys\n\n| key | changes |\n"
	    "| --- | --- |\n");
	for (size_t i = 0; i < NELEM(notes); i++)
		buf_putf(out, "| %s | %s |\n", notes[i].key, notes[i].effect);
}

static void
put_notices(struct buf *out)
{
	const struct flow_notice *n;

	buf_puts(out,
	    "\n## Notices\n\nThe event queues `<kind>-<its number>`. A legal "
	    "one is done only by opening or by proof of posting.\n\n"
	    "| event | kind | legal | to | Art |\n"
	    "| --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; (n = flow_notice_at(i)) != NULL; i++)
		buf_putf(out, "| %s.%s | %s | %s | %s | %s |\n",
		    machine_name(n->machine), n->event, n->kind,
		    n->legal ? "yes" : "", role_name(n->to), n->article);
}

void
flow_describe(struct buf *out)
{
	buf_puts(out,
	    "# State machines\n\nMade from the tables in `src/workflow/`; "
	    "do not edit.\n");
	for (int m = M_NONE + 1; m < M_MAX; m++)
		put_machine(out, (enum machine)m);
	put_couplings(out);
	put_policy(out);
	put_notices(out);
}
