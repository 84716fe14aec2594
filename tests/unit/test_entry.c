/* SPDX-License-Identifier: Apache-2.0 */
/* derive: entries of the register from event to event, and in two times. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/derive.h"
#include "nintei/derive_entry.h"
#include "nintei/instant.h"
#include "support/support.h"

static struct dossier *d;
static struct pub_doc *entry;

static int64_t
at(const char *text)
{
	struct err e = ERR_INIT;
	int64_t t = 0;

	ck_ok(instant_parse(text, &t, &e), &e);
	return t;
}

static struct json *
json(const char *text)
{
	struct err e = ERR_INIT;
	struct json *j = NULL;

	ck_ok(jsonx_parse(slice_str(text), KIB(64), &j, &e), &e);
	return j;
}

#define DECIDED "2026-07-01T15:00:00+09:00"
#define ISSUED "2026-07-01T15:00:05+09:00"
#define PUBLICATION                                                   \
	"\"publication\":{\"term\":\"1\",\"guideline\":\"2018-10\","  \
	"\"designated_url\":\"https://e.example/c/IPT0001-2607\","    \
	"\"items\":[{\"id\":\"2\",\"value\":\"two\"},{\"id\":\"31\"," \
	"\"withheld\":\"aa\"}],\"hashes\":{\"record\":\"00\"},"       \
	"\"canary\":\"NOT-PUBLIC\"}"

static void
machine_set(enum machine m, const char *instance, enum state s)
{
	for (size_t i = 0; i < d->n_machines; i++)
		if (d->machines[i].machine == m) {
			d->machines[i].state = s;
			return;
		}
	d->machines =
	    xrealloc(d->machines, d->n_machines + 1, sizeof(*d->machines));
	d->machines[d->n_machines] =
	    (struct dossier_machine){ .machine = m, .state = s };
	snprintf(d->machines[d->n_machines++].instance, LIMIT_ID_BYTES, "%s",
	    instance);
}

static void
term_add(int64_t n, const char *on, const char *from, const char *through,
    const char *recorded)
{
	struct dossier_term *t;

	d->terms = xrealloc(d->terms, d->n_terms + 1, sizeof(*d->terms));
	t = &d->terms[d->n_terms++];
	*t = (struct dossier_term){ .term = n, .recorded_at = at(recorded) };
	snprintf(t->certified_on, JDAY_TEXT, "%s", on);
	snprintf(t->valid_from, JDAY_TEXT, "%s", from);
	snprintf(t->valid_through, JDAY_TEXT, "%s", through);
}

static void
present(int64_t n)
{
	struct dossier_certification *c = &d->certification;

	c->term = n;
	snprintf(c->valid_from, JDAY_TEXT, "%s", d->terms[n - 1].valid_from);
	snprintf(
	    c->valid_through, JDAY_TEXT, "%s", d->terms[n - 1].valid_through);
}

/* An event of that word; more: members of data; the state after it is s. */
static bool
follow(const char *word, enum state s, const char *effective,
    const char *recorded, const char *more)
{
	const char *dot = strchr(word, '.');
	CLEANUP(freep)
	char *text = xasprintf("{\"machine\":\"%.*s\",\"instance\":\"1\","
			       "\"event\":\"%s\",\"to\":\"%s\",\"effects\":[],"
			       "\"effective_at\":\"%s\",\"recorded_at\":\"%s\","
			       "\"data\":{%s}}",
	    (int)(dot - word), word, dot + 1, state_name(s), effective,
	    recorded, more);
	CLEANUP(jsonx_freep) struct json *event = json(text);

	if (strncmp(word, "certification.", 14) == 0)
		machine_set(M_CERTIFICATION, "1", s);
	return derive_entry_follow(&entry, d, event);
}

