/* SPDX-License-Identifier: Apache-2.0 */
/* What is worth remembering between starts; all of it can be found again. */
#include "cosigners_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/fs.h"

#define PUBLISHED "published"
#define MEMBERS "witnesses"
#define MEMBERS_BYTES KIB(16)

/* "ID SIZE TIME", one line for each witness; ID: key id in hex. */
static void
member_read(struct cosigners *c, const char *line)
{
	char id[9], size[21], time[21];
	struct err e = ERR_INIT;
	uint64_t v[2];

	if (sscanf(line, "%8[0-9a-f] %20[0-9] %20[0-9]", id, size, time) != 3 ||
	    dec_parse(size, INT64_MAX, &v[0], &e) < 0 ||
	    dec_parse(time, INT64_MAX, &v[1], &e) < 0)
		return;
	for (size_t i = 0; i < c->o.n; i++) {
		char want[9];

		(void)snprintf(
		    want, sizeof(want), "%08" PRIx32, c->members[i].key.id);
		if (strcmp(want, id) != 0)
			continue;
		c->members[i].size = v[0];
		c->members[i].cosigned_at = v[1];
	}
}

static void
members_load(struct cosigners *c)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MEMBERS_BYTES);
	struct err e = ERR_INIT;
	char *line, *rest;
	char *copy;

	if (fs_read(c->dir, MEMBERS, MEMBERS_BYTES, &text, &e) < 0)
		return;
	copy = xstrdup(buf_str(&text));
	for (line = strtok_r(copy, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		member_read(c, line);
	freep(&copy);
}

/* WIT-8: what was published stands, if it is ours and has the quorum. */
static void
published_load(struct cosigners *c, struct buf *out)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(NOTE_BYTES);
	struct checkpoint cp;
	struct note n;
	struct err e = ERR_INIT;
	unsigned lines;

	if (fs_read(c->dir, PUBLISHED, NOTE_BYTES, &bytes, &e) < 0)
		return;
	if (checkpoint_open(buf_slice(&bytes), &c->o.log, &n, &cp, &e) < 0 ||
	    note_count_cosigned(&n, c->o.witness, c->o.n, &lines, &e) < 0 ||
	    lines < c->o.quorum) {
		c->o.say(c->o.say_arg, false, "published.unusable", "", &e);
		return;
	}
	c->published = cp.head.size;
	c->published_lines = lines;
	buf_put(out, bytes.p, bytes.n);
}

void
files_load(struct cosigners *c, struct buf *out_published)
{
	members_load(c);
	published_load(c, out_published);
}

void
files_save_published(struct cosigners *c, struct slice note)
{
	struct err e = ERR_INIT;

	if (fs_write(c->dir, PUBLISHED, note, 0644, &e) < 0)
		c->o.say(c->o.say_arg, false, "published.unsaved", "", &e);
}

void
files_save_members(struct cosigners *c)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MEMBERS_BYTES);
	struct err e = ERR_INIT;

	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->o.n; i++)
		buf_putf(&text, "%08" PRIx32 " %" PRIu64 " %" PRIu64 "\n",
		    c->members[i].key.id, c->members[i].size,
		    c->members[i].cosigned_at);
	pthread_mutex_unlock(&c->lock);
	if (fs_write(c->dir, MEMBERS, buf_slice(&text), 0644, &e) < 0)
		c->o.say(c->o.say_arg, false, "witnesses.unsaved", "", &e);
}
