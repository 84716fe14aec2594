/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a power failure may leave of a recorded folder.
 *   base ROOT TRACE        begin a trace: all that is there, durable
 *   info TRACE             how many records and acknowledgements
 *   full TRACE OUT         everything, as if all had been synced
 *   make TRACE OUT SEED    one image of one instant, into OUT; what had been
 *                          acknowledged by then into OUT.acks
 * The rules of what is durable and what is not stand in docs/CRASH.md.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model.h"
#include "support/support.h"

/* What becomes of that which nobody synced. */
enum policy {
	KEEP_NONE = 0,
	KEEP_ALL,
	KEEP_PREFIX, /* what was done before an earlier instant */
	KEEP_SOME, /* each piece by itself */
	KEEP_MAX
};
static const char *const policy_names[KEEP_MAX] = { "none", "all", "prefix",
	"some" };

struct plan {
	enum policy bytes, names;
	uint64_t prefix; /* the earlier instant */
	unsigned odds; /* of 256, that a piece is kept */
	size_t piece; /* how finely writes tear */
	bool garbage; /* grown by a lost write: any bytes, not zeros */
	uint64_t random;
};

static bool
is_kept(struct plan *p, enum policy policy, uint64_t at)
{
	switch (policy) {
	case KEEP_NONE:
		return false;
	case KEEP_ALL:
		return true;
	case KEEP_PREFIX:
		return at < p->prefix;
	case KEEP_SOME:
		return random_next(&p->random) % 256 < p->odds;
	case KEEP_MAX:
		break;
	}
	die("no policy");
}

/* --- files --- */

struct sink {
	struct plan *plan;
	int fd;
	uint64_t durable; /* size */
	uint64_t size; /* of the file as written so far */
};

static void
put(struct sink *s, const uint8_t *p, size_t n, uint64_t at)
{
	if (pwrite(s->fd, p, n, (off_t)at) != (ssize_t)n)
		die("cannot write an image");
	if (at + n > s->size)
		s->size = at + n;
}

static void
resize(struct sink *s, uint64_t size)
{
	if (ftruncate(s->fd, (off_t)size) < 0)
		die("cannot size an image");
	s->size = size;
}

static void
put_zeros(struct sink *s, uint64_t n, uint64_t at)
{
	static const uint8_t zeros[65536];

	if (at < s->size) {
		uint64_t inside = s->size - at < n ? s->size - at : n;

		for (uint64_t i = 0; i < inside; i += sizeof(zeros))
			put(s, zeros,
			    inside - i < sizeof(zeros) ? inside - i
						       : sizeof(zeros),
			    at + i);
	}
	if (at + n > s->size)
		resize(s, at + n);
}

static void
put_garbage(struct sink *s, size_t n, uint64_t at)
{
	uint8_t bytes[4096];

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)random_next(&s->plan->random);
	put(s, bytes, n, at);
}

/* A write or a truncation, whole. */
static void
apply(struct sink *s, const struct trace_rec *r)
{
	if (r->type == TRACE_TRUNCATE)
		resize(s, r->a);
	else if (r->type == TRACE_ZERO)
		put_zeros(s, r->b, r->a);
	else
		put(s, trace_payload(r), r->n, r->a);
}

static uint64_t
size_after(const struct trace_rec *r, uint64_t before)
{
	uint64_t end = r->a + (r->type == TRACE_TRUNCATE ? 0 : r->b);

	return r->type == TRACE_TRUNCATE || end > before ? end : before;
}

/* Piece by piece, in the order of the file: what is left out, lets through
 * what stood there before. */
static void
apply_torn(struct sink *s, const struct trace_rec *r, uint64_t op)
{
	struct plan *p = s->plan;
	uint64_t end = r->a + r->b;

	if (r->type == TRACE_TRUNCATE) {
		if (is_kept(p, p->bytes, op))
			resize(s, r->a);
		return;
	}
	for (uint64_t at = r->a, next; at < end; at = next) {
		next = (at / p->piece + 1) * p->piece;
		if (next > end)
			next = end;
		if (is_kept(p, p->bytes, op)) {
			if (r->type == TRACE_ZERO)
				put_zeros(s, next - at, at);
			else
				put(s, trace_payload(r) + (at - r->a),
				    next - at, at);
		} else if (p->garbage && at >= s->durable)
			put_garbage(s, next - at, at);
	}
}

