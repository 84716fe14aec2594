/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers folded from the store; the intake record, decrypted. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/log.h"

#define RECORD_BYTES MIB(16)

/* Events from the state of d up to the head. */
static int
fold(struct office *o, struct dossier *d, uint64_t head, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);

	for (uint64_t seq = (uint64_t)d->seq + 1; seq <= head; seq++) {
		buf_reset(&text);
		if (store_event_get(o->store, d->id, seq, &text, e) < 0 ||
		    dossier_apply(d, buf_slice(&text), e) < 0)
			return -1;
	}
	return 0;
}

static struct dossier *
cached_copy(struct office *o, const char *id)
{
	struct dossier *d, *copy = NULL;

	pthread_mutex_lock(&o->cache_lock);
	if ((d = cache_get(o->cache, id)) != NULL)
		copy = dossier_copy(d);
	pthread_mutex_unlock(&o->cache_lock);
	return copy;
}

static void
cached_keep(struct office *o, const struct dossier *d)
{
	struct dossier *have;

	pthread_mutex_lock(&o->cache_lock);
	have = cache_get(o->cache, d->id);
	if (have == NULL || have->seq < d->seq)
		cache_put(o->cache, dossier_copy(d));
	pthread_mutex_unlock(&o->cache_lock);
}

int
office_load(
    struct office *o, const char *id, struct dossier **out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	struct store_dossier_head head;
	char hex[DOSSIER_HASH];
	int64_t had;

	if (store_dossier_head(o->store, id, &head, e) < 0)
		return -1;
	if (head.seq == 0)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	if ((d = cached_copy(o, id)) == NULL)
		d = dossier_new(id);
	had = d->seq;
	if (fold(o, d, head.seq, e) < 0)
		return -1;
	if (d->seq == (int64_t)head.seq &&
	    strcmp(d->head, hex_encode(head.event_hash, 32, hex)) != 0)
		return err_set(e, E_STORE_CORRUPT,
		    "the case does not end in the event that the store names");
	if (d->seq > had)
		cached_keep(o, d);
	*out = TAKE(d);
	return 0;
}

/* Read a stored document into a memfd, still encrypted. */
static int
cipher_read(struct office *o, const struct dossier *d,
    const struct dossier_document *doc, int *out, struct err *e)
{
	CLEANUP(store_reader_freep) struct store_reader *r = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct store_id blob;
	uint8_t piece[KIB(64)];
	char name[128];
	int64_t n;

	snprintf(name, sizeof(name), "%02lld-%s.cms", (long long)doc->n,
	    doc->commitment);
	if (store_doc_find(o->store, d->id, name, &blob, e) < 0 ||
	    store_blob_open(o->store, &blob, &r, e) < 0) {
		/* The history names it: nobody may take it for erased. */
		if (e->code == E_NOT_FOUND)
			e->code = E_STORE_CORRUPT;
		return -1;
	}
	if (memfd_new("document", &fd, e) < 0)
		return -1;
	while ((n = store_reader_read(r, piece, sizeof(piece), e)) > 0)
		if (fd_write(fd, piece, (size_t)n, e) < 0)
			return -1;
	if (n < 0 || memfd_seal(fd, e) < 0)
		return -1;
	*out = TAKE_FD(fd);
	return 0;
}

/*
 * Plaintext and tag are bound to the signed event: the commitment is made
 * again from what was decrypted (BUNDLES 4).
 */
static int
commitment_check(struct office *o, const struct dossier *d,
    const struct dossier_document *doc, int plain, struct err *e)
{
	uint8_t sum[32], commitment[32];
	char hex[65];
	uint64_t size;

	if (lseek(plain, 0, SEEK_SET) < 0)
		return err_sys(e, E_INTERNAL, "lseek");
	if (digest_fd(plain, sum, &size, e) < 0 ||
	    vault_commit(
		o->vault, d->id, (uint64_t)doc->n, sum, commitment, e) < 0)
		return -1;
	if (strcmp(hex_encode(commitment, 32, hex), doc->commitment) != 0 ||
	    (int64_t)size != doc->size)
		return err_set(e, E_STORE_CORRUPT,
		    "a stored document is not the one that was taken in");
	return 0;
}

/* BINDING-1, -2: somebody has changed what was taken in. */
void
office_binding_broken(const struct dossier *d, int64_t n, const struct err *e)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	log_ev(LOG_L_ERROR, "security.binding", "case", d->id, "document", text,
	    "why", e->detail, NULL);
}

int
office_document(struct office *o, const struct dossier *d, int64_t n,
    int *out_fd, struct err *e)
{
	const struct dossier_document *doc = NULL;
	CLEANUP(fd_closep) int cipher = -1;
	CLEANUP(fd_closep) int plain = -1;

	if (office_shred_check(d, e) < 0)
		return -1;
	if ((doc = dossier_document_find(d, n)) == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such document");
	if (cipher_read(o, d, doc, &cipher, e) < 0)
		return -1;
	if (vault_decrypt(o->vault, d->id, cipher, &plain, e) < 0 ||
	    commitment_check(o, d, doc, plain, e) < 0) {
		if (e->code !=
		    E_NOT_FOUND) /* without its key a case is erased */
			office_binding_broken(d, n, e);
		return -1;
	}
	*out_fd = TAKE_FD(plain);
	return 0;
}

/* BINDING-2: the record names what the signed event names, and no more. */
static int
record_check(const struct dossier *d, const struct json *record, struct err *e)
{
	const struct json *members = jsonx_get(record, "members");
	const char *bundle =
	    jsonx_get_str(jsonx_get(record, "bundle"), "sha256");

	if (bundle == NULL || strcmp(bundle, d->bundle) != 0)
		return err_set(
		    e, E_STORE_CORRUPT, "the record is of another bundle");
	for (size_t i = 0; i < jsonx_len(members); i++) {
		const struct json *m = jsonx_at(members, i);
		int64_t n = jsonx_get_int(m, "n", 0);
		const struct dossier_document *doc =
		    dossier_document_find(d, n);
		const char *tag = jsonx_get_str(m, "tag");

		if (n == 0)
			continue; /* of a refused bundle: not kept */
		if (doc == NULL || tag == NULL || strcmp(tag, doc->tag) != 0 ||
		    jsonx_get_int(m, "size", -1) != doc->size)
			return err_set(e, E_STORE_CORRUPT,
			    "the record says otherwise of document %lld",
			    (long long)n);
	}
	return 0;
}

static int
record_read(struct office *o, const struct dossier *d, int64_t n,
    struct json **out, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(blob_unmap) struct blob b = { 0 };

	if (office_document(o, d, n, &fd, e) < 0 ||
	    blob_map(fd, RECORD_BYTES, &b, e) < 0)
		return -1;
	return jsonx_parse_canonical(slice_of(b.p, b.n), RECORD_BYTES, out, e);
}

int
office_said(struct office *o, const struct dossier *d, int64_t n,
    struct sec_doc **out, struct err *e)
{
	struct json *record = NULL;

	if (record_read(o, d, n, &record, e) < 0)
		return -1;
	*out = sec_doc_take(record);
	return 0;
}

int
office_record(struct office *o, const struct dossier *d, struct sec_doc **out,
    struct err *e)
{
	struct json *record = NULL;

	if (d->record == 0) {
		*out = NULL;
		return 0;
	}
	if (record_read(o, d, d->record, &record, e) < 0)
		return -1;
	if (record_check(d, record, e) < 0) {
		jsonx_free(record);
		office_binding_broken(d, d->record, e);
		return -1;
	}
	*out = sec_doc_take(record);
	return 0;
}
