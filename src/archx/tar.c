/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive's readers: tar over a caller's source of blocks, 7z in memory. */
#include "nintei/archx.h"

#include <sys/stat.h>

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <archive.h>
#include <archive_entry.h>

struct tar_reader {
	struct archive *ar;
	tar_source source; /* NULL: a 7z */
	void *arg;
	bool stopped;
};

void
archx_warm(void)
{
	struct tm tm = { .tm_year = 100, .tm_mday = 1 };

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC0", 1);
	tzset();
	(void)mktime(&tm);
}

static la_ssize_t
on_read(struct archive *ar UNUSED, void *arg, const void **out)
{
	struct tar_reader *t = arg;
	struct slice block = { 0 };
	int rv = t->source(t->arg, &block);

	if (rv < 0) {
		t->stopped = true;
		return ARCHIVE_FATAL;
	}
	*out = block.p;
	return rv == 0 ? 0 : (la_ssize_t)block.n;
}

int
tar_reader_new(
    tar_source source, void *arg, struct tar_reader **out, struct err *e)
{
	CLEANUP(tar_reader_freep) struct tar_reader *t = NULL;

	t = xcalloc(1, sizeof(*t));
	t->source = source;
	t->arg = arg;
	if ((t->ar = archive_read_new()) == NULL ||
	    archive_read_support_filter_none(t->ar) != ARCHIVE_OK ||
	    archive_read_support_format_tar(t->ar) != ARCHIVE_OK ||
	    archive_read_set_options(t->ar, "tar:!mac-ext") != ARCHIVE_OK)
		return err_set(e, E_INTERNAL, "libarchive");
	if (archive_read_open2(t->ar, t, NULL, on_read, NULL, NULL) !=
	    ARCHIVE_OK) {
		err_trail(e, "%s", archive_error_string(t->ar));
		return err_set(e, E_INPUT, "not a tar archive");
	}
	*out = TAKE(t);
	return 0;
}

int
tar_reader_7z(struct slice all, struct tar_reader **out, struct err *e)
{
	CLEANUP(tar_reader_freep) struct tar_reader *t = NULL;

	t = xcalloc(1, sizeof(*t));
	if ((t->ar = archive_read_new()) == NULL ||
	    archive_read_support_filter_none(t->ar) != ARCHIVE_OK ||
	    archive_read_support_format_7zip(t->ar) != ARCHIVE_OK)
		return err_set(e, E_INTERNAL, "libarchive");
	if (archive_read_open_memory(t->ar, all.p, all.n) != ARCHIVE_OK) {
		err_trail(e, "%s", archive_error_string(t->ar));
		return err_set(e, E_INPUT, "not a 7z archive");
	}
	*out = TAKE(t);
	return 0;
}

static enum tar_state
why_bad(const struct tar_reader *t)
{
	if (archive_read_has_encrypted_entries(t->ar) > 0)
		return TAR_ENCRYPTED;
	return archive_errno(t->ar) == ENOMEM ? TAR_MEMORY : TAR_BAD;
}

/* A warning counts as failure: libarchive warns where it guesses. */
static enum tar_state
state_of(const struct tar_reader *t, int rv)
{
	if (t->stopped)
		return TAR_STOPPED;
	if (rv == ARCHIVE_EOF)
		return TAR_END;
	return rv == ARCHIVE_OK ? TAR_OK : why_bad(t);
}

enum tar_state
tar_reader_next(struct tar_reader *t, struct tar_entry *out)
{
	struct archive_entry *ent = NULL;
	enum tar_state st = state_of(t, archive_read_next_header(t->ar, &ent));

	if (st != TAR_OK)
		return st;
	out->path = archive_entry_pathname(ent);
	out->size = (uint64_t)archive_entry_size(ent);
	/* In a 7z the headers lie together at the end. */
	out->at = t->source == NULL
	    ? 0
	    : (uint64_t)archive_read_header_position(t->ar);
	out->is_link = archive_entry_hardlink(ent) != NULL ||
	    archive_entry_symlink(ent) != NULL;
	out->is_encrypted = archive_entry_is_encrypted(ent) != 0;
	out->is_file = S_ISREG(archive_entry_mode(ent));
	out->is_dir = S_ISDIR(archive_entry_mode(ent));
	return TAR_OK;
}

enum tar_state
tar_reader_data(struct tar_reader *t, struct slice *out, uint64_t *out_at)
{
	const void *p = NULL;
	size_t n = 0;
	la_int64_t at = 0;
	int rv = archive_read_data_block(t->ar, &p, &n, &at);
	enum tar_state st = state_of(t, rv);

	if (st != TAR_OK)
		return st;
	*out = slice_of(p, n);
	*out_at = (uint64_t)at;
	return TAR_OK;
}

void
tar_reader_free(struct tar_reader *t)
{
	if (t == NULL)
		return;
	archive_read_free(t->ar);
	free(t);
}
