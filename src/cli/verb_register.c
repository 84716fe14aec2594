/* SPDX-License-Identifier: Apache-2.0 */
/* nintei register: the register as a signed file, and what is not in it. */
#include "cli_int.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/instant.h"
#include "nintei/limits.h"
#include "nintei/statement.h"
#include "nintei/statement_verify.h"
#include "trust_int.h"

#define EXPORT_BYTES MIB(32)
#define SEAL_BYTES MIB(1)
#define TRIES 3
#define SEEN_SCHEMA "nintei.register-seen/1"

/* --- export --- */

static int
get_bytes(struct cli *c, const char *path, struct buf *out, struct err *e)
{
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	struct fetch_request q = FETCH_INIT;

	if (remote_call(c, &q, path, &a, e) < 0)
		return -1;
	buf_reset(out);
	buf_put(out, a.body.p, a.body.n);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "the answer is too large");
}

struct files {
	struct buf json, cms, tst;
};

static void
files_done(struct files *f)
{
	buf_free(&f->json);
	buf_free(&f->cms);
	buf_free(&f->tst);
}

/* A statement and both of its seals, which lie beside it on the server. */
struct wanted {
	const char *path; /* of the document */
	const char *seals; /* of the seals, without ".p7s" */
};

/* The seal of another making does not fit: then once more from the start. */
static int
statement_get(
    struct cli *c, const struct wanted *w, struct files *f, struct err *e)
{
	CLEANUP(freep) char *cms = NULL;
	CLEANUP(freep) char *tst = NULL;
	char hash[SHA256_HEX];

	if (get_bytes(c, w->path, &f->json, e) < 0)
		return -1;
	sha256_hex(buf_slice(&f->json), hash);
	cms = xasprintf("%s.p7s?of=%s", w->seals, hash);
	tst = xasprintf("%s.tsr?of=%s", w->seals, hash);
	return get_bytes(c, cms, &f->cms, e) < 0 ||
		get_bytes(c, tst, &f->tst, e) < 0
	    ? -1
	    : 0;
}

static int
statement_fetch(
    struct cli *c, const struct wanted *w, struct files *f, struct err *e)
{
	for (unsigned i = 0; i + 1 < TRIES; i++) {
		struct err why = ERR_INIT;

		if (statement_get(c, w, f, &why) == 0)
			return 0;
		if (why.code != E_NOT_FOUND) {
			*e = why;
			return -1;
		}
	}
	return statement_get(c, w, f, e);
}

static int
file_write(
    const char *name, const char *end, const struct buf *bytes, struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("%s%s", name, end);

	return local_write(path, buf_slice(bytes), e);
}

static int
statement_store(
    struct cli *c, const struct wanted *w, const char *usual, struct err *e)
{
	CLEANUP(files_done)
	struct files f = { BUF_INIT(EXPORT_BYTES), BUF_INIT(SEAL_BYTES),
		BUF_INIT(SEAL_BYTES) };
	const char *name = c->a.output != NULL ? c->a.output : usual;

	if (statement_fetch(c, w, &f, e) < 0 ||
	    file_write(name, "", &f.json, e) < 0 ||
	    file_write(name, ".p7s", &f.cms, e) < 0 ||
	    file_write(name, ".tsr", &f.tst, e) < 0)
		return -1;
	cli_note(c, "%s, %s.p7s, %s.tsr", name, name, name);
	return 0;
}

int
register_export(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *path = NULL;
	struct wanted w = { .seals = "/v1/register/export" };
	struct jday day;
	char text[JDAY_TEXT];

	if (c->a.as_of != NULL && local_day(c, c->a.as_of, &day, e) < 0)
		return -1;
	path = c->a.as_of == NULL
	    ? xstrdup("/v1/register/export")
	    : xasprintf("/v1/register/export?as_of=%s", jday_format(day, text));
	w.path = path;
	return statement_store(c, &w, "register.json", e);
}

int
register_status(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *number = fetch_escape(c->a.pos[0]);
	CLEANUP(freep) char *seals = NULL;
	CLEANUP(freep) char *path = NULL;

	seals = xasprintf("/v1/register/%s/status", number);
	path = xasprintf("%s.json", seals);
	return statement_store(
	    c, &(struct wanted){ path, seals }, "status.json", e);
}

/* --- verify --- */

/* A statement as it lies on the disk, and what is known of it. */
struct held {
	struct files f;
	struct json *doc;
	const char *schema; /* of the three, the one that it says it is */
	int64_t now;
	struct statement_seal seal;
	struct json *checks;
	bool ok;
};

static void
held_done(struct held *h)
{
	files_done(&h->f);
	jsonx_free(h->doc);
	jsonx_free(h->checks);
}

