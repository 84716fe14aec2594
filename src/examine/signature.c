/* SPDX-License-Identifier: Apache-2.0 */
/* One signature judged in the child: a package in, facts out. */
#include "nintei/signature.h"
#include <string.h>
#include "examine_int.h"
#include "nintei/cms_judge.h"
#include "nintei/corporation.h"
#include "nintei/der.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/ess.h"
#include "nintei/wire.h"
#include "nintei/x509.h"
#include "signature_int.h"

#define LABELS 8 /* of one signer that are looked at */
#define LABEL_BYTES KIB(4)

static const char *const known[] = { REGISTRAR_OID_POLICIES,
	REGISTRAR_OID_REGISTRAR, REGISTRAR_OID_CORPORATION };

/* --- the package --- */

static void
list_read(
    struct rd *r, size_t max, struct slice out[LIMIT_TRUST_PARTS], size_t *n)
{
	uint32_t count = rd_u32(r);

	if (count > LIMIT_TRUST_PARTS)
		r->bad = true;
	for (*n = 0; !r->bad && *n < count; (*n)++)
		out[*n] = rd_bytes(r, max);
}

bool
signature_unpack(struct slice in, struct signature_package *p)
{
	struct rd r = rd_init(in);
	struct cms_question *q = &p->question;
	struct err e = ERR_INIT;

	if (rd_u32(&r) != SIGNATURE_MAGIC)
		return false;
	p->purpose = rd_u8(&r);
	q->padded = rd_bool(&r);
	q->detached = rd_bool(&r);
	q->at = rd_i64(&r);
	rd_raw(&r, q->sha256, sizeof(q->sha256));
	rd_raw(&r, q->sha384, sizeof(q->sha384));
	rd_raw(&r, q->sha512, sizeof(q->sha512));
	list_read(&r, LIMIT_CERT_BYTES, p->anchors, &q->n_anchors);
	list_read(&r, LIMIT_CRL_BYTES, p->crls, &q->n_crls);
	list_read(&r, LIMIT_OCSP_BYTES, p->ocsp, &q->n_ocsp);
	p->cms = rd_bytes(&r, LIMIT_SIGNED_BYTES);
	q->anchors = p->anchors;
	q->crls = p->crls;
	q->ocsp = p->ocsp;
	q->known = known;
	q->n_known = NELEM(known);
	return rd_end(&r, &e) == 0 && p->purpose > SIGNATURE_NONE &&
	    p->purpose < SIGNATURE_PURPOSE_MAX;
}

/* --- one signer --- */

static struct json *
corporation_json(const struct corporation *c)
{
	const struct {
		const char *key, *value;
	} texts[] = {
		{ "name", c->name },
		{ "number", c->number },
		{ "address", c->address },
		{ "representative", c->representative },
		{ "title", c->title },
		{ "office", c->office },
		{ "encoding", c->is_cp932 ? "cp932" : "utf8" },
	};
	struct json *o = jsonx_object(), *warnings = jsonx_array();

	for (size_t i = 0; i < NELEM(texts); i++)
		if (texts[i].value[0] != '\0')
			jsonx_set_str(o, texts[i].key, texts[i].value);
	if (c->no_office)
		jsonx_add_str(warnings, "office_absent");
	if (c->number_is_utf8)
		jsonx_add_str(warnings, "number_type");
	jsonx_set(o, "warnings", warnings);
	return o;
}

/*
 * What a registrar put into the certificate.  All three of its extensions,
 * critical; where one is missing or malformed it is "broken", without any
 * "other".
 */
static const char *
registrar_facts(const struct cms_judged *j, size_t i, struct json *out)
{
	const struct cms_view *v = cms_judged_at(j, i);
	struct slice policies, name, info;
	struct corporation c;
	char registrar[CORPORATION_TEXT];
	struct err e = ERR_INIT;
	bool critical[3] = { false };
	bool has[3] = {
		cms_judged_extension(j, i, known[0], &policies, &critical[0]),
		cms_judged_extension(j, i, known[1], &name, &critical[1]),
		cms_judged_extension(j, i, known[2], &info, &critical[2]),
	};

	if (!has[0] && !has[1] && !has[2])
		return "other";
	for (size_t k = 0; k < NELEM(has); k++)
		if (!has[k] || !critical[k])
			return "broken";
	if (registrar_decode(name, registrar, &e) < 0 ||
	    corporation_decode(info, &c, &e) < 0)
		return "broken";
	if (v->signature == CMS_SIGNATURE_GOOD) {
		jsonx_set_str(out, "registrar", registrar);
		jsonx_set(out, "corporation", corporation_json(&c));
	}
	return v->has_key_usage && v->has_crl_point ? "registrar"
						    : "registrar_old";
}

static struct json *
label_json(struct slice der, bool is_signed)
{
	struct json *o = jsonx_object();
	struct ess_label l = { .classification = ESS_CLASS_NONE };
	struct err e = ERR_INIT;

	if (ess_label_decode(der, &l, &e) < 0)
		l = (struct ess_label){ .classification = ESS_CLASS_NONE };
	jsonx_set_str(o, "policy", l.policy);
	jsonx_set_int(o, "classification", l.classification);
	jsonx_set_bool(o, "signed", is_signed);
	return o;
}

