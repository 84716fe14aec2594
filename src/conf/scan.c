/* SPDX-License-Identifier: Apache-2.0 */
/* What libcyaml passes over in a YAML text, found line by line. */
#include "conf_int.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* The next line without its newline; false at the end. */
static bool
line_next(struct slice *rest, struct slice *out)
{
	const uint8_t *nl;

	if (rest->n == 0)
		return false;
	nl = memchr(rest->p, '\n', rest->n);
	out->p = rest->p;
	out->n = nl == NULL ? rest->n : (size_t)(nl - rest->p);
	rest->p += out->n + (nl != NULL);
	rest->n -= out->n + (nl != NULL);
	return true;
}

static bool
starts(struct slice line, const char *with)
{
	size_t n = strlen(with);

	return line.n >= n && memcmp(line.p, with, n) == 0;
}

static bool
is_marker(struct slice line, const char *marker)
{
	return starts(line, marker) && (line.n == 3 || isspace(line.p[3]));
}

/* Neither blank nor a comment. */
static bool
has_content(struct slice line)
{
	size_t i;

	for (i = 0; i < line.n && isspace(line.p[i]);)
		i++;
	return i < line.n && line.p[i] != '#';
}

int
conf_scan(struct slice text, const char *name, struct err *e)
{
	struct slice rest = text;
	struct slice line;
	bool content = false;
	unsigned n = 0;

	while (line_next(&rest, &line)) {
		n++;
		if (starts(line, "%"))
			return err_set(e, E_CONFIG,
			    "%s, line %u: directives are not read", name, n);
		if (is_marker(line, "...") ||
		    (is_marker(line, "---") && content))
			return err_set(e, E_CONFIG,
			    "%s, line %u: want one document", name, n);
		content = content || has_content(line);
	}
	if (!content)
		return err_set(e, E_CONFIG, "%s: empty", name);
	return 0;
}

/* The line is "key:", after blanks and dashes of a list. */
static bool
line_has_key(struct slice line, const char *key)
{
	size_t n = strlen(key);
	size_t i;

	for (i = 0; i < line.n && (line.p[i] == ' ' || line.p[i] == '-');)
		i++;
	return i + n < line.n && memcmp(line.p + i, key, n) == 0 &&
	    line.p[i + n] == ':';
}

unsigned
conf_key_line(struct slice text, const char *key, unsigned from)
{
	struct slice rest = text;
	struct slice line;
	unsigned n = 0;

	while (line_next(&rest, &line)) {
		n++;
		if (n >= from && line_has_key(line, key))
			return n;
	}
	return 0;
}
