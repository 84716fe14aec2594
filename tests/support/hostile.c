/* SPDX-License-Identifier: Apache-2.0 */
/* Archives through the real worker in its real sandbox. */
#include "support/hostile.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "nintei/findings.h"
#include "nintei/fs.h"
#include "nintei/worker.h"

#include "support/archive_make.h"

struct bundle *
admit_bytes(struct slice bytes, struct findings *f, struct err *e)
{
	CLEANUP(worker_host_freep) struct worker_host *host = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct bundle *b = NULL;

	if (worker_host_local(bundle_worker_class(), &host, e) < 0 ||
	    memfd_of("archive", bytes, &fd, e) < 0 ||
	    bundle_admit(host, fd, &b, f, e) < 0)
		return NULL;
	return b;
}

static bool
is_listed(const char *codes, const char *code)
{
	size_t n = strlen(code);

	for (const char *p = codes; *p != '\0'; p += strcspn(p, "|")) {
		p += *p == '|';
		if (strncmp(p, code, n) == 0 && (p[n] == '\0' || p[n] == '|'))
			return true;
	}
	return false;
}

static void
compare(
    const struct hostile *h, const struct bundle *b, const struct findings *f)
{
	const char *code = f->n == 0 ? "OK" : f->items[0].code;

	for (size_t i = 0; i < f->n; i++) {
		ck_assert_msg(is_listed(h->codes, f->items[i].code),
		    "%s %s: want %s, have %s (%s)", h->id, h->what, h->codes,
		    f->items[i].code, f->items[i].text_en);
		ck_assert_int_eq(f->items[i].severity, SEV_REFUSE);
	}
	ck_assert_msg(is_listed(h->codes, code), "%s %s: want %s, have %s",
	    h->id, h->what, h->codes, code);
	ck_assert_int_eq(b->partial, f->n > 0);
}

/* Coverage and sanitizers do not see into the confined child. */
static void
run_here(struct slice bytes)
{
#ifdef NINTEI_SANITIZED
	const struct worker_class *cls = bundle_worker_class();

	cls->warm();
	(void)cls->run(0, bytes, -1);
#else
	(void)bytes;
#endif
}

void
hostile_check(const struct hostile *h)
{
	CLEANUP(bundle_freep) struct bundle *b = NULL;
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	struct err e = ERR_INIT;

	h->make(&bytes);
	ck_assert_msg(buf_ok(&bytes), "%s: not made", h->id);
	run_here(buf_slice(&bytes));
	b = admit_bytes(buf_slice(&bytes), &f, &e);
	ck_assert_msg(b != NULL, "%s %s: %s: %s [%s]", h->id, h->what,
	    err_name(e.code), e.detail, e.trail);
	compare(h, b, &f);
}