static void
check_add(struct held *h, const char *name, bool ok, const char *ja,
    const char *en, const char *why)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "check", name);
	jsonx_set_str(o, "verdict", ok ? "ok" : "failed");
	jsonx_set_str(o, "text_ja", ja);
	jsonx_set_str(o, "text_en", en);
	if (!ok && why != NULL)
		jsonx_set_str(o, "detail", why);
	jsonx_add(h->checks, o);
	h->ok = h->ok && ok;
}

static int
base64_take(
    const struct json *j, const char *key, struct buf *out, struct err *e)
{
	const char *text = jsonx_get_str(j, key);

	return text == NULL ? err_set(e, E_INVALID, "want %s", key)
			    : base64_decode(slice_str(text), false, out, e);
}

/* The answer of absence holds its statement and both seals. */
static int
absence_take(struct held *h, const struct json *answer, struct err *e)
{
	const struct json *said = jsonx_get(answer, "statement");

	if (said == NULL)
		return err_set(e, E_INVALID, "there is no statement in it");
	h->schema = STATEMENT_ABSENCE;
	buf_reset(&h->f.json);
	jsonx_canonical(said, &h->f.json);
	h->doc = jsonx_dup(said);
	if (base64_take(answer, "cms", &h->f.cms, e) < 0)
		return -1;
	return base64_take(answer, "tst", &h->f.tst, e);
}

static int
seal_read(const char *name, const char *end, struct buf *out, struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("%s%s", name, end);

	return fs_read(AT_FDCWD, path, SEAL_BYTES - 1, out, e) < 0
	    ? err_wrap(e, "%s", path)
	    : 0;
}

static bool
is_schema(const struct json *j, const char *schema)
{
	const char *have = jsonx_get_str(j, "schema");

	return have != NULL && strcmp(have, schema) == 0;
}

static int
held_read(struct cli *c, struct held *h, struct err *e)
{
	const char *name = c->a.pos[0];
	CLEANUP(jsonx_freep) struct json *j = NULL;

	if (fs_read(AT_FDCWD, name, EXPORT_BYTES - 1, &h->f.json, e) < 0)
		return err_wrap(e, "%s", name);
	if (jsonx_parse(buf_slice(&h->f.json), EXPORT_BYTES, &j, e) < 0) {
		e->code = E_INVALID;
		return err_wrap(e, "%s", name);
	}
	if (jsonx_get(j, "statement") != NULL)
		return absence_take(h, j, e);
	h->schema = is_schema(j, STATEMENT_STATUS) ? STATEMENT_STATUS
						   : STATEMENT_EXPORT;
	h->doc = TAKE(j);
	if (seal_read(name, ".p7s", &h->f.cms, e) < 0)
		return -1;
	return seal_read(name, ".tsr", &h->f.tst, e);
}

static bool
is_kind(const struct held *h, const char *schema)
{
	return strcmp(h->schema, schema) == 0;
}

static int64_t
doc_instant(const struct held *h, const char *key)
{
	const char *text = jsonx_get_str(h->doc, key);
	struct err why = ERR_INIT;
	int64_t t;

	return text == NULL || instant_parse(text, &t, &why) < 0 ? 0 : t;
}

static void
form_check(struct held *h)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err why = ERR_INIT;
	bool ok = is_schema(h->doc, h->schema) && doc_instant(h, "at") != 0 &&
	    jsonx_parse_canonical(
		buf_slice(&h->f.json), EXPORT_BYTES, &j, &why) == 0;

	check_add(h, "form", ok, "形式", "form",
	    why.detail[0] != '\0' ? why.detail : h->schema);
}

static void
seal_check(struct held *h, const struct trust *have)
{
	const struct cert *roots[TRUST_MAX];
	const struct crl *crls[TRUST_MAX];
	struct receipt_trust t = {
		.roots = roots, .crls = crls, .ncrls = have->n_crls
	};
	struct statement_files f = { buf_slice(&h->f.json),
		buf_slice(&h->f.cms), buf_slice(&h->f.tst) };
	struct err why = ERR_INIT;
	int rv;

	for (size_t i = 0; i < have->n_certs; i++)
		if (have->anchor[i] && cert_is_ca(have->certs[i]))
			roots[t.nroots++] = have->certs[i];
	for (size_t i = 0; i < have->n_crls; i++)
		crls[i] = have->crls[i];
	rv = statement_verify(&f, &t, &h->seal, &why);
	check_add(h, "seal", rv == 0, "認定機関の封印とタイムスタンプ",
	    "sealed and stamped by the body", why.detail);
}

