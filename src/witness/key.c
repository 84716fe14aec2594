/* SPDX-License-Identifier: Apache-2.0 */
/* A witness's key as one line of text. */
#include "nintei/witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/ossl.h"

#define HEAD "PRIVATE+KEY+"
#define ID_DIGITS 8
#define SEED_BYTES 32

void
witness_key_done(struct witness_key *k)
{
	pkey_free(k->private);
	*k = (struct witness_key){ 0 };
}

/* Takes over the private key. */
static int
key_of(struct slice name, struct pkey *take, struct witness_key *out,
    struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *k = take;
	struct witness_key w = { 0 };

	if (note_key_make(name, NOTE_COSIGNATURE, pkey_raw(k), &w.pub, e) < 0)
		return -1;
	w.private = TAKE(k);
	*out = w;
	return 0;
}

int
witness_key_make(struct slice name, struct witness_key *out, struct err *e)
{
	struct pkey *k = NULL;

	if (!note_name_is_valid(name))
		return err_set(
		    e, E_INPUT, "a witness's name has no space and no \"+\"");
	if (pkey_generate(KEY_ED25519, &k, e) < 0)
		return -1;
	return key_of(name, k, out, e);
}

static int
malformed(struct err *e)
{
	return err_set(
	    e, E_INPUT, "this is no witness key (PRIVATE+KEY+NAME+ID+...)");
}

/* Type and seed out of the base64 at the end. */
static int
seed_read(struct slice text, struct pkey **out, struct err *e)
{
	CLEANUP(buf_wipe) struct buf raw = BUF_INIT(SEED_BYTES + 1);
	struct err ignored = ERR_INIT;

	if (base64_decode(text, false, &raw, &ignored) < 0 ||
	    raw.n != SEED_BYTES + 1 || raw.p[0] != NOTE_COSIGNATURE)
		return malformed(e);
	return pkey_of_ed25519_seed(slice_of(raw.p + 1, SEED_BYTES), out, e);
}

/* The next "+" from at, or NULL. */
static const uint8_t *
plus_from(struct slice s, size_t at)
{
	return at < s.n ? memchr(s.p + at, '+', s.n - at) : NULL;
}

int
witness_key_parse(struct slice text, struct witness_key *out, struct err *e)
{
	CLEANUP(witness_key_done) struct witness_key w = { 0 };
	const size_t head = strlen(HEAD);
	char want[ID_DIGITS + 1];
	struct pkey *k = NULL;
	const uint8_t *name_end;
	struct slice id;

	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	if (text.n > WITNESS_KEY_BYTES || text.n < head ||
	    memcmp(text.p, HEAD, head) != 0 ||
	    (name_end = plus_from(text, head)) == NULL)
		return malformed(e);
	id = slice_of(name_end + 1, ID_DIGITS);
	if ((size_t)(text.p + text.n - name_end) < ID_DIGITS + 2 ||
	    id.p[ID_DIGITS] != '+')
		return malformed(e);
	if (seed_read(slice_of(id.p + ID_DIGITS + 1,
			  (size_t)(text.p + text.n - id.p) - ID_DIGITS - 1),
		&k, e) < 0 ||
	    key_of(slice_of(text.p + head, (size_t)(name_end - text.p) - head),
		k, &w, e) < 0)
		return -1;
	(void)snprintf(want, sizeof(want), "%08" PRIx32, w.pub.id);
	if (!slice_eq_str(id, want))
		return malformed(e);
	*out = w;
	w = (struct witness_key){ 0 };
	return 0;
}

int
witness_key_format(const struct witness_key *k, struct buf *out, struct err *e)
{
	CLEANUP(secret_freep) struct secret *seed = NULL;
	CLEANUP(buf_wipe) struct buf raw = BUF_INIT(SEED_BYTES + 1);

	if (pkey_ed25519_seed(k->private, &seed, e) < 0)
		return -1;
	buf_putc(&raw, NOTE_COSIGNATURE);
	buf_put(&raw, secret_slice(seed).p, secret_slice(seed).n);
	buf_putf(out, HEAD "%s+%08" PRIx32 "+", k->pub.name, k->pub.id);
	base64_encode(buf_slice(&raw), 0, out);
	buf_putc(out, '\n');
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "the name is too long");
}
