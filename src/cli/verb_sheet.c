/* SPDX-License-Identifier: Apache-2.0 */
/* nintei case sheet: the review sheet, undecided, and what it asks. */
#include "cli_int.h"

#include <stdlib.h>

#include "nintei/limits.h"

/* {"review": {"1": {"met": null}, ...}}: null is judged by a person. */
static struct json *
sheet_of(const struct json *criteria)
{
	struct json *sheet = jsonx_object();
	struct json *review = jsonx_object();

	for (size_t i = 0; i < jsonx_len(criteria); i++) {
		const char *id = jsonx_get_str(jsonx_at(criteria, i), "id");
		struct json *row = jsonx_object();

		jsonx_set(row, "met", jsonx_null());
		if (id != NULL)
			jsonx_set(review, id, TAKE(row));
		jsonx_free(row);
	}
	jsonx_set(sheet, "review", review);
	return sheet;
}

static int
sheet_write(const struct cli *c, const struct json *sheet, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(4));

	jsonx_pretty(sheet, &text);
	buf_putc(&text, '\n');
	return local_write(c->a.output, buf_slice(&text), e);
}

static int
case_scheme(struct cli *c, struct json **out, struct err *e)
{
	CLEANUP(freep) char *id = fetch_escape(c->a.pos[0]);
	CLEANUP(freep) char *of_case = xasprintf("/v1/cases/%s", id);
	CLEANUP(freep) char *scheme = NULL;
	CLEANUP(freep) char *path = NULL;
	CLEANUP(jsonx_freep) struct json *doc = NULL;

	if (remote_get(c, of_case, &doc, e) < 0)
		return -1;
	if (jsonx_get_str(doc, "scheme") == NULL)
		return err_set(e, E_USAGE, "the case has no scheme");
	scheme = fetch_escape(jsonx_get_str(doc, "scheme"));
	path = xasprintf("/v1/schemes/%s", scheme);
	return remote_get(c, path, out, e);
}

int
case_sheet(struct cli *c, struct err *e)
{
	static const char *const keys[] = { "id", "group", "item", "written",
		"requirement", NULL };
	CLEANUP(jsonx_freep) struct json *scheme = NULL;
	CLEANUP(jsonx_freep) struct json *sheet = NULL;

	if (case_scheme(c, &scheme, e) < 0)
		return -1;
	sheet = sheet_of(jsonx_get(scheme, "criteria"));
	if (c->a.output == NULL || c->a.json) {
		print_json(sheet);
		return 0;
	}
	if (sheet_write(c, sheet, e) < 0)
		return -1;
	print_items(jsonx_get(scheme, "criteria"), keys);
	if (fflush(stdout) != 0)
		return err_sys(e, E_INTERNAL, "standard output");
	cli_note(c, "%s %s",
	    cli_say(c,
		"各項目の met を true か false（reason とともに）にし、次へ:",
		"set met of each to true, or to false with a reason; then:"),
	    cli_say(c, "propose_certify --data @FILE",
		"propose_certify --data @FILE"));
	return 0;
}
