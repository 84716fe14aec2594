/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of ECMA-376: namespaces in both forms, cells, booleans. */
#include "ooxml_int.h"

#include <stdio.h>
#include <string.h>

#define SML "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define SML_STRICT "http://purl.oclc.org/ooxml/spreadsheetml/main"
#define WML "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define WML_STRICT "http://purl.oclc.org/ooxml/wordprocessingml/main"
#define DML "http://schemas.openxmlformats.org/drawingml/2006/main"
#define DML_STRICT "http://purl.oclc.org/ooxml/drawingml/main"
#define REL                                                      \
	"http://schemas.openxmlformats.org/officeDocument/2006/" \
	"relationships"
#define REL_STRICT "http://purl.oclc.org/ooxml/officeDocument/relationships"

static bool
is_one_of(const struct xmlx_element *el, const char *a, const char *b)
{
	size_t n = el->ns_len;

	return (strlen(a) == n && strncmp(el->ns, a, n) == 0) ||
	    (strlen(b) == n && strncmp(el->ns, b, n) == 0);
}

bool
is_sml(const struct xmlx_element *el)
{
	return is_one_of(el, SML, SML_STRICT);
}

bool
is_wml(const struct xmlx_element *el)
{
	return is_one_of(el, WML, WML_STRICT);
}

bool
is_dml(const struct xmlx_element *el)
{
	return is_one_of(el, DML, DML_STRICT);
}

bool
is_local(const struct xmlx_element *el, const char *local)
{
	return strcmp(el->local, local) == 0;
}

bool
skip_start(unsigned *skip, const struct xmlx_element *el)
{
	if (*skip == 0 && (!is_sml(el) || is_local(el, "extLst")))
		*skip = el->depth;
	return *skip != 0;
}

bool
skip_end(unsigned *skip, const struct xmlx_element *el)
{
	if (*skip == 0)
		return false;
	if (*skip == el->depth)
		*skip = 0;
	return true;
}

const char *
attr_rel(const struct xmlx_element *el, const char *local)
{
	const char *v = xmlx_attr(el, REL, local);

	return v != NULL ? v : xmlx_attr(el, REL_STRICT, local);
}

const char *
attr_plain(const struct xmlx_element *el, const char *local)
{
	return xmlx_attr(el, "", local);
}

const char *
attr_w(const struct xmlx_element *el, const char *local)
{
	const char *v = xmlx_attr(el, WML, local);

	return v != NULL ? v : xmlx_attr(el, WML_STRICT, local);
}

bool
attr_is_true(const char *value, bool none)
{
	if (value == NULL)
		return none;
	return strcmp(value, "0") != 0 && strcmp(value, "false") != 0 &&
	    strcmp(value, "off") != 0;
}

char *
dup_cut(const char *s, size_t max)
{
	size_t n = strnlen(s, max);

	while (n > 0 && s[n] != '\0' && ((uint8_t)s[n] & 0xc0) == 0x80)
		n--;
	return xstrndup(s, n);
}

bool
digits(const char *s, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;

	if (s == NULL || *s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (uint64_t)(*s - '0');
		if (v > max)
			return false;
	}
	*out = (uint32_t)v;
	return true;
}

#define COLUMNS 16384
#define ROWS 1048576

bool
cell_ref(const char *s, uint32_t *row, uint32_t *col, const char **end)
{
	uint32_t c = 0, r = 0;

	s += *s == '$';
	for (; *s >= 'A' && *s <= 'Z' && c <= COLUMNS; s++)
		c = c * 26 + (uint32_t)(*s - 'A' + 1);
	s += *s == '$';
	for (; *s >= '0' && *s <= '9' && r <= ROWS; s++)
		r = r * 10 + (uint32_t)(*s - '0');
	if (c == 0 || c > COLUMNS || r == 0 || r > ROWS)
		return false;
	*row = r - 1;
	*col = c - 1;
	if (end != NULL)
		*end = s;
	return end != NULL || *s == '\0';
}

void
cell_name(uint32_t row, uint32_t col, char out[16])
{
	char letters[4] = { 0 };
	size_t n = 0;

	for (uint32_t c = col + 1; c > 0 && n < 3; c = (c - 1) / 26)
		letters[n++] = (char)('A' + (c - 1) % 26);
	for (size_t i = 0; i < n / 2; i++) {
		char one = letters[i];

		letters[i] = letters[n - 1 - i];
		letters[n - 1 - i] = one;
	}
	snprintf(out, 16, "%s%u", letters, (unsigned)row + 1);
}
