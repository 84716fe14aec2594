/* SPDX-License-Identifier: Apache-2.0 */
/* Sample dossiers for the tests of the intake. */
#include "support/dossier.h"
#include <stdlib.h>
#include <string.h>
#include "nintei/bundle.h"
#include "nintei/digest.h"
#include "nintei/fs.h"
#include "support/support.h"

static const char *const sample[] = { "form-a.json", "form-b.json",
	"登記事項証明書.pdf", "request.csr" };

void
dossier_load(struct dossier *d, const char *scheme)
{
	*d = (struct dossier){ .scheme = scheme };
	for (size_t i = 0; i < NELEM(sample); i++) {
		CLEANUP(freep)
		char *name = xasprintf("dossier/%s/%s", scheme, sample[i]);

		d->files[i].path = xstrdup(sample[i]);
		d->files[i].content = fixture_read(name);
		d->n++;
	}
}

void
dossier_done(struct dossier *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->files[i].path);
		buf_free(&d->files[i].content);
	}
	jsonx_free(d->manifest);
	*d = (struct dossier){ 0 };
}

static size_t
file_at(const struct dossier *d, const char *path)
{
	size_t i = 0;

	while (i < d->n && strcmp(d->files[i].path, path) != 0)
		i++;
	return i;
}

void
dossier_put(struct dossier *d, const char *path, struct slice content)
{
	size_t i = file_at(d, path);

	if (i < d->n) {
		free(d->files[i].path);
		buf_free(&d->files[i].content);
		d->files[i] = d->files[--d->n];
	}
	if (content.p == NULL)
		return;
	ck_assert_uint_lt(d->n, DOSSIER_FILES);
	i = d->n++;
	d->files[i].path = xstrdup(path);
	d->files[i].content = (struct buf)BUF_INIT(MIB(8));
	buf_put(&d->files[i].content, content.p, content.n);
	ck_assert(buf_ok(&d->files[i].content));
}

static struct json *
parse(struct slice text)
{
	struct json *j = NULL;
	struct err e = ERR_INIT;

	ck_ok(jsonx_parse(text, MIB(1), &j, &e), &e);
	return j;
}

void
dossier_field(
    struct dossier *d, const char *form, const char *id, const char *json)
{
	size_t i = file_at(d, form);
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	CLEANUP(jsonx_freep)
	struct json *doc = parse(buf_slice(&d->files[i].content));
	struct json *fields = jsonx_dup(jsonx_get(doc, "fields"));

	if (json == NULL)
		jsonx_del(fields, id);
	else
		jsonx_set(fields, id, parse(slice_str(json)));
	jsonx_set(doc, "fields", fields);
	jsonx_canonical(doc, &text);
	dossier_put(d, form, buf_slice(&text));
}

void
dossier_describe(struct dossier *d, const struct scheme_set *schemes)
{
	struct intake_file files[DOSSIER_FILES];
	const struct intake_hint hint = { .scheme = d->scheme,
		.now = DOSSIER_NOW };
	struct err e = ERR_INIT;

	for (size_t i = 0; i < d->n; i++) {
		struct slice all = buf_slice(&d->files[i].content);

		files[i] = (struct intake_file){
			.path = d->files[i].path, .size = all.n, .text = all
		};
		sha256_of(all, files[i].sha256);
	}
	jsonx_freep(&d->manifest);
	ck_ok(
	    intake_manifest(files, d->n, schemes, &hint, &d->manifest, &e), &e);
}

int
dossier_zip(const struct dossier *d)
{
	struct bundle_source sources[DOSSIER_FILES + 1];
	CLEANUP(buf_free) struct buf manifest = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	size_t n = 0;
	int fd;

	for (size_t i = 0; i < d->n; i++)
		sources[n++] = (struct bundle_source){
			.path = d->files[i].path,
			.content = buf_slice(&d->files[i].content),
		};
	if (d->manifest != NULL) {
		jsonx_pretty(d->manifest, &manifest);
		sources[n++] = (struct bundle_source){
			.path = "manifest.json",
			.content = buf_slice(&manifest),
		};
	}
	ck_ok(memfd_new("zip", &fd, &e), &e);
	ck_ok(bundle_write_zip(sources, n, fd, &e), &e);
	ck_ok(memfd_seal(fd, &e), &e);
	return fd;
}

struct scheme_set *
dossier_schemes(void)
{
	struct scheme_set *set = NULL;
	struct err e = ERR_INIT;

	ck_ok(scheme_set_load(TEST_SOURCE_DIR "/policies", NULL, 0, &set, &e),
	    &e);
	return set;
}
