/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures as proofs: attached, detached over another member, in a PDF, or
 * of the container.  What was signed decides what it proves: a signature over
 * something that is not in this dossier proves nothing.
 */
#include "existence_int.h"
#include <string.h>
#include <strings.h>
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/pdf.h"

/* --- one signer --- */

static void
corporation_agree(struct existence_found *p)
{
	const struct json *is = jsonx_get(p->signer, "corporation");

	existence_agree(p, AGREE_NUMBER, "number", jsonx_get_str(is, "number"));
	existence_agree(p, AGREE_NAME, "name", jsonx_get_str(is, "name"));
	existence_agree(
	    p, AGREE_OFFICE, "address", jsonx_get_str(is, "address"));
	existence_agree(p, AGREE_HEAD, "representative",
	    jsonx_get_str(is, "representative"));
}

static bool
is_word(const struct json *o, const char *key, const char *word)
{
	const char *is = jsonx_get_str(o, key);

	return is != NULL && strcmp(is, word) == 0;
}

/* Signature, chain, revocation and profile: each its own sentence. */
static void
signer_doubts(struct existence_found *p, bool anchored)
{
	const struct json *s = p->signer;
	const char *path = p->member->path;
	struct findings *f = p->c->f;
	bool trusted = is_word(s, "chain", "trusted");

	if (!is_word(s, "signature", "good")) {
		p->says.doubts |= DOUBT_SIGNATURE;
		rule_add(f, IR_PROOF_SIGNATURE, path, NULL,
		    jsonx_get_str(s, "signature"));
	}
	if (!trusted && !anchored) {
		p->says.doubts |= DOUBT_UNREAD;
		rule_add(f, IR_PROOF_UNCHECKED, path, NULL, "chain");
	} else if (!trusted) {
		p->says.doubts |= DOUBT_CHAIN;
		rule_add(
		    f, IR_PROOF_CHAIN, path, NULL, jsonx_get_str(s, "chain"));
	}
	if (is_word(s, "revocation", "revoked")) {
		p->says.doubts |= DOUBT_REVOKED;
		rule_add(f, IR_PROOF_REVOKED, path, NULL, NULL);
	} else if (trusted && !is_word(s, "revocation", "good")) {
		p->says.doubts |= DOUBT_REVOCATION_UNKNOWN;
		rule_add(f, IR_PROOF_UNCHECKED, path, NULL,
		    jsonx_get_str(s, "revocation"));
	}
	if (!is_word(s, "profile", "registrar") &&
	    !is_word(s, "profile", "registrar_old")) {
		p->says.doubts |= DOUBT_PROFILE;
		rule_add(f, IR_PROOF_PROFILE, path, NULL,
		    jsonx_get_str(s, "profile"));
	}
}

static void
signer_check(struct check *c, const struct intake_member *m,
    const struct json *signer, enum existence_form form, bool anchored)
{
	struct existence_found p = { .c = c, .member = m, .signer = signer };
	int64_t at = jsonx_get_int(signer, "signing_time", 0);

	p.says.form = form;
	if (at > 0) {
		p.says.has_day = true;
		p.says.day = jday_of_instant(at);
	}
	signer_doubts(&p, anchored);
	if (form == EXISTENCE_FORM_NONE) {
		/* A registrar's signature, but over something not at hand. */
		p.says.form = EXISTENCE_SIGNED_PAPER;
		p.says.doubts |= DOUBT_UNREAD;
	}
	corporation_agree(&p);
	existence_add(&p);
}

/* anchored: policy names roots at all. */
static void
signers_check(struct check *c, const struct intake_member *m,
    const struct json *facts, enum existence_form form, bool anchored)
{
	const struct json *all = jsonx_get(facts, "signers");

	for (size_t i = 0; i < jsonx_len(all); i++)
		signer_check(c, m, jsonx_at(all, i), form, anchored);
}

/* --- files with a signature --- */

