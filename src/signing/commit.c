/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits: each must continue the last that was signed and carry the log
 * root that the signer computes from its own frontier.
 */
#include "signing_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/log.h"

#define COMMITTER "committer store <store@nintei> "
#define TRAILER "Nintei-Log: "

/* What a commit says of its place. */
struct commit_view {
	bool first; /* no parent */
	uint8_t parent[SIGN_COMMIT_ID];
	int64_t time;
	uint64_t size;
	uint8_t root[32];
	size_t headers; /* bytes before the empty line */
};

/* The next line without its newline; false at the end or without one. */
static bool
line_take(struct slice *text, char *out, size_t cap)
{
	const uint8_t *end =
	    text->n == 0 ? NULL : memchr(text->p, '\n', text->n);
	size_t n = end == NULL ? 0 : (size_t)(end - text->p);

	if (end == NULL || n >= cap || memchr(text->p, '\0', n) != NULL)
		return false;
	bytes_take(slice_of(text->p, n), (uint8_t *)out, n);
	out[n] = '\0';
	text->p += n + 1;
	text->n -= n + 1;
	return true;
}

static const char *
after(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncmp(line, word, n) == 0 ? line + n : NULL;
}

static bool
id_read(const char *hex, uint8_t out[SIGN_COMMIT_ID])
{
	struct err why = ERR_INIT;

	return hex != NULL && hex_decode(hex, out, SIGN_COMMIT_ID, &why) == 0;
}

/* "1783000000 +0900" */
static bool
time_read(const char *at, int64_t *out)
{
	struct err why = ERR_INIT;
	char digits[20];
	size_t n = at == NULL ? 0 : strcspn(at, " ");
	uint64_t t;

	if (n == 0 || n >= sizeof(digits) || strcmp(at + n, " +0900") != 0)
		return false;
	snprintf(digits, sizeof(digits), "%.*s", (int)n, at);
	if (dec_parse(digits, INT64_MAX, &t, &why) < 0)
		return false;
	*out = (int64_t)t;
	return true;
}

/* SIGN-2: "author <role> <<role>@nintei> <time>", not after the committer's. */
static bool
author_is_good(const char *line, int64_t committed)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz_";
	const char *role = after(line, "author ");
	size_t n = role == NULL ? 0 : strspn(role, set);
	char mail[160];
	int64_t time;

	if (n == 0 || n > 40)
		return false;
	snprintf(mail, sizeof(mail), " <%.*s@nintei> ", (int)n, role);
	return time_read(after(role + n, mail), &time) && time <= committed;
}

