/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PROJECT_INT_H
#define NINTEI_PROJECT_INT_H
/* project_int: the rows of one update, and the memory they borrow from. */
#include "nintei/derive_fees.h"
#include "nintei/flow_next.h"
#include "office_int.h"

#define ROWS_VIEW_BYTES MIB(2)
#define ROWS_SEARCH_BYTES KIB(64)
#define ROWS_PUBLICATIONS 8 /* that one event may touch */
#define FLAGS_TEXT 64

struct rows {
	struct index_update u;
	struct index_dossier dossier;
	struct index_machine *machines;
	char (*flags)[FLAGS_TEXT];
	struct index_document *documents;
	struct index_decision *decisions;
	struct json *deadlines_json;
	struct index_deadline *deadlines;
	struct index_certification certification;
	struct index_version version;
	struct index_publication publications[ROWS_PUBLICATIONS];
	char *publication_text[ROWS_PUBLICATIONS];
	char *publication_instance[ROWS_PUBLICATIONS];
	size_t n_publications;
	struct pub_doc *entry; /* texts of the rows point into it */
	struct index_owed owed[FLOW_OWED];
	struct flow_owed owed_words[FLOW_OWED];
	struct fee_line fee_lines[FEE_LINES];
	struct index_fee fees[FEE_LINES];
	struct buf view, search, content, hold;
	char hash[65], prefix[8];
};

/* Does the event, by its word or an effect, move this instance? */
bool rows_move(
    const struct json *event, const char *machine, const char *instance);
/* Entry, version and publications, after rows_event. */
int rows_public(struct index *x, struct rows *r, const struct dossier *d,
    const struct json *event, struct err *e) MUST_CHECK;

/* What the event owes to other cases, by the rows as they stand before it. */
int rows_owed(struct index *x, struct rows *r, const struct dossier *d,
    const struct json *event, struct err *e) MUST_CHECK;

/* The ledger's lines of the event; after rows_event. */
void rows_fees(
    struct rows *r, const struct dossier *d, const struct json *event);

#endif
