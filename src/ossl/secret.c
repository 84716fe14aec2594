/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes, and secret bytes that are cleansed. */
#include "nintei/ossl.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "ossl_int.h"

struct secret {
	uint8_t *p;
	size_t n;
};

static int
system_fill(void *arg, void *out, size_t n, struct err *e)
{
	(void)arg;
	ossl_init();
	if (n > INT_MAX || RAND_priv_bytes(out, (int)n) != 1)
		return err_ossl(e, "RAND_priv_bytes");
	return 0;
}

struct random
random_system(void)
{
	return (struct random){ .fill = system_fill, .arg = NULL };
}

int
random_fill(const struct random *r, void *out, size_t n, struct err *e)
{
	return r->fill(r->arg, out, n, e);
}

bool
secret_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

void
secret_wipe(void *p, size_t n)
{
	if (n > 0)
		OPENSSL_cleanse(p, n);
}

struct secret *
secret_new(size_t n)
{
	struct secret *s = xcalloc(1, sizeof(*s));

	ossl_init();
	if ((s->p = OPENSSL_secure_zalloc(n == 0 ? 1 : n)) == NULL)
		abort();
	s->n = n;
	return s;
}

struct secret *
secret_of(struct slice bytes)
{
	struct secret *s = secret_new(bytes.n);

	for (size_t i = 0; i < bytes.n; i++)
		s->p[i] = bytes.p[i];
	return s;
}

void
secret_free(struct secret *s)
{
	if (s == NULL)
		return;
	OPENSSL_secure_clear_free(s->p, s->n == 0 ? 1 : s->n);
	free(s);
}

uint8_t *
secret_bytes(struct secret *s)
{
	return s->p;
}

struct slice
secret_slice(const struct secret *s)
{
	return slice_of(s->p, s->n);
}

void
buf_wipe(struct buf *b)
{
	if (b->p != NULL)
		OPENSSL_cleanse(b->p, b->cap);
	buf_free(b);
}
