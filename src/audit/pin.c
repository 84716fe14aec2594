/* SPDX-License-Identifier: Apache-2.0 */
/* The trust folder: what the auditor has from elsewhere. */
#include "audit_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/x509.h"

/* A file of the folder; false where it is absent. */
static int
pin_read(int dir, const char *name, struct buf *out, bool *found, struct err *e)
{
	*found = faccessat(dir, name, F_OK, 0) == 0;
	return *found ? fs_read(dir, name, out->max - 1, out, e) : 0;
}

static int
root_load(int dir, struct pins *p, struct err *e)
{
	static const char *const names[] = { "root.cer", "root.pem" };

	for (size_t i = 0; i < NELEM(names); i++) {
		CLEANUP(buf_free) struct buf b = BUF_INIT(2 * LIMIT_CERT_BYTES);
		bool found;

		if (pin_read(dir, names[i], &b, &found, e) < 0)
			return -1;
		if (found)
			return cert_load(buf_slice(&b), &p->root, e);
	}
	return 0;
}

/* "genesis": the id of the first commit, in hex. */
static int
commit_load(int dir, struct pins *p, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(256);
	const char *hex = "0123456789abcdef";
	size_t n;
	bool found;

	if (pin_read(dir, "genesis", &b, &found, e) < 0)
		return -1;
	if (!found)
		return 0;
	n = strspn(buf_str(&b), hex);
	if (n != AUDIT_COMMIT_TEXT - 1 ||
	    (buf_str(&b)[n] != '\0' && buf_str(&b)[n] != '\n'))
		return err_set(e, E_INPUT, "genesis: want the id of a commit");
	snprintf(p->commit, sizeof(p->commit), "%.40s", buf_str(&b));
	return 0;
}

int
pins_load(struct audit *a, struct err *e)
{
	const char *path = a->opts->trust;
	struct pins *p = &a->pins;
	CLEANUP(fd_closep) int dir = -1;
	bool found;

	p->genesis.max = MIB(1);
	if (path == NULL)
		return 0;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, E_NOT_FOUND, "the folder %.150s", path);
	if (root_load(dir, p, e) < 0 || commit_load(dir, p, e) < 0 ||
	    pin_read(dir, "genesis.json", &p->genesis, &found, e) < 0)
		return err_wrap(e, "trust");
	if (p->root == NULL && p->commit[0] == '\0' && p->genesis.n == 0)
		return err_set(e, E_INPUT,
		    "%.150s: want root.cer, root.pem, genesis.json or genesis",
		    path);
	return 0;
}

/* AUDIT-90 and 91. */
void
pins_judge(struct audit *a)
{
	const struct pins *p = &a->pins;
	const struct file *f = item_file(a->it, "genesis.json");
	char hash[SHA256_HEX];

	a->report->pinned_root = p->root != NULL;
	a->report->pinned_genesis = p->commit[0] != '\0' || p->genesis.n > 0;
	if (p->root != NULL)
		audit_same(a, AUDIT_R90, "root",
		    sha256_hex(cert_der(p->root), hash),
		    a->report->root_sha256);
	if (p->commit[0] != '\0')
		audit_same(
		    a, AUDIT_R91, "commit", p->commit, a->report->genesis);
	if (p->genesis.n > 0 &&
	    (f == NULL ||
		!slice_eq(buf_slice(&p->genesis), buf_slice(&f->bytes))))
		audit_same(a, AUDIT_R91, "genesis.json",
		    sha256_hex(buf_slice(&p->genesis), hash),
		    a->report->genesis_sha256);
}

void
pins_free(struct pins *p)
{
	cert_free(p->root);
	buf_free(&p->genesis);
}
