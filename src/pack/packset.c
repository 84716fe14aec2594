/* SPDX-License-Identifier: Apache-2.0 */
/* The packs of a repository, as they are now, shared by its readers. */
#include "nintei/packset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packset_int.h"

#define PACKS_MAX 65536

static struct pack_list *
list_new(size_t cap)
{
	struct pack_list *l =
	    xcalloc(1, sizeof(*l) + cap * sizeof(struct pack_file *));

	atomic_init(&l->refs, 1);
	return l;
}

void
pack_list_unref(struct pack_list *l)
{
	if (l == NULL || atomic_fetch_sub(&l->refs, 1) > 1)
		return;
	for (size_t i = 0; i < l->n; i++)
		pack_file_unref(l->files[i]);
	free(l);
}

static struct pack_file *
list_find(const struct pack_list *l, const char *name)
{
	for (size_t i = 0; l != NULL && i < l->n; i++)
		if (strcmp(l->files[i]->name, name) == 0)
			return l->files[i];
	return NULL;
}

/* "pack-1.idx" gives "pack-1", owned; NULL for any other name. */
static char *
idx_name(const char *name)
{
	size_t n = strlen(name);

	if (n <= 4 || strcmp(name + n - 4, ".idx") != 0)
		return NULL;
	return xstrndup(name, n - 4);
}

static int
list_add(struct pack_list **l, const struct pack_list *old, int dirfd,
    const char *name, struct err *e)
{
	struct pack_file *f = list_find(old, name);
	struct pack_list *now = *l;
	int rv = 1;

	if (now->n == PACKS_MAX)
		return err_set(e, E_LIMIT, "too many packs");
	if (f != NULL)
		pack_file_ref(f);
	else if ((rv = pack_file_open(dirfd, name, &f, e)) <= 0)
		return rv;
	/* Powers of two are full. */
	if (now->n > 0 && (now->n & (now->n - 1)) == 0) {
		now = xrealloc(now, 1,
		    sizeof(*now) + 2 * now->n * sizeof(struct pack_file *));
		*l = now;
	}
	now->files[now->n++] = f;
	return 0;
}

static void
dir_closep(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static int
list_load(const struct pack_set *s, const struct pack_list *old,
    struct pack_list **out, struct err *e)
{
	CLEANUP(pack_list_freep) struct pack_list *l = list_new(1);
	CLEANUP(dir_closep) DIR *dir = NULL;
	int fd = openat(s->fd, "pack", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *entry;

	if (fd < 0 && errno != ENOENT)
		return err_sys(e, E_UNAVAILABLE, "objects/pack");
	if (fd >= 0 && (dir = fdopendir(fd)) == NULL) {
		close(fd);
		return err_sys(e, E_UNAVAILABLE, "objects/pack");
	}
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		CLEANUP(freep) char *name = idx_name(entry->d_name);

		if (name != NULL && list_add(&l, old, fd, name, e) < 0)
			return -1;
	}
	*out = TAKE(l);
	return 0;
}

int
pack_set_open(const char *dir, struct pack_set **out, struct err *e)
{
	CLEANUP(pack_set_freep) struct pack_set *s = xcalloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0)
		return err_sys(e,
		    errno == ENOENT || errno == ENOTDIR ? E_NOT_FOUND
							: E_UNAVAILABLE,
		    "the folder of objects");
	if (list_load(s, NULL, &s->list, e) < 0)
		return -1;
	atomic_init(&s->generation, 1);
	*out = TAKE(s);
	return 0;
}

/* Two at a time would each leave out what only the other saw: no harm. */
int
pack_set_refresh(struct pack_set *s, struct err *e)
{
	CLEANUP(pack_list_freep) struct pack_list *old = NULL;
	struct pack_list *now = NULL;
	unsigned generation;
	int rv;

	old = pack_set_list(s, &generation);
	if ((rv = list_load(s, old, &now, e)) < 0)
		return rv;
	pthread_mutex_lock(&s->lock);
	pack_list_unref(s->list);
	s->list = now;
	atomic_fetch_add(&s->generation, 1);
	pthread_mutex_unlock(&s->lock);
	return 0;
}

struct pack_list *
pack_set_list(struct pack_set *s, unsigned *out_generation)
{
	struct pack_list *l;

	pthread_mutex_lock(&s->lock);
	l = s->list;
	atomic_fetch_add(&l->refs, 1);
	*out_generation = atomic_load(&s->generation);
	pthread_mutex_unlock(&s->lock);
	return l;
}

size_t
pack_set_packs(struct pack_set *s)
{
	unsigned generation;
	CLEANUP(pack_list_freep)
	struct pack_list *l = pack_set_list(s, &generation);

	return l->n;
}

void
pack_set_close(struct pack_set *s)
{
	if (s == NULL)
		return;
	pack_list_unref(s->list);
	fd_closep(&s->fd);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
