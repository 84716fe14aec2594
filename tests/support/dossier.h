/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_DOSSIER_H
#define NINTEI_TESTS_DOSSIER_H
/*
 * dossier: a sample dossier in memory, changed by a test, packed and checked
 * through the real workers.
 */
#include "nintei/intake.h"
#include "nintei/slice.h"

#define DOSSIER_FILES 16

struct dossier {
	struct {
		char *path;
		struct buf content;
	} files[DOSSIER_FILES];
	size_t n;
	struct json *manifest; /* NULL: level 0 */
	const char *scheme;
};

/* 2026-07-15T09:00:00+09:00, after both schemes are in force. */
#define DOSSIER_NOW INT64_C(1784073600)

/* The sample of a scheme from tests/fixtures/dossier/, without a manifest. */
void dossier_load(struct dossier *d, const char *scheme);
void dossier_done(struct dossier *d);
/* Add or replace a file; content NULL: take it away. */
void dossier_put(struct dossier *d, const char *path, struct slice content);
/* Set a field of a form to the JSON text; NULL: take it away. */
void dossier_field(
    struct dossier *d, const char *form, const char *id, const char *json);
/* Make the manifest for what the dossier holds now. */
void dossier_describe(struct dossier *d, const struct scheme_set *schemes);
/* All of it as a zip in a sealed memfd. */
int dossier_zip(const struct dossier *d);
/* The policies of the source tree. */
struct scheme_set *dossier_schemes(void);

#endif