/* Flow fixture F: certified 2026-07-01T15:00, D = 2028-07-01. */
static void
setup(void)
{
	struct dossier_certification *c;

	d = dossier_new("case-1");
	entry = NULL;
	c = &d->certification;
	snprintf(d->scheme, sizeof(d->scheme), "iaas-paas-iot");
	snprintf(c->number, sizeof(c->number), "IPT0001-2607");
	snprintf(c->certified_on, JDAY_TEXT, "2026-07-01");
	snprintf(c->service, sizeof(c->service), "S");
	snprintf(c->operator_name, sizeof(c->operator_name), "O");
	c->in_force_from = at(DECIDED);
	term_add(1, "2026-07-01", "2026-07-02", "2028-07-01", DECIDED);
	present(1);
	machine_set(M_CERTIFICATION, "1", S_CERT_VALID);
	ck_assert(
	    follow("artefact.sign", S_ART_SIGNED, ISSUED, ISSUED, PUBLICATION));
}

static void
teardown(void)
{
	pub_doc_free(entry);
	dossier_free(d);
}

static const char *
say(const char *key)
{
	const char *text = jsonx_get_str(pub_json(entry), key);

	return text == NULL ? "" : text;
}

static const struct json *
last(const char *list)
{
	const struct json *l = jsonx_get(pub_json(entry), list);

	return jsonx_len(l) == 0 ? NULL : jsonx_at(l, jsonx_len(l) - 1);
}

START_TEST(first_publication_makes_the_entry)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(64));

	ck_assert_str_eq(say("state"), "valid");
	ck_assert_str_eq(say("state_ja"), "認定中");
	ck_assert_str_eq(say("version"), "1");
	ck_assert_str_eq(say("operator"), "O");
	ck_assert_str_eq(jsonx_get_str(last("history"), "at"), DECIDED);
	ck_assert_str_eq(jsonx_get_str(last("history"), "recorded_at"), ISSUED);
	ck_assert_uint_eq(jsonx_len(jsonx_get(pub_json(entry), "terms")), 1);
	/* The allow-list: what it does not name stays out. */
	pub_canonical(entry, &text);
	ck_assert_ptr_null(strstr(buf_str(&text), "NOT-PUBLIC"));
}
END_TEST

START_TEST(nothing_is_there_before_the_publication)
{
	pub_doc_free(entry);
	entry = NULL;
	ck_assert(!follow(
	    "certification.create", S_CERT_ISSUING, DECIDED, DECIDED, ""));
	ck_assert_ptr_null(entry);
}
END_TEST

static const struct {
	const char *word;
	enum state to;
	const char *ja;
} steps[] = {
	{ "certification.change_recorded", S_CERT_VALID, "認定中" },
	{ "certification.continue_effect", S_CERT_VALID, "認定中" },
	{ "certification.renewal_ended", S_CERT_VALID, "認定中" },
	{ "certification.renewed", S_CERT_VALID, "認定中" },
	{ "certification.next_term_begins", S_CERT_VALID, "認定中" },
	{ "certification.term_ends_continued", S_CERT_CONTINUED,
	    "更新審査中（効力継続）" },
	{ "certification.renewal_ended", S_CERT_EXPIRED, "満了" },
	{ "certification.term_ends", S_CERT_EXPIRED, "満了" },
	{ "certification.lapse", S_CERT_LAPSED, "失効" },
	{ "certification.terminate", S_CERT_TERMINATED, "終了" },
	{ "certification.revoke", S_CERT_REVOKED, "取消し" },
};

START_TEST(each_event_of_the_machine_adds_its_line)
{
	ck_assert(follow(steps[_i].word, steps[_i].to,
	    "2028-06-30T12:00:00+09:00", "2028-06-30T12:00:00+09:00", ""));
	ck_assert_str_eq(say("state"), state_name(steps[_i].to));
	ck_assert_str_eq(say("state_ja"), steps[_i].ja);
	ck_assert_str_eq(
	    jsonx_get_str(last("history"), "event"), steps[_i].word);
	ck_assert_str_eq(
	    jsonx_get_str(last("history"), "state"), state_name(steps[_i].to));
	ck_assert_uint_eq(jsonx_len(jsonx_get(pub_json(entry), "history")), 2);
	ck_assert_str_eq(say("version"), "1"); /* the content stays */
}
END_TEST

