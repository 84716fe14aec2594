/* SPDX-License-Identifier: Apache-2.0 */
/* One scheme's folder: its files, checked part by part. */
#include "scheme_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

#define POLICY_BYTES MIB(1)

void
box_free(struct scheme_box *b)
{
	int part;
	size_t i;

	for (part = 0; part < PART_MAX; part++) {
		conf_free(part_shapes[part], b->yaml[part]);
		buf_free(&b->files[part]);
	}
	for (i = 0; i < b->n_rows; i++)
		free(b->rows[i]);
	buf_free(&b->rule);
	free(b->dir);
	free(b);
}

static int
read_part(struct scheme_box *b, const struct scheme_source *from, int part,
    struct err *e)
{
	const char *name = part_names[part];

	b->files[part].max = POLICY_BYTES;
	if (from->read(from->arg, name, &b->files[part], e) < 0)
		return err_wrap(e, "%s", name);
	return conf_read(buf_slice(&b->files[part]), name, part_shapes[part],
	    &b->yaml[part], e);
}

/* Every text at hand has the digest that scheme.yaml names. */
static int
check_rule(struct scheme_box *b, const struct scheme_source *from,
    const struct scheme_version *v, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(POLICY_BYTES);
	char hex[SHA256_HEX];

	if (v->text[0] == '\0')
		return 0;
	if (from->read(from->arg, v->text, &text, e) < 0)
		return err_wrap(e, "%s", v->text);
	if (strcmp(sha256_hex(buf_slice(&text), hex), v->sha256) != 0)
		return err_set(e, E_CONFIG,
		    "%s: the text of %s has another SHA-256 than scheme.yaml "
		    "says",
		    v->text, v->rule_version);
	if (v == &b->s.versions[b->s.n_versions - 1]) {
		b->rule = text;
		text = (struct buf)BUF_INIT(0);
	}
	return 0;
}

static int
check_rules(
    struct scheme_box *b, const struct scheme_source *from, struct err *e)
{
	size_t i;

	for (i = 0; i < b->s.n_versions; i++)
		if (check_rule(b, from, &b->s.versions[i], e) < 0)
			return -1;
	return 0;
}

static int
build_params(struct scheme_box *b, struct err *e)
{
	return params_of(b->yaml[PART_PARAMS], &b->s.params, e);
}

static int (*const builders[PART_MAX])(struct scheme_box *, struct err *) = {
	[PART_SCHEME] = build_scheme,
	[PART_CRITERIA] = build_criteria,
	[PART_FORM_A] = build_form,
	[PART_PROFILES] = build_profile,
	[PART_TAGS] = build_tags,
	[PART_REGISTRY] = build_registry,
	[PART_PARAMS] = build_params,
};

static int
load_parts(
    struct scheme_box *b, const struct scheme_source *from, struct err *e)
{
	int part;

	for (part = 0; part < PART_MAX; part++) {
		if (read_part(b, from, part, e) < 0)
			return -1;
		if (builders[part](b, e) < 0)
			return err_wrap(e, "%s", part_names[part]);
	}
	return check_rules(b, from, e);
}

int
box_make(const struct scheme_source *from, const char *id,
    struct scheme_box **out, struct err *e)
{
	CLEANUP(scheme_box_freep) struct scheme_box *b = NULL;
	struct err why = ERR_INIT;

	if (!id_valid(id))
		return err_set(e, E_CONFIG, "not a scheme's id: %.40s", id);
	b = xcalloc(1, sizeof(*b));
	if (load_parts(b, from, &why) < 0)
		return err_set(
		    e, E_CONFIG, "policies of %s: %s", id, why.detail);
	if (strcmp(b->s.id, id) != 0)
		return err_set(e, E_CONFIG,
		    "policies of %s: scheme.yaml says %.40s", id, b->s.id);
	*out = TAKE(b);
	return 0;
}

static int
folder_read(void *arg, const char *name, struct buf *out, struct err *e)
{
	const int *dirfd = arg;

	return fs_read(*dirfd, name, POLICY_BYTES - 1, out, e);
}

/* The folder is read once, from a descriptor that does not move. */
static int
folder_load(
    const char *path, const char *id, struct scheme_box **out, struct err *e)
{
	CLEANUP(fd_closep) int dirfd = -1;
	struct scheme_source from = { folder_read, &dirfd };

	dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return err_sys(e, E_CONFIG, "no policies of scheme %s", id);
	return box_make(&from, id, out, e);
}

int
box_load(
    const char *dir, const char *id, struct scheme_box **out, struct err *e)
{
	CLEANUP(scheme_box_freep) struct scheme_box *b = NULL;
	CLEANUP(freep) char *path = fs_join(dir, id);

	if (!id_valid(id))
		return err_set(e, E_CONFIG, "not a scheme's id: %.40s", id);
	if (folder_load(path, id, &b, e) < 0)
		return -1;
	b->dir = TAKE(path);
	if (trust_check(&b->s, e) < 0)
		return -1;
	*out = TAKE(b);
	return 0;
}

/* The files of the registrar stay beside the scheme's own registry.yaml. */
int
box_load_version(const char *dir, const char *id, const char *name,
    struct scheme_box **out, struct err *e)
{
	CLEANUP(scheme_box_freep) struct scheme_box *b = NULL;
	CLEANUP(freep) char *path = NULL;

	if (!id_valid(id) || strspn(name, "0123456789-.") != strlen(name) ||
	    name[0] < '0')
		return err_set(e, E_CONFIG,
		    "policies of %.40s: not a version: %.40s", id, name);
	path = xasprintf("%s/%s/versions/%s", dir, id, name);
	if (folder_load(path, id, &b, e) < 0)
		return -1;
	if (strcmp(name, b->s.rule_version) != 0 &&
	    strcmp(name, b->s.policy_version) != 0)
		return err_set(e, E_CONFIG,
		    "policies of %s: versions/%s holds %s", id, name,
		    b->s.policy_version);
	b->dir = fs_join(dir, id);
	if (trust_check(&b->s, e) < 0)
		return -1;
	*out = TAKE(b);
	return 0;
}
