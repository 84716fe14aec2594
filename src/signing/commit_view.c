/* SPDX-License-Identifier: Apache-2.0 */
/* What a commit of the store says of its place, read to the last byte. */
#include "signing_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"

#define COMMITTER "committer store <store@nintei> "
#define TRAILER "Nintei-Log: "

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
subject_take(struct slice *rest, struct commit_view *v)
{
	const uint8_t *at = rest->p;
	char line[512];

	if (!line_take(rest, line, sizeof(line)) || !subject_is_good(line))
		return false;
	v->subject = slice_of(at, strlen(line));
	return true;
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

bool
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
	    !subject_take(&rest, &v) || !line_take(&rest, line, sizeof(line)) ||
	    line[0] != '\0' || !line_take(&rest, line, sizeof(line)) ||
	    !trailer_read(line, &v))
		return false;
	*out = v;
	return rest.n == 0;
}