/* Sealed when it says it was made; against freezing, not past its age. */
static void
time_check(struct held *h)
{
	int64_t at = doc_instant(h, "at"), end = doc_instant(h, "not_after");
	bool timely = h->seal.sealed_at - at <= STATEMENT_AGE &&
	    at - h->seal.sealed_at <= STATEMENT_AGE;

	check_add(h, "time", timely, "作成の時刻に封印された",
	    "sealed when it was made", "the seal is of another time");
	if (is_kind(h, STATEMENT_ABSENCE))
		return;
	check_add(h, "age", h->now <= end && h->now + STATEMENT_AGE >= at,
	    "まだ新しい（not_after より前）", "fresh: before its not_after",
	    "it is too old, or from the future: fetch a new one");
}

/* In order of number, none twice, each with what an entry must say. */
static void
entries_check(struct held *h)
{
	const struct json *entries = jsonx_get(h->doc, "entries");
	const char *before = "";
	bool ok = jsonx_kind(entries) == JSON_KIND_ARRAY;

	if (!is_kind(h, STATEMENT_EXPORT))
		return;
	for (size_t i = 0; ok && i < jsonx_len(entries); i++) {
		const struct json *entry = jsonx_at(entries, i);
		const char *number = jsonx_get_str(entry, "number");

		ok = number != NULL && strcmp(before, number) < 0 &&
		    jsonx_get_str(entry, "state") != NULL &&
		    jsonx_get_str(entry, "valid_through") != NULL &&
		    jsonx_get(entry, "hashes") != NULL;
		before = number;
	}
	check_add(h, "entries", ok, "各認定の記載がそろっている",
	    "every entry is whole", "an entry is missing or out of order");
}

/* --- against rollback: the log never becomes smaller --- */

static int
seen_read(const struct cli *c, struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));

	if (access(c->a.seen, F_OK) != 0)
		return 0;
	if (fs_read(AT_FDCWD, c->a.seen, KIB(16) - 1, &text, e) < 0)
		return -1;
	if (jsonx_parse(buf_slice(&text), KIB(16), out, e) < 0 ||
	    !is_schema(*out, SEEN_SCHEMA))
		return err_set(e, E_INPUT, "%s: not written by register verify",
		    c->a.seen);
	return 0;
}

static int64_t
log_size(const struct json *j)
{
	return jsonx_get_int(jsonx_get(j, "log"), "size", -1);
}

static void
rollback_check(struct held *h, const struct json *seen)
{
	int64_t was = log_size(seen), is = log_size(h->doc);
	bool same = was != is ||
	    jsonx_equal(jsonx_get(seen, "log"), jsonx_get(h->doc, "log"));
	bool ok = seen == NULL || (is >= was && same);

	check_add(h, "rollback", ok, "前に確かめたものより古くない",
	    "not older than the last one seen",
	    same ? "an older register than the one seen before"
		 : "another register of the same size was seen before");
}

static int
seen_write(const struct cli *c, const struct held *h, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));

	jsonx_set_str(j, "schema", SEEN_SCHEMA);
	jsonx_set(j, "at", jsonx_dup(jsonx_get(h->doc, "at")));
	jsonx_set(j, "log", jsonx_dup(jsonx_get(h->doc, "log")));
	jsonx_canonical(j, &text);
	return fs_write(AT_FDCWD, c->a.seen, buf_slice(&text), 0644, e);
}

/* --- words --- */

static void
print_checks(const struct cli *c, const struct held *h)
{
	for (size_t i = 0; i < jsonx_len(h->checks); i++) {
		const struct json *o = jsonx_at(h->checks, i);
		const char *why = jsonx_get_str(o, "detail");
		char safe[512];

		printf("%-3s %s\n",
		    strcmp(jsonx_get_str(o, "verdict"), "ok") == 0 ? "OK"
								   : "NG",
		    jsonx_get_str(o, c->ja ? "text_ja" : "text_en"));
		if (why != NULL)
			printf("    %s\n",
			    text_show(safe, sizeof(safe), why, strlen(why)));
	}
	printf("%s\n",
	    h->ok ? cli_say(c, "確かめられました。", "Verified.")
		  : cli_say(c, "信頼できません。", "Not to be relied on."));
}

static void
print_held(const struct cli *c, const struct held *h)
{
	CLEANUP(jsonx_freep) struct json *o = NULL;

	if (!c->a.json) {
		print_checks(c, h);
		return;
	}
	o = jsonx_object();
	jsonx_set_bool(o, "ok", h->ok);
	jsonx_set(o, "at", jsonx_dup(jsonx_get(h->doc, "at")));
	jsonx_set(o, "log", jsonx_dup(jsonx_get(h->doc, "log")));
	jsonx_set(o, "clock", jsonx_dup(jsonx_get(h->doc, "clock")));
	if (is_kind(h, STATEMENT_EXPORT))
		jsonx_set_int(o, "entries",
		    (int64_t)jsonx_len(jsonx_get(h->doc, "entries")));
	if (is_kind(h, STATEMENT_STATUS))
		jsonx_set(o, "state", jsonx_dup(jsonx_get(h->doc, "state")));
	jsonx_set_bool(o, "revocation_known", h->seal.revocation_known);
	jsonx_set(o, "checks", jsonx_dup(h->checks));
	print_json(o);
}

