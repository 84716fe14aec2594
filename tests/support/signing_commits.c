/* SPDX-License-Identifier: Apache-2.0 */
/* Commits of a store that does not exist. */
#include "support/signing_commits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

void
next_init(const struct sf *f, struct next *n)
{
	struct sign_hello hello;
	struct err e = ERR_INIT;

	*n = (struct next){ .time = f->now,
		.author = "secretariat <secretariat@nintei>",
		.committer = "store <store@nintei>",
		.subject = "c-1 1 application.submit",
		.after = "",
		.event = { 7 } };
	ck_ok(signer_hello(&f->link, &hello, &e), &e);
	for (size_t i = 0; i < SIGN_COMMIT_ID; i++)
		n->parent[i] = hello.durable[i];
}

/* The log holds genesis alone: take its leaf from the root of size 1. */
void
log_init_one(const struct sf *f, struct tlog *log)
{
	struct sign_hello hello;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT(KIB(1));

	ck_ok(signer_hello(&f->link, &hello, &e), &e);
	ck_assert_uint_eq(hello.size, 1);
	wr_u64(&b, 1);
	buf_put(&b, hello.root, 32);
	ck_ok(tlog_load(buf_slice(&b), log, &e), &e);
	buf_free(&b);
}

void
text_write(const struct next *n, struct buf *out)
{
	struct tlog log = n->log;
	uint8_t root[32];
	char hex[65];

	tlog_append(&log, n->event);
	tlog_root(&log, root);
	buf_puts(out, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n");
	if (n->open)
		buf_puts(
		    out, "parent 0000000000000000000000000000000000000000\n");
	else if (!n->no_parent)
		buf_putf(out, "parent %s\n",
		    hex_encode(n->parent, SIGN_COMMIT_ID, hex));
	buf_putf(out, "author %s %" PRId64 " +0900\n", n->author, n->time);
	buf_putf(
	    out, "committer %s %" PRId64 " +0900\n\n", n->committer, n->time);
	buf_putf(out, "%s\n\nNintei-Log: %" PRIu64 " %s\n%s", n->subject,
	    n->size == 0 ? log.size : n->size, hex_encode(root, 32, hex),
	    n->after);
}

int
sign_one(struct sf *f, struct slice text, const uint8_t event_hash[32],
    struct buf *armour, uint8_t id[SIGN_COMMIT_ID], struct err *e)
{
	struct sign_group g = { .n = 1 };

	g.commits[0].text = text;
	memcpy(g.commits[0].event_hash, event_hash, 32);
	return signer_sign_commits(&f->link, &g, armour, id, e);
}

void
step(struct next *n, const uint8_t id[SIGN_COMMIT_ID])
{
	tlog_append(&n->log, n->event);
	for (size_t i = 0; i < SIGN_COMMIT_ID; i++)
		n->parent[i] = id[i];
	n->event[0]++;
}

void
commit_name(struct slice text, struct slice armour, uint8_t id[SIGN_COMMIT_ID])
{
	CLEANUP(buf_free) struct buf object = BUF_INIT(KIB(32));
	const uint8_t *blank = memmem(text.p, text.n, "\n\n", 2);
	size_t head;
	char kind[32];
	struct slice parts[2];

	ck_assert_ptr_nonnull(blank);
	head = (size_t)(blank - text.p) + 1;
	buf_put(&object, text.p, head);
	buf_puts(&object, "gpgsig ");
	for (size_t i = 0; i + 1 < armour.n; i++) {
		buf_putc(&object, armour.p[i]);
		if (armour.p[i] == '\n')
			buf_putc(&object, ' ');
	}
	buf_putc(&object, '\n');
	buf_put(&object, text.p + head, text.n - head);
	snprintf(kind, sizeof(kind), "commit %zu", object.n);
	parts[0] = slice_of(kind, strlen(kind) + 1);
	parts[1] = buf_slice(&object);
	sha1_parts(parts, 2, id);
}

void
grp_set(struct grp *g, size_t i, const struct next *n)
{
	buf_reset(&g->text[i]);
	text_write(n, &g->text[i]);
	g->g.commits[i].text = buf_slice(&g->text[i]);
	memcpy(g->g.commits[i].event_hash, n->event, 32);
}

struct grp *
grp_make(struct next *n, size_t count)
{
	struct grp *g = xcalloc(1, sizeof(*g));

	g->g.n = count;
	for (size_t i = 0; i < count; i++) {
		g->text[i] = (struct buf)BUF_INIT(KIB(16));
		g->armour[i] = (struct buf)BUF_INIT(KIB(8));
		n->open = i > 0;
		grp_set(g, i, n);
		step(n, n->parent);
	}
	n->open = false;
	return g;
}

int
grp_sign(struct sf *f, struct grp *g, struct next *n, struct err *e)
{
	if (signer_sign_commits(&f->link, &g->g, g->armour, g->last, e) < 0)
		return -1;
	for (size_t i = 0; i < g->g.n; i++) {
		CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));

		if (i > 0)
			sign_parent_fill(
			    g->g.commits[i].text, g->ids[i - 1], &text);
		else
			buf_put(&text, g->text[i].p, g->text[i].n);
		buf_reset(&g->text[i]);
		buf_put(&g->text[i], text.p, text.n);
		g->g.commits[i].text = buf_slice(&g->text[i]);
		g->g.commits[i].armour = buf_slice(&g->armour[i]);
		commit_name(
		    g->g.commits[i].text, g->g.commits[i].armour, g->ids[i]);
	}
	memcpy(n->parent, g->last, SIGN_COMMIT_ID);
	return 0;
}

void
grp_free(struct grp **g)
{
	for (size_t i = 0; *g != NULL && i < SIGN_GROUP_MAX; i++) {
		buf_free(&(*g)->text[i]);
		buf_free(&(*g)->armour[i]);
	}
	free(*g);
}

void
chain_begin_at(struct sf *f, struct next *n)
{
	sf_init(f);
	next_init(f, n);
	log_init_one(f, &n->log);
}

void
ck_refused(int rv, struct err *e, const char *why)
{
	ck_assert_int_eq(rv, -1);
	ck_assert_msg(e->code == E_SIGNER_REFUSED, "%s", err_name(e->code));
	ck_assert_msg(strstr(e->detail, why) != NULL, "%s", e->detail);
	*e = (struct err)ERR_INIT;
}

void
ck_hello(struct sf *f, const uint8_t durable[SIGN_COMMIT_ID], size_t pending)
{
	struct sign_hello h;
	struct err e = ERR_INIT;

	ck_ok(signer_hello(&f->link, &h, &e), &e);
	ck_assert_mem_eq(h.durable, durable, SIGN_COMMIT_ID);
	ck_assert_uint_eq(h.n_pending, pending);
}

struct next
next_after(const struct next *start, const struct grp *g, size_t k)
{
	struct next n = *start;

	for (size_t i = 0; i < k; i++)
		step(&n, g->ids[i]);
	n.event[31] ^= 0x55; /* another event than the one that was there */
	return n;
}

void
home_file_get(const struct sf *f, const char *path, struct buf *out)
{
	CLEANUP(freep) char *file = fs_join(f->home, path);
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, file, KIB(64), out, &e), &e);
}

void
home_file_put(const struct sf *f, const char *path, const struct buf *bytes)
{
	CLEANUP(freep) char *file = fs_join(f->home, path);
	int fd = open(file, O_WRONLY);
	struct err e = ERR_INIT;

	ck_assert_int_ge(fd, 0);
	ck_ok(fd_write(fd, bytes->p, bytes->n, &e), &e);
	close(fd);
}
