/* SPDX-License-Identifier: Apache-2.0 */
/* Names in the tree, ids, and the message of a commit (STORE 2). */
#include "nintei/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/sshsig.h"
#include "layout_int.h"

#define TRAILER "Nintei-Log: "
#define NAME_BYTES 128

static const char *const dossier_roots[] = { "decisions/", "issued/" };
static const char *const top_folders[] = { "pki/", "roster/", "schemes/" };
static const char *const top_files[] = { "allowed_signers", "genesis.json" };

static bool
all_of(const char *text, size_t max, const char *allowed)
{
	size_t n = strlen(text);

	return n > 0 && n <= max && strspn(text, allowed) == n;
}

bool
store_id_valid(const char *id)
{
	return id != NULL && id[0] != '-' &&
	    all_of(id, LIMIT_ID_BYTES, "0123456789abcdefghijklmnopqrstuvwxyz-");
}

bool
store_word_valid(const char *word)
{
	return word != NULL &&
	    all_of(
		word, STORE_WORD - 1, "0123456789abcdefghijklmnopqrstuvwxyz_");
}

static bool
component_valid(const char *at, size_t n)
{
	char name[NAME_BYTES + 1];

	if (n == 0 || n > NAME_BYTES || at[0] == '.' || at[n - 1] == '.')
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)n, at);
	return all_of(name, NAME_BYTES,
		   "0123456789abcdefghijklmnopqrstuvwxyz._-") &&
	    strstr(name, "..") == NULL;
}

static bool
begins(const char *path, const char *const *roots, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(path, roots[i], strlen(roots[i])) == 0)
			return true;
	return false;
}

static bool
is_one_of(const char *path, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(path, names[i]) == 0)
			return true;
	return false;
}

/* Rule STORE-3: no name in the tree comes from a user. */
bool
store_path_valid(const char *path, bool at_top)
{
	const char *at = path;

	if (strlen(path) > STORE_PATH - 80)
		return false;
	for (;;) {
		size_t n = strcspn(at, "/");

		if (!component_valid(at, n))
			return false;
		if (at[n] == '\0')
			break;
		at += n + 1;
	}
	if (at_top)
		return begins(path, top_folders, NELEM(top_folders)) ||
		    is_one_of(path, top_files, NELEM(top_files));
	return begins(path, dossier_roots, NELEM(dossier_roots));
}

void
store_dossier_path(const char *dossier, const char *below, char out[STORE_PATH])
{
	char h[SHA256_HEX];

	sha256_hex(slice_str(dossier), h);
	snprintf(out, STORE_PATH, "cases/%c/%c/%c/%c/%s%s%s", h[0], h[1], h[2],
	    h[3], dossier, below[0] != '\0' ? "/" : "", below);
}

void
store_event_name(uint64_t seq, const char *act, char out[STORE_PATH])
{
	snprintf(out, STORE_PATH, "%04" PRIu64 "-%s.json", seq, act);
}

uint64_t
store_event_seq(const char *name)
{
	struct err quiet = ERR_INIT;
	char digits[20];
	size_t n = strspn(name, "0123456789");
	uint64_t seq;

	if (n < 4 || n >= sizeof(digits) || name[n] != '-')
		return 0;
	while (n > 1 && *name == '0') {
		name++;
		n--;
	}
	snprintf(digits, sizeof(digits), "%.*s", (int)n, name);
	if (dec_parse(digits, INT64_MAX, &seq, &quiet) < 0)
		return 0;
	return seq;
}

void
hash_copy(const uint8_t from[STORE_HASH], uint8_t to[STORE_HASH])
{
	for (size_t i = 0; i < STORE_HASH; i++)
		to[i] = from[i];
}

bool
store_id_eq(const struct store_id *a, const struct store_id *b)
{
	return a->n == b->n && memcmp(a->b, b->b, a->n) == 0;
}

char *
store_id_format(const struct store_id *id, char out[STORE_ID_TEXT])
{
	return hex_encode(id->b, id->n, out);
}

int
store_id_parse(const char *text, struct store_id *out, struct err *e)
{
	struct store_id id = { .n = 0 };

	if (text[0] == '\0') {
		*out = id;
		return 0;
	}
	if (hex_decode(text, id.b, GITX_OID, e) < 0)
		return -1;
	id.n = GITX_OID;
	*out = id;
	return 0;
}

void
store_id_of(const struct gitx_oid *in, struct store_id *out)
{
	*out = (struct store_id){ .n = GITX_OID };
	for (size_t i = 0; i < GITX_OID; i++)
		out->b[i] = in->b[i];
}

int
store_id_to(const struct store_id *in, struct gitx_oid *out, struct err *e)
{
	if (in->n != GITX_OID)
		return err_set(e, E_INPUT, "not an id of this store");
	for (size_t i = 0; i < GITX_OID; i++)
		out->b[i] = in->b[i];
	return 0;
}

void
message_format(const struct message *m, struct buf *out)
{
	char root[2 * STORE_HASH + 1];

	buf_putf(out, "%s %" PRIu64 " %s\n\n" TRAILER "%" PRIu64 " %s\n",
	    m->dossier, m->seq, m->act, m->log_size,
	    hex_encode(m->log_root, STORE_HASH, root));
}

/* Up to the next end character, which is stepped over; NULL: not there. */
static const char *
field(const char *at, char end, char *out, size_t cap)
{
	const char *stop = at == NULL ? NULL : strchr(at, end);

	if (stop == NULL || (size_t)(stop - at) >= cap)
		return NULL;
	snprintf(out, cap, "%.*s", (int)(stop - at), at);
	return stop + 1;
}

static const char *
word(const char *at, const char *want)
{
	size_t n = strlen(want);

	return at == NULL || strncmp(at, want, n) != 0 ? NULL : at + n;
}

/* Exactly what message_format writes. */
int
message_parse(const char *text, struct message *out, struct err *e)
{
	struct message m = { .seq = 0 };
	char seq[24], size[24], root[2 * STORE_HASH + 1];
	const char *at = field(text, ' ', m.dossier, sizeof(m.dossier));

	at = field(at, ' ', seq, sizeof(seq));
	at = field(at, '\n', m.act, sizeof(m.act));
	at = word(at, "\n" TRAILER);
	at = field(at, ' ', size, sizeof(size));
	at = field(at, '\n', root, sizeof(root));
	if (at == NULL || *at != '\0' || !store_id_valid(m.dossier) ||
	    dec_parse(seq, INT64_MAX, &m.seq, e) < 0 ||
	    dec_parse(size, INT64_MAX, &m.log_size, e) < 0 ||
	    hex_decode(root, m.log_root, STORE_HASH, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "not a commit of ours");
	*out = m;
	return 0;
}

void
signature_format(struct slice armour, struct buf *out)
{
	struct slice sig = sshsig_header(armour);

	buf_puts(out, "gpgsig ");
	while (sig.n > 0) {
		const uint8_t *end = memchr(sig.p, '\n', sig.n);
		size_t n = end == NULL ? sig.n : (size_t)(end - sig.p) + 1;

		buf_put(out, sig.p, n);
		if (end != NULL)
			buf_putc(out, ' ');
		sig = slice_of(sig.p + n, sig.n - n);
	}
	buf_putc(out, '\n');
}
