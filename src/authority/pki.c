/* SPDX-License-Identifier: Apache-2.0 */
/* Root, issuers, server, commit and master key (PKI 2). */
#include "authority_int.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/term.h"

#define ROOT_YEARS 20
#define TLS_DAYS 90
#define DAY_SECONDS 86400
#define PEM_BYTES KIB(32)

int64_t
years_on(int64_t from, int years)
{
	struct jday day = jday_of_instant(from);

	return instant_of_jday(jday_add_years(day, years, NULL)) - 1;
}

int
key_save(const struct making *m, const char *path, const struct pkey *k,
    struct err *e)
{
	CLEANUP(buf_wipe) struct buf pem = BUF_INIT(KIB(4));

	if (pkey_save_pem(k, &pem, e) < 0)
		return -1;
	return secret_file(m, path, buf_slice(&pem), e);
}

int
pem_save(const struct making *m, const char *path, struct slice der,
    const char *label, struct err *e)
{
	CLEANUP(buf_free) struct buf pem = BUF_INIT(PEM_BYTES);

	pem_encode(der, label, &pem);
	if (!buf_ok(&pem))
		return err_set(e, E_INTERNAL, "%s: no room", path);
	return public_file(m, path, buf_slice(&pem), e);
}

static int
root_make(struct making *m, struct err *e)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(freep)
	char *cn = xasprintf("%s Root R1", m->conf->authority.name_en);
	struct ca_root f = { .organization = m->conf->authority.name,
		.common_name = cn,
		.not_before = m->begins,
		.not_after = years_on(m->begins, ROOT_YEARS) };

	if (fs_mkdirs(m->home_fd, "keys/root", 0700, e) < 0 ||
	    ca_serial_make(&m->random, f.serial, e) < 0 ||
	    pkey_generate(KEY_P256, &m->root_key, e) < 0 ||
	    ca_root_make(&f, m->root_key, &der, e) < 0 ||
	    cert_decode(buf_slice(&der), &m->root_cert, e) < 0 ||
	    key_save(m, "keys/root/root.key", m->root_key, e) < 0)
		return err_wrap(e, "root");
	sha256_hex(buf_slice(&der), m->root_sha256);
	return pem_save(
	    m, "keys/root/root.pem", buf_slice(&der), "CERTIFICATE", e);
}

/* The root is offline: its list is signed now, for a long time. */
static int
root_crl_make(const struct making *m, struct err *e)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(KIB(64));
	struct ca_authority by = { m->root_cert, m->root_key };
	struct ca_crl f = { .number = 1,
		.this_update = m->begins,
		.next_update =
		    years_on(m->begins, m->o->development ? ROOT_YEARS : 1) };

	if (ca_crl_build(&f, &by, &der, e) < 0)
		return err_wrap(e, "root CRL");
	return pem_save(
	    m, "keys/root/root.crl", buf_slice(&der), "X509 CRL", e);
}

static int
issuer_save(const struct making *m, const char *id, const struct pkey *key,
    struct slice der, struct err *e)
{
	CLEANUP(freep) char *folder = xasprintf("keys/ca/%s", id);
	CLEANUP(freep) char *key_path = fs_join(folder, "key.pem");
	CLEANUP(freep) char *cert_path = fs_join(folder, "ca.pem");

	if (fs_mkdirs(m->home_fd, folder, 0700, e) < 0 ||
	    key_save(m, key_path, key, e) < 0)
		return -1;
	return pem_save(m, cert_path, der, "CERTIFICATE", e);
}

static int
issuer_make(const struct making *m, const struct scheme *s, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(freep)
	char *oid =
	    xasprintf("%s.%s", m->conf->oid_base, s->profile.policy_oid);
	CLEANUP(freep)
	char *crl = xasprintf("%s/pki/root.crl", m->conf->urls.http);
	CLEANUP(freep)
	char *cer = xasprintf("%s/pki/root.cer", m->conf->urls.http);
	struct ca_authority by = { m->root_cert, m->root_key };
	struct ca_issuer f = { .organization = m->conf->authority.name,
		.common_name = s->profile.ca_name,
		.policy_oid = oid,
		.crl_url = crl,
		.issuer_url = cer,
		.not_before = m->begins,
		.not_after = years_on(m->begins, (int)s->profile.ca_years) };

	if (ca_serial_make(&m->random, f.serial, e) < 0 ||
	    pkey_generate(KEY_P256, &key, e) < 0)
		return -1;
	f.spki = pkey_spki(key);
	if (ca_issuer_make(&f, &by, &der, e) < 0)
		return err_wrap(e, "issuer of %s", s->id);
	return issuer_save(m, s->id, key, buf_slice(&der), e);
}

