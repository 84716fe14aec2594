/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of made-up events for the tests of witnesses. */
#include "support/log_make.h"

#include "nintei/digest.h"
#include "support/support.h"

void
test_log_init(struct test_log *l, const char *origin, uint8_t seed)
{
	uint8_t raw[32] = { seed };
	struct err e = ERR_INIT;

	*l = (struct test_log){ .flavour = origin };
	ck_ok(pkey_of_ed25519_seed(slice_of(raw, 32), &l->key, &e), &e);
	ck_ok(note_key_make(slice_str(origin), NOTE_ED25519, pkey_raw(l->key),
		  &l->pub, &e),
	    &e);
}

void
test_log_done(struct test_log *l)
{
	pkey_free(l->key);
}

void
test_log_events(const struct test_log *l, uint64_t n, struct buf *out)
{
	for (uint64_t i = 0; i < n; i++) {
		CLEANUP(freep)
		char *text =
		    xasprintf("%s %llu%s", l->flavour, (unsigned long long)i,
			l->fork != 0 && i >= l->fork ? " forked" : "");
		uint8_t hash[SHA256_BYTES];

		sha256_of(slice_str(text), hash);
		buf_put(out, hash, sizeof(hash));
	}
}

void
test_log_head(const struct test_log *l, uint64_t size, struct tlog_head *out)
{
	CLEANUP(buf_free) struct buf events = BUF_INIT(1 << 20);
	struct tlog t = { 0 };

	test_log_events(l, size, &events);
	for (uint64_t i = 0; i < size; i++)
		tlog_append(&t, events.p + TLOG_HASH * i);
	out->size = size;
	tlog_root(&t, out->root);
}

void
test_log_note(const struct test_log *l, uint64_t size, struct buf *out)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
	struct tlog_head head;
	struct err e = ERR_INIT;

	test_log_head(l, size, &head);
	checkpoint_format(slice_str(l->pub.name), &head, &text);
	buf_put(out, text.p, text.n);
	buf_putc(out, '\n');
	ck_ok(note_sign(&l->pub, l->key, buf_slice(&text), 0, out, &e), &e);
}

void
test_log_prove(const struct test_log *l, uint64_t old, uint64_t now,
    struct tlog_proof *out)
{
	CLEANUP(buf_free) struct buf events = BUF_INIT(1 << 20);
	struct err e = ERR_INIT;

	test_log_events(l, now, &events);
	ck_ok(tlog_consistency(buf_slice(&events), old, out, &e), &e);
}

void
test_log_request(
    const struct test_log *l, uint64_t old, uint64_t size, struct buf *out)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	struct witness_request q = { .old_size = old };

	test_log_note(l, size, &note);
	if (old != 0 && old < size)
		test_log_prove(l, old, size, &q.proof);
	q.checkpoint = buf_slice(&note);
	witness_request_format(&q, out);
}