static void
write_file(const struct model *m, const struct node *f, struct sink *s)
{
	uint64_t size, live;
	size_t i = 0, steps;

	for (; i < f->ops && f->op[i] < f->synced; i++)
		apply(s, trace_at(m, f->op[i]));
	s->durable = size = live = s->size;
	/* The size, too, is any of those that the file had since. */
	steps = s->plan->bytes != KEEP_SOME
	    ? f->ops
	    : i + random_next(&s->plan->random) % (f->ops - i + 1);
	for (size_t k = i; k < f->ops; k++) {
		const struct trace_rec *r = trace_at(m, f->op[k]);

		live = size_after(r, live);
		if (s->plan->bytes == KEEP_SOME
			? k < steps
			: is_kept(s->plan, s->plan->bytes, f->op[k]))
			size = live;
		if (s->plan->bytes == KEEP_SOME)
			apply_torn(s, r, f->op[k]);
		else if (is_kept(s->plan, s->plan->bytes, f->op[k]))
			apply(s, r);
	}
	resize(s, size);
}

/* --- folders --- */

static void
image_set(struct model *m, uint32_t folder, const char *name, uint32_t node)
{
	struct node *d = &m->node[folder];

	entry_set(&d->image, &d->images, name, node);
}

/*
 * A rename inside a folder is there or not.  Between two folders the old name
 * may outlive it, but both are never gone.
 */
static void
change_apply(struct model *m, const struct change *c, struct plan *p)
{
	bool made = c->at < m->node[c->folder].synced;
	bool gone = c->from != NO_NODE && c->at < m->node[c->from].synced;

	if (!made && !gone)
		made = is_kept(p, p->names, c->at);
	if (gone)
		made = true;
	else if (made && c->from != NO_NODE)
		gone = c->from == c->folder || is_kept(p, p->names, c->at);
	if (made)
		image_set(m, c->folder, c->name, c->node);
	if (gone)
		image_set(m, c->from, c->old, NO_NODE);
}

static void write_folder(
    const struct model *m, const struct node *d, int at, const struct plan *p);

/* A file with two names is written once and linked. */
static bool
linked(const struct node *x, int at, const char *name)
{
	char path[64];

	if (x->fd == 0)
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", x->fd);
	if (linkat(AT_FDCWD, path, at, name, AT_SYMLINK_FOLLOW) < 0)
		die("cannot link %s", name);
	return true;
}

static void
write_new(const struct model *m, struct node *x, int at, const char *name,
    const struct plan *p)
{
	struct plan own = *p;
	struct sink s = { .plan = &own };

	s.fd = openat(
	    at, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, x->mode | 0600);
	if (s.fd < 0)
		die("cannot make %s", name);
	/* A file's fate hangs on no other's: numbers of its own. */
	own.random ^= (x->ino + 1) * 0x9e3779b97f4a7c15u;
	write_file(m, x, &s);
	if (x->names > 1)
		x->fd = s.fd;
	else
		close(s.fd);
}

static void
write_node(const struct model *m, uint32_t id, int at, const char *name,
    const struct plan *p)
{
	struct node *x = &m->node[id];
	int fd;

	if (!x->folder) {
		if (!linked(x, at, name))
			write_new(m, x, at, name, p);
		return;
	}
	if (mkdirat(at, name, 0755) < 0)
		die("cannot make %s", name);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	write_folder(m, x, fd, p);
	close(fd);
}

static void
write_folder(
    const struct model *m, const struct node *d, int at, const struct plan *p)
{
	for (size_t i = 0; i < d->images; i++)
		if (d->image[i].node != NO_NODE)
			write_node(
			    m, d->image[i].node, at, d->image[i].name, p);
}

