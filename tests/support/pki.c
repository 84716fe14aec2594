/* SPDX-License-Identifier: Apache-2.0 */
/* A small authority for tests. */
#include "support/pki.h"

#include <stdlib.h>

#include "nintei/der.h"
#include "nintei/limits.h"
#include "support/support.h"

#define DAY INT64_C(86400)

static void
serial_set(uint8_t serial[SERIAL_BYTES], uint8_t n)
{
	for (size_t i = 0; i < SERIAL_BYTES; i++)
		serial[i] = 0x11;
	serial[SERIAL_BYTES - 1] = n;
}

static void
root_make(struct pki *p)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct ca_root f = {
		.organization = "情報開示認定機関",
		.common_name = "認定機関 ルート R1",
		.not_before = PKI_START,
		.not_after = PKI_START + 20 * 365 * DAY,
	};
	struct err e = ERR_INIT;

	serial_set(f.serial, 1);
	ck_ok(pkey_generate(KEY_P256, &p->root_key, &e), &e);
	ck_ok(ca_root_make(&f, p->root_key, &der, &e), &e);
	ck_ok(cert_decode(buf_slice(&der), &p->root, &e), &e);
	p->by_root =
	    (struct ca_authority){ .cert = p->root, .key = p->root_key };
}

static void
issuer_make(struct pki *p)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct ca_issuer f = {
		.organization = "情報開示認定機関",
		.common_name = "生成AI サービス認定 発行局",
		.policy_oid = "2.999.1.1.2",
		.crl_url = "http://verify.example.jp/pki/root.crl",
		.issuer_url = "http://verify.example.jp/pki/root.cer",
		.not_before = PKI_START,
		.not_after = PKI_START + 8 * 365 * DAY,
	};
	struct err e = ERR_INIT;

	serial_set(f.serial, 2);
	ck_ok(pkey_generate(KEY_P256, &p->issuer_key, &e), &e);
	f.spki = pkey_spki(p->issuer_key);
	ck_ok(ca_issuer_make(&f, &p->by_root, &der, &e), &e);
	ck_ok(cert_decode(buf_slice(&der), &p->issuer, &e), &e);
	p->by_issuer =
	    (struct ca_authority){ .cert = p->issuer, .key = p->issuer_key };
}

void
pki_make(struct pki *p)
{
	*p = (struct pki){ 0 };
	root_make(p);
	issuer_make(p);
}

void
pki_done(struct pki *p)
{
	cert_free(p->root);
	cert_free(p->issuer);
	pkey_free(p->root_key);
	pkey_free(p->issuer_key);
}

struct ca_certification
pki_facts(uint8_t n)
{
	struct ca_certification f = {
		.oid_base = CA_OIDS_EXAMPLE,
		.policy_oid = "2.999.1.1.2",
		.rule_url = "https://verify.example.jp/rules/genai-saas",
		.notice = "本証明書の内容は認定を実施した日のものです。",
		.guideline = "生成 AI 利用クラウドサービス（ASP・SaaS）の安心・"
			     "安全・信頼性に係る情報開示指針",
		.number = "GAI0001-2607",
		.service = pub_literal("みどり文書要約サービス"),
		.operator_name = pub_literal("株式会社みどり"),
		.corporate_number = pub_literal("7000012050002"),
		.designated_url = "https://verify.example.jp/c/GAI0001-2607",
		.crl_url = "http://verify.example.jp/pki/genai-saas.crl",
		.issuer_url = "http://verify.example.jp/pki/genai-saas.cer",
		.ocsp_url = "http://verify.example.jp/ocsp",
		.not_before = PKI_DECIDED,
		.not_after = PKI_ENDS,
	};

	for (size_t i = 0; i < sizeof(f.record); i++)
		f.record[i] = (uint8_t)i;
	serial_set(f.serial, n);
	return f;
}

struct buf
pki_certification(const struct pki *p, const struct ca_certification *f)
{
	struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct err e = ERR_INIT;

	ck_ok(ca_certification_build(f, &p->by_issuer, &der, &e), &e);
	return der;
}

struct ca_crl
pki_crl_facts(const struct ca_revocation *items, size_t n)
{
	return (struct ca_crl){
		.items = items,
		.n = n,
		.number = 7,
		.this_update = PKI_DECIDED + 30 * DAY,
		.next_update = PKI_DECIDED + 32 * DAY,
	};
}

static int
count_fill(void *arg, void *out, size_t n, struct err *e)
{
	uint8_t *state = arg, *p = out;

	(void)e;
	for (size_t i = 0; i < n; i++)
		p[i] = (*state)++;
	return 0;
}

struct random
pki_counting(uint8_t *state)
{
	return (struct random){ .fill = count_fill, .arg = state };
}

struct parts
pki_split(struct slice der)
{
	struct der d = der_init(der), all, tbs;
	struct parts out = { .n = 0 };

	all = der_enter(&d, DER_SEQUENCE);
	tbs = der_enter(&all, DER_SEQUENCE);
	while (der_peek(&tbs) >= 0) {
		ck_assert_uint_lt(out.n, PKI_PARTS);
		out.part[out.n++] = der_element(&tbs, der_peek(&tbs));
	}
	ck_assert(der_done(&tbs));
	return out;
}

struct buf
pki_join(const struct parts *p, const struct pkey *key, struct slice algorithm)
{
	CLEANUP(buf_free) struct buf tbs = BUF_INIT(LIMIT_CRL_BYTES);
	CLEANUP(buf_free) struct buf sig = BUF_INIT(256);
	struct buf out = BUF_INIT(LIMIT_CRL_BYTES);
	struct err e = ERR_INIT;
	size_t mark = der_begin(&tbs, DER_SEQUENCE), inner;

	for (size_t i = 0; i < p->n; i++)
		buf_put(&tbs, p->part[i].p, p->part[i].n);
	der_end(&tbs, mark);
	ck_ok(pkey_sign(key, buf_slice(&tbs), &sig, &e), &e);
	mark = der_begin(&out, DER_SEQUENCE);
	buf_put(&out, tbs.p, tbs.n);
	if (algorithm.n > 0) {
		buf_put(&out, algorithm.p, algorithm.n);
	} else {
		inner = der_begin(&out, DER_SEQUENCE);
		der_oid(&out, "1.2.840.10045.4.3.2");
		der_end(&out, inner);
	}
	der_bits(&out, buf_slice(&sig));
	der_end(&out, mark);
	ck_assert(buf_ok(&out));
	return out;
}

static int
nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
				    : -1;
}

struct buf
pki_hex(const char *hex)
{
	struct buf out = BUF_INIT(MIB(1));
	int high = -1;

	for (; *hex != '\0'; hex++) {
		int v = nibble(*hex);

		if (v < 0)
			continue;
		if (high < 0) {
			high = v;
			continue;
		}
		buf_putc(&out, high << 4 | v);
		high = -1;
	}
	return out;
}