static int
now_read(const struct cli *c, int64_t *out, struct err *e)
{
	struct clock real = clock_system();

	*out = clock_now(&real);
	return c->a.at == NULL ? 0 : instant_parse(c->a.at, out, e);
}

int
register_verify(struct cli *c, struct err *e)
{
	CLEANUP(trust_free) struct trust t = { 0 };
	CLEANUP(jsonx_freep) struct json *seen = NULL;
	CLEANUP(held_done)
	struct held h = { .f = { BUF_INIT(EXPORT_BYTES), BUF_INIT(SEAL_BYTES),
			      BUF_INIT(SEAL_BYTES) },
		.checks = jsonx_array(),
		.ok = true };

	if (now_read(c, &h.now, e) < 0 || trust_load(c, &t, e) < 0 ||
	    held_read(c, &h, e) < 0 ||
	    (c->a.seen != NULL && seen_read(c, &seen, e) < 0))
		return -1;
	form_check(&h);
	seal_check(&h, &t);
	time_check(&h);
	entries_check(&h);
	if (c->a.seen != NULL)
		rollback_check(&h, seen);
	if (!h.ok)
		c->status = err_exit(E_INVALID);
	else if (c->a.seen != NULL && seen_write(c, &h, e) < 0)
		return -1;
	print_held(c, &h);
	return 0;
}

/* --- absence --- */

/* Numbers are letters and digits with one hyphen: "IPT0001-2607". */
static bool
is_number(const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	return n > 4 && text[n] == '-' && strlen(text + n) == 5 &&
	    strspn(text + n + 1, "0123456789") == 4;
}

static void
print_near(const struct cli *c, const struct json *list)
{
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct json *o = jsonx_at(list, i);
		const char *service = jsonx_get_str(o, "service");
		char safe[512];

		print_row(c, "認定番号", "number", jsonx_get_str(o, "number"));
		if (service != NULL)
			print_row(c, "サービス", "service",
			    text_show(
				safe, sizeof(safe), service, strlen(service)));
		print_row(c, "その日の効力", "in force on that day",
		    jsonx_get_bool(o, "in_force", false)
			? cli_say(c, "あり", "yes")
			: cli_say(c, "なし", "no"));
	}
}

static void
print_absence(const struct cli *c, const struct json *answer)
{
	bool absent = jsonx_get_bool(answer, "absent", false);

	printf("%s\n",
	    absent ? cli_say(c, "その日には認定されていませんでした。",
			 "It was not certified on that day.")
		   : cli_say(c, "その日には認定されていました。",
			 "It was certified on that day."));
	print_near(c, jsonx_get(answer, "certified"));
	if (jsonx_len(jsonx_get(answer, "near")) > 0)
		printf("%s\n",
		    cli_say(c, "近い名称の認定:",
			"Certifications of a similar name:"));
	print_near(c, jsonx_get(answer, "near"));
}

static int
absence_path(struct cli *c, char **out, struct err *e)
{
	const char *key = is_number(c->a.pos[0]) ? "number" : "service";
	CLEANUP(freep) char *what = fetch_escape(c->a.pos[0]);
	CLEANUP(freep) char *scheme = NULL;
	struct jday day;
	char text[JDAY_TEXT];

	if (c->a.scheme == NULL)
		return err_set(e, E_USAGE, "which scheme? Use --scheme");
	if (local_day(c, c->a.pos[1], &day, e) < 0)
		return -1;
	scheme = fetch_escape(c->a.scheme);
	*out = xasprintf("/v1/register/absence?scheme=%s&%s=%s&on=%s", scheme,
	    key, what, jday_format(day, text));
	return 0;
}

int
register_absence(struct cli *c, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *answer = NULL;
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(2));
	CLEANUP(freep) char *path = NULL;

	if (absence_path(c, &path, e) < 0 ||
	    remote_get(c, path, &answer, e) < 0)
		return -1;
	if (!jsonx_get_bool(answer, "absent", false))
		c->status = err_exit(E_INVALID);
	jsonx_canonical(answer, &text);
	if (c->a.output != NULL &&
	    local_write(c->a.output, buf_slice(&text), e) < 0)
		return -1;
	if (c->a.json)
		print_json(answer);
	else
		print_absence(c, answer);
	return 0;
}
