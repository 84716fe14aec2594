/* SPDX-License-Identifier: Apache-2.0 */
/* The outer facts of a CMS SignedData: RFC 5652 5, structure only. */
#include "examine_int.h"
#include <string.h>
#include "nintei/der.h"
#include "nintei/enc.h"
#include "nintei/wire.h"
#include "nintei/x509.h"

#define SIGNED_DATA "1.2.840.113549.1.7.2"
#define MAX_SIGNERS 16
#define NAME_TEXT ((size_t)512)

static const struct {
	const char *oid, *name;
} attributes[] = {
	{ "2.5.4.3", "CN" },
	{ "2.5.4.5", "serialNumber" },
	{ "2.5.4.6", "C" },
	{ "2.5.4.10", "O" },
	{ "2.5.4.11", "OU" },
};

static const char *
attribute_name(const char *oid)
{
	for (size_t i = 0; i < NELEM(attributes); i++)
		if (strcmp(attributes[i].oid, oid) == 0)
			return attributes[i].name;
	return oid;
}

/* "C=JP, O=..., CN=..." of a DER Name; text that is not UTF-8 in hex. */
void
cms_name_text(struct slice der, struct buf *out)
{
	struct der d = der_init(der), rdns = der_enter(&d, DER_SEQUENCE);
	char oid[64], shown[128];

	while (!rdns.bad && der_peek(&rdns) == DER_SET) {
		struct der set = der_enter(&rdns, DER_SET);
		struct der pair = der_enter(&set, DER_SEQUENCE);
		struct slice value;
		int tag;

		der_get_oid(&pair, oid, sizeof(oid));
		tag = der_peek(&pair);
		value = tag < 0 ? (struct slice){ 0 } : der_get(&pair, tag);
		text_show(shown, sizeof(shown), (const char *)value.p, value.n);
		buf_putf(out, "%s%s=%s", out->n > 0 ? ", " : "",
		    attribute_name(oid), shown);
	}
}

static void
serial_hex(struct slice serial, char out[2 * 20 + 1])
{
	hex_encode(serial.p, serial.n < 20 ? serial.n : 20, out);
}

/* The subject of the enclosed certificate with this issuer and serial. */
static struct slice
subject_of(struct slice certs, struct slice issuer, struct slice serial)
{
	struct der all = der_init(certs);

	while (der_has(&all, DER_SEQUENCE)) {
		struct der cert = der_enter(&all, DER_SEQUENCE);
		struct der tbs = der_enter(&cert, DER_SEQUENCE);
		struct slice from, no, subject;

		if (der_has(&tbs, DER_CONTEXT_SET(0)))
			der_skip(&tbs);
		no = der_get(&tbs, DER_INTEGER);
		der_get(&tbs, DER_SEQUENCE); /* signature algorithm */
		from = der_element(&tbs, DER_SEQUENCE);
		der_get(&tbs, DER_SEQUENCE); /* validity */
		subject = der_element(&tbs, DER_SEQUENCE);
		if (!tbs.bad && slice_eq(no, serial) && slice_eq(from, issuer))
			return subject;
	}
	return (struct slice){ 0 };
}

static void
set_name(struct json *o, const char *key, struct slice name)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(NAME_TEXT);

	cms_name_text(name, &text);
	if (buf_ok(&text) && text.n > 0)
		jsonx_set(o, key, jsonx_string_n(buf_slice(&text)));
}

/* One SignerInfo; NULL when it is none. */
static struct json *
signer_read(struct der *infos, struct slice certs)
{
	struct json *o = jsonx_object();
	struct der info = der_enter(infos, DER_SEQUENCE), sid;
	struct slice issuer, serial;
	char hex[2 * 20 + 1];
	uint64_t version = der_get_uint(&info);

	if (version == 1 && der_has(&info, DER_SEQUENCE)) {
		sid = der_enter(&info, DER_SEQUENCE);
		issuer = der_element(&sid, DER_SEQUENCE);
		serial = der_get(&sid, DER_INTEGER);
		if (!der_done(&sid))
			info.bad = true;
		serial_hex(serial, hex);
		set_name(o, "issuer", issuer);
		jsonx_set_str(o, "serial", hex);
		set_name(o, "subject", subject_of(certs, issuer, serial));
	} else if (version == 3 && der_has(&info, DER_CONTEXT(0))) {
		serial_hex(der_get(&info, DER_CONTEXT(0)), hex);
		jsonx_set_str(o, "key_id", hex);
	} else
		info.bad = true;
	if (!info.bad)
		return o;
	jsonx_free(o);
	return NULL;
}

static bool
signers_read(struct der *sd, struct slice certs, struct json *out)
{
	struct der infos = der_enter(sd, DER_SET);
	size_t n = 0;

	while (!infos.bad && der_has(&infos, DER_SEQUENCE)) {
		struct json *one = signer_read(&infos, certs);

		if (one == NULL || ++n > MAX_SIGNERS) {
			jsonx_free(one);
			return false;
		}
		jsonx_add(out, one);
	}
	return der_done(&infos) && n > 0;
}

/* SignedData into facts; false when the structure is another. */
static bool
signed_data(struct slice der, struct json *out)
{
	struct der d = der_init(der), ci = der_enter(&d, DER_SEQUENCE);
	struct der wrapped, sd, content;
	struct slice certs = { 0 };
	struct json *signers = jsonx_array();
	char oid[64];
	bool ok;

	ok = strcmp(der_get_oid(&ci, oid, sizeof(oid)), SIGNED_DATA) == 0;
	wrapped = der_enter(&ci, DER_CONTEXT_SET(0));
	sd = der_enter(&wrapped, DER_SEQUENCE);
	der_get_uint(&sd);
	der_get(&sd, DER_SET); /* digest algorithms */
	content = der_enter(&sd, DER_SEQUENCE);
	der_get_oid(&content, oid, sizeof(oid));
	jsonx_set_str(out, "content_type", oid);
	jsonx_set_bool(out, "detached", !der_has(&content, DER_CONTEXT_SET(0)));
	if (der_has(&sd, DER_CONTEXT_SET(0)))
		certs = der_get(&sd, DER_CONTEXT_SET(0));
	if (der_has(&sd, DER_CONTEXT_SET(1)))
		der_skip(&sd);
	ok = signers_read(&sd, certs, signers) && ok;
	jsonx_set(out, "signers", signers);
	return ok && !content.bad && der_done(&sd) && der_done(&wrapped) &&
	    der_done(&ci) && der_done(&d);
}

void
cms_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(buf_free) struct buf bare = BUF_INIT(LIMIT_CMS_BYTES);
	CLEANUP(jsonx_freep) struct json *facts = jsonx_object();
	struct err e = ERR_INIT, again = ERR_INIT;

	if (in.n > LIMIT_CMS_BYTES) {
		xd_finding(w, EXF_CMS_FORM, "too large");
		return;
	}
	if (pem_is(in)) {
		if (pem_decode(in, "CMS", &bare, &e) < 0) {
			buf_reset(&bare);
			if (pem_decode(in, "PKCS7", &bare, &again) < 0) {
				xd_finding(w, EXF_CMS_FORM, e.detail);
				return;
			}
		}
		in = buf_slice(&bare);
	}
	if (signed_data(in, facts))
		xd_tree(w, facts);
	else
		xd_finding(w, EXF_CMS_FORM, "RFC 5652 5.1");
}