static struct json *
labels_json(const struct cms_judged *j, size_t i)
{
	struct json *all = jsonx_array();

	for (int is_signed = 1; is_signed >= 0; is_signed--)
		for (size_t k = 0; k < LABELS; k++) {
			CLEANUP(buf_free)
			struct buf der = BUF_INIT(LABEL_BYTES);

			if (!cms_judged_attribute(
				j, i, is_signed == 1, ESS_LABEL_OID, k, &der))
				break;
			jsonx_add(all,
			    label_json(buf_ok(&der) ? buf_slice(&der)
						    : slice_of(NULL, 0),
				is_signed == 1));
		}
	return all;
}

static void
name_set(struct json *o, const char *key, struct slice der)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(1));

	cms_name_text(der, &text);
	if (buf_ok(&text) && text.n > 0)
		jsonx_set(o, key, jsonx_string_n(buf_slice(&text)));
}

static void
time_set(struct json *o, const char *key, int64_t t)
{
	if (t != 0)
		jsonx_set_int(o, key, t);
}

#define MESSAGE_DIGEST "1.2.840.113549.1.9.4"

/* The digest that was signed: by it the parent finds what was meant. */
static void
message_digest_set(struct json *o, const struct cms_judged *j, size_t i)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(KIB(1));
	char hex[2 * SHA512_BYTES + 1];
	struct der d;
	struct slice sum;

	if (!cms_judged_attribute(j, i, true, MESSAGE_DIGEST, 0, &der))
		return;
	d = der_init(buf_slice(&der));
	sum = der_get(&d, DER_OCTET_STRING);
	if (der_done(&d) && sum.n <= SHA512_BYTES)
		jsonx_set_str(
		    o, "message_digest", hex_encode(sum.p, sum.n, hex));
}

static struct json *
signer_json(const struct cms_judged *j, size_t i)
{
	const struct cms_view *v = cms_judged_at(j, i);
	struct json *o = jsonx_object();
	char hex[2 * 20 + 1], sum[SHA256_HEX];

	name_set(o, "issuer", v->issuer);
	hex_encode(v->serial.p, v->serial.n < 20 ? v->serial.n : 20, hex);
	jsonx_set_str(o, "serial", hex);
	name_set(o, "subject", v->subject);
	if (v->cert.n > 0)
		jsonx_set_str(o, "certificate", sha256_hex(v->cert, sum));
	jsonx_set_str(o, "signature", cms_signature_name(v->signature));
	jsonx_set_str(o, "chain", cms_chain_name(v->chain));
	jsonx_set_str(o, "revocation", cms_revocation_name(v->revocation));
	message_digest_set(o, j, i);
	time_set(o, "revoked_at", v->revoked_at);
	time_set(o, "signing_time", v->signing_time);
	time_set(o, "not_before", v->not_before);
	time_set(o, "not_after", v->not_after);
	jsonx_set_str(o, "profile", registrar_facts(j, i, o));
	if (v->signature == CMS_SIGNATURE_GOOD)
		jsonx_set(o, "security_labels", labels_json(j, i));
	return o;
}

/* --- all of it --- */

/* Armour off, if there is some; false: broken. */
static bool
bare(struct slice *in, struct buf *room)
{
	static const char *const labels[] = { "CMS", "PKCS7" };
	struct err e = ERR_INIT;

	if (!pem_is(*in))
		return true;
	for (size_t i = 0; i < NELEM(labels); i++) {
		buf_reset(room);
		if (pem_decode(*in, labels[i], room, &e) == 0) {
			*in = buf_slice(room);
			return true;
		}
	}
	return false;
}

static void
judged_facts(const struct cms_judged *j, struct json *out)
{
	struct json *signers = jsonx_array();
	bool detached = cms_judged_detached(j);
	struct slice content = cms_judged_content(j);
	char hex[SHA256_HEX];

	jsonx_set_bool(out, "detached", detached);
	jsonx_set_str(out, "content_type", cms_judged_type(j));
	if (!detached) {
		jsonx_set_str(out, "content_sha256", sha256_hex(content, hex));
		jsonx_set_int(out, "content_size", (int64_t)content.n);
	}
	for (size_t i = 0; i < cms_judged_count(j); i++)
		jsonx_add(signers, signer_json(j, i));
	jsonx_set(out, "signers", signers);
}

struct json *
signature_facts(struct slice package)
{
	CLEANUP(buf_free) struct buf room = BUF_INIT(LIMIT_SIGNED_BYTES);
	CLEANUP(cms_judged_freep) struct cms_judged *j = NULL;
	struct signature_package p = { 0 };
	struct json *out;
	struct err e = ERR_INIT;
	bool readable;

	if (!signature_unpack(package, &p))
		return NULL;
	out = jsonx_object();
	readable =
	    bare(&p.cms, &room) && cms_judge(p.cms, &p.question, &j, &e) == 0;
	jsonx_set_bool(out, "readable", readable);
	if (readable)
		judged_facts(j, out);
	return out;
}

void
signature_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(jsonx_freep) struct json *facts = signature_facts(in);

	if (facts == NULL)
		w->bad = true; /* the parent packed it: a fault of ours */
	else
		xd_tree(w, facts);
}
