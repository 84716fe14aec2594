/* SPDX-License-Identifier: Apache-2.0 */
/* Art. 11(2): items of form B that are held back, looked at again, published.
 */
#include "execute_int.h"
#include "freeze_int.h"

#include <string.h>

#include "nintei/term.h"

/* data.<member>: a day after (or, told: not after) today. */
static int
day_put(const struct draft *f, const char *member, bool ahead,
    struct json *detail, struct err *e)
{
	const char *text = jsonx_get_str(f->data, member);
	struct jday day;
	int cmp;

	if (text == NULL)
		return err_set(e, E_INPUT, "data.%s: want a date", member);
	if (jday_parse(text, &day, e) < 0)
		return err_wrap(e, "data.%s", member);
	cmp = jday_cmp(day, jday_of_instant(f->v->now));
	if (ahead ? cmp <= 0 : cmp > 0)
		return err_set(e, E_INPUT, "data.%s: want a day %s", member,
		    ahead ? "to come" : "that has come");
	jsonx_set_str(detail, member, text);
	return 0;
}

/*
 * One item: what of it is decided stands in the detail.  What is granted is
 * looked at again on a day; before a lift the operator was told.
 */
int
fill_withholding(struct draft *f, struct err *e)
{
	const char *item = jsonx_get_str(f->data, "item");
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();

	if (item == NULL)
		return err_set(
		    e, E_INPUT, "data.item: want the id of an item of form B");
	if (draft_open(f, M_WITHHOLDING, item, e) < 0)
		return -1;
	jsonx_set_str(detail, "item", item);
	if (strcmp(f->outcome, "grant") == 0 &&
	    jsonx_get(f->data, "review_on") != NULL &&
	    day_put(f, "review_on", true, detail, e) < 0)
		return -1;
	if (strcmp(f->outcome, "lift") == 0 &&
	    day_put(f, "told_on", false, detail, e) < 0)
		return -1;
	f->instance = item;
	if (draft_put_detail(f, detail, e) < 0)
		return -1;
	return draft_put_subject(f, "11(2)", e);
}

/* Denied or lifted: what the register has only as a hash is published. */
int
execute_withholding(struct execution *x, struct err *e)
{
	const char *review = jsonx_get_str(x->detail, "review_on");

	if (strcmp(x->dec->outcome, "grant") == 0) {
		jsonx_set_str(x->w->data, "review_on", review);
		return 0;
	}
	if (x->d->certification.serial[0] == '\0')
		return 0;
	return office_publish_item(
	    x->o, x->d, x->dec->instance, x->dec, x->w->data, e);
}
