/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of a receipt, and the event that it is for. */
#include "nintei/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/instant.h"

static const struct json_field body_fields[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "case", JSON_KIND_STRING, true },
	{ "upload", JSON_KIND_STRING, false },
	{ "bundle", JSON_KIND_OBJECT, true },
	{ "members", JSON_KIND_ARRAY, true },
	{ "received_at", JSON_KIND_STRING, true },
	{ "clock", JSON_KIND_STRING, true },
	{ "event", JSON_KIND_STRING, true },
	{ "checkpoint", JSON_KIND_STRING, true },
	{ "proof", JSON_KIND_ARRAY, true },
};
static const struct json_field bundle_fields[] = {
	{ "sha256", JSON_KIND_STRING, true },
	{ "size", JSON_KIND_INT, true },
};
static const struct json_field member_fields[] = {
	{ "path", JSON_KIND_STRING, true },
	{ "sha256", JSON_KIND_STRING, true },
	{ "size", JSON_KIND_INT, true },
};

static bool
is_id(const char *s)
{
	static const char set[] = "0123456789abcdefghijklmnopqrstuvwxyz-";
	size_t n = strspn(s, set);

	return n > 0 && n <= LIMIT_ID_BYTES && s[n] == '\0' && s[0] != '-';
}

/* sha256 and size, of the bundle and of each member. */
static int
digest_read(
    const struct json *j, uint8_t hash[32], int64_t *size, struct err *e)
{
	const char *hex = jsonx_get_str(j, "sha256");

	*size = jsonx_get_int(j, "size", -1);
	if (hex == NULL || *size < 0)
		return err_set(e, E_INPUT, "receipt: want sha256 and size");
	return hex_decode(hex, hash, 32, e);
}

/* RECEIPT-2 */
static int
members_check(const struct json *list, struct err *e)
{
	if (jsonx_len(list) > LIMIT_ENTRIES)
		return err_set(e, E_LIMIT, "receipt: too many members");
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct json *m = jsonx_at(list, i);
		uint8_t hash[32];
		int64_t size;
		const char *path;

		if (jsonx_shape(m, member_fields, NELEM(member_fields), e) <
			0 ||
		    digest_read(m, hash, &size, e) < 0)
			return err_wrap(e, "member %zu", i);
		path = jsonx_get_str(m, "path");
		if (path[0] == '\0' || strlen(path) > LIMIT_NAME_BYTES)
			return err_set(e, E_INPUT, "receipt: a member's path");
	}
	return 0;
}

/* RECEIPT-3: the lines of a proof file, and its checkpoint. */
static int
proof_read(struct receipt_body *b, struct err *e)
{
	const struct json *lines = jsonx_get(b->doc, "proof");

	buf_puts(&b->file, "c2sp.org/tlog-proof@v1\n");
	if (jsonx_len(lines) > PROOF_HASHES + 1)
		return err_set(e, E_LIMIT, "receipt: proof too long");
	for (size_t i = 0; i < jsonx_len(lines); i++) {
		const char *line = jsonx_str(jsonx_at(lines, i));

		if (line == NULL || line[0] == '\0' ||
		    strchr(line, '\n') != NULL)
			return err_set(e, E_INPUT, "receipt: a line of proof");
		buf_puts(&b->file, line);
		buf_putc(&b->file, '\n');
	}
	buf_putc(&b->file, '\n');
	buf_puts(&b->file, jsonx_get_str(b->doc, "checkpoint"));
	if (!buf_ok(&b->file))
		return err_set(e, E_LIMIT, "receipt: proof too long");
	if (proof_file_parse(buf_slice(&b->file), &b->proof, e) < 0)
		return err_wrap(e, "receipt");
	return b->proof.extra.n == 0
	    ? 0
	    : err_set(e, E_INPUT, "receipt: a line of proof");
}

static int
ids_read(struct receipt_body *b, struct err *e)
{
	const char *id = jsonx_get_str(b->doc, "case");
	const char *upload = jsonx_get_str(b->doc, "upload");

	if (!is_id(id) || (upload != NULL && !is_id(upload)))
		return err_set(e, E_INPUT, "receipt: not an id");
	snprintf(b->dossier, sizeof(b->dossier), "%s", id);
	return hex_decode(jsonx_get_str(b->doc, "event"), b->event, 32, e);
}

static int
clock_read(struct receipt_body *b, struct err *e)
{
	const char *at = jsonx_get_str(b->doc, "received_at");
	const char *clock = jsonx_get_str(b->doc, "clock");
	char again[INSTANT_TEXT];

	b->development = strcmp(clock, "development") == 0;
	if (!b->development && strcmp(clock, "system") != 0)
		return err_set(e, E_INPUT, "receipt: clock");
	if (instant_parse(at, &b->received_at, e) < 0)
		return -1;
	if (strcmp(instant_format(b->received_at, again), at) != 0)
		return err_set(e, E_INPUT, "receipt: received_at");
	return 0;
}

