/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PDF: its structure by one child, its text by nintei-pdftext, what the
 * text says by another child.  Here only ranges of bytes are counted.
 */
#include "intake_int.h"
#include <stdio.h>
#include <string.h>
#include "nintei/enc.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/log.h"
#include "nintei/pdf.h"
#include "nintei/runs.h"
#include "nintei/worker.h"

#define PDFTEXT_KIND 1 /* there is one */

/* --- signatures --- */

bool
pdf_range(const struct json *signature, uint64_t out[4])
{
	const struct json *range = jsonx_get(signature, "range");

	for (size_t i = 0; i < 4; i++) {
		int64_t v = jsonx_int_value(jsonx_at(range, i), -1);

		if (v < 0)
			return false;
		out[i] = (uint64_t)v;
	}
	return jsonx_len(range) == 4;
}

/* Counted again: what the child says about a signature is not believed. */
static enum pdf_signature
signature_judge(struct slice pdf, const struct json *signature)
{
	CLEANUP(buf_free) struct buf cms = BUF_INIT(LIMIT_CMS_BYTES);
	uint64_t range[4];

	if (!pdf_range(signature, range))
		return PDF_SIGNATURE_COVERAGE;
	return pdf_signature(pdf, range, &cms);
}

static int
signatures_check(struct check *c, const struct intake_member *m,
    const struct json *all, struct err *e)
{
	CLEANUP(blob_unmap) struct blob pdf = { 0 };
	enum pdf_signature s = PDF_SIGNATURE_WHOLE;
	const char *claim = jsonx_get_str(jsonx_at(all, 0), "fault");

	if (jsonx_len(all) == 0)
		return 0;
	if (blob_map(m->fd, LIMIT_ENTRY_BYTES, &pdf, e) < 0)
		return -1;
	if (jsonx_len(all) > 1)
		s = PDF_SIGNATURE_COVERAGE;
	else
		s = signature_judge(slice_of(pdf.p, pdf.n), jsonx_at(all, 0));
	if (s == PDF_SIGNATURE_GAP)
		rule_add(c->f, IR_PDF_SIG_GAP, m->path, NULL, NULL);
	else if (s != PDF_SIGNATURE_WHOLE || claim == NULL || claim[0] != '\0')
		rule_add(c->f, IR_PDF_SIG_COVERAGE, m->path, NULL, NULL);
	return 0;
}

/* --- text --- */

/* What came of asking nintei-pdftext. */
enum asked {
	ASKED_NOBODY = 0, /* it is not there, or fell: a person reads */
	ASKED_TIME,
	ASKED_RUNS
};

/*
 * A child that fell keeps nobody out: what its library cannot hold, a person
 * reads.  The trail keeps which dossier did it.
 */
static void
fallen(const struct check *c, enum worker_end end)
{
	char hex[65];

	log_ev(end == WORKER_SECURITY ? LOG_L_ERROR : LOG_L_WARN,
	    "pdftext.fell", "bundle",
	    hex_encode(c->in->sha256, sizeof(c->in->sha256), hex), "why",
	    end == WORKER_SECURITY ? "forbidden call" : "crash", NULL);
}

static int
ask(struct check *c, const struct intake_member *m, struct buf *runs,
    enum asked *out, struct err *e)
{
	struct worker_job job;
	enum worker_end end;
	struct err gone = ERR_INIT;

	*out = ASKED_NOBODY;
	if (c->hosts->pdftext == NULL ||
	    worker_start(c->hosts->pdftext, PDFTEXT_KIND, m->fd, &job, &gone) <
		0)
		return 0;
	if (worker_collect(&job, runs, &end, e) < 0)
		return -1;
	if (end == WORKER_TIME)
		*out = ASKED_TIME;
	else if (end == WORKER_OK)
		*out = ASKED_RUNS;
	else
		fallen(c, end);
	return 0;
}

