/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came by post: two of the secretariat read the same and signed it, and
 * the stamp says when it came (REGULATION 4 and 8).
 */
#include "audit_int.h"

#include <string.h>

#include "nintei/jsonx.h"

static bool
is_signed(struct audit *a, const struct json *one, struct slice text)
{
	const char *person = jsonx_get_str(one, "person");
	const char *armour = jsonx_get_str(one, "signature");
	const struct roster_entry *who =
	    roster_get(a->roster, person == NULL ? "" : person);
	int64_t at = event_instant(a->it, "recorded_at");
	struct err why = ERR_INIT;
	struct sshsig sig;

	return armour != NULL && roster_has_role(who, ROSTER_SECRETARIAT, at) &&
	    sshsig_parse(slice_str(armour), &sig, &why) == 0 &&
	    roster_find_key(who, &sig.key, at) != NULL &&
	    sshsig_verify(&sig, SSH_NS_DECLARATION, text, &why) == 0;
}

/* Both, each once, and as data.transcribers names them. */
static bool
is_by_two(struct audit *a, const struct json *data, struct slice text)
{
	const struct json *list = jsonx_get(data, "transcribed");
	const struct json *names = jsonx_get(data, "transcribers");
	const struct json *one = jsonx_get(jsonx_at(list, 0), "person");
	const struct json *two = jsonx_get(jsonx_at(list, 1), "person");

	return jsonx_len(list) == 2 && jsonx_len(names) == 2 &&
	    jsonx_equal(one, jsonx_at(names, 0)) &&
	    jsonx_equal(two, jsonx_at(names, 1)) && !jsonx_equal(one, two) &&
	    is_signed(a, jsonx_at(list, 0), text) &&
	    is_signed(a, jsonx_at(list, 1), text);
}

/* AUDIT-42: the stamp counts, or the postmark where the policy says so. */
static void
arrival_judge(struct audit *a, const struct json *data, const struct scheme *s)
{
	const struct json *said = jsonx_get(data, "transcription");
	const char *postmark = jsonx_get_str(said, "postmark");
	const char *counts = jsonx_get_str(said, "arrived_on");
	char text[INSTANT_TEXT];
	struct err why = ERR_INIT;
	struct jday day;

	if (postmark != NULL && s != NULL &&
	    s->params.paper_arrival == POLICY_POSTMARK)
		counts = postmark;
	if (counts == NULL || jday_parse(counts, &day, &why) < 0) {
		audit_say(a, AUDIT_R42, "the day of arrival", "none");
		return;
	}
	if (jsonx_get(data, "received_at") != NULL)
		audit_same(a, AUDIT_R42, "received_at",
		    instant_format(instant_of_jday(day), text),
		    jsonx_get_str(data, "received_at"));
	audit_same(a, AUDIT_R42, "transcription.sha256",
	    jsonx_get_str(jsonx_get(data, "bundle"), "sha256"),
	    jsonx_get_str(said, "sha256"));
}

bool
transcription_judge(struct audit *a)
{
	const struct json *data = jsonx_get(a->it->event, "data");
	const struct json *said = jsonx_get(data, "transcription");
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);

	if (said == NULL)
		return false;
	jsonx_canonical(said, &text);
	a->report->count[AUDIT_N_STATEMENTS] += 2;
	arrival_judge(a, data,
	    scheme_find(a->schemes, jsonx_get_str(a->it->event, "scheme")));
	if (is_by_two(a, data, buf_slice(&text)))
		return true;
	audit_say(
	    a, AUDIT_R44, "a transcription that two people signed", "another");
	return false;
}
