/* SPDX-License-Identifier: Apache-2.0 */
/* criteria.yaml: the disclosure items with their checks and thresholds. */
#include "scheme_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"

static const char *const check_names[CRITERION_MAX] = {
	[CRITERION_NONE] = "",
	[CRITERION_AMOUNT_YEN] = "amount_yen",
	[CRITERION_AMOUNT_YEN_OR_TEXT] = "amount_yen_or_text",
	[CRITERION_COUNT] = "count",
	[CRITERION_DATE_YMD] = "date_ymd",
	[CRITERION_FULL_YEARS] = "full_years",
	[CRITERION_GUIDELINE_VERSION] = "guideline_version",
	[CRITERION_MAX_CHARS] = "max_chars",
	[CRITERION_MAX_DAYS] = "max_days",
	[CRITERION_MAX_HOURS] = "max_hours",
	[CRITERION_MAX_MINUTES] = "max_minutes",
	[CRITERION_MIN_DAYS] = "min_days",
	[CRITERION_MIN_HOURS] = "min_hours",
	[CRITERION_MIN_MINUTES] = "min_minutes",
	[CRITERION_MIN_MONTHS] = "min_months",
	[CRITERION_MIN_PERCENT] = "min_percent",
	[CRITERION_NOT_EMPTY] = "not_empty",
	[CRITERION_NOT_EMPTY_IF_YES] = "not_empty_if_yes",
	[CRITERION_ONE_OF] = "one_of",
	[CRITERION_PERCENT] = "percent",
	[CRITERION_RATIO] = "ratio",
	[CRITERION_REGISTER_CAPITAL] = "register_capital",
	[CRITERION_REGISTER_ESTABLISHED] = "register_established",
	[CRITERION_REGISTER_HEAD_OFFICE] = "register_head_office",
	[CRITERION_REGISTER_NAME] = "register_name",
	[CRITERION_REGISTER_OFFICERS] = "register_officers",
	[CRITERION_REGISTER_REPRESENTATIVE] = "register_representative",
	[CRITERION_SAME_AS_FORM_A] = "same_as_form_a",
	[CRITERION_YES_NO] = "yes_no",
	[CRITERION_YES_REQUIRED] = "yes_required",
};

static const char *const op_names[TH_MAX] = { [TH_NONE] = "",
	[TH_LE] = "<=",
	[TH_GE] = ">=",
	[TH_EQ] = "=",
	[TH_IN] = "in" };

const char *
criterion_check_name(enum criterion_check c)
{
	return c < CRITERION_MAX ? check_names[c] : "";
}

const char *
threshold_op_name(enum threshold_op op)
{
	return op < TH_MAX ? op_names[op] : "";
}

static int
index_of(const char *word, const char *const *names, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(names[i], word) == 0)
			return i;
	return -1;
}

/* "99.5" is 99500: at most three decimal places. */
static int
milli_of(const char *text, int64_t *out)
{
	struct err ignored = ERR_INIT;
	size_t whole = strcspn(text, ".");
	const char *dot = text + whole;
	char digits[16] = "";
	uint64_t a, b = 0;
	size_t n, i;

	if (whole >= sizeof(digits))
		return -1;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)whole, text);
	if (dec_parse(digits, 1000000000, &a, &ignored) < 0)
		return -1;
	if (*dot == '.') {
		n = strspn(dot + 1, "0123456789");
		if (n == 0 || n > 3 || dot[n + 1] != '\0')
			return -1;
		for (i = 1; i <= 3; i++)
			b = b * 10 + (i <= n ? (uint64_t)(dot[i] - '0') : 0);
	}
	*out = (int64_t)(a * 1000 + b);
	return 0;
}

static int
build_threshold(const struct item_yaml *y, struct criterion *out, struct err *e)
{
	int op = index_of(text_of(y->op), op_names, TH_MAX);

	if (op < 0)
		return err_set(
		    e, E_CONFIG, "item %s: op: want <=, >=, = or in", y->id);
	out->op = (enum threshold_op)op;
	out->value = text_of(y->value);
	out->unit = text_of(y->unit);
	out->unset = strcmp(out->value, "unset") == 0;
	if ((op != TH_NONE) != (y->value != NULL) && !out->unset)
		return err_set(
		    e, E_CONFIG, "item %s: want op and value", y->id);
	if ((op == TH_LE || op == TH_GE) && !out->unset &&
	    milli_of(out->value, &out->milli) < 0)
		return err_set(e, E_CONFIG,
		    "item %s: value: want a number, have \"%.20s\"", y->id,
		    out->value);
	return 0;
}

static int
build_item(const struct item_yaml *y, struct criterion *out, struct err *e)
{
	static const char *const words[] = { "optional", "mandatory" };
	int check = index_of(text_of(y->check), check_names, CRITERION_MAX);
	int need = index_of(y->requirement, words, 2);

	if (need < 0)
		return err_set(e, E_CONFIG,
		    "item %s: requirement: want mandatory or optional", y->id);
	if (check < 0)
		return err_set(e, E_CONFIG, "item %s: unknown check %.40s",
		    y->id, y->check);
	if (check != CRITERION_ONE_OF && y->choices.n > 0)
		return err_set(
		    e, E_CONFIG, "item %s: choices belong to one_of", y->id);
	out->id = y->id;
	out->group = y->group;
	out->item = y->item;
	out->written = y->written;
	out->mandatory = need == 1;
	out->check = (enum criterion_check)check;
	out->choices = texts_of(&y->choices);
	out->n_choices = y->choices.n;
	out->provenance = y->provenance;
	return build_threshold(y, out, e);
}

/* Letters, digits, one dot: "30.2", "P1". */
static bool
item_id_valid(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	if (n == 0 || strlen(id) > 12)
		return false;
	if (id[n] == '.')
		return id[n + 1] != '\0' &&
		    id[n + 1 + strspn(id + n + 1, "0123456789")] == '\0';
	return id[n] == '\0';
}

int
build_criteria(struct scheme_box *b, struct err *e)
{
	const struct criteria_yaml *y = b->yaml[PART_CRITERIA];
	const struct item_yaml *rows = y->items.items;
	struct criterion *out = box_calloc(b, y->items.n, sizeof(*out));
	size_t i;

	b->s.criteria = out;
	for (i = 0; i < y->items.n; i++) {
		if (!item_id_valid(rows[i].id) ||
		    scheme_criterion(&b->s, rows[i].id) != NULL)
			return err_set(e, E_CONFIG,
			    "item %.20s: no id, or it stands twice",
			    rows[i].id);
		if (build_item(&rows[i], &out[i], e) < 0)
			return -1;
		b->s.n_criteria = i + 1;
	}
	return 0;
}
