/* SPDX-License-Identifier: Apache-2.0 */
/* The name policy of BUNDLES 1.4, one row per check, in its order. */
#include "nintei/bundle.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "nintei/text.h"
#include "nintei/wire.h"

#include "bundle_int.h"

struct name {
	struct slice text; /* UTF-8, NFC */
	struct slice folded; /* NFKC */
	bool ignored;
	char *detail; /* DETAIL_BYTES */
};

/* The part before the next '/'; false at the end. */
static bool
component(struct slice *left, struct slice *out)
{
	const uint8_t *end;

	if (left->p == NULL)
		return false;
	end = left->n == 0 ? NULL : memchr(left->p, '/', left->n);
	if (end == NULL) {
		*out = *left;
		*left = (struct slice){ 0 };
		return true;
	}
	*out = slice_of(left->p, (size_t)(end - left->p));
	*left = slice_of(end + 1, left->n - out->n - 1);
	return true;
}

static bool
has_byte(struct slice s, int c)
{
	return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

static bool
has_class(const struct name *name, bool (*is_in)(uint32_t))
{
	struct slice left = name->text;
	uint32_t cp;

	while (text_next(&left, &cp))
		if (is_in(cp)) {
			snprintf(name->detail, DETAIL_BYTES, "U+%04X", cp);
			return true;
		}
	return false;
}

static enum code
need_no_control(const struct name *name)
{
	return has_class(name, text_is_control) ? CODE_NAME_CONTROL : CODE_NONE;
}

static enum code
need_no_bidi(const struct name *name)
{
	return has_class(name, text_is_bidi) ? CODE_NAME_BIDI : CODE_NONE;
}

static enum code
need_no_backslash(const struct name *name)
{
	return has_byte(name->text, '\\') ? CODE_NAME_BACKSLASH : CODE_NONE;
}

static enum code
need_no_colon(const struct name *name)
{
	return has_byte(name->text, ':') ? CODE_NAME_DRIVE : CODE_NONE;
}

static enum code
need_relative(const struct name *name)
{
	return name->text.n > 0 && name->text.p[0] == '/' ? CODE_NAME_ABSOLUTE
							  : CODE_NONE;
}

static bool
has_dots(struct slice left)
{
	struct slice part;

	while (component(&left, &part))
		if (slice_eq_str(part, ".") || slice_eq_str(part, ".."))
			return true;
	return false;
}

static size_t
count_slashes(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '/';
	return n;
}

/* Also after compatibility folding, which may add dots and separators. */
static enum code
need_no_dots(const struct name *name)
{
	struct slice folded = name->folded;

	if (has_dots(name->text) || has_dots(folded))
		return CODE_NAME_DOTDOT;
	if (has_byte(folded, '\\'))
		return CODE_NAME_BACKSLASH;
	if (count_slashes(folded) == count_slashes(name->text))
		return CODE_NONE;
	return folded.p[0] == '/' ? CODE_NAME_ABSOLUTE : CODE_NAME_DOTDOT;
}

static enum code
need_no_empty(const struct name *name)
{
	struct slice left = name->text, part;

	while (component(&left, &part))
		if (part.n == 0)
			return CODE_NAME_EMPTY;
	return name->text.n == 0 ? CODE_NAME_EMPTY : CODE_NONE;
}

/* Names of Windows devices; '#' stands for a digit. */
static bool
is_device(struct slice part)
{
	static const char *const devices[] = { "con", "prn", "aux", "nul",
		"com#", "lpt#", "conin$", "conout$" };
	char low[8] = "";
	size_t n = 0;

	while (n < part.n && part.p[n] != '.')
		n++;
	while (n > 0 && part.p[n - 1] == ' ')
		n--;
	if (n >= sizeof(low))
		return false;
	for (size_t i = 0; i < n; i++) {
		int c = part.p[i];

		low[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		if (i == 3 && c >= '0' && c <= '9')
			low[i] = '#';
	}
	for (size_t i = 0; i < NELEM(devices); i++)
		if (strcmp(low, devices[i]) == 0)
			return true;
	return false;
}

/* The short form by which Windows also knows ".git". */
static bool
is_git_short(struct slice part)
{
	if (part.n < 5 || strncasecmp((const char *)part.p, "git~", 4) != 0)
		return false;
	for (size_t i = 4; i < part.n; i++)
		if (part.p[i] < '0' || part.p[i] > '9')
			return false;
	return true;
}

static bool
ends_in_blank(struct slice part)
{
	uint32_t cp = 0;

	while (text_next(&part, &cp))
		;
	return cp == '.' || text_is_space(cp);
}

static bool
begins_with_dot(struct slice part)
{
	return part.n > 0 && part.p[0] == '.';
}

static bool
is_reserved(const struct name *name, struct slice part)
{
	return ends_in_blank(part) || (begins_with_dot(part) && !name->ignored);
}

static bool
is_reserved_folded(const struct name *name UNUSED, struct slice part)
{
	return is_device(part) || is_git_short(part);
}

static bool
any_part(const struct name *name, struct slice left,
    bool (*is)(const struct name *, struct slice))
{
	struct slice part;

	while (component(&left, &part))
		if (is(name, part)) {
			text_show(name->detail, DETAIL_BYTES,
			    (const char *)part.p, part.n);
			return true;
		}
	return false;
}

static enum code
need_no_reserved(const struct name *name)
{
	if (any_part(name, name->text, is_reserved) ||
	    any_part(name, name->folded, is_reserved_folded))
		return CODE_NAME_RESERVED;
	return CODE_NONE;
}

static enum code
need_short(const struct name *name)
{
	struct slice left = name->text, part;

	while (component(&left, &part))
		if (part.n > LIMIT_COMPONENT_BYTES)
			return CODE_NAME_TOOLONG;
	return name->text.n > LIMIT_NAME_BYTES ? CODE_NAME_TOOLONG : CODE_NONE;
}

static enum code
need_shallow(const struct name *name)
{
	return count_slashes(name->text) > LIMIT_NAME_DEPTH ? CODE_NAME_DEPTH
							    : CODE_NONE;
}

static enum code (*const checks[])(const struct name *) = {
	need_no_control,
	need_no_bidi,
	need_no_backslash,
	need_no_colon,
	need_relative,
	need_no_dots,
	need_no_empty,
	need_no_reserved,
	need_short,
	need_shallow,
};

enum code
name_policy(struct slice text, bool ignored, char *detail)
{
	CLEANUP(buf_free) struct buf folded = BUF_INIT(MIB(4));
	struct name name = {
		.text = text, .ignored = ignored, .detail = detail
	};
	struct err e = ERR_INIT;
	enum code c;

	detail[0] = '\0';
	if (has_byte(text, '\0'))
		return CODE_NAME_NUL;
	if (text_nfkc(text, &folded, &e) < 0)
		return CODE_NAME_ENCODING;
	name.folded = buf_slice(&folded);
	for (size_t i = 0; i < NELEM(checks); i++)
		if ((c = checks[i](&name)) != CODE_NONE)
			return c;
	return CODE_NONE;
}

const char *
bundle_name_fault(struct slice name)
{
	char detail[DETAIL_BYTES];
	enum code c = name_policy(name, bundle_name_is_ignored(name), detail);

	return c == CODE_NONE ? NULL : code_name(c);
}

bool
bundle_name_is_ignored(struct slice name)
{
	static const char *const files[] = { ".DS_Store", "Thumbs.db",
		"desktop.ini" };
	struct slice left = name, part = { 0 };
	bool first = true;

	while (component(&left, &part)) {
		if (first && left.p != NULL && slice_eq_str(part, "__MACOSX"))
			return true;
		first = false;
	}
	for (size_t i = 0; i < NELEM(files); i++)
		if (part.n == strlen(files[i]) &&
		    strncasecmp((const char *)part.p, files[i], part.n) == 0)
			return true;
	return part.n > 2 && part.p[0] == '.' && part.p[1] == '_';
}