START_TEST(other_events_say_nothing)
{
	static const char *const words[] = { "compliance.inquire",
		"emergency.notify", "application.decide_decline",
		"succession.report", "compliance.improved" };

	for (size_t i = 0; i < NELEM(words); i++)
		ck_assert(!follow(words[i], S_NONE, ISSUED, ISSUED, ""));
}
END_TEST

static const struct json *
item(const char *id)
{
	const struct json *items = jsonx_get(pub_json(entry), "items");

	for (size_t i = 0; i < jsonx_len(items); i++)
		if (strcmp(jsonx_get_str(jsonx_at(items, i), "id"), id) == 0)
			return jsonx_at(items, i);
	return NULL;
}

START_TEST(lifted_value_takes_the_place_of_its_hash_alone)
{
	ck_assert(follow("withholding.lift", S_NONE, ISSUED, ISSUED,
	    "\"publication\":{\"items\":[{\"id\":\"31\",\"value\":\"v\","
	    "\"salt\":\"00\"},{\"id\":\"2\",\"value\":\"no\",\"salt\":\"00\"},"
	    "{\"id\":\"9\",\"value\":\"no\",\"salt\":\"00\"}]}"));
	ck_assert_str_eq(jsonx_get_str(item("31"), "value"), "v");
	ck_assert_ptr_null(jsonx_get(item("31"), "salt"));
	ck_assert_ptr_null(jsonx_get(item("31"), "withheld"));
	ck_assert_str_eq(jsonx_get_str(item("2"), "value"), "two");
	ck_assert_ptr_null(item("9"));
	ck_assert_str_eq(say("version"), "2");
}
END_TEST

START_TEST(notified_change_is_a_new_version)
{
	ck_assert(follow("change_notice.record", S_NONE, ISSUED, ISSUED,
	    "\"publication\":{\"items\":[{\"id\":\"2\",\"value\":\"new\"},"
	    "{\"id\":\"31\"},{\"id\":\"7\",\"value\":\"more\"}]}"));
	ck_assert_str_eq(jsonx_get_str(item("2"), "value"), "new");
	ck_assert_str_eq(jsonx_get_str(item("7"), "value"), "more");
	ck_assert_ptr_null(item("31"));
	ck_assert_str_eq(say("version"), "2");
	ck_assert_str_eq(
	    jsonx_get_str(last("history"), "event"), "change_notice.record");
}
END_TEST

START_TEST(reissue_is_a_new_version_with_its_names)
{
	snprintf(d->certification.service, 768, "S2");
	ck_assert(
	    follow("artefact.sign", S_ART_SIGNED, ISSUED, ISSUED, PUBLICATION));
	ck_assert_str_eq(say("service"), "S2");
	ck_assert_str_eq(say("version"), "2");
	ck_assert_uint_eq(jsonx_len(jsonx_get(pub_json(entry), "history")), 2);
}
END_TEST

START_TEST(names_are_those_of_the_record)
{
	ck_assert(follow("artefact.sign", S_ART_SIGNED, ISSUED, ISSUED,
	    "\"publication\":{\"service\":\"S3\",\"operator\":\"O\","
	    "\"designated_url\":\"u\",\"items\":[]}"));
	ck_assert_str_eq(say("service"), "S3");
	ck_assert_str_eq(say("version"), "2");
}
END_TEST

START_TEST(improvement_is_shown_with_its_outcome)
{
	ck_assert(follow("compliance.publish_improvement", S_COMP_IMPROVING,
	    ISSUED, ISSUED,
	    "\"publication\":{\"kind\":\"improvement\",\"text\":\"mend\","
	    "\"due_on\":\"2027-01-31\",\"secret\":\"NOT-PUBLIC\"}"));
	ck_assert_str_eq(jsonx_get_str(last("improvements"), "text"), "mend");
	ck_assert_ptr_null(jsonx_get(last("improvements"), "secret"));
	ck_assert_ptr_null(jsonx_get(last("improvements"), "improved_at"));
	ck_assert(follow("compliance.improved", S_COMP_NONE,
	    "2027-01-20T10:00:00+09:00", "2027-01-20T10:00:00+09:00",
	    "\"publication\":{\"kind\":\"improvement_outcome\","
	    "\"text\":\"done\"}"));
	ck_assert_str_eq(jsonx_get_str(last("improvements"), "improved_at"),
	    "2027-01-20T10:00:00+09:00");
	ck_assert_str_eq(
	    jsonx_get_str(last("improvements"), "outcome"), "done");
}
END_TEST

