/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a container: EN 319 162-1 annex A, and what we take of it. */
#include "asic_int.h"

#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"

/* The fixed beginning of a container: a local header of APPNOTE 4.3.7. */
#define HEAD_METHOD 8
#define HEAD_NAME_LENGTH 26
#define HEAD_EXTRA_LENGTH 28
#define HEAD_NAME 30
#define TYPE_NAME "mimetype"
#define TYPE_NAME_BYTES (sizeof(TYPE_NAME) - 1)
#define TYPE_BYTES (sizeof(ASIC_MIMETYPE) - 1)
#define HEAD_BYTES (HEAD_NAME + TYPE_NAME_BYTES + TYPE_BYTES)

static bool
head_is(const uint8_t *head, size_t at, const void *want, size_t n)
{
	return memcmp(head + at, want, n) == 0;
}

/* AR_NONE when the archive begins as it must. */
static enum asic_rule
head_fault(int archive_fd)
{
	uint8_t head[HEAD_BYTES] = { 0 };
	ssize_t n = pread(archive_fd, head, sizeof(head), 0);

	if (n != (ssize_t)sizeof(head) || !head_is(head, 0, "PK\3\4", 4) ||
	    !head_is(head, HEAD_NAME_LENGTH, "\x08\0", 2) ||
	    !head_is(head, HEAD_NAME, TYPE_NAME, TYPE_NAME_BYTES))
		return AR_TYPE_FIRST;
	if (!head_is(head, HEAD_METHOD, "\0\0", 2) ||
	    !head_is(head, HEAD_EXTRA_LENGTH, "\0\0", 2))
		return AR_TYPE_STORED;
	if (!head_is(
		head, HEAD_NAME + TYPE_NAME_BYTES, ASIC_MIMETYPE, TYPE_BYTES))
		return AR_TYPE_CONTENT;
	return AR_NONE;
}

bool
asic_is_container(const struct asic_container *c)
{
	for (size_t i = 0; i < c->n; i++) {
		enum asic_part part = asic_part_of(c->files[i].path);

		if (!c->files[i].ignored && part != ASIC_DATA &&
		    part != ASIC_TYPE)
			return true;
	}
	return head_fault(c->archive_fd) == AR_NONE;
}

static const struct asic_file *
type_file(const struct asic_container *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!c->files[i].ignored &&
		    asic_part_of(c->files[i].path) == ASIC_TYPE)
			return &c->files[i];
	return NULL;
}

static void
type_check(const struct asic_container *c, const struct asic_file *type,
    struct findings *f)
{
	enum asic_rule fault = head_fault(c->archive_fd);

	if (fault == AR_NONE && type->size != TYPE_BYTES)
		fault = AR_TYPE_CONTENT;
	if (fault != AR_NONE)
		asic_rule_add(f, fault, type->path, NULL);
}

/* Parts that may not be there at all. */
static enum asic_rule
part_fault(enum asic_part part)
{
	switch (part) {
	case ASIC_XADES:
		return AR_XADES;
	case ASIC_TIMESTAMP:
		return AR_TIMESTAMP;
	case ASIC_FOREIGN:
		return AR_FOREIGN;
	case ASIC_DATA:
	case ASIC_TYPE:
	case ASIC_MANIFEST:
	case ASIC_SIGNATURE:
		break;
	}
	return AR_NONE;
}

bool
asic_form_check(const struct asic_container *c, struct findings *f)
{
	const struct asic_file *type = type_file(c);
	size_t manifests = 0, xades = 0;
	bool json = false;

	if (type == NULL) {
		asic_rule_add(f, AR_META_INF, NULL, NULL);
		return false;
	}
	type_check(c, type, f);
	for (size_t i = 0; i < c->n; i++) {
		const char *path = c->files[i].path;
		enum asic_part part = asic_part_of(path);

		if (c->files[i].ignored)
			continue;
		if (part_fault(part) != AR_NONE)
			asic_rule_add(f, part_fault(part), path, NULL);
		manifests += part == ASIC_MANIFEST;
		xades += part == ASIC_XADES;
		json = json || strcmp(path, "manifest.json") == 0;
	}
	if (!json)
		asic_rule_add(f, AR_NO_JSON, NULL, NULL);
	if (manifests == 0 && xades == 0)
		asic_rule_add(f, AR_NO_MANIFEST, NULL, NULL);
	if (manifests > ASIC_MANIFESTS)
		asic_rule_add(f, AR_MANY, NULL, NULL);
	return manifests > 0 && manifests <= ASIC_MANIFESTS;
}
