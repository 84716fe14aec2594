/* SPDX-License-Identifier: Apache-2.0 */
/* A new tree: an old one with some files put in. */
#include "nintei/gitx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "gitx_int.h"

#define NAME_BYTES 255
#define TREE_BYTES MIB(256)

struct node {
	char *name;
	struct gitx_oid id;
	bool is_folder;
};
struct nodes {
	struct node *at;
	size_t n, cap;
};
/* The files of one folder; every path is read from `from` on. */
struct job {
	const struct gitx_put *puts;
	size_t n;
	size_t from;
};

static int make(struct gitx *g, const struct gitx_oid *base, struct job job,
    struct gitx_oid *out, struct err *e);

static void
nodes_free(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++)
		free(nodes->at[i].name);
	free(nodes->at);
}

static struct node *
nodes_find(struct nodes *nodes, const char *name, size_t n)
{
	for (size_t i = 0; i < nodes->n; i++)
		if (strlen(nodes->at[i].name) == n &&
		    strncmp(nodes->at[i].name, name, n) == 0)
			return &nodes->at[i];
	return NULL;
}

static struct node *
nodes_add(struct nodes *nodes, const char *name, size_t n)
{
	if (nodes->n == nodes->cap) {
		nodes->cap = nodes->cap == 0 ? 32 : 2 * nodes->cap;
		nodes->at = xrealloc(nodes->at, nodes->cap, sizeof(*nodes->at));
	}
	nodes->at[nodes->n] = (struct node){ .name = xstrndup(name, n) };
	return &nodes->at[nodes->n++];
}

static int
load_one(
    const char *name, const struct gitx_entry *entry, void *arg, struct err *e)
{
	struct node *node = nodes_add(arg, name, strlen(name));

	(void)e;
	node->id = entry->id;
	node->is_folder = entry->is_folder;
	return 0;
}

/* git sorts a folder as if its name ended in "/". */
static int
by_git(const void *a, const void *b)
{
	const struct node *x = a, *y = b;
	char xs[NAME_BYTES + 2], ys[NAME_BYTES + 2];

	snprintf(xs, sizeof(xs), "%.*s%s", NAME_BYTES, x->name,
	    x->is_folder ? "/" : "");
	snprintf(ys, sizeof(ys), "%.*s%s", NAME_BYTES, y->name,
	    y->is_folder ? "/" : "");
	return strcmp(xs, ys);
}

static int
write_nodes(
    struct gitx *g, struct nodes *nodes, struct gitx_oid *out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(TREE_BYTES);

	if (nodes->n > 0)
		qsort(nodes->at, nodes->n, sizeof(*nodes->at), by_git);
	for (size_t i = 0; i < nodes->n; i++) {
		const struct node *node = &nodes->at[i];

		buf_puts(&text, node->is_folder ? "40000 " : "100644 ");
		buf_puts(&text, node->name);
		buf_putc(&text, '\0');
		buf_put(&text, node->id.b, GITX_OID);
	}
	if (!buf_ok(&text))
		return err_set(e, E_LIMIT, "folder too large");
	return gitx_object_write(g, GIT_OBJECT_TREE, buf_slice(&text), out, e);
}

/* How many of the job's files share the first component of the first one. */
static size_t
group(struct job job, size_t length)
{
	const char *first = job.puts[0].path + job.from;
	size_t n = 1;

	while (n < job.n &&
	    strncmp(job.puts[n].path + job.from, first, length + 1) == 0)
		n++;
	return n;
}

/* One file, or one folder with all that goes below it. */
static int
put_group(struct gitx *g, struct nodes *nodes, struct job job, size_t length,
    struct err *e)
{
	const char *name = job.puts[0].path + job.from;
	bool is_folder = name[length] == '/';
	struct node *node = nodes_find(nodes, name, length);
	struct job below = { job.puts, job.n, job.from + length + 1 };
	struct gitx_oid id = job.puts[0].blob;

	if (length == 0 || length > NAME_BYTES)
		return err_set(e, E_INPUT, "not a path");
	if (node != NULL && node->is_folder != is_folder)
		return err_set(e, E_INPUT, "a file where a folder is");
	if (is_folder &&
	    make(g, node != NULL ? &node->id : NULL, below, &id, e) < 0)
		return -1;
	if (node == NULL)
		node = nodes_add(nodes, name, length);
	node->id = id;
	node->is_folder = is_folder;
	return 0;
}

/* Depth is that of the paths, which the caller bounds. */
static int
make(struct gitx *g, const struct gitx_oid *base, struct job job,
    struct gitx_oid *out, struct err *e)
{
	CLEANUP(nodes_free) struct nodes nodes = { 0 };

	if (base != NULL && gitx_tree_list(g, base, load_one, &nodes, e) < 0)
		return -1;
	while (job.n > 0) {
		const char *name = job.puts[0].path + job.from;
		size_t length = strcspn(name, "/");
		struct job one = { job.puts, group(job, length), job.from };

		if (put_group(g, &nodes, one, length, e) < 0)
			return -1;
		job.puts += one.n;
		job.n -= one.n;
	}
	return write_nodes(g, &nodes, out, e);
}

static int
by_path(const void *a, const void *b)
{
	const struct gitx_put *x = a, *y = b;

	return strcmp(x->path, y->path);
}

int
gitx_tree_put(struct gitx *g, const struct gitx_oid *base,
    const struct gitx_put *puts, size_t n, struct gitx_oid *out, struct err *e)
{
	CLEANUP(freep) struct gitx_put *sorted = xcalloc(n, sizeof(*sorted));
	struct gitx_oid id;

	for (size_t i = 0; i < n; i++)
		sorted[i] = puts[i];
	qsort(sorted, n, sizeof(*sorted), by_path);
	for (size_t i = 1; i < n; i++)
		if (strcmp(sorted[i - 1].path, sorted[i].path) == 0)
			return err_set(e, E_INPUT, "one path twice");
	if (make(g, base, (struct job){ sorted, n, 0 }, &id, e) < 0)
		return -1;
	*out = id;
	return 0;
}