/* Names of the server: localhost, and the host of urls.https. */
struct host {
	char text[256];
	bool is_ip;
};

static void
host_of(const char *url, struct host *out)
{
	const char *at = url + strlen("https://");
	bool bracket = *at == '[';
	size_t n = bracket ? strcspn(at, "]") : strcspn(at, ":/");
	uint8_t address[16];

	snprintf(out->text, sizeof(out->text), "%.*s",
	    (int)(bracket ? n - 1 : n), at + bracket);
	out->is_ip = inet_pton(AF_INET, out->text, address) == 1 ||
	    inet_pton(AF_INET6, out->text, address) == 1;
}

static void
hosts_fill(
    const struct host *h, const char **dns, const char **ip, struct ca_tls *f)
{
	dns[f->dns_n++] = "localhost";
	ip[f->ip_n++] = "127.0.0.1";
	ip[f->ip_n++] = "::1";
	if (h->is_ip && strcmp(h->text, ip[0]) != 0 &&
	    strcmp(h->text, ip[1]) != 0)
		ip[f->ip_n++] = h->text;
	if (!h->is_ip && strcmp(h->text, dns[0]) != 0)
		dns[f->dns_n++] = h->text;
	f->dns = dns;
	f->ip = ip;
}

/* Its life is counted by the real clock: clients know no other. */
static int
tls_make(const struct making *m, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(freep)
	char *crl = xasprintf("%s/pki/root.crl", m->conf->urls.http);
	CLEANUP(freep)
	char *cer = xasprintf("%s/pki/root.cer", m->conf->urls.http);
	const char *dns[2], *ip[3];
	struct ca_authority by = { m->root_cert, m->root_key };
	struct clock real = clock_system();
	struct host host;
	struct ca_tls f = { .organization = m->conf->authority.name,
		.crl_url = crl,
		.issuer_url = cer };

	host_of(m->conf->urls.https, &host);
	hosts_fill(&host, dns, ip, &f);
	f.common_name = host.text;
	f.not_before = clock_now(&real);
	f.not_after = f.not_before + TLS_DAYS * DAY_SECONDS - 1;
	if (ca_serial_make(&m->random, f.serial, e) < 0 ||
	    pkey_generate(KEY_P256, &key, e) < 0)
		return -1;
	f.spki = pkey_spki(key);
	if (ca_tls_make(&f, &by, &der, e) < 0 ||
	    key_save(m, "keys/tls/key.pem", key, e) < 0)
		return err_wrap(e, "server");
	return pem_save(
	    m, "keys/tls/chain.pem", buf_slice(&der), "CERTIFICATE", e);
}

static int
commit_key_make(struct making *m, struct err *e)
{
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(1));

	if (pkey_generate(KEY_ED25519, &m->commit_key, e) < 0 ||
	    ssh_key_of(m->commit_key, &m->commit_public, e) < 0 ||
	    key_save(m, "keys/commit/key.pem", m->commit_key, e) < 0)
		return err_wrap(e, "commit key");
	ssh_key_format(&m->commit_public, &line);
	buf_puts(&line, " store@nintei\n");
	return public_file(m, "keys/commit/key.pub", buf_slice(&line), e);
}

static int
master_make(const struct making *m, struct err *e)
{
	CLEANUP(secret_freep) struct secret *key = secret_new(32);
	CLEANUP(secret_freep) struct secret *text = secret_new(66);
	char *hex = (char *)secret_bytes(text);

	if (random_fill(&m->random, secret_bytes(key), 32, e) < 0)
		return -1;
	hex_encode(secret_bytes(key), 32, hex);
	hex[64] = '\n';
	return secret_file(m, "keys/master.key", slice_of(hex, 65), e);
}

int
pki_make(struct making *m, struct err *e)
{
	const struct scheme *s;

	if (root_make(m, e) < 0 || root_crl_make(m, e) < 0)
		return -1;
	for (size_t i = 0; (s = scheme_at(m->schemes, i)) != NULL; i++)
		if (issuer_make(m, s, e) < 0)
			return -1;
	if (tls_make(m, e) < 0 || sealers_make(m, e) < 0 ||
	    commit_key_make(m, e) < 0)
		return -1;
	say(m, "keys: root, %s, server, log, receipts, commits, case keys",
	    scheme_at(m->schemes, 1) == NULL ? "issuer" : "issuers");
	return master_make(m, e);
}
