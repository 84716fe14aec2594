/* SPDX-License-Identifier: Apache-2.0 */
/* Documents, streamed into the repository before an event names them. */
#include "nintei/store.h"

#include <stdlib.h>

#include "nintei/digest.h"
#include "plain_int.h"

struct store_blob {
	struct store *store;
	struct gitx_stream *stream;
	struct digest *digest;
	uint64_t size;
	bool ended;
};

static int
write_failed(struct store_blob *b, const struct err *cause, struct err *e)
{
	b->ended = true;
	if (cause->code == E_INPUT) {
		*e = *cause;
		return -1;
	}
	pthread_mutex_lock(&b->store->append_lock);
	b->store->failed = true;
	pthread_mutex_unlock(&b->store->append_lock);
	err_raise(e, E_UNAVAILABLE, cause->sys, __FILE__, __LINE__,
	    "the store cannot write and must be opened again");
	err_trail(e, "%s: %s", cause->detail, cause->trail);
	return -1;
}

static int
check_writable(struct store *s, struct err *e)
{
	bool ok;

	pthread_mutex_lock(&s->append_lock);
	ok = s->writable && !s->failed;
	pthread_mutex_unlock(&s->append_lock);
	return ok ? 0 : err_set(e, E_UNAVAILABLE, "the store cannot write");
}

int
store_blob_new(
    struct store *s, uint64_t size, struct store_blob **out, struct err *e)
{
	CLEANUP(store_blob_freep)
	struct store_blob *b = xcalloc(1, sizeof(*b));
	struct err cause = ERR_INIT;

	b->store = s;
	b->size = size;
	if (check_writable(s, e) < 0)
		return -1;
	if (gitx_stream_new(s->writer, size, &b->stream, &cause) < 0)
		return write_failed(b, &cause, e);
	b->digest = digest_sha256_new();
	*out = TAKE(b);
	return 0;
}

int
store_blob_add(struct store_blob *b, struct slice bytes, struct err *e)
{
	struct err cause = ERR_INIT;

	if (b->ended)
		return err_set(e, E_INPUT, "the blob has ended");
	if (gitx_stream_write(b->stream, bytes, &cause) < 0)
		return write_failed(b, &cause, e);
	digest_update(b->digest, bytes);
	return 0;
}

int
store_blob_finish(
    struct store_blob *b, struct store_blob_done *out, struct err *e)
{
	struct store_blob_done done = { .size = b->size };
	struct err cause = ERR_INIT;
	struct gitx_oid id;

	if (b->ended)
		return err_set(e, E_INPUT, "the blob has ended");
	if (gitx_stream_finish(b->stream, &id, &cause) < 0)
		return write_failed(b, &cause, e);
	b->ended = true;
	store_id_of(&id, &done.id);
	digest_final(b->digest, done.sha256);
	*out = done;
	return 0;
}

void
store_blob_free(struct store_blob *b)
{
	if (b == NULL)
		return;
	gitx_stream_free(b->stream);
	digest_free(b->digest);
	free(b);
}
