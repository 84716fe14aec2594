/* SPDX-License-Identifier: Apache-2.0 */
/* A store with a local key and a fixed clock. */
#include "support/store_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"
#include "nintei/sshsig.h"

#define FIXED_NOW 1784073600 /* 2026-07-15T09:00:00+09:00 */

static const char seed[] =
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

void
fixture_init(struct fixture *f)
{
	struct err e = ERR_INIT;
	uint8_t bytes[32];

	*f = (struct fixture){ .now = FIXED_NOW };
	if (hex_decode(seed, bytes, sizeof(bytes), &e) < 0 ||
	    pkey_of_ed25519_seed(slice_of(bytes, sizeof(bytes)), &f->key, &e) <
		0)
		abort();
}

void
fixture_done(struct fixture *f)
{
	pkey_free(f->key);
	f->key = NULL;
}

/* The commit as git has it: text, and the armour in a gpgsig header. */
static void
commit_id(struct slice text, struct slice armour, struct store_id *out)
{
	CLEANUP(buf_free) struct buf whole = BUF_INIT(KIB(16));
	struct slice sig = sshsig_header(armour);
	const uint8_t *end = memmem(text.p, text.n, "\n\n", 2);
	size_t headers = (size_t)(end - text.p) + 1;
	struct slice parts[2];
	char kind[32];

	buf_put(&whole, text.p, headers);
	buf_puts(&whole, "gpgsig ");
	for (size_t i = 0; i < sig.n; i++) {
		buf_putc(&whole, sig.p[i]);
		if (sig.p[i] == '\n')
			buf_putc(&whole, ' ');
	}
	buf_putc(&whole, '\n');
	buf_put(&whole, text.p + headers, text.n - headers);
	snprintf(kind, sizeof(kind), "commit %zu", whole.n);
	parts[0] = slice_of(kind, strlen(kind) + 1);
	parts[1] = buf_slice(&whole);
	out->n = SHA1_BYTES;
	sha1_parts(parts, 2, out->b);
}

/* Fill in the open parent of every commit of a group but its first. */
static void
fill_parent(struct slice text, const struct store_id *parent, struct buf *out)
{
	static const char open[] = "\nparent 0000000000";
	const uint8_t *at = memmem(text.p, text.n, open, sizeof(open) - 1);
	char hex[STORE_ID_TEXT];
	size_t head;

	if (at == NULL || parent->n == 0) {
		buf_put(out, text.p, text.n);
		return;
	}
	head = (size_t)(at - text.p) + strlen("\nparent ");
	buf_put(out, text.p, head);
	buf_puts(out, store_id_format(parent, hex));
	buf_put(out, text.p + head + strlen(hex), text.n - head - strlen(hex));
}

static int
sign(void *arg, const struct store_commit_text *group, size_t n,
    struct buf *armour, struct store_id *last, struct err *e)
{
	struct fixture *f = arg;
	struct store_id id = { .n = 0 };

	if (f->refuse)
		return err_set(e, E_SIGNER_REFUSED, "not today");
	f->groups++;
	for (size_t i = 0; i < n; i++) {
		CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(8));

		fill_parent(group[i].text, &id, &text);
		if (sshsig_sign(f->key, SSH_NS_GIT, buf_slice(&text),
			&armour[i], e) < 0)
			return -1;
		commit_id(buf_slice(&text), buf_slice(&armour[i]), &id);
		f->signed_commits++;
	}
	*last = id;
	return 0;
}

static void
durable(void *arg, const struct store_id *commit)
{
	struct fixture *f = arg;

	(void)commit;
	f->durable++;
}

static int64_t
fixture_now(void *arg)
{
	struct fixture *f = arg;

	return f->now;
}

struct store_opts
fixture_opts(struct fixture *f)
{
	return (struct store_opts){ .clock = { fixture_now, f },
		.signer = { sign, durable, f } };
}

