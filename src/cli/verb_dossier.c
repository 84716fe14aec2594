/* SPDX-License-Identifier: Apache-2.0 */
/* nintei dossier: hand a dossier in. */
#include "cli_int.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

/* The media type by the first bytes; tar has none at its start. */
static const char *
media_of(struct slice bytes)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *media;
	} rows[] = {
		{ "PK", 2, "application/zip" },
		{ "\x1f\x8b", 2, "application/gzip" },
		{ "\xfd"
		  "7zXZ",
		    5, "application/x-xz" },
		{ "\x28\xb5\x2f\xfd", 4, "application/zstd" },
	};
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (bytes.n >= rows[i].n &&
		    memcmp(bytes.p, rows[i].magic, rows[i].n) == 0)
			return rows[i].media;
	return "application/x-tar";
}

static void
query_add(struct buf *b, const char *key, const char *value)
{
	CLEANUP(freep) char *escaped = NULL;

	if (value == NULL)
		return;
	escaped = fetch_escape(value);
	buf_putf(b, "%c%s=%s", strchr(buf_str(b), '?') == NULL ? '?' : '&', key,
	    escaped);
}

static void
progress(void *arg, uint64_t sent, uint64_t total)
{
	static const char bar[] = "########################################";
	int *shown = arg;
	int percent = total > 0 ? (int)(sent * 100 / total) : 100;

	if (percent == *shown)
		return;
	*shown = percent;
	fprintf(stderr, "\r[%-40.*s] %3d %%  %.1f MiB", percent * 40 / 100, bar,
	    percent, (double)sent / 1048576.0);
	if (percent == 100)
		fputc('\n', stderr);
}

/* The headers that stand for this file and this way of asking. */
struct upload {
	char *headers[5];
	const char *list[6];
};

static void
upload_done(struct upload *u)
{
	size_t i;

	for (i = 0; i < NELEM(u->headers); i++)
		free(u->headers[i]);
}

static void
upload_headers(struct upload *u, struct slice file, const char *path)
{
	CLEANUP(buf_free) struct buf digest = BUF_INIT(128);
	struct slice parts[2];
	uint8_t sha[32], key[32];
	char hex[65];
	size_t i;

	sha256_of(file, sha);
	base64_encode(slice_of(sha, sizeof(sha)), 0, &digest);
	/* The same file handed in the same way is the same request. */
	parts[0] = slice_of(sha, sizeof(sha));
	parts[1] = slice_str(path);
	sha256_parts(parts, NELEM(parts), key);
	u->headers[0] = xasprintf("Content-Type: %s", media_of(file));
	u->headers[1] =
	    xasprintf("Repr-Digest: sha-256=:%s:", buf_str(&digest));
	u->headers[2] =
	    xasprintf("Idempotency-Key: %s", hex_encode(key, sizeof(key), hex));
	u->headers[3] = xstrdup("Accept: application/json");
	for (i = 0; i < 4; i++)
		u->list[i] = u->headers[i];
	u->list[4] = NULL;
}

static int
save_receipt(const struct cli *c, const struct json *from, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(4));
	const struct json *receipt = jsonx_get(from, "receipt");

	if (c->a.receipt == NULL || jsonx_kind(receipt) != JSON_KIND_OBJECT)
		return 0;
	jsonx_pretty(receipt, &text);
	buf_putc(&text, '\n');
	return local_write(c->a.receipt, buf_slice(&text), e);
}

static int
submitted(const struct cli *c, const struct fetch_answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	const char *id;

	if (jsonx_parse(buf_slice(&a->body), MIB(32), &doc, e) < 0)
		return err_wrap(e, "the server's answer");
	if (save_receipt(c, doc, e) < 0)
		return -1;
	print_development(c, doc);
	id = jsonx_get_str(doc, "case");
	if (c->a.json) {
		print_json(doc);
	} else {
		print_findings(c, doc, stderr);
		printf("%s\n", id != NULL ? id : "");
	}
	return 0;
}

int
dossier_submit(struct cli *c, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(blob_unmap) struct blob b = { 0 };
	CLEANUP(buf_free) struct buf path = BUF_INIT(KIB(8));
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	CLEANUP(upload_done) struct upload u = { 0 };
	struct fetch_request q = FETCH_INIT;
	struct err ignored = ERR_INIT;
	int shown = -1;

	if (local_memfd(c->a.pos[0], &fd, e) < 0 ||
	    blob_map(fd, LIMIT_UPLOAD_BYTES, &b, e) < 0)
		return -1;
	buf_puts(&path, "/v1/dossiers");
	query_add(&path, "scheme", c->a.scheme);
	query_add(&path, "kind", c->a.kind);
	query_add(&path, "number", c->a.number);
	query_add(&path, "case", c->a.dossier);
	upload_headers(&u, slice_of(b.p, b.n), buf_str(&path));
	q.method = "POST";
	q.headers = u.list;
	q.body_fd = fd;
	q.body_size = b.n;
	q.seconds = 300;
	if (isatty(STDERR_FILENO)) {
		q.progress = progress;
		q.arg = &shown;
	}
	if (remote_call(c, &q, buf_str(&path), &a, e) < 0) {
		(void)!save_receipt(c, c->problem, &ignored);
		return -1;
	}
	return submitted(c, &a, e);
}
