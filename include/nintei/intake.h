/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_INTAKE_H
#define NINTEI_INTAKE_H
/*
 * intake: the whole verification of a dossier: archive, manifest, tags,
 * forms, corporate number, agreement of all papers.  The one code path of the
 * server, of preflight and of `nintei bundle check`.
 * Runs in: core, nintei.  Trusts: nothing; archives and documents are read
 * only by the workers.
 * Rules: src/intake/rules.inc, docs/PROTOCOL.dossier.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/findings.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "nintei/registry.h"
#include "nintei/scheme.h"
#include "nintei/tag.h"
#include "nintei/term.h"

struct worker_host;
struct numbers;

/* What a member is (INTERFACE 5). */
enum intake_role {
	INTAKE_ROLE_NONE = 0,
	INTAKE_ROLE_FORM_A,
	INTAKE_ROLE_FORM_B,
	INTAKE_ROLE_REGISTRY_CERTIFICATE,
	INTAKE_ROLE_EXISTENCE_PROOF,
	INTAKE_ROLE_MARK_DECLARATION,
	INTAKE_ROLE_GUIDELINE_EVIDENCE,
	INTAKE_ROLE_SUBJECT_KEY,
	INTAKE_ROLE_ATTACHMENT,
	INTAKE_ROLE_MANIFEST, /* the manifest itself; not in its own list */
	INTAKE_ROLE_CONTAINER, /* mimetype, META-INF/ (level 2): likewise */
	INTAKE_ROLE_MAX
};
const char *intake_role_name(enum intake_role r); /* "form_a" */
enum intake_role intake_role_parse(const char *name); /* the eight */
/* By the name of the file (level 0, bundle make); else the attachment. */
enum intake_role intake_role_of_path(const char *path);

/* The workers: worker_host_local() or the server's zygotes. */
struct intake_hosts {
	struct worker_host *unpack;
	struct worker_host *examine;
	bool take_7z; /* the operator takes 7z archives too */
	struct worker_host *pdftext; /* NULL: a person reads the PDFs */
	struct worker_host *clam; /* NULL: no scanner is configured */
	bool scans; /* the scheme's malware_scanner counts: the server */
	struct numbers *numbers; /* NULL: no register at hand */
	unsigned seconds; /* for all papers; 0: LIMIT_DOSSIER_SECONDS */
};

/* What the request says where no manifest does; strings may be NULL. */
struct intake_hint {
	const char *scheme;
	const char *kind;
	const char *number;
	int64_t now; /* UTC seconds: the time of receipt */
	/* Of the case that it corrects, whose criteria may count; 0: none. */
	int64_t received_at;
	const char *oid_base; /* of the body; NULL: the example arc */
};

struct intake_member {
	char *path; /* NFC, top folder stripped */
	enum intake_role role;
	uint64_t size;
	uint8_t sha256[32];
	enum tag declared; /* TAG_NONE when nothing was declared */
	enum tag stated; /* declared, else the bundle's; TAG_NONE */
	enum tag effective;
	int fd; /* sealed memfd, owned; -1 when ignored or empty */
	bool ignored;
	bool excluded; /* the applicant's exclusion, Art. 20(2)(5) */
	enum tag label; /* the highest found inside; TAG_NONE: no label */
	struct json *document; /* what examine read in it; NULL: nothing */
	struct json *sources; /* of the effective tag: array for the event */
};

/* A wish about one item of form B: a request, granted elsewhere. */
struct intake_field {
	char id[16];
	enum tag tag; /* TAG_NONE: no wish */
	char *withhold_reason; /* NULL: no request under Art. 11(2) */
};

struct intake {
	uint8_t sha256[32]; /* of the archive */
	uint64_t size;
	unsigned level; /* 0: files, 1: with manifest.json, 2: signed */
	const struct scheme *scheme; /* borrowed; NULL when not known */
	enum dossier_kind kind; /* DOSSIER_NONE when not known */
	char *number; /* certification number; NULL for new */
	char *applicant; /* name; "" when not known */
	char corporate_number[CORPORATE_NUMBER_TEXT]; /* "": none */
	char *service; /* name; "" when not known */
	char *service_url; /* "" when not known */
	char *guideline_version; /* "" when not known */
	int64_t created; /* of the manifest; 0 at level 0 */
	struct intake_member *members; /* in the order of the archive */
	size_t n_members;
	struct intake_field *fields; /* wishes of the manifest */
	size_t n_fields;
	struct json *form_a; /* its "fields"; NULL when unreadable */
	struct json *form_b;
	struct json *registry; /* a JSON extract's facts, or NULL */
	struct json *existence; /* the proof's grade and what it rests on */
	struct json *signatures; /* level 2: answers of signature.h, "member" */
	uint8_t spki[LIMIT_SPKI_BYTES]; /* subject key; 0 bytes: none came */
	size_t spki_len;
	bool complete; /* every slot required for scheme and kind is filled */
};
void intake_free(struct intake *in);
DEFINE_STRUCT_CLEANUP(intake, intake_free)

/*
 * Check the archive in archive_fd (sealed memfd, borrowed).  out is set
 * whenever 0 is returned; what a `refuse` finding kept from being read is
 * absent.  All findings at once.
 * Errors: E_UNAVAILABLE, E_INTERNAL (a worker failed), E_LIMIT.
 */
int intake_check(const struct intake_hosts *hosts,
    const struct scheme_set *schemes, const struct intake_hint *hint,
    int archive_fd, struct intake **out, struct findings *f,
    struct err *e) MUST_CHECK;

/*
 * {ok, scheme, level, signers[]? (level 2), members[], ignored[], findings[]}
 * (INTERFACE 4, 7: preflight).
 */
struct json *intake_report(const struct intake *in, const struct findings *f);
/* The first member with the role, or NULL. */
const struct intake_member *intake_member_of(
    const struct intake *in, enum intake_role role);

/* Art. 10(7): what the self-declaration says, as far as a program can tell. */
enum intake_declared {
	DECLARED_NONE = 0, /* there is none */
	DECLARED_KEPT,
	DECLARED_NOT_KEPT,
	DECLARED_READ /* a paper, or words that a person must read */
};
enum intake_declared intake_declaration(const struct intake *in);
/* A date of form A (change_date, service_end); false: there is none. */
bool intake_form_date(
    const struct intake *in, const char *field, struct jday *out);
/* RULE-NUMBER_UNKNOWN: the number is nobody's, or somebody else's. */
void intake_number_unknown(struct findings *f, const char *number);

/* One file of a folder, for intake_manifest(). */
struct intake_file {
	const char *path; /* relative, UTF-8 */
	uint64_t size;
	uint8_t sha256[32];
	struct slice text; /* the bytes of both forms, else none */
};
/*
 * The manifest nintei.bundle/1 of own files (trusted, not confined): roles by
 * name, tags by role, applicant and service from form A.
 * Errors: E_INPUT (no form A, no such scheme, a form that cannot be read).
 */
int intake_manifest(const struct intake_file *files, size_t n,
    const struct scheme_set *schemes, const struct intake_hint *hint,
    struct json **out, struct err *e) MUST_CHECK;

#endif
