/* SPDX-License-Identifier: Apache-2.0 */
/* BagIt as an import form: what is in data/ becomes the dossier. */
#include "intake_int.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "nintei/bag.h"
#include "nintei/examine.h"
#include "nintei/fs.h"

/* All tag files through one child; no facts when a finding says why. */
static int
tags_read(
    struct check *c, const struct bag *b, struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf packed = BUF_INIT(BAG_TAG_BYTES);
	CLEANUP(examined_freep) struct examined *x = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct err large = ERR_INIT;

	if (bag_pack(b, &packed, &large) < 0) {
		if (large.code != E_LIMIT)
			return err_set(e, large.code, "%s", large.detail);
		rule_add(c->f, IR_BAG_LARGE, BAG_DECLARATION, NULL, NULL);
		return 0;
	}
	if (memfd_of("bag", buf_slice(&packed), &fd, e) < 0 ||
	    examine_run(c->hosts->examine, EXAMINE_BAG, BAG_DECLARATION, fd, &x,
		c->f, e) < 0)
		return -1;
	*out = TAKE(x->json);
	return 0;
}

/* The payload is the dossier; the rest is listed and goes no further. */
static void
payload_take(struct intake *in)
{
	size_t n = sizeof(BAG_PAYLOAD) - 1;

	for (size_t i = 0; i < in->n_members; i++) {
		struct intake_member *m = &in->members[i];

		if (strncmp(m->path, BAG_PAYLOAD, n) == 0) {
			memmove(m->path, m->path + n, strlen(m->path) - n + 1);
		} else if (!m->ignored) {
			m->ignored = true;
			if (m->fd >= 0)
				close(TAKE_FD(m->fd));
		}
	}
}

int
bag_import(struct check *c, struct err *e)
{
	CLEANUP(freep)
	struct bag_file *files = xcalloc(c->in->n_members + 1, sizeof(*files));
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	struct bag b = { files, c->in->n_members };

	for (size_t i = 0; i < c->in->n_members; i++) {
		const struct intake_member *m = &c->in->members[i];

		files[i] =
		    (struct bag_file){ m->path, m->size, m->fd, m->ignored };
	}
	if (!bag_is(&b))
		return 0;
	if (!c->partial &&
	    (tags_read(c, &b, &facts, e) < 0 ||
		bag_check(&b, facts, c->f, e) < 0))
		return -1;
	payload_take(c->in);
	return 0;
}
