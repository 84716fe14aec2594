/* SPDX-License-Identifier: Apache-2.0 */
/* The applicant's receipt: facts, proof, seal, time stamp; made once, kept. */
#include "office_int.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/log.h"
#include "nintei/receipt.h"
#include "nintei/signer_link.h"
#include "nintei/tiles.h"
#include "nintei/tlog_text.h"

#define SEALED_BYTES (RECEIPT_BODY_BYTES + KIB(256)) /* with cms and tst */

/* Members that were kept, without what only the record says of them. */
static struct json *
members_json(const struct json *list)
{
	static const char *const keys[] = { "path", "sha256", "size" };
	struct json *out = jsonx_array();

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct json *from = jsonx_at(list, i);
		struct json *m = jsonx_object();

		for (size_t k = 0; k < NELEM(keys); k++)
			jsonx_set(
			    m, keys[k], jsonx_dup(jsonx_get(from, keys[k])));
		jsonx_add(out, m);
	}
	return out;
}

static struct json *
facts_json(
    const struct office *o, const struct dossier *d, const struct json *record)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "schema", RECEIPT_SCHEMA);
	jsonx_set_str(j, "case", d->id);
	jsonx_set(j, "bundle", jsonx_dup(jsonx_get(record, "bundle")));
	jsonx_set(j, "members", members_json(jsonx_get(record, "members")));
	jsonx_set(
	    j, "received_at", jsonx_dup(jsonx_get(record, "received_at")));
	jsonx_set_str(j, "clock",
	    o->config->clock == CLOCK_REAL ? "system" : "development");
	jsonx_set_str(j, "event", d->intake_event);
	return j;
}

/* The lines of the proof file that stand before its checkpoint. */
static struct json *
proof_json(const struct proof_file *f)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(PROOF_FILE_BYTES);
	struct json *lines = jsonx_array();
	const char *at;

	proof_file_format(f, &text);
	at = buf_str(&text);
	at += strcspn(at, "\n") + 1; /* the name of the format */
	while (*at != '\n' && *at != '\0') {
		size_t n = strcspn(at, "\n");
		CLEANUP(freep) char *line = xstrndup(at, n);

		jsonx_add_str(lines, line);
		at += n + (at[n] == '\n');
	}
	return lines;
}

/* The event stands in the log, under a checkpoint that covers it. */
static int
log_proof_add(
    struct office *o, const struct dossier *d, struct json *j, struct err *e)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	CLEANUP(freep) char *text = NULL;
	struct proof_file f = { .index = 0 };
	struct tlog_head head;
	uint8_t hash[TLOG_HASH];

	if (hex_decode(d->intake_event, hash, sizeof(hash), e) < 0 ||
	    office_log_index(o, hash, &f.index, e) < 0 ||
	    office_checkpoint_over(o, f.index + 1, &note, &head, e) < 0 ||
	    tiles_inclusion(
		store_log(o->store), f.index, head.size, &f.proof, e) < 0 ||
	    tlog_inclusion_verify(
		hash, f.index, &f.proof, head.size, head.root, e) < 0)
		return err_wrap(e, "proof");
	f.checkpoint = buf_slice(&note);
	text = slice_dup(f.checkpoint);
	jsonx_set_str(j, "checkpoint", text);
	jsonx_set(j, "proof", proof_json(&f));
	return 0;
}

static int
seal_add(
    struct office *o, const struct dossier *d, struct json *j, struct err *e)
{
	CLEANUP(buf_free) struct buf body = BUF_INIT(RECEIPT_BODY_BYTES);
	CLEANUP(buf_free) struct buf event = BUF_INIT(LIMIT_EVENT_BYTES);
	CLEANUP(buf_free) struct buf cms = BUF_INIT(KIB(64));
	CLEANUP(buf_free) struct buf tst = BUF_INIT(KIB(64));
	struct sign_receipt m;