START_TEST(lapse_after_a_revocation_is_a_note)
{
	ck_assert(
	    follow("certification.revoke", S_CERT_REVOKED, ISSUED, ISSUED, ""));
	ck_assert_ptr_null(last("notes"));
	ck_assert(follow("succession.confirm", S_SUCCESSION_CONFIRMED, ISSUED,
	    "2027-01-20T10:00:00+09:00", ""));
	ck_assert_str_eq(say("state"), "revoked");
	ck_assert_str_eq(jsonx_get_str(last("notes"), "what"), "lapsed");
}
END_TEST

START_TEST(gap_is_shown)
{
	d->certification.ended_at = at("2028-07-02T00:00:00+09:00");
	ck_assert(follow("certification.term_ends", S_CERT_EXPIRED,
	    "2028-07-02T00:00:00+09:00", "2028-07-02T00:00:00+09:00", ""));
	ck_assert_str_eq(say("ended_at"), "2028-07-02T00:00:00+09:00");
	term_add(2, "2028-07-20", "2028-07-20", "2030-07-20",
	    "2028-07-20T10:00:00+09:00");
	present(2);
	d->certification.ended_at = 0;
	ck_assert(follow("certification.renewed_after_gap", S_CERT_VALID,
	    "2028-07-20T10:00:00+09:00", "2028-07-20T10:00:00+09:00", ""));
	ck_assert_str_eq(jsonx_get_str(last("gaps"), "from"), "2028-07-02");
	ck_assert_str_eq(jsonx_get_str(last("gaps"), "through"), "2028-07-19");
	ck_assert_str_eq(say("ended_at"), "");
	ck_assert_str_eq(say("valid_through"), "2030-07-20");
}
END_TEST

/* --- as of a day, as known at an instant --- */

static struct json *
versions(void)
{
	CLEANUP(pub_doc_freep)
	struct pub_doc *v = derive_version(pub_json(entry));
	struct json *list = jsonx_array();
	struct json *one = jsonx_object();

	jsonx_set_str(one, "version", "1");
	jsonx_set_str(one, "at", ISSUED);
	jsonx_set_str(one, "recorded_at", ISSUED);
	jsonx_set(one, "entry", jsonx_dup(pub_json(v)));
	jsonx_add(list, one);
	return list;
}

/* The state of that day; "" where there was no entry. */
static void
as_of(const char *day, const char *known, const char *want)
{
	CLEANUP(jsonx_freep) struct json *list = versions();
	struct derive_as_of q = { .known = at(known) };
	CLEANUP(pub_doc_freep) struct pub_doc *j = NULL;
	struct err e = ERR_INIT;
	const char *have;

	ck_ok(jday_parse(day, &q.day, &e), &e);
	j = derive_entry_as_of(pub_json(entry), list, &q);
	have = j == NULL ? "" : jsonx_get_str(pub_json(j), "state");
	ck_assert_msg(strcmp(have, want) == 0, "%s known %s: %s, want %s", day,
	    known, have, want);
}

static void
in_force(const char *day, const char *known, bool want)
{
	struct derive_as_of q = { .known = at(known) };
	struct err e = ERR_INIT;

	ck_ok(jday_parse(day, &q.day, &e), &e);
	ck_assert_int_eq(derive_entry_in_force(pub_json(entry), &q), want);
}

#define LATER "2030-01-01T00:00:00+09:00"

