/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of addresses, URLs, names and identifiers in nintei.yaml. */
#include "config_int.h"

#include <string.h>

#include "nintei/enc.h"
#include "nintei/limits.h"

static int
form_port(const char *text, const char *what, struct err *e)
{
	struct err ignored = ERR_INIT;
	uint64_t port;

	if (dec_parse(text, 65535, &port, &ignored) < 0 || port == 0)
		return err_set(
		    e, E_CONFIG, "%s: want a port of 1 to 65535", what);
	return 0;
}

int
form_listen(const char *text, const char *what, struct err *e)
{
	const char *colon = strrchr(text, ':');
	size_t n = strspn(text, "0123456789abcdefABCDEF.:[]");

	if (text[0] == '\0')
		return 0; /* not offered */
	if (colon == NULL || colon == text || text[n] != '\0')
		return err_set(e, E_CONFIG,
		    "%s: want ADDRESS:PORT or [ADDRESS]:PORT", what);
	if ((text[0] == '[') != (colon[-1] == ']') ||
	    (text[0] != '[' && strchr(text, ':') != colon))
		return err_set(e, E_CONFIG, "%s: want [ADDRESS]:PORT", what);
	return form_port(colon + 1, what, e);
}

/* Lower-case letters, digits, '-', '.', and a port. */
int
form_host(const char *text, const char *what, struct err *e)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-[]");

	if (n == 0 || (text[n] != ':' && text[n] != '\0'))
		return err_set(e, E_CONFIG, "%s: want a host name", what);
	return text[n] == '\0' ? 0 : form_port(text + n + 1, what, e);
}

int
form_url(const char *text, const char *what, const char *scheme, struct err *e)
{
	size_t n = strlen(scheme);

	if (strncmp(text, scheme, n) != 0 || strlen(text) > 200)
		return err_set(
		    e, E_CONFIG, "%s: want a URL %s...", what, scheme);
	/* A path is not kept: every page has its own. */
	return form_host(text + n, what, e);
}

int
form_oid(const char *text, const char *what, struct err *e)
{
	struct err ignored = ERR_INIT;
	char arc[16];
	const char *p = text;
	uint64_t v;
	size_t n;
	int arcs = 0;

	for (;; p += n + 1) {
		n = strcspn(p, ".");
		if (n >= sizeof(arc))
			break;
		memset(arc, 0, sizeof(arc));
		memcpy(arc, p, n);
		if (dec_parse(arc, INT32_MAX, &v, &ignored) < 0)
			break;
		if (++arcs > 1 && p[n] == '\0' && text[1] == '.' &&
		    text[0] <= '2' && strncmp(text, "2.25.", 5) != 0)
			return 0;
		if (p[n] == '\0')
			break;
	}
	return err_set(e, E_CONFIG,
	    "%s: want a dotted OID, arcs below 2^31, not under 2.25", what);
}

int
form_id(const char *text, const char *what, struct err *e)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (n == 0 || n > LIMIT_ID_BYTES || text[n] != '\0' || text[0] == '-')
		return err_set(e, E_CONFIG,
		    "%s: want letters a-z, digits and -, have \"%.40s\"", what,
		    text);
	return 0;
}

/* The next word of a text, owned; NULL at the end. */
static char *
word_next(const char **text)
{
	const char *p = *text + strspn(*text, " ");
	size_t n = strcspn(p, " ");

	*text = p + n;
	return n > 0 ? xstrndup(p, n) : NULL;
}

/* https:// or http://, visible ASCII, no query: a prefix to add to. */
static bool
is_prefix(const char *url)
{
	size_t scheme = strncmp(url, "https://", 8) == 0 ? 8
	    : strncmp(url, "http://", 7) == 0            ? 7
							 : 0;
	size_t n = strlen(url);

	for (const char *p = url; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("?#\"'\\@", *p) != NULL)
			return false;
	return scheme != 0 && n > scheme && url[scheme] != '/' && n <= 200;
}

/* What the key says is read by who uses it: here it has three parts. */
int
form_witness(const char *text, struct config_witness *out, struct err *e)
{
	CLEANUP(freep) char *key = word_next(&text);
	CLEANUP(freep) char *url = word_next(&text);
	CLEANUP(freep) char *ca_file = word_next(&text);
	size_t n = url != NULL ? strlen(url) : 0;

	if (key == NULL || url == NULL || !is_prefix(url) ||
	    text[strspn(text, " ")] != '\0' || strchr(key, '+') == NULL ||
	    strchr(strchr(key, '+') + 1, '+') == NULL)
		return err_set(e, E_CONFIG,
		    "log.witnesses: want \"NAME+ID+KEY URL [CA-FILE]\"");
	if (url[n - 1] == '/')
		url[n - 1] = '\0';
	out->key = TAKE(key);
	out->url = TAKE(url);
	out->ca_file = ca_file != NULL ? TAKE(ca_file) : xstrdup("");
	return 0;
}
