/* SPDX-License-Identifier: Apache-2.0 */
/* The parent: believes no frame, checks everything again, hashes, seals. */
#include "nintei/bundle.h"

#include <sys/stat.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/text.h"
#include "nintei/wire.h"
#include "nintei/worker.h"

#include "bundle_int.h"

/* Frames come in pieces; few of them are cut when a piece is long. */
#define READ_BYTES (8 * FRAME_DATA_BYTES)

enum admit_state {
	ADMIT_IDLE, /* between members */
	ADMIT_MEMBER, /* after ENTRY */
	ADMIT_REJECT, /* after a REJECT that announced more */
	ADMIT_OVER
};

struct admit {
	enum admit_state state;
	bool seven; /* 7z is taken */
	struct findings *f;
	struct bundle *b;
	struct table names; /* of the members, for collisions */
	struct buf hold; /* a frame that is not complete */
	uint32_t seq;
	uint64_t total, have; /* bytes announced; bytes of this member */
	uint64_t rejects; /* that must follow */
	struct digest *digest;
};

struct admit *
admit_new(struct findings *f)
{
	struct admit *a = xcalloc(1, sizeof(*a));

	a->f = f;
	a->b = xcalloc(1, sizeof(*a->b));
	a->hold.max = FRAME_HEAD_BYTES + FRAME_DATA_BYTES;
	return a;
}

void
admit_free(struct admit *a)
{
	if (a == NULL)
		return;
	bundle_free(a->b);
	table_free(&a->names);
	buf_free(&a->hold);
	digest_free(a->digest);
	free(a);
}

bool
admit_is_over(const struct admit *a)
{
	return a->state == ADMIT_OVER;
}

static int
lied(struct err *e, const char *what)
{
	return err_set(e, E_INTERNAL, "worker frames: %s", what);
}

static struct bundle_member *
last(struct admit *a)
{
	return &a->b->members[a->b->n - 1];
}

/* Names are judged again, from what the worker says they are. */
static int
check_name(struct slice name, bool ignored, struct err *e)
{
	char detail[DETAIL_BYTES];

	if (!utf8_valid(name) || !text_is_nfc(name))
		return lied(e, "name is not NFC");
	if (ignored != bundle_name_is_ignored(name))
		return lied(e, "ignored");
	if (name_policy(name, ignored, detail) != CODE_NONE)
		return lied(e, "name");
	return 0;
}

static void
add_member(struct admit *a, const struct frame *f, struct slice name)
{
	struct bundle *b = a->b;
	struct entry *ent = table_add(&a->names);

	ent->name = xstrndup((const char *)name.p, name.n);
	ent->ignored = f->code;
	b->members = xrealloc(b->members, b->n + 1, sizeof(*b->members));
	b->members[b->n++] = (struct bundle_member){
		.path = xstrdup(ent->name),
		.size = f->a,
		.fd = -1,
		.ignored = f->code,
	};
}

static int
on_entry(
    struct admit *a, const struct frame *f, struct slice name, struct err *e)
{
	if (a->state != ADMIT_IDLE || f->code > 1)
		return lied(e, "ENTRY");
	if (a->b->n >= LIMIT_ENTRIES || f->a > LIMIT_ENTRY_BYTES ||
	    (a->total += f->a) > LIMIT_TOTAL_BYTES)
		return lied(e, "limits");
	if (check_name(name, f->code, e) < 0)
		return -1;
	add_member(a, f, name);
	a->have = 0;
	a->digest = digest_sha256_new();
	a->state = ADMIT_MEMBER;
	if (f->code || f->a == 0)
		return 0;
	return memfd_new("member", &last(a)->fd, e);
}

/* Blocks are full but for the last one. */
static int
on_data(
    struct admit *a, const struct frame *f, struct slice bytes, struct err *e)
{
	struct bundle_member *m = a->b->n == 0 ? NULL : last(a);

	if (m == NULL || a->state != ADMIT_MEMBER || f->code != 0 ||
	    f->a != a->have || bytes.n == 0 || bytes.n > m->size - a->have)
		return lied(e, "DATA");
	if (bytes.n != FRAME_DATA_BYTES && bytes.n != m->size - a->have)
		return lied(e, "short DATA");
	if (a->have == 0 && magic_nested(m->path, bytes) != NULL)
		return lied(e, "archive as a member");
	digest_update(a->digest, bytes);
	a->have += bytes.n;
	return m->fd < 0 ? 0 : fd_write(m->fd, bytes.p, bytes.n, e);
}