/* What signing this member says of the application. */
static enum existence_form
form_of(const struct intake_member *what)
{
	return what->role == INTAKE_ROLE_FORM_A ||
		what->role == INTAKE_ROLE_MANIFEST
	    ? EXISTENCE_CERTIFICATE
	    : EXISTENCE_SIGNED_PAPER;
}

static const struct intake_member *
member_of_digest(const struct intake *in, const char *hex)
{
	char own[65];

	for (size_t i = 0; hex != NULL && i < in->n_members; i++)
		if (!in->members[i].ignored &&
		    strcmp(hex_encode(in->members[i].sha256, 32, own), hex) ==
			0)
			return &in->members[i];
	return NULL;
}

/* "x.pdf" of "x.pdf.p7s"; else form A. */
static const struct intake_member *
named_content(const struct intake *in, const struct intake_member *m)
{
	size_t n = strlen(m->path) - strlen(extension_of(m->path));

	for (size_t i = 0; i < in->n_members; i++)
		if (!in->members[i].ignored &&
		    strlen(in->members[i].path) == n &&
		    strncmp(in->members[i].path, m->path, n) == 0)
			return &in->members[i];
	return intake_member_of(in, INTAKE_ROLE_FORM_A);
}

/* One file with a signature, and what was signed as far as it is known. */
struct signed_file {
	struct check *c;
	const struct intake_member *member;
	struct slice cms;
	const struct signature_trust *trust;
	const struct intake_member *content;
	struct json *facts; /* owned; NULL: it is refused */
};

/* Anew over this content; NULL: what the CMS itself holds. */
static int
judge(struct signed_file *s, const struct intake_member *content, struct err *e)
{
	CLEANUP(fd_closep) int none = -1;
	struct check *c = s->c;
	struct signature_job job = { .purpose = SIGNATURE_REGISTRAR,
		.at = c->hint->now,
		.trust = s->trust,
		.cms = s->cms,
		.content_fd = -1 };

	if (content != NULL && content->fd < 0) {
		if (memfd_of("empty", (struct slice){ 0 }, &none, e) < 0)
			return -1;
		job.content_fd = none;
	} else if (content != NULL)
		job.content_fd = content->fd;
	jsonx_freep(&s->facts);
	return signature_run(
	    c->hosts->examine, &job, s->member->path, &s->facts, c->f, e);
}

/*
 * Which member was signed: what the name says, what the CMS holds, or what
 * its digest names.  Judged anew when the first guess was wrong.
 */
static int
content_find(struct signed_file *s, struct err *e)
{
	const struct json *first = jsonx_at(jsonx_get(s->facts, "signers"), 0);
	const struct intake_member *other;
	bool detached = jsonx_get_bool(s->facts, "detached", true);

	if (detached && !is_word(first, "signature", "digest"))
		return 0;
	other = member_of_digest(s->c->in,
	    detached ? jsonx_get_str(first, "message_digest")
		     : jsonx_get_str(s->facts, "content_sha256"));
	if (detached && (other == NULL || other == s->content))
		return 0;
	s->content = other;
	return judge(s, detached ? other : NULL, e);
}

static int
signed_check(struct signed_file *s, struct err *e)
{
	struct check *c = s->c;

	if (judge(s, s->content, e) < 0)
		return -1;
	if (s->facts == NULL)
		return 0;
	if (!jsonx_get_bool(s->facts, "readable", false)) {
		rule_add(c->f, IR_PROOF_FORM, s->member->path, NULL, NULL);
		return 0;
	}
	if (content_find(s, e) < 0)
		return -1;
	signers_check(c, s->member, s->facts,
	    s->content == NULL ? EXISTENCE_FORM_NONE : form_of(s->content),
	    s->trust->n_anchors > 0);
	return 0;
}

