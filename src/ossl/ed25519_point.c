/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is an Ed25519 public key a point of the prime-order group?  OpenSSL takes
 * any 32 bytes; a point of small or mixed order makes signatures that say
 * nothing about who signed (PKI 9).  For admission of keys, not for speed.
 */
#include "nintei/key.h"

#include <openssl/err.h>

#include "ossl_int.h"

/* Numbers modulo p; ok turns false at the first failure and stays so. */
struct field {
	BN_CTX *ctx;
	BIGNUM *p, *d2; /* 2^255 - 19; 2 * d */
	bool ok;
};

/* Extended coordinates: x = X/Z, y = Y/Z, T = XY/Z (RFC 8032 5.1.4). */
struct point {
	BIGNUM *x, *y, *z, *t;
};

static const char prime_hex[] =
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
static const char d_hex[] =
    "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";
static const char order_hex[] =
    "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";

static void
mul(struct field *f, BIGNUM *r, const BIGNUM *a, const BIGNUM *b)
{
	f->ok = f->ok && BN_mod_mul(r, a, b, f->p, f->ctx) == 1;
}

static void
add(struct field *f, BIGNUM *r, const BIGNUM *a, const BIGNUM *b)
{
	f->ok = f->ok && BN_mod_add_quick(r, a, b, f->p) == 1;
}

static void
sub(struct field *f, BIGNUM *r, const BIGNUM *a, const BIGNUM *b)
{
	f->ok = f->ok && BN_mod_sub_quick(r, a, b, f->p) == 1;
}

static BIGNUM *
number(struct field *f, const char *hex)
{
	BIGNUM *n = BN_CTX_get(f->ctx);

	f->ok = f->ok && n != NULL && BN_hex2bn(&n, hex) > 0;
	return n;
}

static void
point_new(struct field *f, struct point *p)
{
	p->x = number(f, "0");
	p->y = number(f, "1");
	p->z = number(f, "1");
	p->t = number(f, "0");
}

/* r = p + q, complete for this curve; r may be p (RFC 8032 5.1.4). */
static void
point_add(struct field *f, struct point *r, const struct point *p,
    const struct point *q)
{
	BIGNUM *a, *b, *c, *d, *u;

	BN_CTX_start(f->ctx);
	a = BN_CTX_get(f->ctx);
	b = BN_CTX_get(f->ctx);
	c = BN_CTX_get(f->ctx);
	d = BN_CTX_get(f->ctx);
	u = BN_CTX_get(f->ctx);
	f->ok = f->ok && u != NULL;
	sub(f, a, p->y, p->x);
	sub(f, u, q->y, q->x);
	mul(f, a, a, u);
	add(f, b, p->y, p->x);
	add(f, u, q->y, q->x);
	mul(f, b, b, u);
	mul(f, c, p->t, q->t);
	mul(f, c, c, f->d2);
	mul(f, d, p->z, q->z);
	add(f, d, d, d);
	sub(f, u, b, a); /* E */
	add(f, b, b, a); /* H */
	sub(f, a, d, c); /* F */
	add(f, d, d, c); /* G */
	mul(f, r->x, u, a);
	mul(f, r->y, d, b);
	mul(f, r->t, u, b);
	mul(f, r->z, a, d);
	BN_CTX_end(f->ctx);
}

/* RFC 8032 5.1.3; false if there is no such point. */
static bool
point_decode(struct field *f, struct slice raw, struct point *out)
{
	BIGNUM *u = BN_CTX_get(f->ctx), *v = BN_CTX_get(f->ctx);
	BIGNUM *d = number(f, d_hex);
	uint8_t le[ED25519_PUBLIC_BYTES];
	int odd = raw.p[31] >> 7;

	for (size_t i = 0; i < sizeof(le); i++)
		le[i] = raw.p[i];
	le[31] &= 0x7f;
	f->ok =
	    f->ok && v != NULL && BN_lebin2bn(le, sizeof(le), out->y) != NULL;
	if (!f->ok || BN_cmp(out->y, f->p) >= 0)
		return false; /* not canonical */
	mul(f, u, out->y, out->y);
	mul(f, v, u, d);
	f->ok = f->ok && BN_sub_word(u, 1) == 1 && BN_add_word(v, 1) == 1 &&
	    BN_nnmod(u, u, f->p, f->ctx) == 1 &&
	    BN_mod_inverse(v, v, f->p, f->ctx) != NULL;
	mul(f, u, u, v);
	if (!f->ok || BN_mod_sqrt(out->x, u, f->p, f->ctx) == NULL)
		return false;
	if (BN_is_zero(out->x) && odd)
		return false;
	if (BN_is_odd(out->x) != odd)
		f->ok = BN_sub(out->x, f->p, out->x) == 1;
	mul(f, out->t, out->x, out->y);
	return f->ok;
}

/* n * p is the identity (x = 0, y = z). */
static bool
times_is_identity(struct field *f, const BIGNUM *n, const struct point *p)
{
	struct point sum;

	point_new(f, &sum);
	for (int i = BN_num_bits(n) - 1; f->ok && i >= 0; i--) {
		point_add(f, &sum, &sum, &sum);
		if (BN_is_bit_set(n, i))
			point_add(f, &sum, &sum, p);
	}
	return f->ok && BN_is_zero(sum.x) && BN_cmp(sum.y, sum.z) == 0;
}

static bool
has_full_order(struct field *f, struct slice raw)
{
	struct point p;
	BIGNUM *order = number(f, order_hex);

	f->p = number(f, prime_hex);
	f->d2 = number(f, d_hex);
	add(f, f->d2, f->d2, f->d2);
	point_new(f, &p);
	if (!f->ok || !point_decode(f, raw, &p))
		return false;
	if (BN_is_zero(p.x) && BN_is_one(p.y))
		return false; /* the identity itself */
	return times_is_identity(f, order, &p);
}

int
ed25519_check(struct slice public_key, struct err *e)
{
	CLEANUP(BN_CTX_freep) BN_CTX *ctx = NULL;
	struct field f = { .ok = true };
	bool ok;

	ossl_init();
	if (public_key.n != ED25519_PUBLIC_BYTES)
		return err_set(e, E_INPUT, "want an Ed25519 key of 32 bytes");
	if ((f.ctx = ctx = BN_CTX_new()) == NULL)
		return err_ossl(e, "BN_CTX_new");
	BN_CTX_start(ctx);
	ok = has_full_order(&f, public_key);
	BN_CTX_end(ctx);
	ERR_clear_error();
	if (!ok)
		return err_set(
		    e, E_INPUT, "Ed25519 key is not of the prime order");
	return 0;
}
