/* SPDX-License-Identifier: Apache-2.0 */
/* A trace, followed up to one instant. */
#include "model.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("crash_image: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(70);
}

const struct trace_rec *
trace_at(const struct model *m, uint64_t at)
{
	const void *p = m->trace + at;
	const struct trace_rec *r = p;

	if (at + sizeof(*r) > m->n || at + sizeof(*r) + r->n > m->n)
		die("the trace is cut at %" PRIu64, at);
	return r;
}

const uint8_t *
trace_payload(const struct trace_rec *r)
{
	const void *p = r + 1;

	return p;
}

uint64_t
trace_next(const struct model *m, uint64_t at)
{
	return at + sizeof(struct trace_rec) +
	    ALIGN_UP((uint64_t)trace_at(m, at)->n, 8);
}

void
model_open(const char *path, struct model *out)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size == 0)
		die("no trace %s", path);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		die("cannot map %s", path);
	close(fd);
	*out = (struct model){
		.trace = p, .n = (size_t)st.st_size, .root = NO_NODE
	};
}

static void
entries_free(struct entry *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i].name);
	free(list);
}

void
model_close(struct model *m)
{
	for (size_t i = 0; i < m->nodes; i++) {
		free(m->node[i].op);
		entries_free(m->node[i].live, m->node[i].lives);
		entries_free(m->node[i].image, m->node[i].images);
	}
	for (size_t i = 0; i < m->changes; i++) {
		free(m->change[i].name);
		free(m->change[i].old);
	}
	free(m->node);
	free(m->change);
	free(m->map);
	munmap((void *)(uintptr_t)m->trace, m->n);
}

/* --- which node has an inode number now --- */

static uint64_t *
map_slot(const struct model *m, uint64_t ino)
{
	size_t i = (size_t)(ino * 0x9e3779b97f4a7c15u) & (m->map_size - 1);

	while (m->map[2 * i + 1] != 0 && m->map[2 * i] != ino)
		i = (i + 1) & (m->map_size - 1);
	return &m->map[2 * i];
}

static void
map_grow(struct model *m)
{
	struct model bigger = { .map_size =
				    m->map_size == 0 ? 1024 : 2 * m->map_size };

	bigger.map = xcalloc(2 * bigger.map_size, sizeof(*bigger.map));
	for (size_t i = 0; i < m->map_size; i++) {
		uint64_t *slot;

		if (m->map[2 * i + 1] == 0)
			continue;
		slot = map_slot(&bigger, m->map[2 * i]);
		slot[0] = m->map[2 * i];
		slot[1] = m->map[2 * i + 1];
	}
	free(m->map);
	m->map = bigger.map;
	m->map_size = bigger.map_size;
}

/* An array grows where its count is a power of 2. */
static void *
room(void *list, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return list;
	return xrealloc(list, n == 0 ? 1 : 2 * n, size);
}

static uint32_t
node_new(struct model *m, uint64_t ino, bool folder, unsigned mode)
{
	uint64_t *slot;

	m->node = room(m->node, m->nodes, sizeof(*m->node));
	m->node[m->nodes] =
	    (struct node){ .ino = ino, .folder = folder, .mode = mode };
	if (2 * m->nodes >= m->map_size)
		map_grow(m);
	slot = map_slot(m, ino);
	slot[0] = ino;
	slot[1] = ++m->nodes;
	return (uint32_t)m->nodes - 1;
}

static uint32_t
node_of(const struct model *m, uint64_t ino)
{
	const uint64_t *slot = m->map_size == 0 ? NULL : map_slot(m, ino);

	if (slot == NULL || slot[1] == 0)
		die("a call on an unknown file, inode %" PRIu64, ino);
	return (uint32_t)slot[1] - 1;
}

/* --- folders --- */

void
entry_set(struct entry **list, size_t *n, const char *name, uint32_t node)
{
	size_t i = 0;

	while (i < *n && strcmp((*list)[i].name, name) != 0)
		i++;
	if (i < *n) {
		(*list)[i].node = node;
		return;
	}
	*list = room(*list, *n, sizeof(**list));
	(*list)[(*n)++] = (struct entry){ xstrdup(name), node };
}

static void
live_set(struct model *m, uint32_t folder, const char *name, uint32_t node)
{
	struct node *d = &m->node[folder];

	entry_set(&d->live, &d->lives, name, node);
}