static int
on_end(
    struct admit *a, const struct frame *f, struct slice bytes, struct err *e)
{
	struct bundle_member *m = a->b->n == 0 ? NULL : last(a);

	if (m == NULL || a->state != ADMIT_MEMBER || f->code != 0 ||
	    bytes.n != 0 || f->a != m->size || a->have != m->size)
		return lied(e, "END");
	digest_final(a->digest, m->sha256);
	digest_free(TAKE(a->digest));
	a->state = ADMIT_IDLE;
	return m->fd < 0 ? 0 : memfd_seal(m->fd, e);
}

static int
check_together(struct admit *a, struct err *e)
{
	CLEANUP(verdicts_free) struct verdicts v = { 0 };

	names_collide(&a->names, &v);
	return v.n == 0 ? 0 : lied(e, "two names alike");
}

static bool
has_document(const struct bundle *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!b->members[i].ignored)
			return true;
	return false;
}

static bool
is_taken(const struct admit *a, unsigned format)
{
	return format != BUNDLE_NONE && format < BUNDLE_FORMAT_MAX &&
	    (format != BUNDLE_7Z || a->seven);
}

static int
on_done(
    struct admit *a, const struct frame *f, struct slice bytes, struct err *e)
{
	if (a->state != ADMIT_IDLE || bytes.n != 0 || f->a != a->b->n ||
	    !is_taken(a, f->code))
		return lied(e, "DONE");
	if (!has_document(a->b))
		return lied(e, "no document");
	a->b->format = (enum bundle_format)f->code;
	a->state = ADMIT_OVER;
	return check_together(a, e);
}

/* A member that was cut short by a fault is not kept. */
static void
drop_unfinished(struct admit *a)
{
	struct bundle_member *m;

	if (a->state != ADMIT_MEMBER)
		return;
	m = last(a);
	free(m->path);
	fd_closep(&m->fd);
	a->b->n--;
	digest_free(TAKE(a->digest));
}

static int
on_reject(
    struct admit *a, const struct frame *f, struct slice bytes, struct err *e)
{
	char member[LIMIT_NAME_BYTES], detail[LIMIT_NAME_BYTES];
	struct rd r = rd_init(bytes);
	uint16_t format = rd_u16(&r);
	struct err bad = ERR_INIT;

	rd_str(&r, member, sizeof(member));
	rd_str(&r, detail, sizeof(detail));
	if (rd_end(&r, &bad) < 0)
		return lied(e, "bytes of REJECT");
	if (f->code == CODE_NONE || f->code >= CODE_MAX ||
	    format >= BUNDLE_FORMAT_MAX || f->a >= LIMIT_FINDINGS ||
	    (a->state == ADMIT_REJECT && f->a + 1 != a->rejects))
		return lied(e, "REJECT");
	drop_unfinished(a);
	code_finding(a->f, (enum code)f->code, member, detail);
	a->b->partial = true;
	a->b->format = (enum bundle_format)format;
	a->rejects = f->a;
	a->state = f->a == 0 ? ADMIT_OVER : ADMIT_REJECT;
	return f->a == 0 ? check_together(a, e) : 0;
}

static int (*const handlers[FRAME_TYPE_MAX])(
    struct admit *, const struct frame *, struct slice, struct err *) = {
	[FRAME_ENTRY] = on_entry,
	[FRAME_DATA] = on_data,
	[FRAME_END] = on_end,
	[FRAME_DONE] = on_done,
	[FRAME_REJECT] = on_reject,
};

/* The head alone: magic, type, sequence and length. */
static int
check_head(struct admit *a, const struct frame *f, struct err *e)
{
	if (f->magic != FRAME_MAGIC || f->type == FRAME_NONE ||
	    f->type >= FRAME_TYPE_MAX)
		return lied(e, "magic or type");
	if (f->seq != a->seq)
		return lied(e, "sequence");
	if (f->len > FRAME_DATA_BYTES)
		return lied(e, "length");
	if (a->state == ADMIT_REJECT && f->type != FRAME_REJECT)
		return lied(e, "after REJECT");
	if (a->state == ADMIT_OVER)
		return lied(e, "after the end");
	return 0;
}

