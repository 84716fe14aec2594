/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage, agreement and digests: each data object in one manifest. */
#include "asic_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

/* What the manifests said so far of each file of the container. */
struct seen {
	unsigned listed; /* data objects: how often */
	unsigned named; /* signatures: by how many manifests */
	const struct json *first; /* the object that listed it */
};
struct state {
	const struct asic_container *c;
	struct findings *f;
	struct seen *seen; /* by file */
	const struct asic_file *manifest; /* being read */
	bool unread; /* a manifest could not be read */
};

/* By the decoded path; SIZE_MAX when the container has no such file. */
static size_t
file_find(const struct asic_container *c, const char *path)
{
	for (size_t i = 0; i < c->n; i++)
		if (!c->files[i].ignored && strcmp(c->files[i].path, path) == 0)
			return i;
	return SIZE_MAX;
}

/* One decoding and the name policy; NULL with a finding. */
static char *
name_read(struct state *s, const char *uri)
{
	CLEANUP(freep) char *path = asic_uri_decode(uri);
	const char *fault;

	if (path == NULL) {
		asic_rule_add(s->f, AR_URI, s->manifest->path, uri);
		return NULL;
	}
	if ((fault = bundle_name_fault(slice_str(path))) != NULL) {
		bundle_finding(s->f, fault, path, "ASiCManifest");
		return NULL;
	}
	return TAKE(path);
}

static int
digest_make(const struct asic_file *file, enum asic_algorithm a,
    uint8_t out[SHA512_BYTES], struct err *e)
{
	CLEANUP(blob_unmap) struct blob b = { 0 };

	if (a == ASIC_SHA256) {
		memcpy(out, file->sha256, SHA256_BYTES);
		return 0;
	}
	if (file->fd >= 0 && blob_map(file->fd, LIMIT_ENTRY_BYTES, &b, e) < 0)
		return -1;
	if (a == ASIC_SHA384)
		sha384_of(slice_of(b.p, b.n), out);
	else
		sha512_of(slice_of(b.p, b.n), out);
	return 0;
}

static int
digest_check(struct state *s, const struct asic_file *file,
    const struct json *object, struct err *e)
{
	enum asic_algorithm a =
	    asic_algorithm_of_name(jsonx_get_str(object, "algorithm"));
	uint8_t have[SHA512_BYTES];
	char hex[2 * SHA512_BYTES + 1];

	if (a == ASIC_OTHER) {
		asic_rule_add(s->f, AR_ALGORITHM, file->path, NULL);
		return 0;
	}
	if (digest_make(file, a, have, e) < 0)
		return err_wrap(e, "digest of a data object");
	hex_encode(have, asic_digest_of(a)->bytes, hex);
	if (strcmp(hex, jsonx_get_str(object, "digest")) != 0)
		asic_rule_add(s->f, AR_DIGEST, file->path, NULL);
	return 0;
}

static bool
same_digest(const struct json *a, const struct json *b)
{
	return jsonx_equal(
		   jsonx_get(a, "algorithm"), jsonx_get(b, "algorithm")) &&
	    jsonx_equal(jsonx_get(a, "digest"), jsonx_get(b, "digest"));
}

/* mimetype may be listed, and need not. */
static int
object_check(struct state *s, const struct json *object, struct err *e)
{
	CLEANUP(freep)
	char *path = name_read(s, jsonx_get_str(object, "uri"));
	enum asic_part part;
	struct seen *seen;
	size_t i;

	if (path == NULL)
		return 0;
	part = asic_part_of(path);
	if (part != ASIC_DATA && part != ASIC_TYPE) {
		asic_rule_add(s->f, AR_OBJECT, path, NULL);
		return 0;
	}
	if ((i = file_find(s->c, path)) == SIZE_MAX) {
		asic_rule_add(s->f, AR_ABSENT, path, NULL);
		return 0;
	}
	seen = &s->seen[i];
	if (seen->listed++ > 0) {
		asic_rule_add(s->f,
		    same_digest(seen->first, object) ? AR_TWICE : AR_CONFLICT,
		    path, NULL);
		return 0;
	}
	seen->first = object;
	return digest_check(s, &s->c->files[i], object, e);
}

