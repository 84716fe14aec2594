/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a commit, read to the last one: nothing but what the store
 * writes (STORE 2), with the signature taken out as git takes it out.
 */
#include "audit_int.h"

#include <string.h>

#include "nintei/enc.h"

#define HEX_ID (2 * GITX_OID)
#define ZONE " +0900"
#define COMMITTER "store <store@nintei> "
#define TRAILER "Nintei-Log: "
#define ARMOUR_LINE 70
enum letters {
	ROLE,
	WORD,
	ID,
	DIGITS,
	HEX
};

/* What is left of a text; a word that does not fit turns it bad. */
struct text {
	const uint8_t *p;
	size_t n;
	bool bad;
};

static void
skip(struct text *t, size_t n)
{
	t->p += n;
	t->n -= n;
}

static bool
begins(const struct text *t, const char *word)
{
	size_t n = strlen(word);

	return !t->bad && t->n >= n && memcmp(t->p, word, n) == 0;
}

static void
need(struct text *t, const char *word)
{
	if (begins(t, word))
		skip(t, strlen(word));
	else
		t->bad = true;
}

static void
oid_take(struct text *t, struct gitx_oid *out)
{
	char hex[HEX_ID + 1];
	struct err why = ERR_INIT;

	if (t->bad || t->n < HEX_ID) {
		t->bad = true;
		return;
	}
	for (size_t i = 0; i < HEX_ID; i++)
		hex[i] = (char)t->p[i];
	hex[HEX_ID] = '\0';
	if (hex_decode(hex, out->b, sizeof(out->b), &why) < 0)
		t->bad = true;
	skip(t, HEX_ID);
}

static bool
is_of(enum letters set, uint8_t c)
{
	bool lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';

	switch (set) {
	case ROLE:
		return lower || c == '_';
	case WORD:
		return lower || digit || c == '_';
	case ID:
		return lower || digit || c == '-';
	case DIGITS:
		return digit;
	case HEX:
		return digit || (c >= 'a' && c <= 'f');
	}
	return false;
}

