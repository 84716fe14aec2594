/* SPDX-License-Identifier: Apache-2.0 */
/* Chains, by OpenSSL, against one explicit root at one explicit time. */
#include "nintei/x509.h"

#include <stdio.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "ossl_int.h"

#define CHAIN_DEPTH 4

struct stacks {
	STACK_OF(X509) * between;
	STACK_OF(X509_CRL) * crls;
};

static void
stacks_free(struct stacks *s)
{
	sk_X509_free(s->between); /* the members are the caller's */
	sk_X509_CRL_free(s->crls);
}

static bool
stacks_fill(const struct chain *c, struct stacks *s)
{
	s->between = sk_X509_new_null();
	s->crls = sk_X509_CRL_new_null();
	if (s->between == NULL || s->crls == NULL)
		return false;
	for (size_t i = 0; i < c->between_n; i++)
		if (sk_X509_push(s->between, cert_x509(c->between[i])) <= 0)
			return false;
	for (size_t i = 0; i < c->crls_n; i++)
		if (sk_X509_CRL_push(s->crls, crl_x509(c->crls[i])) <= 0)
			return false;
	return true;
}

static void
rules_set(const struct chain *c, X509_STORE_CTX *ctx)
{
	X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(ctx);
	unsigned long flags =
	    X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE;

	if (c->anchor_any)
		flags |= X509_V_FLAG_PARTIAL_CHAIN;
	if (c->check_crl || c->check_crl_all)
		flags |= X509_V_FLAG_CRL_CHECK;
	if (c->check_crl_all)
		flags |= X509_V_FLAG_CRL_CHECK_ALL;
	X509_VERIFY_PARAM_set_flags(p, flags);
	X509_VERIFY_PARAM_set_depth(p, CHAIN_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(p, 2); /* 112 bits */
	X509_VERIFY_PARAM_set_time(p, (time_t)c->at);
}

int
chain_check(const struct chain *c, struct chain_verdict *out, struct err *e)
{
	CLEANUP(stacks_free) struct stacks s = { NULL, NULL };
	CLEANUP(X509_STORE_freep) X509_STORE *store = NULL;
	CLEANUP(X509_STORE_CTX_freep) X509_STORE_CTX *ctx = NULL;
	struct chain_verdict v = { .ok = false };

	ossl_init();
	if (!stacks_fill(c, &s) || (store = X509_STORE_new()) == NULL ||
	    X509_STORE_add_cert(store, cert_x509(c->root)) != 1 ||
	    (ctx = X509_STORE_CTX_new()) == NULL ||
	    X509_STORE_CTX_init(ctx, store, cert_x509(c->leaf), s.between) != 1)
		return err_ossl(e, "X509_STORE_CTX_init");
	X509_STORE_CTX_set0_crls(ctx, s.crls);
	rules_set(c, ctx);
	v.ok = X509_verify_cert(ctx) == 1;
	v.code = X509_STORE_CTX_get_error(ctx);
	v.depth = X509_STORE_CTX_get_error_depth(ctx);
	/* "Not valid" without a reason is a failure of the library. */
	if (!v.ok && v.code == X509_V_OK)
		return err_ossl(e, "X509_verify_cert");
	snprintf(v.text, sizeof(v.text), "%s",
	    X509_verify_cert_error_string(v.code));
	ERR_clear_error();
	*out = v;
	return 0;
}