int
existence_signed(struct check *c, struct intake_member *m,
    const struct signature_trust *trust, struct err *e)
{
	CLEANUP(blob_unmap) struct blob cms = { 0 };
	struct signed_file s = { .c = c,
		.member = m,
		.trust = trust,
		.content = named_content(c->in, m) };
	int rv;

	if (m->fd < 0 || m->size > LIMIT_SIGNED_BYTES) {
		rule_add(c->f, IR_PROOF_FORM, m->path, NULL, NULL);
		return 0;
	}
	if (blob_map(m->fd, LIMIT_SIGNED_BYTES, &cms, e) < 0)
		return -1;
	s.cms = slice_of(cms.p, cms.n);
	rv = signed_check(&s, e);
	jsonx_free(s.facts);
	return rv;
}

/* --- PDF --- */

static bool
is_registrars(const struct json *facts)
{
	const struct json *all = jsonx_get(facts, "signers");

	for (size_t i = 0; i < jsonx_len(all); i++)
		if (!is_word(jsonx_at(all, i), "profile", "other"))
			return true;
	return false;
}

/*
 * Somebody's own signature proves no existence, and may be of a kind that is
 * not judged here; but it must not be of another file.
 */
static void
others_check(
    struct check *c, const struct intake_member *m, const struct json *facts)
{
	const struct json *all = jsonx_get(facts, "signers");
	bool detached = jsonx_get_bool(facts, "detached", false);

	for (size_t i = 0; i < jsonx_len(all); i++) {
		const struct json *one = jsonx_at(all, i);

		if (is_word(one, "signature", "bad") ||
		    (detached && is_word(one, "signature", "digest")))
			rule_add(c->f, IR_PROOF_SIGNATURE, m->path, NULL,
			    jsonx_get_str(one, "signature"));
	}
}

int
existence_pdf(struct check *c, struct intake_member *m,
    const struct signature_trust *trust, bool *out_taken, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	CLEANUP(blob_unmap) struct blob pdf = { 0 };
	CLEANUP(buf_free) struct buf cms = BUF_INIT(LIMIT_CMS_BYTES);
	const struct json *all = jsonx_get(m->document, "signatures");
	uint64_t r[4];
	struct signature_range ranges[2];
	struct signature_job job = { .purpose = SIGNATURE_REGISTRAR,
		.at = c->hint->now,
		.trust = trust,
		.padded = true,
		.content_fd = m->fd,
		.ranges = ranges,
		.n_ranges = NELEM(ranges) };

	if (jsonx_len(all) != 1 || !pdf_range(jsonx_at(all, 0), r))
		return 0; /* pdf.c said so */
	if (blob_map(m->fd, LIMIT_ENTRY_BYTES, &pdf, e) < 0)
		return -1;
	if (pdf_signature(slice_of(pdf.p, pdf.n), r, &cms) !=
	    PDF_SIGNATURE_WHOLE)
		return 0;
	ranges[0] = (struct signature_range){ r[0], r[1] };
	ranges[1] = (struct signature_range){ r[2], r[3] };
	job.cms = buf_slice(&cms);
	if (signature_run(c->hosts->examine, &job, m->path, &facts, c->f, e) <
	    0)
		return -1;
	if (facts == NULL)
		return 0;
	if (!jsonx_get_bool(facts, "readable", false))
		rule_add(c->f, IR_PROOF_FORM, m->path, NULL, NULL);
	else if (is_registrars(facts)) {
		signers_check(
		    c, m, facts, EXISTENCE_SIGNED_PAPER, trust->n_anchors > 0);
		*out_taken = true;
	} else
		others_check(c, m, facts);
	return 0;
}

/* --- the container --- */

void
existence_container(struct check *c, const struct signature_trust *trust)
{
	for (size_t i = 0; i < jsonx_len(c->in->signatures); i++) {
		const struct json *facts = jsonx_at(c->in->signatures, i);
		const char *path = jsonx_get_str(facts, "member");

		for (size_t k = 0; path != NULL && k < c->in->n_members; k++)
			if (strcmp(c->in->members[k].path, path) == 0 &&
			    is_registrars(facts))
				signers_check(c, &c->in->members[k], facts,
				    EXISTENCE_CERTIFICATE,
				    trust->n_anchors > 0);
	}
}
