/* SPDX-License-Identifier: Apache-2.0 */
/* Trees as git has them, and commits as the store has written them. */
#include "objects_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"

#define COMMIT_BYTES KIB(32)

static bool
skip(struct slice *s, const char *word)
{
	size_t n = strlen(word);

	if (s->n < n || memcmp(s->p, word, n) != 0)
		return false;
	*s = slice_of(s->p + n, s->n - n);
	return true;
}

static int
entry_find(
    struct slice tree, struct slice name, struct gitx_entry *out, struct err *e)
{
	struct tree_item item;
	int rv;

	while ((rv = tree_next(&tree, &item, e)) > 0)
		if (slice_eq(item.name, name)) {
			*out = (struct gitx_entry){ item.id, item.is_folder };
			return 0;
		}
	return rv < 0 ? -1 : err_set(e, E_NOT_FOUND, "no such file");
}

int
tree_find(struct store *s, const struct gitx_oid *tree, const char *path,
    struct gitx_entry *out, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(OBJECT_BYTES);
	struct gitx_entry at = { *tree, true };

	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (!at.is_folder)
			return err_set(e, E_NOT_FOUND, "no such file");
		buf_reset(&bytes);
		if (object_read(s, &at.id, PACK_TREE, &bytes, e) < 0 ||
		    entry_find(buf_slice(&bytes), slice_of(path, n), &at, e) <
			0)
			return -1;
		path += n + (path[n] == '/');
	}
	*out = at;
	return 0;
}

static bool
take_oid(struct slice *s, struct gitx_oid *out)
{
	struct err quiet = ERR_INIT;
	char hex[2 * GITX_OID + 1];

	if (s->n <= 2 * GITX_OID || s->p[2 * GITX_OID] != '\n')
		return false;
	snprintf(hex, sizeof(hex), "%.*s", 2 * GITX_OID, (const char *)s->p);
	if (hex_decode(hex, out->b, GITX_OID, &quiet) < 0)
		return false;
	*s = slice_of(s->p + 2 * GITX_OID + 1, s->n - 2 * GITX_OID - 1);
	return true;
}

/* "name <mail> seconds zone" */
static bool
take_person(struct slice *s, char *name, size_t cap, int64_t *at)
{
	const uint8_t *end = memchr(s->p, '\n', s->n);
	struct err quiet = ERR_INIT;
	char line[256], digits[24];
	char *mail, *time;
	uint64_t seconds;

	if (end == NULL || (size_t)(end - s->p) >= sizeof(line))
		return false;
	snprintf(
	    line, sizeof(line), "%.*s", (int)(end - s->p), (const char *)s->p);
	mail = strstr(line, " <");
	time = strstr(line, "> ");
	if (mail == NULL || time == NULL || mail > time)
		return false;
	*mail = '\0';
	snprintf(name, cap, "%.60s", line);
	time += 2;
	snprintf(digits, sizeof(digits), "%.*s",
	    (int)strspn(time, "0123456789"), time);
	if (dec_parse(digits, INT64_MAX, &seconds, &quiet) < 0)
		return false;
	*at = (int64_t)seconds;
	*s = slice_of(end + 1, s->n - (size_t)(end + 1 - s->p));
	return true;
}

/* Header lines that nobody asks for, signature included, up to the empty. */
static bool
skip_headers(struct slice *s)
{
	const uint8_t *end;

	if (s->n > 0 && s->p[0] == '\n') {
		*s = slice_of(s->p + 1, s->n - 1);
		return true;
	}
	end = memmem(s->p, s->n, "\n\n", 2);
	if (end == NULL)
		return false;
	*s = slice_of(end + 2, s->n - (size_t)(end + 2 - s->p));
	return true;
}

int
commit_parse(struct slice text, struct commit *out, struct err *e)
{
	struct commit c = { .has_parent = false };
	char store[64], message[512];
	int64_t authored;
	bool ok = skip(&text, "tree ") && take_oid(&text, &c.tree);

	c.has_parent = ok && skip(&text, "parent ");
	if (c.has_parent)
		ok = take_oid(&text, &c.parent);
	if (!ok || skip(&text, "parent ") || !skip(&text, "author ") ||
	    !take_person(&text, c.author, sizeof(c.author), &authored) ||
	    !skip(&text, "committer ") ||
	    !take_person(&text, store, sizeof(store), &c.committed_at) ||
	    !skip_headers(&text) || text.n >= sizeof(message))
		return err_set(e, E_STORE_CORRUPT, "not a commit of ours");
	snprintf(message, sizeof(message), "%.*s", (int)text.n,
	    (const char *)text.p);
	if (message_parse(message, &c.message, e) < 0)
		return -1;
	*out = c;
	return 0;
}

int
store_commit_read(struct store *s, const struct gitx_oid *id,
    struct commit *out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(COMMIT_BYTES);

	if (object_read(s, id, PACK_COMMIT, &text, e) < 0)
		return -1;
	return commit_parse(buf_slice(&text), out, e);
}