/* RECEIPT-1 */
static int
body_read(struct receipt_body *b, struct err *e)
{
	const struct json *bundle = jsonx_get(b->doc, "bundle");

	if (jsonx_shape(b->doc, body_fields, NELEM(body_fields), e) < 0 ||
	    jsonx_shape(bundle, bundle_fields, NELEM(bundle_fields), e) < 0)
		return err_wrap(e, "receipt");
	if (strcmp(jsonx_get_str(b->doc, "schema"), RECEIPT_SCHEMA) != 0)
		return err_set(e, E_INPUT, "want " RECEIPT_SCHEMA);
	if (digest_read(bundle, b->bundle, &b->bundle_size, e) < 0 ||
	    ids_read(b, e) < 0 || clock_read(b, e) < 0 ||
	    members_check(jsonx_get(b->doc, "members"), e) < 0)
		return -1;
	return proof_read(b, e);
}

int
receipt_body_parse(struct slice bytes, struct receipt_body **out, struct err *e)
{
	CLEANUP(receipt_body_freep)
	struct receipt_body *b = xcalloc(1, sizeof(*b));

	b->file = (struct buf)BUF_INIT(PROOF_FILE_BYTES);
	if (jsonx_parse_canonical(bytes, RECEIPT_BODY_BYTES, &b->doc, e) < 0 ||
	    body_read(b, e) < 0)
		return -1;
	*out = TAKE(b);
	return 0;
}

void
receipt_body_free(struct receipt_body *b)
{
	if (b == NULL)
		return;
	jsonx_free(b->doc);
	buf_free(&b->file);
	free(b);
}

/* INTERFACE 7: by these acts a dossier is taken in. */
static bool
takes_in(const struct json *event)
{
	static const char *const acts[][2] = {
		{ "application", "submit" },
		{ "application", "resubmit" },
		{ "application", "submit_paper" },
		{ "application", "submit_paper_part" },
		{ "change_notice", "notify" },
		{ "termination", "file" },
		{ "termination", "file_without_paper" },
	};
	const char *machine = jsonx_get_str(event, "machine");
	const char *word = jsonx_get_str(event, "event");

	for (size_t i = 0; machine != NULL && word != NULL && i < NELEM(acts);
	     i++)
		if (strcmp(machine, acts[i][0]) == 0 &&
		    strcmp(word, acts[i][1]) == 0)
			return true;
	return false;
}

/* data.received_at where the act has one, else when it was recorded. */
static bool
time_agrees(const struct receipt_body *b, const struct json *event)
{
	const char *at = jsonx_get_str(jsonx_get(event, "data"), "received_at");
	struct err why = ERR_INIT;
	int64_t t;

	if (at == NULL)
		at = jsonx_get_str(event, "recorded_at");
	return at != NULL && instant_parse(at, &t, &why) == 0 &&
	    t == b->received_at;
}

static bool
bundle_agrees(const struct receipt_body *b, const struct json *event)
{
	const struct json *bundle =
	    jsonx_get(jsonx_get(event, "data"), "bundle");
	struct err why = ERR_INIT;
	uint8_t hash[32];
	int64_t size;

	return digest_read(bundle, hash, &size, &why) == 0 &&
	    memcmp(hash, b->bundle, 32) == 0 && size == b->bundle_size;
}

int
receipt_event_check(
    const struct receipt_body *b, struct slice event, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err why = ERR_INIT;
	const char *dossier;
	uint8_t hash[32];

	sha256_of(event, hash);
	if (memcmp(hash, b->event, sizeof(hash)) != 0) /* RECEIPT-4 */
		return err_set(e, E_INVALID, "the receipt names another event");
	if (jsonx_parse_canonical(event, LIMIT_EVENT_BYTES, &j, &why) < 0)
		return err_set(e, E_INVALID, "the event cannot be read");
	dossier = jsonx_get_str(j, "case_id");
	if (dossier == NULL || strcmp(dossier, b->dossier) != 0)
		return err_set(e, E_INVALID, "the event is of another case");
	if (!takes_in(j)) /* RECEIPT-5 */
		return err_set(e, E_INVALID, "by this event nothing came in");
	if (!time_agrees(b, j)) /* RECEIPT-6 */
		return err_set(e, E_INVALID, "received_at is not the event's");
	if (!bundle_agrees(b, j)) /* RECEIPT-7 */
		return err_set(e, E_INVALID, "the bundle is not the event's");
	return 0;
}