/* The file that the manifest's signature is; SIZE_MAX with a finding. */
static size_t
signature_find(struct state *s)
{
	const char *uri = jsonx_get_str(s->manifest->facts, "sig_reference");
	CLEANUP(freep) char *path = name_read(s, uri);
	size_t i;

	if (path == NULL)
		return SIZE_MAX;
	i = file_find(s->c, path);
	if (i == SIZE_MAX || asic_part_of(path) != ASIC_SIGNATURE) {
		asic_rule_add(s->f, AR_NO_SIGNATURE, s->manifest->path, path);
		return SIZE_MAX;
	}
	if (s->seen[i].named++ > 0) {
		asic_rule_add(s->f, AR_SHARED, path, NULL);
		return SIZE_MAX;
	}
	return i;
}

/* What the child may say; anything else breaks the protocol. */
static bool
facts_are_whole(const struct json *facts)
{
	static const struct json_field top[] = {
		{ "objects", JSON_KIND_ARRAY, true },
		{ "sig_reference", JSON_KIND_STRING, true },
	};
	static const struct json_field object[] = {
		{ "uri", JSON_KIND_STRING, true },
		{ "algorithm", JSON_KIND_STRING, true },
		{ "digest", JSON_KIND_STRING, true },
		{ "rootfile", JSON_KIND_BOOL, false },
	};
	const struct json *list = jsonx_get(facts, "objects");
	struct err e = ERR_INIT;

	if (jsonx_shape(facts, top, NELEM(top), &e) < 0 ||
	    jsonx_len(list) == 0 || jsonx_len(list) > LIMIT_ENTRIES)
		return false;
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (jsonx_shape(jsonx_at(list, i), object, NELEM(object), &e) <
		    0)
			return false;
	return true;
}

static int
manifest_check(struct state *s, struct asic_pair *out_pair, struct err *e)
{
	const struct json *list = jsonx_get(s->manifest->facts, "objects");

	if (!facts_are_whole(s->manifest->facts)) {
		err_set(e, E_INTERNAL, "a document worker broke the protocol");
		return err_wrap(e, "facts of an ASiCManifest");
	}
	out_pair->manifest = (size_t)(s->manifest - s->c->files);
	out_pair->signature = signature_find(s);
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (object_check(s, jsonx_at(list, i), e) < 0)
			return -1;
	return 0;
}

/* What no manifest spoke of. */
static void
rest_check(struct state *s)
{
	for (size_t i = 0; i < s->c->n && !s->unread; i++) {
		const struct asic_file *file = &s->c->files[i];
		enum asic_part part = asic_part_of(file->path);

		if (file->ignored)
			continue;
		if (part == ASIC_DATA && s->seen[i].listed == 0)
			asic_rule_add(s->f, AR_UNCOVERED, file->path, NULL);
		if (part == ASIC_SIGNATURE && s->seen[i].named == 0)
			asic_rule_add(s->f, AR_STRAY, file->path, NULL);
	}
}

static int
manifests_check(struct state *s, struct asic_pair out_pairs[ASIC_MANIFESTS],
    size_t *out_n, struct err *e)
{
	for (size_t i = 0; i < s->c->n; i++) {
		const struct asic_file *file = &s->c->files[i];

		if (file->ignored || asic_part_of(file->path) != ASIC_MANIFEST)
			continue;
		if (file->facts == NULL) {
			s->unread = true;
			continue;
		}
		s->manifest = file;
		if (manifest_check(s, &out_pairs[*out_n], e) < 0)
			return -1;
		*out_n += out_pairs[*out_n].signature != SIZE_MAX;
	}
	rest_check(s);
	return 0;
}

int
asic_check(const struct asic_container *c, struct findings *f,
    struct asic_pair out_pairs[ASIC_MANIFESTS], size_t *out_n, struct err *e)
{
	CLEANUP(freep) struct seen *seen = xcalloc(c->n + 1, sizeof(*seen));
	struct state s = { .c = c, .f = f, .seen = seen };
	size_t n = 0;

	if (asic_form_check(c, f) && manifests_check(&s, out_pairs, &n, e) < 0)
		return -1;
	*out_n = n;
	return 0;
}