/* By pieces: what is mapped counts as memory of this process. */
static int
append(int to, int from, struct err *e)
{
	uint8_t piece[KIB(64)];
	uint64_t size, at = 0;

	if (blob_check(from, LIMIT_ENTRY_BYTES, &size, e) < 0)
		return -1;
	while (at < size) {
		size_t n = size - at < sizeof(piece) ? (size_t)(size - at)
						     : sizeof(piece);

		if (fd_pread(from, piece, n, (off_t)at, e) < 0 ||
		    fd_write(to, piece, n, e) < 0)
			return -1;
		at += n;
	}
	return 0;
}

/* The runs, then the PDF, as one sealed memory. */
static int
join(const struct buf *runs, int pdf_fd, int *out, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;

	if (memfd_new("runs", &fd, e) < 0 ||
	    fd_write(fd, runs->p, runs->n, e) < 0 ||
	    append(fd, pdf_fd, e) < 0 || memfd_seal(fd, e) < 0)
		return -1;
	*out = TAKE_FD(fd);
	return 0;
}

/* What the text said becomes part of what the document says. */
static void
merge(struct json *into, const struct json *from)
{
	static const char *const parts[] = { "language", "marks", "paper",
		"hidden", "scan", "unread" };

	for (size_t i = 0; i < NELEM(parts); i++) {
		const struct json *part = jsonx_get(from, parts[i]);

		if (part != NULL)
			jsonx_set(into, parts[i], jsonx_dup(part));
	}
}

/* The places, in the words of the table: "invisible", "white", ... */
static void
hidden_report(
    struct check *c, const struct intake_member *m, const struct json *hidden)
{
	char detail[160] = "";
	size_t n = 0;

	for (size_t i = 0; i < jsonx_len(hidden) && i < 5; i++) {
		const char *where = jsonx_get_str(jsonx_at(hidden, i), "where");
		int more = snprintf(detail + n, sizeof(detail) - n, "%s%s",
		    i == 0 ? "" : ", ", where == NULL ? "" : where);

		if (more < 0 || (size_t)more >= sizeof(detail) - n)
			break;
		n += (size_t)more;
	}
	if (jsonx_len(hidden) > 0)
		rule_add(c->f, IR_PDF_HIDDEN, m->path, NULL, detail);
}

static void
text_report(
    struct check *c, const struct intake_member *m, const struct json *said)
{
	hidden_report(c, m, jsonx_get(said, "hidden"));
	if (jsonx_get_bool(said, "scan", true) ||
	    jsonx_get_int(said, "unread", 1) > 0)
		rule_add(c->f, IR_PDF_SCAN, m->path, NULL, NULL);
}

static int
text_check(
    struct check *c, struct intake_member *m, struct json *facts, struct err *e)
{
	CLEANUP(examined_freep) struct examined *x = NULL;
	CLEANUP(buf_free) struct buf runs = BUF_INIT(RUNS_STREAM_BYTES);
	CLEANUP(fd_closep) int both = -1;
	enum asked asked;

	if (ask(c, m, &runs, &asked, e) < 0)
		return -1;
	if (asked == ASKED_NOBODY)
		rule_add(c->f, IR_PDF_UNREAD, m->path, NULL, NULL);
	if (asked == ASKED_TIME)
		rule_add(c->f, IR_PDF_TIME, m->path, NULL, NULL);
	if (asked != ASKED_RUNS)
		return 0;
	if (join(&runs, m->fd, &both, e) < 0 ||
	    examine_run(c->hosts->examine, EXAMINE_RUNS, m->path, both, &x,
		c->f, e) < 0)
		return -1;
	if (x->json != NULL) {
		merge(facts, x->json);
		text_report(c, m, x->json);
	}
	return 0;
}

int
pdf_check(struct check *c, struct intake_member *m, struct err *e)
{
	CLEANUP(examined_freep) struct examined *x = NULL;

	if (m->fd < 0)
		return 0; /* no bytes: its type is already refused */
	if (examine_run(c->hosts->examine, EXAMINE_PDF, m->path, m->fd, &x,
		c->f, e) < 0)
		return -1;
	if (x->json == NULL)
		return 0;
	if (signatures_check(c, m, jsonx_get(x->json, "signatures"), e) < 0 ||
	    text_check(c, m, x->json, e) < 0)
		return -1;
	m->document = TAKE(x->json);
	return 0;
}