/* One frame when it is complete; *used is 0 when it is not. */
static int
one_frame(struct admit *a, struct slice in, size_t *used, struct err *e)
{
	struct frame f;

	*used = 0;
	if (in.n < FRAME_HEAD_BYTES)
		return 0;
	f = frame_decode(in.p);
	if (check_head(a, &f, e) < 0)
		return -1;
	if (in.n < FRAME_HEAD_BYTES + f.len)
		return 0;
	a->seq++;
	*used = FRAME_HEAD_BYTES + f.len;
	return handlers[f.type](
	    a, &f, slice_of(in.p + FRAME_HEAD_BYTES, f.len), e);
}

/* Complete what is held by as much of in as the frame needs. */
static int
complete(struct admit *a, struct slice *in, struct err *e)
{
	while (in->n > 0 && a->hold.n > 0) {
		size_t need = FRAME_HEAD_BYTES, n, used;

		if (a->hold.n >= FRAME_HEAD_BYTES)
			need += frame_decode(a->hold.p).len;
		n = need - a->hold.n < in->n ? need - a->hold.n : in->n;
		buf_put(&a->hold, in->p, n);
		*in = slice_of(in->p + n, in->n - n);
		if (one_frame(a, buf_slice(&a->hold), &used, e) < 0)
			return -1;
		if (used > 0)
			buf_reset(&a->hold);
	}
	return 0;
}

int
admit_feed(struct admit *a, struct slice in, struct err *e)
{
	size_t used = 1;

	if (complete(a, &in, e) < 0)
		return -1;
	while (in.n > 0 && used > 0) {
		if (one_frame(a, in, &used, e) < 0)
			return -1;
		in = slice_of(in.p + used, in.n - used);
	}
	buf_put(&a->hold, in.p, in.n);
	return 0;
}

/* The folder that holds every document, or 0. */
static size_t
top_length(const struct bundle *b)
{
	const char *first = NULL, *slash;
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		const char *path = b->members[i].path;

		if (b->members[i].ignored)
			continue;
		if (first == NULL) {
			slash = strchr(path, '/');
			if (slash == NULL)
				return 0;
			first = path;
			n = (size_t)(slash - path);
		}
		if (strncmp(path, first, n + 1) != 0)
			return 0;
	}
	return n;
}

static void
strip_top(struct bundle *b)
{
	size_t n = top_length(b);

	if (n == 0)
		return;
	for (size_t i = 0; i < b->n; i++) {
		char *path = b->members[i].path;

		if (!b->members[i].ignored && b->top == NULL)
			b->top = xstrndup(path, n);
	}
	for (size_t i = 0; i < b->n; i++) {
		char *path = b->members[i].path;

		if (strncmp(path, b->top, n) != 0 || path[n] != '/')
			continue;
		b->members[i].path = xstrdup(path + n + 1);
		free(path);
	}
}

struct bundle *
admit_take(struct admit *a)
{
	strip_top(a->b);
	return TAKE(a->b);
}

/* SHA-256 of the archive by pieces: it is never mapped here. */
struct hashing {
	int fd;
	uint64_t at, size;
	struct digest *d;
	uint8_t block[FRAME_DATA_BYTES];
};

static void
hashing_free(struct hashing *h)
{
	if (h != NULL)
		digest_free(h->d);
	free(h);
}
DEFINE_STRUCT_CLEANUP(hashing, hashing_free)

static int
hash_piece(struct hashing *h, struct err *e)
{
	size_t n = h->size - h->at < sizeof(h->block)
	    ? (size_t)(h->size - h->at)
	    : sizeof(h->block);

	if (fd_pread(h->fd, h->block, n, (off_t)h->at, e) < 0)
		return -1;
	digest_update(h->d, slice_of(h->block, n));
	h->at += n;
	return 0;
}

static int
hash_rest(struct hashing *h, struct bundle *b, struct err *e)
{
	while (h->at < h->size)
		if (hash_piece(h, e) < 0)
			return -1;
	digest_final(h->d, b->sha256);
	b->size = h->size;
	return 0;
}

/* Hash while the child has nothing to say. */
static int
hash_meanwhile(struct hashing *h, const struct worker_job *job, struct err *e)
{
	struct pollfd p = { job->out_fd, POLLIN, 0 };

	while (h->at < h->size && poll(&p, 1, 0) == 0)
		if (hash_piece(h, e) < 0)
			return -1;
	return 0;
}