static void
names_count(struct model *m)
{
	for (size_t i = 0; i < m->nodes; i++)
		for (size_t k = 0; k < m->node[i].images; k++) {
			uint32_t node = m->node[i].image[k].node;

			if (node != NO_NODE)
				m->node[node].names++;
		}
}

static void
write_image(struct model *m, const char *out, struct plan *p)
{
	int fd;

	for (size_t i = 0; i < m->changes; i++)
		change_apply(m, &m->change[i], p);
	names_count(m);
	if (mkdir(out, 0700) < 0)
		die("cannot make %s", out);
	fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	write_folder(m, &m->node[m->root], fd, p);
	close(fd);
}

/* --- the beginning of a trace --- */

static void
emit(FILE *out, struct trace_rec r, const void *payload)
{
	static const char pad[8];
	size_t more = ALIGN_UP(r.n, 8u) - r.n;

	if (fwrite(&r, sizeof(r), 1, out) != 1 ||
	    fwrite(payload, 1, r.n, out) != r.n ||
	    fwrite(pad, 1, more, out) != more)
		die("cannot write the trace");
}

static void
base_bytes(int at, const char *name, uint64_t ino, FILE *out)
{
	static uint8_t bytes[1 << 20];
	int fd = openat(at, name, O_RDONLY | O_CLOEXEC);
	uint64_t off = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		emit(out,
		    (struct trace_rec){
			TRACE_WRITE, (uint32_t)n, ino, off, (uint64_t)n },
		    bytes);
		off += (uint64_t)n;
	}
	if (fd < 0 || n < 0)
		die("cannot read %s", name);
	close(fd);
}

/* A file with several names: has it come before? */
static bool
seen(uint64_t ino)
{
	static uint64_t *known;
	static size_t n;

	for (size_t i = 0; i < n; i++)
		if (known[i] == ino)
			return true;
	known = xrealloc(known, n + 1, sizeof(*known));
	known[n++] = ino;
	return false;
}

static void base_folder(int fd, uint64_t ino, FILE *out);

static void
base_entry(int fd, const char *name, uint64_t folder, FILE *out)
{
	struct trace_rec r = { .a = folder, .n = (uint32_t)strlen(name) };
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		die("no %s", name);
	r.ino = st.st_ino;
	r.b = st.st_mode & 0777;
	if (S_ISDIR(st.st_mode)) {
		r.type = TRACE_MKDIR;
		emit(out, r, name);
		base_folder(
		    openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		    st.st_ino, out);
		return;
	}
	if (!S_ISREG(st.st_mode))
		die("%s is not a file", name);
	r.type = st.st_nlink > 1 && seen(st.st_ino) ? TRACE_LINK : TRACE_CREATE;
	emit(out, r, name);
	if (r.type == TRACE_CREATE)
		base_bytes(fd, name, st.st_ino, out);
}

