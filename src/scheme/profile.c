/* SPDX-License-Identifier: Apache-2.0 */
/* profiles.yaml: what PKI.md leaves to a scheme. */
#include "scheme_int.h"

#include <string.h>

#define NOTICE_CHARS 200
#define NAME_CHARS 64

/* Characters of valid UTF-8 (conf_read checked it). */
static size_t
chars(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static int
check_oid(const char *oid, struct err *e)
{
	size_t n = strlen(oid);

	if (n == 0 || n > 40 || strspn(oid, "0123456789.") != n ||
	    oid[0] == '.' || oid[n - 1] == '.' || strstr(oid, "..") != NULL)
		return err_set(
		    e, E_CONFIG, "policy_oid: want arcs such as 1.1");
	return 0;
}

/* An absolute path in ASCII; number: it holds "{number}" once. */
static int
check_path(const char *path, const char *what, bool number, struct err *e)
{
	const char *at = strstr(path, "{number}");
	size_t n = strspn(path,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/{}");

	if (path[0] != '/' || path[n] != '\0' || n > 128)
		return err_set(e, E_CONFIG, "%s: want a path in ASCII", what);
	if ((at != NULL) != number)
		return err_set(e, E_CONFIG, "%s: %s {number}", what,
		    number ? "want" : "may not hold");
	return 0;
}

static int
check_texts(const struct profile_yaml *y, struct err *e)
{
	if (chars(y->ca_name) > NAME_CHARS || y->ca_name[0] == '\0')
		return err_set(e, E_CONFIG, "ca_name: want 1 to %d characters",
		    NAME_CHARS);
	if (y->user_notice != NULL && chars(y->user_notice) > NOTICE_CHARS)
		return err_set(e, E_CONFIG,
		    "user_notice: want at most %d characters", NOTICE_CHARS);
	if (y->guideline[0] == '\0')
		return err_set(e, E_CONFIG, "guideline: want a text");
	return 0;
}

int
build_profile(struct scheme_box *b, struct err *e)
{
	const struct profile_yaml *y = b->yaml[PART_PROFILES];
	struct scheme_profile *p = &b->s.profile;

	if (check_oid(y->policy_oid, e) < 0 || check_texts(y, e) < 0 ||
	    check_path(y->cps_path, "cps_path", false, e) < 0 ||
	    check_path(y->mark_path, "mark_path", true, e) < 0 ||
	    check_path(y->designated_path, "designated_path", true, e) < 0)
		return -1;
	p->policy_oid = y->policy_oid;
	p->ca_name = y->ca_name;
	p->cps_path = y->cps_path;
	p->user_notice = text_of(y->user_notice);
	p->guideline = y->guideline;
	p->mark_path = y->mark_path;
	p->designated_path = y->designated_path;
	if (conf_int(y->ca_years, "ca_years", 3, 20, &p->ca_years, e) < 0)
		return -1;
	return conf_bool(
	    y->document_signing, "document_signing", &p->document_signing, e);
}