/* The longest run of these characters: at least one, fitting into out. */
static void
word_take(struct text *t, enum letters set, char *out, size_t cap)
{
	size_t n = 0;

	while (!t->bad && n < t->n && is_of(set, t->p[n]))
		n++;
	if (n == 0 || n >= cap) {
		t->bad = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = (char)t->p[i];
	out[n] = '\0';
	skip(t, n);
}

static uint64_t
number_take(struct text *t)
{
	char digits[20];
	struct err why = ERR_INIT;
	uint64_t v = 0;

	word_take(t, DIGITS, digits, sizeof(digits));
	if (!t->bad && dec_parse(digits, INT64_MAX, &v, &why) < 0)
		t->bad = true;
	return v;
}

static int64_t
time_take(struct text *t)
{
	uint64_t at = number_take(t);

	need(t, ZONE "\n");
	return (int64_t)at;
}

/* Only the last line of base64 may be short, so that there is one form. */
static bool
line_fits(struct slice line, bool *full)
{
	bool edge = line.n > 0 && line.p[0] == '-';
	bool fits = edge || (*full && line.n > 0 && line.n <= ARMOUR_LINE);

	*full = edge || line.n == ARMOUR_LINE;
	return fits;
}

/* "gpgsig " and its lines, each but the first after one space. */
static void
armour_take(struct text *t, struct buf *armour)
{
	bool full = false;

	need(t, "gpgsig ");
	while (!t->bad) {
		const uint8_t *end = memchr(t->p, '\n', t->n);

		if (end == NULL ||
		    !line_fits(slice_of(t->p, (size_t)(end - t->p)), &full)) {
			t->bad = true;
			return;
		}
		buf_put(armour, t->p, (size_t)(end - t->p) + 1);
		skip(t, (size_t)(end - t->p) + 1);
		if (!begins(t, " "))
			return;
		need(t, " ");
	}
}

static void
people_take(struct text *t, struct commit_view *v)
{
	need(t, "author ");
	word_take(t, ROLE, v->role, sizeof(v->role));
	need(t, " <");
	need(t, v->role);
	need(t, "@nintei> ");
	v->authored = time_take(t);
	need(t, "committer " COMMITTER);
	v->committed = time_take(t);
}

static void
act_join(const char *machine, const char *event, char out[2 * DOSSIER_WORD])
{
	size_t n = 0;

	for (; *machine != '\0'; machine++)
		out[n++] = *machine;
	out[n++] = '.';
	for (; *event != '\0'; event++)
		out[n++] = *event;
	out[n] = '\0';
}

static void
message_take(struct text *t, struct commit_view *v)
{
	char machine[DOSSIER_WORD], event[DOSSIER_WORD], root[65];
	struct err why = ERR_INIT;

	word_take(t, ID, v->dossier, sizeof(v->dossier));
	need(t, " ");
	v->seq = number_take(t);
	need(t, " ");
	word_take(t, WORD, machine, sizeof(machine));
	need(t, ".");
	word_take(t, WORD, event, sizeof(event));
	need(t, "\n\n" TRAILER);
	v->log_size = number_take(t);
	need(t, " ");
	word_take(t, HEX, root, sizeof(root));
	need(t, "\n");
	if (t->bad || hex_decode(root, v->log_root, TLOG_HASH, &why) < 0) {
		t->bad = true;
		return;
	}
	act_join(machine, event, v->act);
}

static void
head_take(struct text *t, struct commit_view *v)
{
	need(t, "tree ");
	oid_take(t, &v->tree);
	need(t, "\n");
	while (begins(t, "parent ")) {
		struct gitx_oid *to =
		    v->parents == 0 ? &v->parent : &(struct gitx_oid){ 0 };

		need(t, "parent ");
		oid_take(t, to);
		need(t, "\n");
		v->parents++;
	}
}

bool
commit_parents_read(struct slice raw, struct gitx_oid *out_tree,
    struct gitx_oid *out_parent, unsigned *out_n)
{
	struct text t = { raw.p, raw.n, false };
	struct commit_view v = { .parents = 0 };

	head_take(&t, &v);
	if (t.bad)
		return false;
	*out_tree = v.tree;
	if (v.parents > 0)
		*out_parent = v.parent;
	*out_n = v.parents;
	return true;
}

bool
commit_name_read(struct slice raw, struct commit_view *out)
{
	struct text t = { raw.p, raw.n, false };
	struct commit_view v = { .parents = 0 };

	while (t.n > 1 && (t.p[0] != '\n' || t.p[1] != '\n'))
		skip(&t, 1);
	need(&t, "\n\n");
	word_take(&t, ID, v.dossier, sizeof(v.dossier));
	need(&t, " ");
	v.seq = number_take(&t);
	if (!t.bad)
		*out = v;
	return !t.bad;
}

/* AUDIT-10: which line is wrong, in words. */
int
commit_view_read(struct slice raw, struct commit_view *out, struct buf *text,
    struct buf *armour, struct err *e)
{
	struct text t = { raw.p, raw.n, false };
	struct commit_view v = { .parents = 0 };
	size_t headers;

	buf_reset(text);
	buf_reset(armour);
	head_take(&t, &v);
	if (t.bad)
		return err_set(e, E_INPUT, "tree or parent line");
	people_take(&t, &v);
	if (t.bad)
		return err_set(e, E_INPUT, "author or committer line");
	headers = raw.n - t.n;
	armour_take(&t, armour);
	if (t.bad)
		return err_set(e, E_INPUT, "no signature, or another header");
	buf_put(text, raw.p, headers);
	buf_put(text, t.p, t.n);
	need(&t, "\n");
	message_take(&t, &v);
	if (t.bad || t.n != 0)
		return err_set(e, E_INPUT, "subject or Nintei-Log line");
	*out = v;
	return 0;
}