	jsonx_canonical(j, &body);
	if (!buf_ok(&body))
		return err_set(e, E_LIMIT, "receipt too long");
	if (store_event_get(
		o->store, d->id, (uint64_t)d->intake_seq, &event, e) < 0)
		return -1;
	m.receipt = buf_slice(&body);
	m.event = buf_slice(&event);
	if (signer_sign_receipt(&o->signer, &m, &cms, &tst, e) < 0)
		return err_wrap(e, "seal");
	set_base64(j, "cms", &cms);
	set_base64(j, "tst", &tst);
	return 0;
}

/* --- kept beside the accounts, under the key of the case --- */

static int
keep(struct office *o, const struct dossier *d, const uint8_t event[32],
    const struct json *receipt, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(SEALED_BYTES);
	CLEANUP(fd_closep) int plain = -1;
	CLEANUP(fd_closep) int cipher = -1;
	CLEANUP(blob_unmap) struct blob b = { 0 };

	jsonx_canonical(receipt, &text);
	if (!buf_ok(&text))
		return err_set(e, E_LIMIT, "receipt too long");
	if (memfd_of("receipt", buf_slice(&text), &plain, e) < 0 ||
	    vault_encrypt(o->vault, d->id, plain, text.n, &cipher, e) < 0 ||
	    blob_map(cipher, SEALED_BYTES + KIB(16), &b, e) < 0)
		return -1;
	return account_receipt_put(o->accounts, event, slice_of(b.p, b.n), e);
}

/* BINDING-3: of this event and of its bundle. */
static bool
is_of(const struct dossier *d, const struct json *receipt)
{
	const char *event = jsonx_get_str(receipt, "event");
	const char *bundle =
	    jsonx_get_str(jsonx_get(receipt, "bundle"), "sha256");

	return event != NULL && bundle != NULL &&
	    strcmp(event, d->intake_event) == 0 &&
	    strcmp(bundle, d->bundle) == 0;
}

/* E_NOT_FOUND when none was kept. */
static int
kept(struct office *o, const struct dossier *d, const uint8_t event[32],
    struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(SEALED_BYTES + KIB(16));
	CLEANUP(jsonx_freep) struct json *j = NULL;
	CLEANUP(fd_closep) int plain = -1;
	CLEANUP(fd_closep) int cipher = -1;
	CLEANUP(blob_unmap) struct blob b = { 0 };

	if (account_receipt_get(o->accounts, event, &bytes, e) < 0 ||
	    memfd_of("receipt", buf_slice(&bytes), &cipher, e) < 0 ||
	    vault_decrypt(o->vault, d->id, cipher, &plain, e) < 0 ||
	    blob_map(plain, SEALED_BYTES, &b, e) < 0)
		return -1;
	if (jsonx_parse(slice_of(b.p, b.n), SEALED_BYTES, &j, e) < 0)
		return -1;
	if (!is_of(d, j)) {
		err_set(e, E_STORE_CORRUPT, "the receipt kept is of another");
		office_binding_broken(d, 0, e);
		return -1;
	}
	*out = TAKE(j);
	return 0;
}

/* Two at once: who comes second gives what the first has kept. */
static int
make(struct office *o, const struct dossier *d, const struct json *record,
    const uint8_t event[32], struct json **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = facts_json(o, d, record);

	if (log_proof_add(o, d, j, e) < 0 || seal_add(o, d, j, e) < 0 ||
	    keep(o, d, event, j, e) < 0)
		return -1;
	return kept(o, d, event, out, e);
}

struct json *
office_receipt_json(
    struct office *o, const struct dossier *d, const struct json *record)
{
	struct json *j = NULL;
	struct err e = ERR_INIT;
	uint8_t event[32];

	if (record == NULL ||
	    hex_decode(d->intake_event, event, sizeof(event), &e) < 0)
		return NULL;
	if (kept(o, d, event, &j, &e) == 0)
		return j;
	if (e.code == E_STORE_CORRUPT)
		return NULL;
	e = (struct err)ERR_INIT;
	if (make(o, d, record, event, &j, &e) == 0)
		return j;
	/* The dossier is in all the same; who asks later gets the receipt. */
	log_err("receipt.later", &e, d->id);
	return NULL;
}
