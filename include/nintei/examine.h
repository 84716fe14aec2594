/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_EXAMINE_H
#define NINTEI_EXAMINE_H
/*
 * examine: read one untrusted document in a confined child and rebuild what
 * it says from typed facts.
 * Runs in: examine (child), core and nintei (parent).
 * Trusts: nothing; the parent re-validates every fact and never parses the
 * document itself.
 * Rules: MANIFEST-JSON_STRICT, FORM-*, REGISTRY-JSON_STRICT;
 * docs/PROTOCOL.dossier.
 */
#include "nintei/err.h"
#include "nintei/findings.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "nintei/slice.h"

struct worker_class;
struct worker_host;

enum examine_kind {
	EXAMINE_NONE = 0,
	EXAMINE_MANIFEST, /* strict JSON, at most LIMIT_MANIFEST_BYTES */
	EXAMINE_FORM, /* strict JSON, at most LIMIT_FORM_BYTES */
	EXAMINE_REGISTRY, /* strict JSON extract of the register */
	EXAMINE_CSR, /* one PKCS#10, PEM or DER */
	EXAMINE_ASIC, /* META-INF/ASiCManifest*.xml: asic.h */
	EXAMINE_BAG, /* tag files of a bag, packed: bag.h */
	EXAMINE_SIGNATURE, /* one CMS with its trust, packed: signature.h */
	EXAMINE_XLSX, /* a workbook: ooxml.h */
	EXAMINE_DOCX, /* a document of Word: ooxml.h */
	EXAMINE_PDF, /* the bytes of a PDF: pdf.h */
	EXAMINE_RUNS, /* runs of its text, then the PDF: pdf.h */
	EXAMINE_PLAIN, /* .txt, .csv, .md: document.h */
	EXAMINE_KIND_MAX
};

/*
 * What a document says.  json: the document of a JSON kind, the facts of the
 * other readers; for EXAMINE_CSR {"key_type"}.  NULL when a finding says why.
 */
struct examined {
	enum examine_kind kind;
	struct json *json;
	uint8_t spki[LIMIT_SPKI_BYTES]; /* SubjectPublicKeyInfo DER of a CSR */
	size_t spki_len;
};
void examined_free(struct examined *x);
DEFINE_STRUCT_CLEANUP(examined, examined_free)

/* The class that nintei-examine or worker_host_local() runs. */
const struct worker_class *examine_worker_class(void);

/*
 * Examine the document in doc_memfd (sealed, borrowed).  member names it in
 * findings.  out is set whenever 0 is returned; out->json is NULL when the
 * document was not acceptable, and f says why.
 * Errors: E_UNAVAILABLE (the child crashed or was killed for a forbidden
 * call), E_INTERNAL (its frames break the grammar).
 */
int examine_run(struct worker_host *h, enum examine_kind kind,
    const char *member, int doc_memfd, struct examined **out,
    struct findings *f, struct err *e) MUST_CHECK;

/* What the child writes: see docs/PROTOCOL.dossier. */
int examine_work(uint32_t kind, struct slice in, int out_fd);

/*
 * The parent's decoder of a finished stream of frames; for tests and fuzzing.
 * Errors: E_INTERNAL.
 */
int examine_decode(enum examine_kind kind, const char *member,
    struct slice stream, struct examined **out, struct findings *f,
    struct err *e) MUST_CHECK;

#endif
