/* SPDX-License-Identifier: Apache-2.0 */
/* The file of one wrapped key: canonical JSON, durable before it is used. */
#include "nintei/vault.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"

#include "vault_int.h"

#define KEYFILE_SCHEMA "nintei.casekey/1"
#define KEYFILE_MAX KIB(4)

int
case_id_check(const char *case_id, struct err *e)
{
	size_t n = strlen(case_id);

	if (n < 1 || n > LIMIT_ID_BYTES || case_id[0] == '-' ||
	    strspn(case_id, "0123456789abcdefghijklmnopqrstuvwxyz-") != n)
		return err_set(e, E_INPUT, "not the id of a case");
	return 0;
}

static int
corrupt(const char *case_id, const struct err *why, struct err *e)
{
	err_set(
	    e, E_STORE_CORRUPT, "the key of case %s cannot be read", case_id);
	err_trail(e, "%s", why->detail);
	return -1;
}

static int
keyfile_decode(
    struct slice text, const char *case_id, struct buf *out, struct err *e)
{
	static const struct json_field fields[] = {
		{ "schema", JSON_KIND_STRING, true },
		{ "case", JSON_KIND_STRING, true },
		{ "wrapped", JSON_KIND_STRING, true },
	};
	CLEANUP(jsonx_freep) struct json *j = NULL;

	if (jsonx_parse_canonical(text, KEYFILE_MAX, &j, e) < 0 ||
	    jsonx_shape(j, fields, NELEM(fields), e) < 0)
		return -1;
	if (strcmp(jsonx_get_str(j, "schema"), KEYFILE_SCHEMA) != 0 ||
	    strcmp(jsonx_get_str(j, "case"), case_id) != 0)
		return err_set(e, E_INPUT, "schema or case differs");
	return base64_decode(
	    slice_str(jsonx_get_str(j, "wrapped")), false, out, e);
}

int
keyfile_load(
    int dir, const char *case_id, struct buf *out_wrapped, struct err *e)
{
	CLEANUP(freep) char *name = xasprintf("%s.json", case_id);
	CLEANUP(buf_free) struct buf text = BUF_INIT(KEYFILE_MAX);
	struct err why = ERR_INIT;

	if (faccessat(dir, name, F_OK, 0) < 0 && errno == ENOENT)
		return err_set(e, E_NOT_FOUND, "this case has no key");
	if (fs_read(dir, name, KEYFILE_MAX, &text, e) < 0)
		return err_wrap(e, "case key");
	if (keyfile_decode(buf_slice(&text), case_id, out_wrapped, &why) < 0)
		return corrupt(case_id, &why, e);
	return 0;
}

int
keyfile_create(
    int dir, const char *case_id, struct slice wrapped, struct err *e)
{
	CLEANUP(freep) char *name = xasprintf("%s.json", case_id);
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	CLEANUP(buf_free) struct buf base64 = BUF_INIT(KEYFILE_MAX);
	CLEANUP(buf_free) struct buf text = BUF_INIT(KEYFILE_MAX);

	base64_encode(wrapped, 0, &base64);
	jsonx_set_str(j, "schema", KEYFILE_SCHEMA);
	jsonx_set_str(j, "case", case_id);
	jsonx_set_str(j, "wrapped", buf_str(&base64));
	jsonx_canonical(j, &text);
	if (!buf_ok(&text) || !buf_ok(&base64))
		return err_set(e, E_LIMIT, "wrapped key too long");
	return fs_create(dir, name, buf_slice(&text), 0600, e);
}

static int
overwrite(int fd, struct err *e)
{
	static const uint8_t zeros[KEYFILE_MAX];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, E_UNAVAILABLE, "fstat");
	for (off_t at = 0; at < st.st_size; at += (off_t)sizeof(zeros)) {
		off_t left = st.st_size - at;
		size_t n =
		    left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros);

		if (pwrite(fd, zeros, n, at) != (ssize_t)n)
			return err_sys(e, E_UNAVAILABLE, "case key");
	}
	if (fsync(fd) < 0)
		return err_sys(e, E_UNAVAILABLE, "fsync");
	return 0;
}

int
keyfile_destroy(int dir, const char *case_id, struct err *e)
{
	CLEANUP(freep) char *name = xasprintf("%s.json", case_id);
	CLEANUP(fd_closep)
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno != ENOENT)
		return err_sys(e, E_UNAVAILABLE, "case key");
	if (fd >= 0 && overwrite(fd, e) < 0)
		return -1;
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return err_sys(e, E_UNAVAILABLE, "case key");
	if (fsync(dir) < 0)
		return err_sys(e, E_UNAVAILABLE, "fsync");
	return 0;
}
