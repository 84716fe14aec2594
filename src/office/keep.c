/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a dossier: every member and the intake record, encrypted. */
#include "submit_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"

#define RECORD_BYTES MIB(16)
#define EXTRACTOR "nintei-examine/" NINTEI_VERSION

static struct json *
party_json(const char *name, const char *key, const char *value)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "name", name);
	if (value[0] != '\0')
		jsonx_set_str(j, key, value);
	return j;
}

static struct json *
member_json(const struct intake_member *m, int64_t n)
{
	struct json *j = jsonx_object();
	char hex[65];

	if (n != 0)
		jsonx_set_int(j, "n", n);
	jsonx_set_str(j, "path", m->path);
	jsonx_set_str(j, "role", intake_role_name(m->role));
	jsonx_set_int(j, "size", (int64_t)m->size);
	jsonx_set_str(j, "sha256", hex_encode(m->sha256, 32, hex));
	jsonx_set_str(j, "tag", tag_name(m->effective));
	return j;
}

static struct json *
withhold_json(const struct intake *in)
{
	struct json *list = jsonx_array();

	for (size_t i = 0; i < in->n_fields; i++)
		if (in->fields[i].withhold_reason != NULL) {
			struct json *j = jsonx_object();

			jsonx_set_str(j, "item", in->fields[i].id);
			jsonx_set_str(
			    j, "reason", in->fields[i].withhold_reason);
			jsonx_add(list, j);
		}
	return list;
}

/* The intake record: all that is secret of it, itself a document. */
static void
record_begin(struct arrival *a)
{
	const struct intake *in = a->in;
	struct json *r = jsonx_object();
	struct json *bundle = jsonx_object();
	CLEANUP(buf_free) struct buf spki = BUF_INIT(4 * LIMIT_SPKI_BYTES);
	char hex[65], at[INSTANT_TEXT];

	jsonx_set_str(r, "schema", "nintei.intake/1");
	jsonx_set_str(
	    r, "received_at", instant_format(arrival_received(a), at));
	jsonx_set_str(bundle, "sha256", hex_encode(a->sha256, 32, hex));
	jsonx_set_int(bundle, "size", (int64_t)in->size);
	jsonx_set(r, "bundle", bundle);
	jsonx_set(r, "applicant",
	    party_json(
		in->applicant, "corporate_number", in->corporate_number));
	jsonx_set(
	    r, "service", party_json(in->service, "url", in->service_url));
	if (in->guideline_version[0] != '\0')
		jsonx_set_str(r, "guideline_version", in->guideline_version);
	jsonx_set(r, "form_a", jsonx_dup(in->form_a));
	jsonx_set(r, "form_b", jsonx_dup(in->form_b));
	jsonx_set(r, "withhold", withhold_json(in));
	jsonx_set(r, "findings", jsonx_findings(&a->v->findings));
	jsonx_set(r, "existence", jsonx_dup(in->existence));
	jsonx_set(r, "signatures", jsonx_dup(in->signatures));
	if (in->spki_len > 0) {
		base64_encode(slice_of(in->spki, in->spki_len), 0, &spki);
		jsonx_set_str(r, "spki", buf_str(&spki));
	}
	jsonx_set(r, "members", jsonx_array());
	a->record = r;
}

/* Where the tag of document n comes from: bound by the signed event. */
static void
sources_note(struct arrival *a, const struct intake_member *m, int64_t n)
{
	struct json *j = jsonx_object();

	jsonx_set_int(j, "n", n);
	if (m->stated != TAG_NONE)
		jsonx_set_str(j, "stated", tag_name(m->stated));
	if (m->label != TAG_NONE)
		jsonx_set_str(j, "label", tag_name(m->label));
	if (m->excluded)
		jsonx_set_bool(j, "excluded", true);
	if (m->sources != NULL)
		jsonx_set(j, "sources", jsonx_dup(m->sources));
	jsonx_add(a->tags, j);
}

static int
doc_store(struct arrival *a, int plain, uint64_t size, const uint8_t sha256[32],
    const char *tag, struct err *e)
{
	struct act_doc doc = { a->next_n, plain, size, sha256, tag };

	if (act_write_doc(a->o, a->id, &a->w, &doc, e) < 0)
		return -1;
	a->next_n++;
	return 0;
}

static int
members_store(struct arrival *a, struct json *list, struct err *e)
{
	for (size_t i = 0; i < a->in->n_members; i++) {
		const struct intake_member *m = &a->in->members[i];
		int64_t n = 0;

		if (m->ignored)
			continue;
		if (m->fd >= 0 && !a->refused) {
			n = a->next_n;
			sources_note(a, m, n);
			if (doc_store(a, m->fd, m->size, m->sha256,
				tag_name(m->effective), e) < 0)
				return -1;
		}
		jsonx_add(list, member_json(m, n));
	}
	return 0;
}

static int
record_store(struct arrival *a, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(RECORD_BYTES);
	CLEANUP(fd_closep) int fd = -1;
	uint8_t sum[32];

	jsonx_canonical(a->record, &text);
	if (!buf_ok(&text))
		return err_set(e, E_LIMIT, "too much to keep of one dossier");
	if (memfd_of("record", buf_slice(&text), &fd, e) < 0)
		return -1;
	sha256_of(buf_slice(&text), sum);
	/* The record of the application stays what is certified and shown. */
	jsonx_set_int(
	    a->w.data, a->notice ? "notice_record" : "record", a->next_n);
	return doc_store(a, fd, text.n, sum, "secret", e);
}

int
arrival_store(struct arrival *a, struct err *e)
{
	struct json *list = jsonx_array();
	int rv;

	a->w.docs = jsonx_array();
	a->tags = jsonx_array();
	record_begin(a);
	rv = members_store(a, list, e);
	jsonx_set(a->record, "members", list);
	jsonx_set_str(a->w.data, "extractor", EXTRACTOR);
	jsonx_set(a->w.data, "tags", TAKE(a->tags));
	return rv < 0 ? -1 : record_store(a, e);
}
