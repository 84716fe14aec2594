/* SPDX-License-Identifier: Apache-2.0 */
/* Schemes, readiness and figures of operation. */
#include "office_int.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/x509.h"

int
get_schemes(struct visit *v, struct answer *a, struct err *e)
{
	char hash[SHA256_HEX];

	(void)e;
	answer_json(a, 200, scheme_set_json(v->o->schemes));
	answer_header(a, FR_CACHE_CONTROL, "public, max-age=60");
	answer_etag(v, a, sha256_hex(buf_slice(&a->body), hash));
	return 0;
}

int
get_scheme(struct visit *v, struct answer *a, struct err *e)
{
	const struct scheme *s = scheme_find(v->o->schemes, v->q->param[0]);
	char hash[SHA256_HEX];

	if (s == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such scheme");
	answer_json(a, 200, scheme_json(s));
	answer_header(a, FR_CACHE_CONTROL, "public, max-age=60");
	answer_etag(v, a, sha256_hex(buf_slice(&a->body), hash));
	return 0;
}

/* Seconds until the first list runs out; negative: it has. */
static int64_t
crl_left(struct office *o, int64_t now)
{
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < o->n_pki; i++) {
		CLEANUP(crl_freep) struct crl *crl = NULL;
		struct err e = ERR_INIT;
		int64_t left;

		if (o->pki[i].crl.n == 0 ||
		    crl_load(buf_slice(&o->pki[i].crl), &crl, &e) < 0)
			continue;
		left = crl_next_update(crl) - now;
		if (left < least)
			least = left;
	}
	return least == INT64_MAX ? 0 : least;
}

/*
 * Everybody may ask, and the signer counts its greetings: it is asked at most
 * twice a second, five times while it does not answer well.
 */
static int
ready_check(struct office *o, int64_t now, struct err *e)
{
	int rv = o->ready.code == E_OK ? 0 : -1;

	if (office_ms() < o->ready_until) {
		*e = o->ready;
		return rv;
	}
	o->ready = (struct err)ERR_INIT;
	rv = office_history_check(o, &o->ready);
	if (rv == 0)
		rv = office_time_check(o, &o->ready);
	if (rv == 0 && crl_left(o, now) <= 0)
		rv = err_set(
		    &o->ready, E_UNAVAILABLE, "a revocation list has run out");
	o->ready_until = office_ms() + (rv == 0 ? 500 : 200);
	*e = o->ready;
	return rv;
}

int
get_readyz(struct visit *v, struct answer *a, struct err *e)
{
	struct office *o = v->o;
	struct json *j;
	int rv;

	pthread_mutex_lock(&o->act);
	rv = ready_check(o, v->now, e);
	pthread_mutex_unlock(&o->act);
	if (rv < 0) {
		e->code = E_UNAVAILABLE;
		return -1;
	}
	j = jsonx_object();
	jsonx_set_str(j, "status", "ready");
	if (o->development)
		jsonx_set_bool(j, "development", true);
	office_cosign_ready(o, j);
	answer_json(a, 200, j);
	return 0;
}

struct state_count {
	const char *state;
	int64_t n;
};

static int
count_fn(const char *state, int64_t n, void *arg, struct err *e)
{
	struct state_count *c = arg;

	(void)e;
	for (; c->state != NULL; c++)
		if (strcmp(state, c->state) == 0)
			c->n = n;
	return 0;
}

static int
put_certifications(struct visit *v, struct buf *out, struct err *e)
{
	struct state_count counts[] = { { "issuing", 0 }, { "valid", 0 },
		{ "expired", 0 }, { "revoked", 0 }, { NULL, 0 } };

	if (index_register_count(v->o->index, count_fn, counts, e) < 0)
		return -1;
	buf_puts(out, "# TYPE nintei_certifications gauge\n");
	for (const struct state_count *c = counts; c->state != NULL; c++)
		buf_putf(out, "nintei_certifications{state=\"%s\"} %lld\n",
		    c->state, (long long)c->n);
	return 0;
}

int
get_metrics(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(64));
	struct office *o = v->o;
	struct store_head head;
	int64_t left;

	if (store_head(o->store, &head, e) < 0)
		return -1;
	pthread_mutex_lock(&o->act);
	left = crl_left(o, v->now);
	pthread_mutex_unlock(&o->act);
	buf_puts(&out, "# TYPE nintei_events counter\n");
	buf_putf(
	    &out, "nintei_events %llu\n", (unsigned long long)head.log_size);
	buf_puts(&out, "# TYPE nintei_crl_seconds_left gauge\n");
	buf_putf(&out, "nintei_crl_seconds_left %lld\n", (long long)left);
	if (put_certifications(v, &out, e) < 0)
		return -1;
	office_cosign_metrics(o, &out);
	office_register_metrics(o, &out);
	answer_bytes(a, "text/plain; version=0.0.4", buf_slice(&out));
	return 0;
}
