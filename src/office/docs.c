/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that an act brings: encrypted, stored, named by its event. */
#include "command_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"

#define DOCS_MAX 8
#define DOCS_BYTES MIB(4) /* of one command, together */

/* Stream one ciphertext into the store. */
static int
cipher_store(struct office *o, int cipher, struct store_id *out, struct err *e)
{
	CLEANUP(store_blob_freep) struct store_blob *blob = NULL;
	struct store_blob_done done;
	uint8_t piece[KIB(64)];
	uint64_t size, at = 0;

	if (blob_check(cipher, LIMIT_TOTAL_BYTES, &size, e) < 0 ||
	    store_blob_new(o->store, size, &blob, e) < 0)
		return -1;
	while (at < size) {
		size_t n = size - at < sizeof(piece) ? (size_t)(size - at)
						     : sizeof(piece);

		if (fd_pread(cipher, piece, n, (off_t)at, e) < 0 ||
		    store_blob_add(blob, slice_of(piece, n), e) < 0)
			return -1;
		at += n;
	}
	if (store_blob_finish(blob, &done, e) < 0)
		return -1;
	*out = done.id;
	return 0;
}

static void
doc_note(struct act_write *w, const struct act_doc *doc, const char *commitment,
    const struct store_id *blob)
{
	struct json *j = jsonx_object();
	size_t i = w->n_store_docs;

	jsonx_set_int(j, "n", doc->n);
	jsonx_set_str(j, "commitment", commitment);
	jsonx_set_int(j, "size", (int64_t)doc->size);
	jsonx_set_str(j, "tag", doc->tag);
	if (w->docs == NULL)
		w->docs = jsonx_array();
	jsonx_add(w->docs, j);
	w->doc_names = xrealloc(w->doc_names, i + 1, sizeof(*w->doc_names));
	w->store_docs = xrealloc(w->store_docs, i + 1, sizeof(*w->store_docs));
	w->doc_names[i] =
	    xasprintf("%02lld-%s.cms", (long long)doc->n, commitment);
	w->store_docs[i].name = w->doc_names[i];
	w->store_docs[i].blob = *blob;
	w->n_store_docs++;
}

int
act_write_doc(struct office *o, const char *id, struct act_write *w,
    const struct act_doc *doc, struct err *e)
{
	CLEANUP(fd_closep) int cipher = -1;
	struct store_id blob;
	uint8_t commitment[32];
	char hex[65];

	if (vault_encrypt(o->vault, id, doc->plain, doc->size, &cipher, e) <
		0 ||
	    vault_commit(o->vault, id, (uint64_t)doc->n, doc->sha256,
		commitment, e) < 0 ||
	    cipher_store(o, cipher, &blob, e) < 0)
		return -1;
	doc_note(w, doc, hex_encode(commitment, 32, hex), &blob);
	return 0;
}

/* data.documents: which of the event's documents is what. */
static void
role_note(struct act_write *w, int64_t n, const char *role)
{
	const struct json *had = jsonx_get(w->data, "documents");
	struct json *list = had == NULL ? jsonx_array() : jsonx_dup(had);
	struct json *j = jsonx_object();

	jsonx_set_int(j, "n", n);
	jsonx_set_str(j, "role", role);
	jsonx_add(list, j);
	jsonx_set(w->data, "documents", list);
}

/* The key was destroyed by a decision: a new one would hide that. */
static int
key_check(const struct dossier *d, struct err *e)
{
	return d->shredded[0] == '\0' ? 0 : office_shred_check(d, e);
}

int
office_add_document(struct office *o, const struct dossier *d,
    struct act_write *w, const char *role, const char *tag,
    struct slice content, int64_t *out_n, struct err *e)
{
	CLEANUP(fd_closep) int plain = -1;
	size_t had = d->n_documents;
	uint8_t sum[32];
	struct act_doc doc = { .size = content.n, .sha256 = sum, .tag = tag };

