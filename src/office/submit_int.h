/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SUBMIT_INT_H
#define NINTEI_SUBMIT_INT_H
/* submit_int: a dossier on its way, shared by the files of the intake. */
#include "office_int.h"

/* A dossier on its way from the archive to the event. */
struct arrival {
	struct visit *v;
	struct office *o;
	uint8_t sha256[32]; /* of the body */
	struct intake *in;
	bool refused; /* a finding `refuse` */
	bool correction; /* ?case= */
	/* A change or the end of a service: id is the case of its number. */
	bool notice;
	char id[LIMIT_ID_BYTES + 1];
	char base[LIMIT_ID_BYTES + 1]; /* of a renewal, or "" */
	struct relation of; /* of a renewal, under the lock */
	struct stamp *stamp; /* of a dossier on paper, or NULL */
	int64_t next_n; /* of the first document */
	struct act_write w;
	struct json *record;
	struct json *tags; /* sources, on their way into the event */
};

/*
 * Encrypt the members (none of a refused bundle) and the intake record, store
 * them durably and note them in the write.
 */
int arrival_store(struct arrival *a, struct err *e) MUST_CHECK;
/* Instance of the next bundle of a case: "1", "2" and so on. */
char *bundle_instance(const struct dossier *d);
/* Facts of its guards (submit_facts.c); the lock is held. */
int arrival_facts(struct arrival *a, const struct dossier *d,
    struct flow_facts *f, struct err *e) MUST_CHECK;

/* --- dossiers on paper (paper_intake.c); stamp NULL: as it came --- */
struct stamp;
void stamp_free(struct stamp *s);
DEFINE_STRUCT_CLEANUP(stamp, stamp_free)
/* Read paper=, by=, sig=, by2=, sig2=.  E_INPUT, E_DIGEST. */
int arrival_paper(struct arrival *a, struct err *e) MUST_CHECK;
/* Scheme, kind and number as they were transcribed. */
void paper_hint(const struct arrival *a, struct intake_hint *out);
/* Is more wrong with the scan than that papers are missing? */
bool paper_is_refused(const struct findings *f);
/* The guard two_person_check. */
bool paper_is_proved(const struct arrival *a);
/* Members of data that only a dossier on paper has. */
void paper_data(struct arrival *a);
/* The instant from which the dossier counts as received (REGULATION 4). */
int64_t arrival_received(const struct arrival *a);
/* The account whose dossier it is; "" on paper without one. */
const char *arrival_applicant(const struct arrival *a);

/* --- dossiers about a certification (renewal.c) --- */
/*
 * The case of the number that the dossier names, if it is this applicant's;
 * else the finding RULE-NUMBER_UNKNOWN and E_BUNDLE_REFUSED.
 */
int arrival_number(struct arrival *a, struct err *e) MUST_CHECK;
/* Members of data that only a renewal has. */
void renewal_data(struct arrival *a);
/* The base and what is pending over it; which incident allows it late. */
int renewal_facts(
    struct arrival *a, struct flow_facts *f, struct err *e) MUST_CHECK;
/* since and until of the problem, where the window was missed. */
void renewal_window(struct arrival *a);
/* Members of data of a change notice or a termination. */
void notice_data(struct arrival *a, const struct dossier *d);
/* Its word, and the instance that it begins: owned by the caller. */
struct flow_link notice_link(
    const struct arrival *a, const struct dossier *d, char instance[24]);
/* E_FLOW_STEP where another of the kind is still open. */
int notice_check(
    struct arrival *a, const struct dossier *d, struct err *e) MUST_CHECK;

#endif
