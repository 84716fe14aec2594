/* SPDX-License-Identifier: Apache-2.0 */
/* The first state of a signer: an empty head, the first roster pinned. */
#include "signing_int.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

#include "nintei/fs.h"

/* One "pin" record for each file under keys/roster/, by name. */
static int
pin_one(struct journal *j, const char *folder, const char *name, int64_t now,
    struct err *e)
{
	CLEANUP(freep) char *file = fs_join(folder, name);
	CLEANUP(buf_free) struct buf text = BUF_INIT(SIGN_ENTRY_BYTES);
	CLEANUP(jsonx_freep) struct json *r = jsonx_object();
	CLEANUP(freep)
	struct roster_entry *entry = xcalloc(1, sizeof(*entry));
	struct journal_place at;

	if (fs_read(AT_FDCWD, file, SIGN_ENTRY_BYTES, &text, e) < 0 ||
	    roster_entry_decode(buf_slice(&text), entry, e) < 0)
		return err_wrap(e, "roster/%s", name);
	jsonx_set_str(r, "op", "pin");
	jsonx_set_str(r, "entry", buf_str(&text));
	return journal_append(j, r, now, &at, e);
}

static int
pin_all(struct journal *j, const char *home, int64_t now, struct err *e)
{
	CLEANUP(freep) char *folder = fs_join(home, "keys/roster");
	struct dirent **names = NULL;
	int n = scandir(folder, &names, NULL, alphasort);
	int rv = n < 0 ? err_sys(e, E_CONFIG, "keys/roster") : 0;

	for (int i = 0; i < n; i++) {
		if (rv == 0 && names[i]->d_name[0] != '.')
			rv = pin_one(j, folder, names[i]->d_name, now, e);
		free(names[i]);
	}
	free(names);
	return rv;
}

static int
refuse_record(void *arg, const struct json *record,
    const struct journal_place *at, struct err *e)
{
	(void)arg;
	(void)record;
	(void)at;
	return err_set(e, E_STORE_CONFLICT, "the signer's journal exists");
}

int
signer_create(const char *home, bool development, int64_t now, struct err *e)
{
	CLEANUP(fd_closep) int journal_fd = -1;
	CLEANUP(fd_closep) int head_fd = -1;
	CLEANUP(freep) struct head *head = xcalloc(1, sizeof(*head));
	CLEANUP(jsonx_freep) struct json *r = jsonx_object();
	int make = O_RDWR | O_CREAT | O_EXCL;
	struct head_file f = { 0 };
	struct journal j;
	struct journal_place at;

	if (signer_file_open(home, SIGNER_JOURNAL, make, &journal_fd, e) < 0 ||
	    signer_file_open(home, SIGNER_HEAD, make, &head_fd, e) < 0 ||
	    journal_open(journal_fd, &j, refuse_record, NULL, e) < 0)
		return -1;
	jsonx_set_str(r, "op", "open");
	jsonx_set_bool(r, "development", development);
	if (journal_append(&j, r, now, &at, e) < 0 ||
	    pin_all(&j, home, now, e) < 0)
		return -1;
	head->journal_seq = j.seq;
	bytes_take(slice_of(j.hash, 32), head->journal_hash, 32);
	/* Both slots, so that the file has its length from the start. */
	f.fd = head_fd;
	for (int i = 0; i < 2; i++)
		if (head_write(&f, head, e) < 0 || head_sync(&f, e) < 0)
			return -1;
	return 0;
}
