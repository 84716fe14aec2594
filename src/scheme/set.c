/* SPDX-License-Identifier: Apache-2.0 */
/* All schemes of an authority, a family of versions for each. */
#include "scheme_int.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"

struct scheme_set *
scheme_set_new(void)
{
	struct scheme_set *s = xcalloc(1, sizeof(*s));

	pthread_rwlock_init(&s->lock, NULL);
	return s;
}

static void
family_free(struct family *f)
{
	for (size_t i = 0; i < f->n; i++)
		box_free(f->boxes[i]);
	for (size_t i = 0; i < f->n_replaced; i++)
		box_free(f->replaced[i]);
	freep(&f->replaced);
	freep(&f->table);
	free(f);
}

void
scheme_set_free(struct scheme_set *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		family_free(s->families[i]);
	pthread_rwlock_destroy(&s->lock);
	free(s);
}

struct family *
family_find(const struct scheme_set *s, const char *id)
{
	for (size_t i = 0; id != NULL && i < s->n; i++)
		if (strcmp(s->families[i]->boxes[0]->s.id, id) == 0)
			return s->families[i];
	return NULL;
}

struct scheme_box *
family_version(const struct family *f, const char *policy_version)
{
	for (size_t i = 0; f != NULL && i < f->n; i++)
		if (strcmp(f->boxes[i]->s.policy_version, policy_version) == 0)
			return f->boxes[i];
	return NULL;
}

/* Whoever holds the old one keeps it; the timetable has the new one. */
static void
replace(struct family *f, size_t at, struct scheme_box *b)
{
	struct scheme_box *old = f->boxes[at];

	f->replaced =
	    xrealloc(f->replaced, f->n_replaced + 1, sizeof(*f->replaced));
	f->replaced[f->n_replaced++] = old;
	f->boxes[at] = b;
	f->installed = f->installed == old ? b : f->installed;
	f->current = f->current == old ? b : f->current;
	for (size_t i = 0; i < f->n_table; i++)
		if (f->table[i].box == old)
			f->table[i].box = b;
}

/* The first of its scheme: what is installed. */
static int
family_begin(struct scheme_set *s, struct scheme_box *b, struct err *e)
{
	struct family *f;

	if (s->n == SCHEMES_MAX)
		return err_set(
		    e, E_CONFIG, "want at most %d schemes", SCHEMES_MAX);
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->families[i]->boxes[0]->s.profile.policy_oid,
			b->s.profile.policy_oid) == 0)
			return err_set(e, E_CONFIG,
			    "%s and %s have the same policy_oid", b->s.id,
			    s->families[i]->boxes[0]->s.id);
	f = xcalloc(1, sizeof(*f));
	f->boxes[f->n++] = b;
	f->installed = f->current = b;
	s->families[s->n++] = f;
	return 0;
}

static bool
same_bytes(const struct scheme_box *a, const struct scheme_box *b)
{
	char x[65], y[65];

	scheme_digest(&a->s, x);
	scheme_digest(&b->s, y);
	return strcmp(x, y) == 0;
}

/* b is added, or put in place of what has its name, or is there already. */
static int
family_add(struct family *f, struct scheme_box *b, struct err *e)
{
	size_t i = 0;

	while (i < f->n &&
	    strcmp(f->boxes[i]->s.policy_version, b->s.policy_version) != 0)
		i++;
	if (i < f->n && same_bytes(f->boxes[i], b)) {
		box_free(b);
		return 0;
	}
	if (b->dir == NULL && f->boxes[0]->dir != NULL)
		b->dir = xstrdup(f->boxes[0]->dir);
	if (i < f->n && f->n_replaced < VERSIONS_MAX) {
		replace(f, i, b);
		return 0;
	}
	if (f->n == VERSIONS_MAX || f->n_replaced == VERSIONS_MAX)
		return err_set(e, E_CONFIG, "want at most %d versions of %s",
		    VERSIONS_MAX, b->s.id);
	f->boxes[f->n++] = b;
	return 0;
}

/* b is taken in any case. */
static int
set_add(struct scheme_set *s, struct scheme_box *b, struct err *e)
{
	struct family *f;
	int rv;

	pthread_rwlock_wrlock(&s->lock);
	f = family_find(s, b->s.id);
	rv = f == NULL ? family_begin(s, b, e) : family_add(f, b, e);
	pthread_rwlock_unlock(&s->lock);
	if (rv < 0)
		box_free(b);
	return rv;
}

static int
is_folder_name(const struct dirent *d)
{
	return id_valid(d->d_name);
}

static int
is_version_name(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int
add_version(struct scheme_set *s, const char *dir, const char *id,
    const char *name, struct err *e)
{
	struct scheme_box *b = NULL;

	if (box_load_version(dir, id, name, &b, e) < 0)
		return -1;
	if (family_version(family_find(s, id), b->s.policy_version) != NULL) {
		box_free(b);
		return err_set(e, E_CONFIG,
		    "policies of %s: versions/%.40s lies there twice", id,
		    name);
	}
	return set_add(s, b, e);
}

/* versions/ is optional, and what lies in it is complete. */
static int
add_versions(
    struct scheme_set *s, const char *dir, const char *id, struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("%s/%s/versions", dir, id);
	struct dirent **found = NULL;
	int n = scandir(path, &found, is_version_name, alphasort);
	int rv = 0;

	if (n < 0 && errno == ENOENT)
		return 0;
	if (n < 0)
		return err_sys(e, E_CONFIG, "versions of %s", id);
	for (int i = 0; i < n; i++) {
		if (rv == 0)
			rv = add_version(s, dir, id, found[i]->d_name, e);
		free(found[i]);
	}
	free(found);
	return rv;
}

static int
add(struct scheme_set *s, const char *dir, const char *id, struct err *e)
{
	struct scheme_box *b = NULL;

	if (family_find(s, id) != NULL)
		return err_set(e, E_CONFIG, "scheme %s is named twice", id);
	if (box_load(dir, id, &b, e) < 0 || set_add(s, b, e) < 0)
		return -1;
	return add_versions(s, dir, id, e);
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
	CLEANUP(scheme_set_freep) struct scheme_set *s = scheme_set_new();
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

int
scheme_set_put(struct scheme_set *s, const char *id,
    const struct scheme_source *from, struct err *e)
{
	struct scheme_box *b = NULL;

	if (box_make(from, id, &b, e) < 0)
		return -1;
	return set_add(s, b, e);
}

int
scheme_set_take(struct scheme_set *s, struct scheme *take, struct err *e)
{
	/* The scheme is the first member of its box. */
	struct scheme_box *b = (void *)take;

	return set_add(s, b, e);
}

int
scheme_read(const char *id, const struct scheme_source *from,
    struct scheme **out, struct err *e)
{
	struct scheme_box *b = NULL;

	if (box_make(from, id, &b, e) < 0)
		return -1;
	*out = &b->s;
	return 0;
}

int
scheme_read_version(const char *dir, const char *id, const char *name,
    struct scheme **out, struct err *e)
{
	struct scheme_box *b = NULL;

	if (box_load_version(dir, id, name, &b, e) < 0)
		return -1;
	*out = &b->s;
	return 0;
}

void
scheme_free(struct scheme *s)
{
	/* The scheme is the first member of its box. */
	box_free((void *)s);
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
