/* SPDX-License-Identifier: Apache-2.0 */
/* Small things that several endpoints and acts say alike. */
#include "office_int.h"

#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/term.h"

void
set_instant(struct json *j, const char *key, int64_t t)
{
	char text[INSTANT_TEXT];

	jsonx_set_str(j, key, instant_format(t, text));
}

void
set_base64(struct json *j, const char *key, const struct buf *bytes)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(2 * bytes->n + 16);

	base64_encode(buf_slice(bytes), 0, &text);
	jsonx_set_str(j, key, buf_str(&text));
}

int64_t
end_of_day_after(int64_t now, int64_t days)
{
	return instant_of_jday(
	    jday_add_days(jday_of_instant(now), (int)days + 1));
}

char *
query_text(const struct visit *v, const char *name)
{
	struct slice s = front_query_get(v->q, name);

	return s.p == NULL ? NULL : slice_dup(s);
}
