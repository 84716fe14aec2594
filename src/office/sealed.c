/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: what all of them say, and the signer's seal and stamp. */
#include "register_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/signer_link.h"
#include "nintei/signmsg.h"

#define SEAL_BYTES KIB(64)

void
sealed_init(struct sealed *s)
{
	*s = (struct sealed){ .json = BUF_INIT(SIGN_STATEMENT_BYTES),
		.cms = BUF_INIT(SEAL_BYTES),
		.tst = BUF_INIT(SEAL_BYTES) };
}

void
sealed_done(struct sealed *s)
{
	buf_free(&s->json);
	buf_free(&s->cms);
	buf_free(&s->tst);
}

int
statement_head(struct office *o, const char *schema, int64_t now,
    struct json *j, struct err *e)
{
	struct store_head head;
	struct json *log = jsonx_object();
	char root[65];

	jsonx_set_str(j, "schema", schema);
	jsonx_set_str(j, "authority", o->config->authority.name);
	jsonx_set_str(j, "clock",
	    o->config->clock == CLOCK_REAL ? "system" : "development");
	set_instant(j, "at", now);
	if (store_head(o->store, &head, e) < 0) {
		jsonx_free(log);
		return -1;
	}
	jsonx_set_int(log, "size", (int64_t)head.log_size);
	jsonx_set_str(log, "root",
	    hex_encode(head.log_root, sizeof(head.log_root), root));
	jsonx_set(j, "log", log);
	return 0;
}

int
statement_seal(
    struct office *o, const struct json *doc, struct sealed *out, struct err *e)
{
	buf_reset(&out->json);
	buf_reset(&out->cms);
	buf_reset(&out->tst);
	jsonx_canonical(doc, &out->json);
	if (!buf_ok(&out->json))
		return err_set(e, E_LIMIT, "the statement is too long");
	return signer_sign_statement(
	    &o->signer, buf_slice(&out->json), &out->cms, &out->tst, e);
}

int
sealed_answer(struct visit *v, struct answer *a, const struct sealed_kept *kept,
    bool stamp, struct err *e)
{
	CLEANUP(freep) char *of = query_text(v, "of");
	const struct sealed *s;

	if (of == NULL || strlen(of) != 64)
		return err_set(
		    e, E_INPUT, "of: want the SHA-256 of the statement");
	pthread_mutex_lock(kept->lock);
	s = kept->find(v, of);
	if (s != NULL && stamp)
		answer_bytes(
		    a, "application/timestamp-reply", buf_slice(&s->tst));
	else if (s != NULL)
		answer_bytes(
		    a, "application/pkcs7-signature", buf_slice(&s->cms));
	pthread_mutex_unlock(kept->lock);
	if (s == NULL)
		return err_set(
		    e, E_NOT_FOUND, "there is no such statement any more");
	answer_public(v, a);
	return 0;
}