/* Feed all that the child writes; stops early when the grammar breaks. */
static int
pump(struct admit *a, const struct worker_job *job, struct hashing *h,
    struct err *e)
{
	CLEANUP(freep) uint8_t *block = xcalloc(1, READ_BYTES);
	size_t n;

	do {
		if (hash_meanwhile(h, job, e) < 0 ||
		    worker_read(job, block, READ_BYTES, &n, e) < 0 ||
		    admit_feed(a, slice_of(block, n), e) < 0)
			return -1;
	} while (n > 0);
	return 0;
}

/* The exit status is evidence (BUNDLES 2.3). */
static int
judge_end(const struct admit *a, enum worker_end end, struct err *e)
{
	switch (end) {
	case WORKER_SECURITY:
		return err_set(e, E_INTERNAL,
		    "the worker tried what its sandbox forbids (SIGSYS)");
	case WORKER_TIME:
		return 0;
	case WORKER_OK:
		if (admit_is_over(a))
			return 0;
		break;
	case WORKER_NONE:
	case WORKER_CRASH:
	case WORKER_BUSY:
	case WORKER_MAX:
		break;
	}
	return err_set(e, E_UNAVAILABLE, "the worker ended early (CRASH)");
}

static int
run_worker(struct worker_host *host, struct hashing *h, struct admit *a,
    enum worker_end *out, struct err *e)
{
	uint32_t kind = a->seven ? BUNDLE_WORK_7Z : 0;
	struct worker_job job;

	if (worker_start(host, kind, h->fd, &job, e) < 0)
		return -1;
	if (pump(a, &job, h, e) < 0) {
		worker_cancel(&job);
		return err_wrap(e, "unpack");
	}
	if (worker_finish(&job, out, e) < 0)
		return -1;
	return judge_end(a, *out, e);
}

static void
push_all(struct findings *to, const struct findings *from)
{
	for (size_t i = 0; i < from->n; i++)
		findings_push(to, &from->items[i]);
}

static struct bundle *
refused(struct findings *f, enum code c)
{
	struct bundle *b = xcalloc(1, sizeof(*b));

	code_finding(f, c, NULL, NULL);
	b->partial = true;
	return b;
}

static int
admit_archive(struct worker_host *host, struct admit *a, struct hashing *h,
    struct bundle **out, struct err *e)
{
	enum worker_end end = WORKER_NONE;

	if (run_worker(host, h, a, &end, e) < 0)
		return -1;
	if (end == WORKER_TIME) {
		findings_free(a->f);
		*out = refused(a->f, CODE_LIM_TIME);
	} else
		*out = admit_take(a);
	return 0;
}

static int
admit_asked(struct worker_host *host, struct hashing *h, bool seven,
    struct bundle **out, struct findings *f, struct err *e)
{
	CLEANUP(findings_free) struct findings found = { 0 };
	CLEANUP(admit_freep) struct admit *a = admit_new(&found);
	CLEANUP(bundle_freep) struct bundle *b = NULL;
	struct stat st;

	a->seven = seven;
	h->d = digest_sha256_new();
	if (fstat(h->fd, &st) < 0)
		return err_sys(e, E_INTERNAL, "fstat");
	if (st.st_size == 0)
		b = refused(&found, CODE_EMPTY);
	else if (blob_check(h->fd, LIMIT_UPLOAD_BYTES, &h->size, e) < 0 ||
	    admit_archive(host, a, h, &b, e) < 0)
		return -1;
	if (hash_rest(h, b, e) < 0)
		return -1;
	push_all(f, &found);
	*out = TAKE(b);
	return 0;
}

int
bundle_admit(struct worker_host *host, int archive_fd, struct bundle **out,
    struct findings *f, struct err *e)
{
	CLEANUP(hashing_freep) struct hashing *h = xcalloc(1, sizeof(*h));

	h->fd = archive_fd;
	return admit_asked(host, h, false, out, f, e);
}

int
bundle_admit_7z(struct worker_host *host, int archive_fd, struct bundle **out,
    struct findings *f, struct err *e)
{
	CLEANUP(hashing_freep) struct hashing *h = xcalloc(1, sizeof(*h));

	h->fd = archive_fd;
	return admit_asked(host, h, true, out, f, e);
}
