/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of cases in use, and documents under them. */
#include "nintei/vault.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/cms.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

#include "vault_int.h"

struct cached {
	char case_id[LIMIT_ID_BYTES + 1];
	struct secret *key; /* NULL: free */
	uint64_t used;
};

struct vault {
	int dir;
	struct vault_wrapper wrapper;
	struct random random;
	pthread_mutex_t lock; /* of all below, and of making a key */
	struct cached *cache;
	size_t cache_n;
	uint64_t tick;
};

int
vault_open(const char *dir, const struct vault_wrapper *w,
    const struct random *r, size_t cache, struct vault **out, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;
	struct vault *v;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, E_INTERNAL, "folder of case keys");
	v = xcalloc(1, sizeof(*v));
	v->dir = TAKE_FD(fd);
	v->wrapper = *w;
	v->random = *r;
	v->cache_n = cache == 0 ? 1 : cache;
	v->cache = xcalloc(v->cache_n, sizeof(*v->cache));
	if (pthread_mutex_init(&v->lock, NULL) != 0)
		abort();
	*out = v;
	return 0;
}

void
vault_close(struct vault *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->cache_n; i++)
		secret_free(v->cache[i].key);
	free(v->cache);
	fd_closep(&v->dir);
	pthread_mutex_destroy(&v->lock);
	free(v);
}

static const struct secret *
cache_get(struct vault *v, const char *case_id)
{
	for (size_t i = 0; i < v->cache_n; i++) {
		struct cached *c = &v->cache[i];

		if (c->key == NULL || strcmp(c->case_id, case_id) != 0)
			continue;
		c->used = ++v->tick;
		return c->key;
	}
	return NULL;
}

/* In place of the one that was not used for longest, which is wiped. */
static void
cache_put(struct vault *v, const char *case_id, struct slice key)
{
	struct cached *oldest = &v->cache[0];

	for (size_t i = 0; i < v->cache_n; i++)
		if (v->cache[i].used < oldest->used)
			oldest = &v->cache[i];
	secret_free(oldest->key);
	oldest->key = secret_of(key);
	oldest->used = ++v->tick;
	for (size_t i = 0; i < sizeof(oldest->case_id); i++) {
		oldest->case_id[i] = case_id[i];
		if (case_id[i] == '\0')
			break;
	}
}

static int
key_load(
    struct vault *v, const char *case_id, struct secret **out, struct err *e)
{
	CLEANUP(buf_free) struct buf wrapped = BUF_INIT(VAULT_WRAPPED_MAX);
	CLEANUP(secret_freep) struct secret *key = NULL;

	if (keyfile_load(v->dir, case_id, &wrapped, e) < 0 ||
	    v->wrapper.unwrap(
		v->wrapper.arg, case_id, buf_slice(&wrapped), &key, e) < 0)
		return -1;
	if (secret_slice(key).n != VAULT_KEY_BYTES)
		return err_set(e, E_STORE_CORRUPT, "case key has wrong size");
	*out = TAKE(key);
	return 0;
}

/* A key is durable before anything is encrypted under it. */
static int
key_create(
    struct vault *v, const char *case_id, struct secret **out, struct err *e)
{
	CLEANUP(buf_free) struct buf wrapped = BUF_INIT(VAULT_WRAPPED_MAX);
	CLEANUP(secret_freep) struct secret *key = secret_new(VAULT_KEY_BYTES);

	if (random_fill(&v->random, secret_bytes(key), VAULT_KEY_BYTES, e) <
		0 ||
	    v->wrapper.wrap(
		v->wrapper.arg, case_id, secret_slice(key), &wrapped, e) < 0)
		return -1;
	if (!buf_ok(&wrapped) || wrapped.n == 0)
		return err_set(e, E_LIMIT, "wrapped key too long");
	if (keyfile_create(v->dir, case_id, buf_slice(&wrapped), e) < 0)
		return err_wrap(e, "case key");
	*out = TAKE(key);
	return 0;
}

/* With the lock held. */
static int
key_get(struct vault *v, const char *case_id, enum vault_mode mode,
    struct secret **out, struct err *e)
{
	CLEANUP(secret_freep) struct secret *key = NULL;
	const struct secret *have = cache_get(v, case_id);
	struct err first = ERR_INIT;

	if (have != NULL) {
		*out = secret_of(secret_slice(have));
		return 0;
	}
	if (key_load(v, case_id, &key, &first) < 0 &&
	    (mode != VAULT_CREATE || first.code != E_NOT_FOUND)) {
		*e = first;
		return -1;
	}
	if (key == NULL && key_create(v, case_id, &key, e) < 0)
		return -1;
	cache_put(v, case_id, secret_slice(key));
	*out = TAKE(key);
	return 0;
}

int
vault_case_key(struct vault *v, const char *case_id, enum vault_mode mode,
    struct secret **out, struct err *e)
{
	int rv;

	if (case_id_check(case_id, e) < 0)
		return -1;
	pthread_mutex_lock(&v->lock);
	rv = key_get(v, case_id, mode, out, e);
	pthread_mutex_unlock(&v->lock);
	return rv;
}

static void
cache_forget(struct vault *v, const char *case_id)
{
	for (size_t i = 0; i < v->cache_n; i++) {
		if (v->cache[i].key == NULL ||
		    strcmp(v->cache[i].case_id, case_id) != 0)
			continue;
		secret_free(v->cache[i].key);
		v->cache[i] = (struct cached){ 0 };
	}
}

int
vault_destroy(struct vault *v, const char *case_id, struct err *e)
{
	int rv;

	if (case_id_check(case_id, e) < 0)
		return -1;
	pthread_mutex_lock(&v->lock);
	cache_forget(v, case_id);
	rv = keyfile_destroy(v->dir, case_id, e);
	pthread_mutex_unlock(&v->lock);
	return rv;
}

int
vault_encrypt(struct vault *v, const char *case_id, int in_fd, uint64_t size,
    int *out_memfd, struct err *e)
{
	CLEANUP(secret_freep) struct secret *key = NULL;
	CLEANUP(fd_closep) int memfd = -1;
	struct cms_key with;

	if (vault_case_key(v, case_id, VAULT_CREATE, &key, e) < 0 ||
	    memfd_new("encrypted", &memfd, e) < 0)
		return -1;
	with.id = slice_str(case_id);
	with.key = secret_slice(key);
	if (cms_encrypt(&with, in_fd, size, &v->random, memfd, e) < 0 ||
	    memfd_seal(memfd, e) < 0)
		return -1;
	*out_memfd = TAKE_FD(memfd);
	return 0;
}

int
vault_decrypt(struct vault *v, const char *case_id, int cms_fd, int *out_memfd,
    struct err *e)
{
	CLEANUP(secret_freep) struct secret *key = NULL;
	struct cms_key with;

	if (vault_case_key(v, case_id, VAULT_EXISTING, &key, e) < 0)
		return -1;
	with.id = slice_str(case_id);
	with.key = secret_slice(key);
	return cms_decrypt(&with, cms_fd, out_memfd, e);
}

int
vault_commit(struct vault *v, const char *case_id, uint64_t n,
    const uint8_t sha256[32], uint8_t out[32], struct err *e)
{
	CLEANUP(secret_freep) struct secret *key = NULL;

	if (vault_case_key(v, case_id, VAULT_EXISTING, &key, e) < 0)
		return -1;
	vault_commitment(secret_slice(key), n, sha256, out);
	return 0;
}
