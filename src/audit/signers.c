/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowed_signers: which key signs commits, and from when to when.  Its other
 * lines follow from the roster, to the byte.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/term.h"

#define STORE "store@nintei namespaces=\"git\""

/* "YYYYMMDDhhmmssZ" after name=" and before the quote; 0: malformed. */
static int64_t
time_option(const char *at, const char **rest)
{
	int v[6] = { 0 };
	static const int digits[6] = { 4, 2, 2, 2, 2, 2 };
	struct jday day;

	for (int i = 0; i < 6; i++)
		for (int k = 0; k < digits[i]; k++) {
			if (*at < '0' || *at > '9')
				return 0;
			v[i] = 10 * v[i] + (*at++ - '0');
		}
	if (strncmp(at, "Z\"", 2) != 0 || v[3] > 23 || v[4] > 59 || v[5] > 59 ||
	    !jday_of_civil(v[0], v[1], v[2], &day))
		return 0;
	*rest = at + 2;
	return (int64_t)day.n * 86400 + v[3] * 3600 + v[4] * 60 + v[5];
}

static bool
option_take(const char **at, const char *name, int64_t *out)
{
	CLEANUP(freep) char *want = xasprintf(",%s=\"", name);
	size_t n = strlen(want);

	if (strncmp(*at, want, n) != 0)
		return true;
	*out = time_option(*at + n, at);
	return *out != 0;
}

static bool
line_take(struct audit *a, const char *line)
{
	struct store_key *k = &a->signers[a->n_signers];
	const char *at = line + strlen(STORE);
	struct err why = ERR_INIT;

	if (a->n_signers == AUDIT_KEYS)
		return false;
	*k = (struct store_key){ 0 };
	if (!option_take(&at, "valid-after", &k->from) ||
	    !option_take(&at, "valid-before", &k->until) || *at++ != ' ' ||
	    ssh_key_parse(at, &k->key, &why) < 0)
		return false;
	a->n_signers++;
	buf_puts(&a->signer_lines, line);
	buf_putc(&a->signer_lines, '\n');
	return true;
}

/* AUDIT-92: the first commit's list is what the first keys are. */
void
signers_begin(struct audit *a)
{
	const struct file *f = item_claim(a->it, "allowed_signers");
	const char *at = f == NULL ? "" : buf_str(&f->bytes);

	while (strncmp(at, STORE, strlen(STORE)) == 0) {
		CLEANUP(freep) char *line = xstrndup(at, strcspn(at, "\n"));

		if (!line_take(a, line))
			audit_say(a, AUDIT_R92, "a line of allowed_signers",
			    "%.150s", line);
		at += strlen(line);
		at += *at == '\n';
	}
	if (a->n_signers == 0)
		audit_say(a, AUDIT_R92, "allowed_signers with the store's key",
		    "none");
}

/* AUDIT-12, at the time that git hands to ssh-keygen: the committer's. */
void
signers_judge(struct audit *a)
{
	int64_t at = a->it->view.committed;
	char name[SSH_FINGERPRINT];
	bool known = false;

	for (size_t i = 0; i < a->n_signers; i++) {
		const struct store_key *k = &a->signers[i];

		if (!ssh_key_equal(&k->key, &a->it->key))
			continue;
		known = true;
		if (at >= k->from && (k->until == 0 || at < k->until))
			return;
	}
	ssh_key_fingerprint(&a->it->key, name);
	audit_say(a, AUDIT_R12, "a key of store@nintei, valid at that time",
	    "%s, %s", name, known ? "not valid then" : "none of its keys");
}

/* AUDIT-59: the store's lines stay, the others are the roster's. */
bool
signers_follow(struct audit *a)
{
	const struct file *f = item_claim(a->it, "allowed_signers");
	CLEANUP(buf_free) struct buf all = BUF_INIT(MIB(4));
	CLEANUP(buf_free) struct buf want = BUF_INIT(MIB(4));
	const char *people;

	if (a->n_signers == 0)
		return false;
	if (f != NULL) {
		buf_reset(&a->signers_now);
		buf_put(&a->signers_now, f->bytes.p, f->bytes.n);
	}
	roster_allowed_signers(
	    a->roster, &a->signers[0].key, a->signers[0].from, &all);
	people = strchr(buf_str(&all), '\n');
	buf_put(&want, a->signer_lines.p, a->signer_lines.n);
	buf_puts(&want, people == NULL ? "" : people + 1);
	return slice_eq(buf_slice(&want), buf_slice(&a->signers_now));
}