/* Flow 13: absorbed 2027-01-10, decided 04-15. */
START_TEST(lapse_is_known_later_than_it_is)
{
	d->certification.ended_at = at("2027-01-10T00:00:00+09:00");
	ck_assert(follow("certification.lapse", S_CERT_LAPSED,
	    "2027-04-15T10:00:00+09:00", "2027-04-15T10:00:00+09:00", ""));
	as_of("2027-03-01", "2027-03-02T00:00:00+09:00", "valid");
	as_of("2027-03-01", "2027-05-01T00:00:00+09:00", "lapsed");
	as_of("2027-01-09", LATER, "valid");
	as_of("2027-01-10", LATER, "lapsed");
	as_of("2026-06-30", LATER, "");
	as_of("2026-07-02", "2026-07-01T00:00:00+09:00", "");
	in_force("2027-01-09", LATER, true);
	in_force("2027-01-10", LATER, false);
	in_force("2027-03-01", "2027-03-02T00:00:00+09:00", true);
}
END_TEST

/* Flow 25: the end is no matter of when the clock recorded it. */
START_TEST(end_of_a_term_needs_no_record)
{
	as_of("2028-07-01", LATER, "valid");
	as_of("2028-07-02", LATER, "expired");
	as_of("2028-07-02", "2028-07-03T00:00:00+09:00", "expired");
	in_force("2028-07-01", LATER, true);
	in_force("2028-07-02", LATER, false);
	ck_assert(follow("certification.term_ends", S_CERT_EXPIRED,
	    "2028-07-02T00:00:00+09:00", "2028-07-04T09:00:00+09:00", ""));
	as_of("2028-07-02", LATER, "expired");
	as_of("2028-07-01", LATER, "valid");
}
END_TEST

/* Flow 36: transfer on 2028-06-10 found after expiry. */
START_TEST(late_lapse_corrects_the_expiry)
{
	d->certification.ended_at = at("2028-07-02T00:00:00+09:00");
	ck_assert(follow("certification.term_ends", S_CERT_EXPIRED,
	    "2028-07-02T00:00:00+09:00", "2028-07-02T00:00:00+09:00", ""));
	d->certification.ended_at = at("2028-06-10T00:00:00+09:00");
	ck_assert(follow("certification.lapse", S_CERT_LAPSED,
	    "2028-08-05T09:00:00+09:00", "2028-08-05T09:00:00+09:00", ""));
	as_of("2028-06-20", "2028-08-01T00:00:00+09:00", "valid");
	as_of("2028-07-10", "2028-08-01T00:00:00+09:00", "expired");
	as_of("2028-06-20", LATER, "lapsed");
	as_of("2028-07-10", LATER, "lapsed");
	as_of("2028-06-09", LATER, "valid");
}
END_TEST

/* Flow 9: continued from 07-02, certified 07-20 with the chained term. */
START_TEST(continuation_bridges_the_end)
{
	ck_assert(follow("certification.continue_effect", S_CERT_VALID,
	    "2028-06-25T09:00:00+09:00", "2028-06-25T09:00:00+09:00", ""));
	as_of("2028-07-03", "2028-06-26T00:00:00+09:00", "continued");
	as_of("2028-07-03", "2028-06-24T00:00:00+09:00", "expired");
	ck_assert(follow("certification.term_ends_continued", S_CERT_CONTINUED,
	    "2028-07-02T00:00:00+09:00", "2028-07-02T00:00:00+09:00", ""));
	term_add(2, "2028-07-20", "2028-07-02", "2030-07-01",
	    "2028-07-20T10:00:00+09:00");
	present(2);
	ck_assert(follow("certification.renewed", S_CERT_VALID,
	    "2028-07-20T10:00:00+09:00", "2028-07-20T10:00:00+09:00", ""));
	as_of("2028-07-19", LATER, "continued");
	as_of("2028-07-20", LATER, "valid");
	in_force("2028-07-10", LATER, true);
	ck_assert_ptr_null(last("gaps"));
}
END_TEST