/* SIGN-3: "<case> <sequence> <machine>.<event>". */
static bool
subject_is_good(const char *line)
{
	static const char words[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t id = strspn(line, "0123456789abcdefghijklmnopqrstuvwxyz-");
	size_t seq, machine, event;

	if (id == 0 || id > LIMIT_ID_BYTES || line[0] == '-')
		return false;
	line += id;
	if (*line++ != ' ' || (seq = strspn(line, "0123456789")) == 0)
		return false;
	line += seq;
	if (*line++ != ' ' || (machine = strspn(line, words)) == 0)
		return false;
	line += machine;
	if (*line++ != '.' || (event = strspn(line, words)) == 0)
		return false;
	return line[event] == '\0';
}

static bool
trailer_read(const char *line, struct commit_view *v)
{
	const char *at = after(line, TRAILER);
	struct err why = ERR_INIT;
	char digits[24];
	size_t n = at == NULL ? 0 : strcspn(at, " ");

	if (n == 0 || n >= sizeof(digits) || at[n] != ' ')
		return false;
	snprintf(digits, sizeof(digits), "%.*s", (int)n, at);
	return dec_parse(digits, INT64_MAX, &v->size, &why) == 0 &&
	    hex_decode(at + n + 1, v->root, sizeof(v->root), &why) == 0;
}

/* SIGN-1: nothing but what STORE 2 writes, to the last byte. */
static bool
commit_read(struct slice text, struct commit_view *out)
{
	struct commit_view v = { .first = true };
	uint8_t tree[SIGN_COMMIT_ID];
	char line[512], author[512];
	struct slice rest = text;

	if (!line_take(&rest, line, sizeof(line)) ||
	    !id_read(after(line, "tree "), tree) ||
	    !line_take(&rest, line, sizeof(line)))
		return false;
	if (after(line, "parent ") != NULL) {
		v.first = false;
		if (!id_read(after(line, "parent "), v.parent) ||
		    !line_take(&rest, line, sizeof(line)))
			return false;
	}
	bytes_take(
	    slice_of(line, sizeof(line)), (uint8_t *)author, sizeof(author));
	if (!line_take(&rest, line, sizeof(line)) ||
	    !time_read(after(line, COMMITTER), &v.time) ||
	    !author_is_good(author, v.time))
		return false;
	v.headers = text.n - rest.n;
	if (!line_take(&rest, line, sizeof(line)) || line[0] != '\0' ||
	    !line_take(&rest, line, sizeof(line)) || !subject_is_good(line) ||
	    !line_take(&rest, line, sizeof(line)) || line[0] != '\0' ||
	    !line_take(&rest, line, sizeof(line)) || !trailer_read(line, &v))
		return false;
	*out = v;
	return rest.n == 0;
}

/* The point that the commit continues, or NULL: SIGN-4. */
static const struct head_point *
base_of(const struct head *h, const struct commit_view *v)
{
	if (v->first)
		return id_is_zero(h->durable.id) ? &h->durable : NULL;
	if (!id_is_zero(h->pending.id) &&
	    memcmp(v->parent, h->pending.id, SIGN_COMMIT_ID) == 0)
		return &h->pending;
	if (!id_is_zero(h->durable.id) &&
	    memcmp(v->parent, h->durable.id, SIGN_COMMIT_ID) == 0)
		return &h->durable;
	return NULL;
}

/* SIGN-5 and SIGN-6: the root over this event too; time never goes back. */
static int
point_next(const struct head_point *base, const struct commit_view *v,
    const uint8_t event_hash[32], struct head_point *out, struct err *e)
{
	struct head_point next = *base;
	uint8_t root[32];

	tlog_append(&next.log, event_hash);
	tlog_root(&next.log, root);
	if (v->size != next.log.size || memcmp(v->root, root, 32) != 0)
		return refuse(e, 0, "the log root is not that of this signer");
	if (v->time < base->time)
		return refuse(e, 0, "the commit is older than its parent");
	next.time = v->time;
	*out = next;
	return 0;
}

/* The object's name, with the armour in its gpgsig header as git has it. */
static void
commit_id(struct slice text, size_t headers, struct slice armour,
    uint8_t out[SIGN_COMMIT_ID])
{
	CLEANUP(buf_free) struct buf object = BUF_INIT(LIMIT_FRAME_BYTES);
	struct slice sig = sshsig_header(armour);
	char kind[32];
	struct slice parts[2];

	buf_put(&object, text.p, headers);
	buf_puts(&object, "gpgsig ");
	for (size_t i = 0; i < sig.n; i++) {
		buf_putc(&object, sig.p[i]);
		if (sig.p[i] == '\n')
			buf_putc(&object, ' ');
	}
	buf_putc(&object, '\n');
	buf_put(&object, text.p + headers, text.n - headers);
	snprintf(kind, sizeof(kind), "commit %zu", object.n);
	parts[0] = slice_of(kind, strlen(kind) + 1);
	parts[1] = buf_slice(&object);
	sha1_parts(parts, 2, out);
}

static void
journal_anchor(struct signer *s, struct head *h)
{
	h->journal_seq = s->journal.seq;
	bytes_take(slice_of(s->journal.hash, 32), h->journal_hash, 32);
}

/* Take the point as pending; what it continues is durable by that. */
static int
point_push(struct signer *s, const struct head_point *base,
    const struct head_point *next, struct err *e)
{
	struct head h = s->head;

	h.durable = *base;
	h.pending = *next;
	journal_anchor(s, &h);
	if (head_save(s->head_fd, &h, e) < 0)
		return -1;
	s->head = h;
	return 0;
}

int
op_sign_commit(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(4));
	struct signer *s = ctx;
	struct sign_commit m;
	struct commit_view v;
	const struct head_point *base;
	struct head_point next;

	if (sign_commit_decode(&rq->in, &m, e) < 0)
		return -1;
	if (!commit_read(m.text, &v))
		return refuse(e, 0, "this is not a commit of the store");
	if ((base = base_of(&s->head, &v)) == NULL)
		return refuse(e, 0, "the commit does not continue the head");
	if (point_next(base, &v, m.event_hash, &next, e) < 0 ||
	    sshsig_sign(s->commit_key, SSH_NS_GIT, m.text, &armour, e) < 0)
		return -1;
	commit_id(m.text, v.headers, buf_slice(&armour), next.id);
	if (point_push(s, base, &next, e) < 0)
		return -1;
	wr_bytes(rq->out, buf_slice(&armour));
	buf_put(rq->out, next.id, sizeof(next.id));
	return 0;
}

int
op_sign_durable(void *ctx, struct request *rq, struct err *e)
{
	struct signer *s = ctx;
	uint8_t id[SIGN_COMMIT_ID] = { 0 };
	struct head h = s->head;

	rd_raw(&rq->in, id, sizeof(id));
	if (rd_end(&rq->in, e) < 0)
		return -1;
	if (memcmp(id, h.durable.id, sizeof(id)) == 0)
		return 0;
	/* SIGN-7: a store older than what was acknowledged is refused. */
	if (id_is_zero(id) || memcmp(id, h.pending.id, sizeof(id)) != 0)
		return refuse(e, 0, "the store's head is not known here");
	h.durable = h.pending;
	h.pending = (struct head_point){ 0 };
	journal_anchor(s, &h);
	if (head_save(s->head_fd, &h, e) < 0)
		return -1;
	s->head = h;
	return 0;
}

int
op_sign_hello(void *ctx, struct request *rq, struct err *e)
{
	const struct signer *s = ctx;
	struct sign_hello m = { .size = s->head.durable.log.size };

	if (rd_end(&rq->in, e) < 0)
		return -1;
	bytes_take(slice_of(s->head.durable.id, SIGN_COMMIT_ID), m.durable,
	    SIGN_COMMIT_ID);
	bytes_take(slice_of(s->head.pending.id, SIGN_COMMIT_ID), m.pending,
	    SIGN_COMMIT_ID);
	tlog_root(&s->head.durable.log, m.root);
	sign_hello_encode(rq->out, &m);
	return 0;
}