void
fixture_event(const struct store_tx *tx, const char *docs_json, struct buf *out)
{
	char prev[2 * STORE_HASH + 1];

	buf_putf(out,
	    "{\"actor\":\"secretary-1\",\"article\":\"6(1)\","
	    "\"case_id\":\"%s\",\"data\":{},%s%s%s"
	    "\"effective_at\":\"2026-07-15T09:00:00+09:00\",\"effects\":[],"
	    "\"event\":\"%s\",\"event_id\":\"%s/%" PRIu64 "\","
	    "\"from\":\"-\",\"guards\":[],\"instance\":\"1\","
	    "\"machine\":\"%s\",\"policy_version\":\"2026-07-01.1\","
	    "\"prev\":\"%s\",\"recorded_at\":\"2026-07-15T09:00:00+09:00\","
	    "\"role\":\"%s\",\"rule_version\":\"2026-07-01\",\"salt\":"
	    "\"00112233445566778899aabbccddeeff\",\"schema\":"
	    "\"nintei.event/1\",\"scheme\":\"genai-saas\",\"seq\":%" PRIu64
	    ",\"to\":\"submitted\"}",
	    tx->dossier, docs_json != NULL ? "\"docs\":" : "",
	    docs_json != NULL ? docs_json : "", docs_json != NULL ? "," : "",
	    tx->event, tx->dossier, tx->seq, tx->machine,
	    hex_encode(tx->expected, STORE_HASH, prev), tx->role, tx->seq);
}

int
fixture_create(struct fixture *f, const char *dir, struct err *e)
{
	CLEANUP(buf_free) struct buf event = BUF_INIT(KIB(64));
	CLEANUP(buf_free) struct buf signers = BUF_INIT(KIB(4));
	struct store_opts opts = fixture_opts(f);
	struct store_done done;
	struct ssh_key key;
	struct store_file files[] = {
		{ "genesis.json", true, slice_str("{}") },
		{ "allowed_signers", true, { NULL, 0 } },
		{ "roster/officer-1.json", true, slice_str("{}") },
	};
	struct store_tx tx = { .dossier = "authority",
		.seq = 1,
		.machine = "body",
		.event = "genesis",
		.role = "system",
		.files = files,
		.nfiles = NELEM(files) };

	if (ssh_key_of(f->key, &key, e) < 0)
		return -1;
	buf_puts(&signers, "store@nintei namespaces=\"git\" ");
	ssh_key_format(&key, &signers);
	buf_puts(&signers, "\n");
	files[1].bytes = buf_slice(&signers);
	fixture_event(&tx, NULL, &event);
	tx.text = buf_slice(&event);
	return store_create(dir, &opts, &tx, &done, e);
}

/* size bytes that differ between dossiers and events. */
static int
write_blob(struct store *s, const struct store_tx *tx, size_t size,
    struct store_blob_done *out, struct err *e)
{
	CLEANUP(store_blob_freep) struct store_blob *b = NULL;
	uint8_t piece[4096];
	char text[128];

	if (store_blob_new(s, size, &b, e) < 0)
		return -1;
	snprintf(text, sizeof(text), "%s/%" PRIu64, tx->dossier, tx->seq);
	for (size_t at = 0; at < size;) {
		size_t n =
		    size - at < sizeof(piece) ? size - at : sizeof(piece);

		for (size_t i = 0; i < n; i++)
			piece[i] = (uint8_t)text[(at + i) % (sizeof(text) / 8)];
		if (store_blob_add(b, slice_of(piece, n), e) < 0)
			return -1;
		at += n;
	}
	return store_blob_finish(b, out, e);
}

int
fixture_append(struct store *s, const char *dossier, const char *event,
    size_t doc_bytes, struct store_done *out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(64));
	struct store_dossier_head head;
	struct store_blob_done blob = { .size = 0 };
	char docs[256], name[96], hex[2 * STORE_HASH + 1];
	struct store_doc doc = { .name = name };
	struct store_tx tx = { .dossier = dossier,
		.machine = "application",
		.event = event,
		.role = "secretariat" };

	if (store_dossier_head(s, dossier, &head, e) < 0)
		return -1;
	tx.seq = head.seq + 1;
	for (size_t i = 0; i < STORE_HASH; i++)
		tx.expected[i] = head.event_hash[i];
	if (doc_bytes > 0) {
		if (write_blob(s, &tx, doc_bytes, &blob, e) < 0)
			return -1;
		hex_encode(blob.sha256, STORE_HASH, hex);
		snprintf(docs, sizeof(docs),
		    "[{\"commitment\":\"%s\",\"n\":%" PRIu64
		    ",\"size\":%zu,\"tag\":\"secret\"}]",
		    hex, tx.seq, doc_bytes);
		snprintf(
		    name, sizeof(name), "%02" PRIu64 "-%s.cms", tx.seq, hex);
		doc.blob = blob.id;
		tx.docs = &doc;
		tx.ndocs = 1;
	}
	fixture_event(&tx, doc_bytes > 0 ? docs : NULL, &text);
	tx.text = buf_slice(&text);
	return store_append(s, &tx, out, e);
}
