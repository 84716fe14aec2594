/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking public keys where no system call is left: OpenSSL blinds even the
 * arithmetic of a verification (P-384) and asks its generator, which asks the
 * kernel whether it was forked.  Here that generator is a fixed sequence:
 * what it blinds is public.  Nothing is ever made or signed in this context.
 */
#include "nintei/ossl.h"

#include <stdlib.h>

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "ossl_int.h"

#define GENERATOR "NINTEI-FIXED"

static OSSL_LIB_CTX *context; /* NULL: the default one */
static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

static void *
gen_new(void *provider, void *parent, const OSSL_DISPATCH *calls)
{
	(void)provider;
	(void)parent;
	(void)calls;
	return &state;
}

static void
gen_free(void *ctx)
{
	(void)ctx;
}

static int
gen_instantiate(void *ctx, unsigned strength, int resistance,
    const unsigned char *pers, size_t n, const OSSL_PARAM params[])
{
	(void)ctx;
	(void)strength;
	(void)resistance;
	(void)pers;
	(void)n;
	(void)params;
	return 1;
}

static int
gen_uninstantiate(void *ctx)
{
	(void)ctx;
	return 1;
}

/* xorshift64* */
static int
gen_generate(void *ctx, unsigned char *out, size_t n, unsigned strength,
    int resistance, const unsigned char *more, size_t more_n)
{
	(void)ctx;
	(void)strength;
	(void)resistance;
	(void)more;
	(void)more_n;
	for (size_t i = 0; i < n; i++) {
		state ^= state >> 12;
		state ^= state << 25;
		state ^= state >> 27;
		out[i] =
		    (unsigned char)(state * UINT64_C(0x2545f4914f6cdd1d) >> 56);
	}
	return 1;
}

static int
gen_locking(void *ctx)
{
	(void)ctx;
	return 1;
}

static void
gen_unlock(void *ctx)
{
	(void)ctx;
}

static int
gen_get_params(void *ctx, OSSL_PARAM params[])
{
	OSSL_PARAM *p;

	(void)ctx;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);
	if (p != NULL && OSSL_PARAM_set_int(p, EVP_RAND_STATE_READY) != 1)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
	if (p != NULL && OSSL_PARAM_set_int(p, 256) != 1)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
	return p == NULL || OSSL_PARAM_set_size_t(p, INT32_MAX) == 1;
}

static const OSSL_DISPATCH generator[] = {
	{ OSSL_FUNC_RAND_NEWCTX, (void (*)(void))gen_new },
	{ OSSL_FUNC_RAND_FREECTX, (void (*)(void))gen_free },
	{ OSSL_FUNC_RAND_INSTANTIATE, (void (*)(void))gen_instantiate },
	{ OSSL_FUNC_RAND_UNINSTANTIATE, (void (*)(void))gen_uninstantiate },
	{ OSSL_FUNC_RAND_GENERATE, (void (*)(void))gen_generate },
	{ OSSL_FUNC_RAND_ENABLE_LOCKING, (void (*)(void))gen_locking },
	{ OSSL_FUNC_RAND_LOCK, (void (*)(void))gen_locking },
	{ OSSL_FUNC_RAND_UNLOCK, (void (*)(void))gen_unlock },
	{ OSSL_FUNC_RAND_GET_CTX_PARAMS, (void (*)(void))gen_get_params },
	{ 0, NULL },
};

static const OSSL_ALGORITHM *
query(void *provider, int operation, int *no_cache)
{
	static const OSSL_ALGORITHM all[] = {
		{ GENERATOR, "provider=nintei", generator, NULL },
		{ NULL, NULL, NULL, NULL },
	};

	(void)provider;
	*no_cache = 0;
	return operation == OSSL_OP_RAND ? all : NULL;
}

static int
provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **ctx)
{
	static const OSSL_DISPATCH calls[] = {
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
		{ 0, NULL },
	};

	(void)handle;
	(void)in;
	*out = calls;
	*ctx = &state;
	return 1;
}

OSSL_LIB_CTX *
ossl_public_context(void)
{
	return context;
}

void
ossl_warm_public(void)
{
	OSSL_LIB_CTX *fresh;

	ossl_init();
	if (context != NULL)
		return;
	fresh = OSSL_LIB_CTX_new();
	if (fresh == NULL ||
	    OSSL_PROVIDER_add_builtin(fresh, "nintei", provider_init) != 1 ||
	    OSSL_PROVIDER_load(fresh, "default") == NULL ||
	    OSSL_PROVIDER_load(fresh, "nintei") == NULL ||
	    RAND_set_DRBG_type(fresh, GENERATOR, NULL, NULL, NULL) != 1 ||
	    RAND_get0_private(fresh) == NULL || RAND_get0_public(fresh) == NULL)
		abort();
	context = fresh;
}