	doc.n = (had == 0 ? 0 : d->documents[had - 1].n) +
	    (int64_t)w->n_store_docs + 1;
	sha256_of(content, sum);
	if (key_check(d, e) < 0 || memfd_of("paper", content, &plain, e) < 0)
		return -1;
	doc.plain = plain;
	if (act_write_doc(o, d->id, w, &doc, e) < 0)
		return -1;
	role_note(w, doc.n, role);
	if (out_n != NULL)
		*out_n = doc.n;
	return 0;
}

/* --- documents of a command --- */

/* Who reads what of such a role, unless the sender asks for more. */
static const char *
default_tag(const char *role)
{
	static const struct {
		const char *role, *tag;
	} tags[] = {
		{ "opinion", "committee_only" },
		{ "declaration", "committee_only" },
		{ "minutes", "committee_only" },
		{ "draft", "internal" },
		{ "finding", "internal" },
		{ "note", "internal" },
		{ "report", "internal" },
		{ "contact", "personal" },
	};

	for (size_t i = 0; i < NELEM(tags); i++)
		if (strcmp(tags[i].role, role) == 0)
			return tags[i].tag;
	return "secret";
}

/* Nothing is made public here, and an applicant lowers nothing. */
static bool
tag_allowed(const struct command *c, const char *tag)
{
	bool staff = c->w.plan.role != ROLE_APPLICANT;

	if (strcmp(tag, "secret") == 0 || strcmp(tag, "personal") == 0)
		return true;
	return staff &&
	    (strcmp(tag, "internal") == 0 ||
		strcmp(tag, "committee_only") == 0);
}

static bool
is_word(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_");

	return n > 0 && n < DOSSIER_WORD && s[n] == '\0';
}

/* Papers that only the body writes: nobody else's stand among them. */
static bool
is_of_the_body(const char *role)
{
	static const char *const words[] = { "opinion", "minutes", "finding",
		"note", "draft" };

	for (size_t i = 0; i < NELEM(words); i++)
		if (strcmp(words[i], role) == 0)
			return true;
	return false;
}

static int
document_take(
    struct command *c, const struct json *j, size_t *room, struct err *e)
{
	static const struct json_field fields[] = {
		{ "role", JSON_KIND_STRING, true },
		{ "content", JSON_KIND_STRING, true },
		{ "name", JSON_KIND_STRING, false },
		{ "tag", JSON_KIND_STRING, false },
	};
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(DOCS_BYTES);
	const char *role, *tag;

	if (jsonx_shape(j, fields, NELEM(fields), e) < 0)
		return -1;
	role = jsonx_get_str(j, "role");
	tag = jsonx_get_str(j, "tag");
	if (!is_word(role))
		return err_set(e, E_INPUT, "role: want a word of a-z and _");
	if (c->w.plan.role == ROLE_APPLICANT && is_of_the_body(role))
		return err_set(
		    e, E_INPUT, "role: \"%.20s\" is not yours to bring", role);
	if (tag == NULL)
		tag = tag_allowed(c, default_tag(role)) ? default_tag(role)
							: "secret";
	if (!tag_allowed(c, tag))
		return err_set(
		    e, E_INPUT, "tag: \"%.20s\" is not yours to give", tag);
	if (base64_decode(
		slice_str(jsonx_get_str(j, "content")), false, &bytes, e) < 0)
		return -1;
	if (bytes.n == 0 || bytes.n > *room)
		return err_set(e, bytes.n == 0 ? E_INPUT : E_LIMIT,
		    "content: want 1 byte to 4 MiB, all together");
	*room -= bytes.n;
	return office_add_document(
	    c->v->o, c->d, &c->w, role, tag, buf_slice(&bytes), NULL, e);
}

int
command_documents(struct command *c, struct err *e)
{
	const struct json *list = jsonx_get(c->body, "documents");
	size_t room = DOCS_BYTES;
	struct err why = ERR_INIT;

	if (jsonx_len(list) > DOCS_MAX)
		return err_set(e, E_LIMIT, "documents: want at most 8");
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (document_take(c, jsonx_at(list, i), &room, &why) < 0)
			return err_set(
			    e, why.code, "documents[%zu]: %s", i, why.detail);
	return 0;
}
