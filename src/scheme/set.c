/* SPDX-License-Identifier: Apache-2.0 */
/* All schemes of an authority. */
#include "scheme_int.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMES_MAX 64

struct scheme_set {
	struct scheme_box *boxes[SCHEMES_MAX];
	size_t n;
};

void
scheme_set_free(struct scheme_set *s)
{
	size_t i;

	for (i = 0; s != NULL && i < s->n; i++)
		box_free(s->boxes[i]);
	free(s);
}

static int
add(struct scheme_set *s, const char *dir, const char *id, struct err *e)
{
	size_t i;

	if (s->n == SCHEMES_MAX)
		return err_set(
		    e, E_CONFIG, "want at most %d schemes", SCHEMES_MAX);
	if (box_load(dir, id, &s->boxes[s->n], e) < 0)
		return -1;
	for (i = 0; i < s->n; i++)
		if (strcmp(s->boxes[i]->s.profile.policy_oid,
			s->boxes[s->n]->s.profile.policy_oid) == 0) {
			box_free(s->boxes[s->n]);
			return err_set(e, E_CONFIG,
			    "%s and %s have the same policy_oid", id,
			    s->boxes[i]->s.id);
		}
	s->n++;
	return 0;
}

static int
is_folder_name(const struct dirent *d)
{
	return id_valid(d->d_name);
}

/* Every folder, by name. */
static int
add_all(struct scheme_set *s, const char *dir, struct err *e)
{
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_folder_name, alphasort);
	int rv = 0;
	int i;

	if (n < 0)
		return err_sys(e, E_CONFIG, "no folder of policies");
	for (i = 0; i < n; i++) {
		if (rv == 0 && found[i]->d_type != DT_REG)
			rv = add(s, dir, found[i]->d_name, e);
		free(found[i]);
	}
	free(found);
	return rv;
}

int
scheme_set_load(const char *dir, const char *const *ids, size_t n,
    struct scheme_set **out, struct err *e)
{
	CLEANUP(scheme_set_freep) struct scheme_set *s = xcalloc(1, sizeof(*s));
	size_t i;

	if (n == 0 && add_all(s, dir, e) < 0)
		return -1;
	for (i = 0; i < n; i++)
		if (add(s, dir, ids[i], e) < 0)
			return -1;
	if (s->n == 0)
		return err_set(e, E_CONFIG, "no scheme in the policies");
	*out = TAKE(s);
	return 0;
}

struct scheme_set *
scheme_set_new(void)
{
	return xcalloc(1, sizeof(struct scheme_set));
}

int
scheme_set_put(struct scheme_set *s, const char *id,
    const struct scheme_source *from, struct err *e)
{
	struct scheme_box *b = NULL;

	if (box_make(from, id, &b, e) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->boxes[i]->s.id, id) == 0) {
			box_free(s->boxes[i]);
			s->boxes[i] = b;
			return 0;
		}
	if (s->n == SCHEMES_MAX) {
		box_free(b);
		return err_set(
		    e, E_CONFIG, "want at most %d schemes", SCHEMES_MAX);
	}
	s->boxes[s->n++] = b;
	return 0;
}

const struct scheme *
scheme_at(const struct scheme_set *s, size_t i)
{
	return i < s->n ? &s->boxes[i]->s : NULL;
}

const struct scheme *
scheme_find(const struct scheme_set *s, const char *id)
{
	size_t i;

	for (i = 0; id != NULL && i < s->n; i++)
		if (strcmp(s->boxes[i]->s.id, id) == 0)
			return &s->boxes[i]->s;
	return NULL;
}

bool
scheme_file(const struct scheme *s, size_t i, const char **out_name,
    struct slice *out_bytes)
{
	/* The scheme is the first member of its box. */
	const struct scheme_box *b = (const void *)s;

	if (i > PART_MAX)
		return false;
	*out_name = i < PART_MAX ? part_names[i] : "rule.txt";
	*out_bytes = buf_slice(i < PART_MAX ? &b->files[i] : &b->rule);
	return true;
}