static uint32_t
live_get(const struct model *m, uint32_t folder, const char *name)
{
	const struct node *d = &m->node[folder];

	for (size_t i = 0; i < d->lives; i++)
		if (strcmp(d->live[i].name, name) == 0)
			return d->live[i].node;
	return NO_NODE;
}

static struct change *
change_add(
    struct model *m, uint64_t at, uint64_t folder, const char *name, size_t n)
{
	struct change *c;

	m->change = room(m->change, m->changes, sizeof(*m->change));
	c = &m->change[m->changes++];
	*c = (struct change){ .at = at,
		.folder = node_of(m, folder),
		.from = NO_NODE,
		.node = NO_NODE,
		.name = xstrndup(name, n) };
	return c;
}

static void
follow_rename(
    struct model *m, uint64_t at, const struct trace_rec *r, const char *text)
{
	const char *new = text + strlen(text) + 1;
	struct change *c =
	    change_add(m, at, r->b, new, r->n - (size_t)(new - text));

	c->from = node_of(m, r->a);
	c->old = xstrdup(text);
	c->node = live_get(m, c->from, c->old);
	if (c->node == NO_NODE)
		die("%s is renamed, but was never made", c->old);
	live_set(m, c->from, c->old, NO_NODE);
	live_set(m, c->folder, c->name, c->node);
}

static void
follow_name(struct model *m, uint64_t at, const struct trace_rec *r)
{
	const void *payload = trace_payload(r);
	const char *text = payload;
	struct change *c;

	if (r->type == TRACE_RENAME) {
		follow_rename(m, at, r, text);
		return;
	}
	if (r->type == TRACE_CREATE || r->type == TRACE_MKDIR)
		node_new(m, r->ino, r->type == TRACE_MKDIR, (unsigned)r->b);
	c = change_add(m, at, r->a, text, r->n);
	if (r->type != TRACE_UNLINK)
		c->node = node_of(m, r->ino);
	live_set(m, c->folder, c->name, c->node);
}

/* --- files --- */

static void
follow_bytes(struct model *m, uint64_t at, const struct trace_rec *r)
{
	struct node *f = &m->node[node_of(m, r->ino)];

	f->op = room(f->op, f->ops, sizeof(*f->op));
	f->op[f->ops++] = at;
}

/* Of two syncs side by side the earlier may be recorded later. */
static void
sync_node(struct node *x, uint64_t until)
{
	if (until > x->synced)
		x->synced = until;
}

static void
follow_sync(struct model *m, uint64_t at, const struct trace_rec *r)
{
	(void)at;
	if (r->type == TRACE_SYNC_ALL)
		for (size_t i = 0; i < m->nodes; i++)
			sync_node(&m->node[i], r->a);
	else
		sync_node(&m->node[node_of(m, r->ino)], r->a);
}

static void
follow_root(struct model *m, uint64_t at, const struct trace_rec *r)
{
	(void)at;
	m->root = node_new(m, r->ino, true, 0700);
}

static void
follow_foreign(struct model *m, uint64_t at, const struct trace_rec *r)
{
	(void)m;
	(void)at;
	die("the trace cannot follow: %.*s", (int)r->n,
	    (const char *)(const void *)trace_payload(r));
}

static void (*const follow[TRACE_MAX])(
    struct model *, uint64_t, const struct trace_rec *) = {
	[TRACE_ROOT] = follow_root,
	[TRACE_CREATE] = follow_name,
	[TRACE_MKDIR] = follow_name,
	[TRACE_LINK] = follow_name,
	[TRACE_UNLINK] = follow_name,
	[TRACE_RENAME] = follow_name,
	[TRACE_WRITE] = follow_bytes,
	[TRACE_ZERO] = follow_bytes,
	[TRACE_TRUNCATE] = follow_bytes,
	[TRACE_SYNC] = follow_sync,
	[TRACE_SYNC_ALL] = follow_sync,
	[TRACE_FOREIGN] = follow_foreign,
};

void
model_follow(struct model *m, uint64_t end)
{
	for (uint64_t at = 0; at < end; at = trace_next(m, at)) {
		const struct trace_rec *r = trace_at(m, at);

		if (r->type >= TRACE_MAX)
			die("no record at %" PRIu64, at);
		if (follow[r->type] != NULL)
			follow[r->type](m, at, r);
	}
	m->end = end;
	if (m->root == NO_NODE)
		die("a trace without its beginning");
}