/* Flow 11: the next term is known before it begins. */
START_TEST(next_term_is_shown_before_it_begins)
{
	CLEANUP(jsonx_freep) struct json *list = NULL;
	CLEANUP(pub_doc_freep) struct pub_doc *j = NULL;
	struct derive_as_of q = { .known = at("2028-06-21T00:00:00+09:00") };
	struct err e = ERR_INIT;

	term_add(2, "2028-06-20", "2028-07-02", "2030-07-01",
	    "2028-06-20T10:00:00+09:00");
	ck_assert(follow("certification.renewed", S_CERT_VALID,
	    "2028-06-20T10:00:00+09:00", "2028-06-20T10:00:00+09:00", ""));
	ck_assert_str_eq(say("valid_through"), "2028-07-01");
	ck_assert_uint_eq(jsonx_len(jsonx_get(pub_json(entry), "terms")), 2);
	as_of("2028-07-15", "2028-06-21T00:00:00+09:00", "valid");
	as_of("2028-07-15", "2028-06-19T00:00:00+09:00", "expired");
	list = versions();
	ck_ok(jday_parse("2028-07-15", &q.day, &e), &e);
	j = derive_entry_as_of(pub_json(entry), list, &q);
	ck_assert_str_eq(
	    jsonx_get_str(pub_json(j), "valid_through"), "2030-07-01");
	ck_assert(jsonx_get_bool(pub_json(j), "foreseen", false));
	/* A void term carries nothing (flow 36). */
	d->terms[1].void_at = at("2028-06-22T00:00:00+09:00");
	ck_assert(follow("certification.change_recorded", S_CERT_VALID,
	    "2028-06-22T00:00:00+09:00", "2028-06-22T00:00:00+09:00", ""));
	as_of("2028-07-15", "2028-06-23T00:00:00+09:00", "expired");
	as_of("2028-07-15", "2028-06-21T00:00:00+09:00", "valid");
}
END_TEST

START_TEST(day_of_a_revocation_was_a_day_in_force)
{
	struct jday day;
	char text[JDAY_TEXT];

	ck_assert(!derive_revoked_day(pub_json(entry), &day));
	ck_assert(follow("certification.revoke", S_CERT_REVOKED,
	    "2027-10-01T10:00:00+09:00", "2027-10-01T10:00:00+09:00", ""));
	as_of("2027-10-01", LATER, "revoked");
	in_force("2027-10-01", LATER, true);
	in_force("2027-10-02", LATER, false);
	in_force("2026-07-01", LATER, true);
	in_force("2026-06-30", LATER, false);
	ck_assert(derive_revoked_day(pub_json(entry), &day));
	ck_assert_str_eq(jday_format(day, text), "2027-10-01");
}
END_TEST

/* --- versions --- */

static void
listed(const struct json *diff, const char *list, const char *want)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));

	if (jsonx_get(diff, list) != NULL)
		jsonx_canonical(jsonx_get(diff, list), &text);
	ck_assert_str_eq(buf_str(&text), want);
}

START_TEST(difference_says_what_changed)
{
	CLEANUP(jsonx_freep)
	struct json *a = json(
	    "{\"service\":\"S\",\"operator\":\"O\",\"items\":["
	    "{\"id\":\"1\",\"value\":\"a\"},{\"id\":\"2\",\"value\":\"b\"},"
	    "{\"id\":\"3\",\"value\":\"c\"},{\"id\":\"4\",\"withheld\":\"d\"},"
	    "{\"id\":\"6\",\"withheld\":\"f\"}]}");
	CLEANUP(jsonx_freep)
	struct json *b = json(
	    "{\"service\":\"S\",\"operator\":\"P\",\"items\":["
	    "{\"id\":\"1\",\"value\":\"a\"},{\"id\":\"2\",\"value\":\"B\"},"
	    "{\"id\":\"3\",\"withheld\":\"c\"},{\"id\":\"4\",\"value\":\"d\"},"
	    "{\"id\":\"5\",\"value\":\"e\"}]}");
	CLEANUP(pub_doc_freep) struct pub_doc *diff = derive_version_diff(a, b);
	CLEANUP(pub_doc_freep) struct pub_doc *none = derive_version_diff(a, a);

	listed(pub_json(diff), "changed", "[\"2\"]");
	listed(pub_json(diff), "withheld", "[\"3\"]");
	listed(pub_json(diff), "published", "[\"4\"]");
	listed(pub_json(diff), "added", "[\"5\"]");
	listed(pub_json(diff), "removed", "[\"6\"]");
	listed(pub_json(diff), "members",
	    "[{\"after\":\"P\",\"before\":\"O\",\"name\":\"operator\"}]");
	ck_assert_uint_eq(jsonx_len(pub_json(none)), 0);
}
END_TEST

