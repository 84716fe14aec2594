/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_PUBLIC_INT_H
#define NINTEI_OFFICE_PUBLIC_INT_H
/* public_int: what everybody may see: publication and signed exports. */
#include "case_int.h"
#include "office_state_int.h"

/* --- signed exports of the register (register_signed.c) --- */
struct exports *exports_new(void);
void exports_free(struct exports *x);
/* --- and of one certification, for a day (register_status.c) --- */
struct statuses;
struct statuses *statuses_new(void);
void statuses_free(struct statuses *x);

/* --- publication (publish.c): the door of Art. 11 --- */
/*
 * What the executed certify decision of a term released, copied out of the
 * secret record; items under withholding as a salted hash.  d: the case of
 * the first application, where certification and withholdings live.
 */
struct publish_by {
	const struct dossier_decision *decision; /* certify, executed */
	const struct json *detail; /* of it, or of the reissue */
	struct slice certificate; /* DER */
	const struct dossier *holder; /* the renewal with the record; NULL: d */
	int64_t term; /* 0: the first */
};
int office_publication(struct office *o, const struct dossier *d,
    const struct publish_by *by, struct json *data, struct err *e) MUST_CHECK;
/*
 * One item that was withheld, now published: data.publication and
 * data.release of the event.  by: the withholding decision, or that which
 * certified where the applicant gave it up.
 */
int office_publish_item(struct office *o, const struct dossier *d,
    const char *item, const struct dossier_decision *by, struct json *data,
    struct err *e) MUST_CHECK;
/* The same where it was asked in the case of: d, or one of its renewals. */
int office_publish_item_of(struct office *o, const struct dossier *d,
    const struct dossier *of, const char *item,
    const struct dossier_decision *by, struct json *data,
    struct err *e) MUST_CHECK;
/*
 * What is published beside the register: the members that publications.inc
 * lists, out of the detail of an executed decision of that kind, into
 * data.publication and data.release.  E_INVALID where a member is missing.
 */
int office_publish_kind(struct office *o, const struct dossier *d,
    enum derive_publication kind, const struct json *detail,
    const struct dossier_decision *by, struct json *data,
    struct err *e) MUST_CHECK;
/*
 * Art. 13(1): values of form B that the dossier of a notice changes; what is
 * withheld stays withheld.  Into the event of change_notice.record of that
 * instance; nothing where the notice changes no item.
 */
int office_publish_change(struct office *o, const struct dossier *d,
    const char *instance, struct json *data, struct err *e) MUST_CHECK;
/* What one notice said (changes.c). */
struct change_said {
	const char *instance; /* lent by the dossier */
	struct sec_doc *said;
};
/* Recorded notices with a dossier, the newest first. */
struct changes {
	struct change_said *list;
	size_t n;
};
/* Those of d that were recorded after an instant; below 0: all told. */
int office_changes(struct office *o, const struct dossier *d, int64_t since,
    struct changes *out, struct err *e) MUST_CHECK;
void changes_done(struct changes *c);
/* Its value of an item; NULL: it does not change it. */
const struct sec_str *change_value(
    const struct change_said *c, const char *item);
/* The salt of an item that a notice changed: of the case with the notice. */
#define WITHHELD_SALT 32
struct slice change_salt(const struct secret *key, const char *item,
    const char *instance, uint8_t out[WITHHELD_SALT]);
char *office_designated_url(
    struct office *o, const struct scheme *s, const char *number);
int office_pki_load(struct office *o, struct err *e) MUST_CHECK;
struct office_pki *office_pki_find(struct office *o, const char *name);

#endif