static void
base_folder(int fd, uint64_t ino, FILE *out)
{
	DIR *d = fdopendir(fd);
	const struct dirent *entry;

	if (d == NULL)
		die("no folder");
	while ((entry = readdir(d)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			base_entry(fd, entry->d_name, ino, out);
	closedir(d);
}

static int
do_base(char **arg)
{
	FILE *out = fopen(arg[1], "wb");
	int fd = open(arg[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (out == NULL || fd < 0 || fstat(fd, &st) < 0)
		die("no %s or %s", arg[0], arg[1]);
	emit(out, (struct trace_rec){ .type = TRACE_ROOT, .ino = st.st_ino },
	    "");
	base_folder(fd, st.st_ino, out);
	emit(out,
	    (struct trace_rec){
		.type = TRACE_SYNC_ALL, .a = (uint64_t)ftell(out) },
	    "");
	return fclose(out) == 0 ? 0 : 70;
}

/* --- the instant --- */

/* Where the records after the beginning stand, and how many by type. */
struct survey {
	uint64_t *at;
	size_t n;
	unsigned count[TRACE_MAX];
};

static void
survey(const struct model *m, struct survey *out)
{
	bool begun = false;

	for (uint64_t at = 0; at < m->n; at = trace_next(m, at)) {
		uint32_t type = trace_at(m, at)->type;

		if (begun && type < TRACE_MAX) {
			if ((out->n & (out->n - 1)) == 0)
				out->at = xrealloc(out->at, 2 * (out->n + 1),
				    sizeof(*out->at));
			out->at[out->n++] = at;
			out->count[type]++;
		}
		begun |= type == TRACE_SYNC_ALL;
	}
	if (out->n == 0)
		die("nothing was recorded");
}

/* The stars of one image: most often each piece fares for itself. */
static struct plan
plan_new(uint64_t seed, const struct survey *s, uint64_t *out_end)
{
	static const enum policy often[] = { KEEP_SOME, KEEP_SOME, KEEP_SOME,
		KEEP_NONE, KEEP_PREFIX, KEEP_PREFIX, KEEP_ALL, KEEP_SOME };
	struct plan p = { .random = seed };
	uint64_t end = random_next(&p.random) % s->n;
	uint64_t back = random_next(&p.random) % 64;

	p.bytes = often[random_next(&p.random) % NELEM(often)];
	p.names = often[random_next(&p.random) % NELEM(often)];
	p.prefix = s->at[end > back ? end - back : 0];
	p.odds = 16 + (unsigned)(random_next(&p.random) % 224);
	p.piece = random_next(&p.random) % 3 == 0 ? 512 : 4096;
	p.garbage = random_next(&p.random) % 4 == 0;
	*out_end = s->at[end];
	return p;
}

static unsigned
write_acks(const struct model *m, const char *out)
{
	char *path = xasprintf("%s.acks", out);
	FILE *f = fopen(path, "ab");
	unsigned n = 0;

	for (uint64_t at = 0; at < m->end; at = trace_next(m, at)) {
		const struct trace_rec *r = trace_at(m, at);

		if (r->type != TRACE_ACK)
			continue;
		if (f == NULL || fwrite(trace_payload(r), 1, r->n, f) != r->n)
			die("cannot write %s", path);
		n++;
	}
	if (f == NULL || fclose(f) != 0)
		die("cannot write %s", path);
	free(path);
	return n;
}

static int
do_info(char **arg)
{
	struct survey s = { .n = 0 };
	struct model m;

	model_open(arg[0], &m);
	survey(&m, &s);
	printf("%zu records, %u acknowledged, %u syncs\n", s.n,
	    s.count[TRACE_ACK], s.count[TRACE_SYNC]);
	model_close(&m);
	free(s.at);
	return 0;
}

static int
do_full(char **arg)
{
	struct plan p = { .bytes = KEEP_ALL, .names = KEEP_ALL };
	struct model m;

	model_open(arg[0], &m);
	model_follow(&m, m.n);
	write_image(&m, arg[1], &p);
	model_close(&m);
	return 0;
}

static int
do_make(char **arg)
{
	struct survey s = { .n = 0 };
	struct model m;
	struct plan p;
	uint64_t end;

	model_open(arg[0], &m);
	survey(&m, &s);
	p = plan_new(strtoull(arg[2], NULL, 10), &s, &end);
	model_follow(&m, end);
	printf("offset %" PRIu64 " of %zu, bytes %s, names %s, %zu B%s, ", end,
	    m.n, policy_names[p.bytes], policy_names[p.names], p.piece,
	    p.garbage ? ", garbage" : "");
	write_image(&m, arg[1], &p);
	printf("%u acknowledged\n", write_acks(&m, arg[1]));
	model_close(&m);
	free(s.at);
	return 0;
}

static const struct {
	const char *name;
	int args;
	int (*run)(char **arg);
} verbs[] = {
	{ "base", 2, do_base },
	{ "info", 1, do_info },
	{ "full", 2, do_full },
	{ "make", 3, do_make },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < NELEM(verbs); i++)
		if (argc == verbs[i].args + 2 &&
		    strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argv + 2);
	fprintf(stderr, "usage: crash_image base|info|full|make ...\n");
	return 2;
}