/* --- beside the register --- */

static struct pub_doc *
publication(const struct json *before, enum derive_publication kind,
    const char *word, const char *to, const char *more)
{
	CLEANUP(freep)
	char *text = xasprintf("{\"event\":\"%s\",\"to\":\"%s\","
			       "\"effective_at\":\"" ISSUED "\","
			       "\"recorded_at\":\"" ISSUED "\",\"data\":{%s}}",
	    word, to, more);
	CLEANUP(jsonx_freep) struct json *event = json(text);
	struct derive_step s = { kind, "1", event };

	return derive_publication_follow(before, d, event, &s);
}

START_TEST(delegation_is_told_and_its_end)
{
	CLEANUP(pub_doc_freep)
	struct pub_doc *none =
	    publication(NULL, PUBLICATION_delegation, "end", "ended", "");
	CLEANUP(pub_doc_freep)
	struct pub_doc *row =
	    publication(NULL, PUBLICATION_delegation, "publish", "active",
		"\"publication\":{\"kind\":\"delegation\",\"name\":\"D\","
		"\"work\":\"W\",\"contract\":\"NOT-PUBLIC\"}");
	CLEANUP(pub_doc_freep)
	struct pub_doc *ended = publication(
	    pub_json(row), PUBLICATION_delegation, "end", "ended", "");

	ck_assert_ptr_null(none);
	ck_assert_str_eq(jsonx_get_str(pub_json(row), "name"), "D");
	ck_assert_ptr_null(jsonx_get(pub_json(row), "contract"));
	ck_assert_str_eq(jsonx_get_str(pub_json(ended), "state"), "ended");
	ck_assert_str_eq(jsonx_get_str(pub_json(ended), "name"), "D");
	ck_assert_uint_eq(jsonx_len(jsonx_get(pub_json(ended), "history")), 2);
}
END_TEST

START_TEST(kinds_have_their_words)
{
	ck_assert_int_eq(
	    derive_publication_of("rules", "adopt"), PUBLICATION_rules);
	ck_assert_int_eq(
	    derive_publication_of("rules", "draft"), PUBLICATION_NONE);
	ck_assert_int_eq(
	    derive_publication_of("delegation", "adopt"), PUBLICATION_NONE);
	ck_assert_int_eq(
	    derive_publication_parse("improvement"), PUBLICATION_improvement);
	ck_assert_int_eq(derive_publication_parse("x"), PUBLICATION_NONE);
	ck_assert_ptr_null(derive_publication_kind(PUBLICATION_NONE));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("entry");
	TCase *t = tcase_create("entry");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, first_publication_makes_the_entry);
	tcase_add_test(t, nothing_is_there_before_the_publication);
	tcase_add_loop_test(
	    t, each_event_of_the_machine_adds_its_line, 0, (int)NELEM(steps));
	tcase_add_test(t, other_events_say_nothing);
	tcase_add_test(t, lifted_value_takes_the_place_of_its_hash_alone);
	tcase_add_test(t, notified_change_is_a_new_version);
	tcase_add_test(t, reissue_is_a_new_version_with_its_names);
	tcase_add_test(t, names_are_those_of_the_record);
	tcase_add_test(t, improvement_is_shown_with_its_outcome);
	tcase_add_test(t, lapse_after_a_revocation_is_a_note);
	tcase_add_test(t, gap_is_shown);
	tcase_add_test(t, lapse_is_known_later_than_it_is);
	tcase_add_test(t, end_of_a_term_needs_no_record);
	tcase_add_test(t, late_lapse_corrects_the_expiry);
	tcase_add_test(t, continuation_bridges_the_end);
	tcase_add_test(t, next_term_is_shown_before_it_begins);
	tcase_add_test(t, day_of_a_revocation_was_a_day_in_force);
	tcase_add_test(t, difference_says_what_changed);
	tcase_add_test(t, delegation_is_told_and_its_end);
	tcase_add_test(t, kinds_have_their_words);
	suite_add_tcase(s, t);
	return suite_main(s);
}
