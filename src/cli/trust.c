/* SPDX-License-Identifier: Apache-2.0 */
/* What a verifier relies on: roots from the user, the rest from anywhere. */
#include "cli_int.h"
#include "trust_int.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/limits.h"

#define TRUST_DEPTH 3

void
trust_free(struct trust *t)
{
	size_t i;

	for (i = 0; i < t->n_certs; i++)
		cert_free(t->certs[i]);
	for (i = 0; i < t->n_crls; i++)
		crl_free(t->crls[i]);
	*t = (struct trust){ 0 };
}

bool
trust_add(struct trust *t, struct slice bytes, bool anchor)
{
	struct cert *cert = NULL;
	struct crl *crl = NULL;
	struct err ignored = ERR_INIT;

	if (t->n_certs < TRUST_MAX && cert_load(bytes, &cert, &ignored) == 0) {
		t->anchor[t->n_certs] = anchor;
		t->certs[t->n_certs++] = cert;
		return true;
	}
	if (t->n_crls < TRUST_MAX && crl_load(bytes, &crl, &ignored) == 0) {
		t->crls[t->n_crls++] = crl;
		return true;
	}
	return false;
}

static bool
has_ending(const char *name)
{
	static const char *const endings[] = { ".pem", ".cer", ".crt", ".crl",
		".vkey" };
	size_t n = strlen(name);
	size_t i;

	for (i = 0; i < NELEM(endings); i++)
		if (n > 5 &&
		    strcmp(name + n - strlen(endings[i]), endings[i]) == 0)
			return true;
	return false;
}

/* Each line of the file that is a key of a log or witness. */
static void
add_vkeys(struct trust *t, struct slice bytes)
{
	struct err ignored = ERR_INIT;

	while (bytes.n > 0 && t->n_keys < TRUST_MAX) {
		const uint8_t *end = memchr(bytes.p, '\n', bytes.n);
		size_t n = end == NULL ? bytes.n : (size_t)(end - bytes.p);

		if (note_key_parse(slice_of(bytes.p, n), &t->keys[t->n_keys],
			&ignored) == 0)
			t->n_keys++;
		if (end == NULL)
			return;
		bytes = slice_of(end + 1, bytes.n - n - 1);
	}
}

/* Never open what is called a key. */
static void
add_file(struct trust *t, int dirfd, const char *name)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_CRL_BYTES * 2);
	struct err ignored = ERR_INIT;

	if (!has_ending(name) || strncmp(name, "key", 3) == 0)
		return;
	if (fs_read(dirfd, name, LIMIT_CRL_BYTES * 2 - 1, &bytes, &ignored) < 0)
		return;
	if (strcmp(name + strlen(name) - 5, ".vkey") == 0)
		add_vkeys(t, buf_slice(&bytes));
	else
		(void)trust_add(t, buf_slice(&bytes), true);
}

static void
add_folder(struct trust *t, int fd, int depth)
{
	DIR *d = fdopendir(fd);
	const struct dirent *entry;
	struct stat st;
	int below;

	if (d == NULL) {
		(void)close(fd);
		return;
	}
	while (depth <= TRUST_DEPTH && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(d), entry->d_name, &st, 0) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			add_file(t, dirfd(d), entry->d_name);
		if (!S_ISDIR(st.st_mode))
			continue;
		below = openat(dirfd(d), entry->d_name,
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (below >= 0)
			add_folder(t, below, depth + 1);
	}
	(void)closedir(d);
}

int
trust_folder(struct trust *t, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(
		    e, E_NOT_FOUND, "cannot open the folder %.200s", path);
	add_folder(t, fd, 0);
	if (t->n_certs == 0)
		return err_set(
		    e, E_NOT_FOUND, "no certificate in %.200s", path);
	return 0;
}

int
trust_load(struct cli *c, struct trust *t, struct err *e)
{
	CLEANUP(freep) char *own = NULL;

	if (c->a.trust != NULL)
		return trust_folder(t, c->a.trust, e);
	own = fs_join(c->a.home, "keys");
	if (trust_folder(t, own, e) == 0)
		return 0;
	*e = (struct err)ERR_INIT;
	return err_set(
	    e, E_USAGE, "whose root is trusted? Use --trust DIR or -C DIR");
}

const struct cert *
trust_chain(struct trust *t, struct slice bytes, struct err *e)
{
	static const char end[] = "-----END CERTIFICATE-----\n";
	size_t first = t->n_certs;
	struct slice rest = bytes;
	const uint8_t *at;
	size_t n;

	while (pem_is(rest) &&
	    (at = memmem(rest.p, rest.n, end, sizeof(end) - 1)) != NULL) {
		n = (size_t)(at - rest.p) + sizeof(end) - 1;
		(void)trust_add(t, slice_of(rest.p, n), false);
		rest = slice_of(rest.p + n, rest.n - n);
	}
	if (t->n_certs == first)
		(void)trust_add(t, bytes, false);
	if (t->n_certs == first) {
		(void)err_set(e, E_INPUT, "this is no certificate");
		return NULL;
	}
	return t->certs[first];
}

static const struct cert *
find(const struct trust *t, struct slice name, bool anchor)
{
	size_t i;

	for (i = 0; i < t->n_certs; i++)
		if (t->anchor[i] == anchor &&
		    slice_eq(cert_subject(t->certs[i]), name))
			return t->certs[i];
	return NULL;
}

const struct cert *
trust_issuer(const struct trust *t, struct slice name)
{
	const struct cert *c = find(t, name, true);

	return c != NULL ? c : find(t, name, false);
}

const struct cert *
trust_root(const struct trust *t, struct slice name)
{
	const struct cert *c = find(t, name, true);

	return c != NULL && slice_eq(cert_issuer(c), name) ? c : NULL;
}

const struct crl *
trust_crl(const struct trust *t, struct slice name)
{
	const struct crl *best = NULL;
	size_t i;

	for (i = 0; i < t->n_crls; i++)
		if (slice_eq(crl_issuer(t->crls[i]), name) &&
		    (best == NULL ||
			crl_this_update(t->crls[i]) > crl_this_update(best)))
			best = t->crls[i];
	return best;
}
