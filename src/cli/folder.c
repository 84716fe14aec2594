/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of papers: every file read, named in NFC, hashed. */
#include "folder_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/text.h"

#define FOLDER_DEPTH 8

static void
dir_closep(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

void
folder_free(struct folder *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		free(f->items[i].path);
		buf_free(&f->items[i].bytes);
	}
	free(f->items);
	*f = (struct folder){ 0 };
}

/* macOS hands out decomposed names. */
static int
nfc_of(const char *path, char **out, struct err *e)
{
	struct buf b = BUF_INIT(KIB(4));

	if (text_nfc(slice_str(path), &b, e) < 0) {
		buf_free(&b);
		return err_wrap(e, "%s", path);
	}
	*out = b.p != NULL ? (char *)buf_take(&b, NULL) : xstrdup("");
	return 0;
}

static int
add_file(struct folder *f, int dirfd, const char *name, const char *path,
    struct err *e)
{
	struct folder_item *item;

	if (f->n >= LIMIT_ENTRIES)
		return err_set(
		    e, E_LIMIT, "want at most %d files", LIMIT_ENTRIES);
	f->items = xrealloc(f->items, f->n + 1, sizeof(*f->items));
	item = &f->items[f->n];
	*item = (struct folder_item){ .bytes.max = LIMIT_ENTRY_BYTES + 1 };
	if (nfc_of(path, &item->path, e) < 0)
		return -1;
	f->n++;
	if (fs_read(dirfd, name, LIMIT_ENTRY_BYTES, &item->bytes, e) < 0)
		return err_wrap(e, "%s", path);
	f->total += item->bytes.n;
	if (f->total > LIMIT_TOTAL_BYTES)
		return err_set(e, E_LIMIT, "want at most %zu bytes in all",
		    LIMIT_TOTAL_BYTES);
	sha256_of(buf_slice(&item->bytes), item->sha256);
	return 0;
}

static int add_folder(
    struct folder *f, int fd, const char *prefix, int depth, struct err *e);

static int
add_entry(struct folder *f, int dirfd, const char *name, const char *prefix,
    int depth, struct err *e)
{
	CLEANUP(freep)
	char *path =
	    xasprintf("%s%s%s", prefix, prefix[0] != '\0' ? "/" : "", name);
	struct stat st;
	int fd;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    bundle_name_is_ignored(slice_str(path)))
		return 0;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, E_INTERNAL, "cannot look at %.200s", path);
	if (S_ISREG(st.st_mode) && st.st_mtime > f->newest)
		f->newest = st.st_mtime;
	if (S_ISREG(st.st_mode))
		return add_file(f, dirfd, name, path, e);
	if (!S_ISDIR(st.st_mode))
		return err_set(
		    e, E_INPUT, "neither file nor folder: %.200s", path);
	fd = openat(
	    dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_sys(e, E_INTERNAL, "cannot open %.200s", path);
	return add_folder(f, fd, path, depth + 1, e);
}

/* Owns fd. */
static int
add_folder(
    struct folder *f, int fd, const char *prefix, int depth, struct err *e)
{
	CLEANUP(dir_closep) DIR *d = fdopendir(fd);
	const struct dirent *entry;

	if (d == NULL) {
		(void)close(fd);
		return err_sys(e, E_INTERNAL, "cannot read the folder");
	}
	if (depth > FOLDER_DEPTH)
		return err_set(e, E_LIMIT, "folders nest too deeply");
	while ((entry = readdir(d)) != NULL)
		if (add_entry(f, dirfd(d), entry->d_name, prefix, depth, e) < 0)
			return -1;
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct folder_item *)a)->path,
	    ((const struct folder_item *)b)->path);
}

int
folder_read(const char *path, struct folder *out, struct err *e)
{
	CLEANUP(folder_free) struct folder f = { 0 };
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_INPUT,
		    "cannot open the folder %.200s", path);
	if (add_folder(&f, fd, "", 0, e) < 0)
		return -1;
	if (f.n == 0)
		return err_set(e, E_INPUT, "the folder is empty");
	qsort(f.items, f.n, sizeof(*f.items), by_path);
	*out = f;
	f = (struct folder){ 0 };
	return 0;
}

void
folder_drop(struct folder *f, const char *path)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (strcmp(f->items[i].path, path) != 0)
			continue;
		free(f->items[i].path);
		buf_free(&f->items[i].bytes);
		memmove(&f->items[i], &f->items[i + 1],
		    (f->n - i - 1) * sizeof(*f->items));
		f->n--;
		return;
	}
}

int
folder_zip(const struct folder *f, struct slice manifest, int fd, struct err *e)
{
	CLEANUP(freep)
	struct bundle_source *all = xcalloc(f->n + 1, sizeof(*all));
	size_t n = 0;
	size_t i;

	if (manifest.n > 0)
		all[n++] = (struct bundle_source){ "manifest.json", manifest };
	for (i = 0; i < f->n; i++)
		all[n++] = (struct bundle_source){ f->items[i].path,
			buf_slice(&f->items[i].bytes) };
	return bundle_write_zip(all, n, fd, e);
}
