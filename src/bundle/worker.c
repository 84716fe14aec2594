/* SPDX-License-Identifier: Apache-2.0 */
/* The confined child: one archive in, frames out. */
#include "nintei/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/archx.h"
#include "nintei/text.h"
#include "nintei/wire.h"
#include "nintei/worker.h"

#include "bundle_int.h"

/* By enum bundle_format. */
static const struct {
	enum code (*scan)(struct slice, struct table *);
	enum code (*extract)(struct slice, struct table *, struct sink *);
} readers[BUNDLE_FORMAT_MAX] = {
	[BUNDLE_ZIP] = { zip_scan, zip_extract },
	[BUNDLE_TAR] = { tar_scan, tar_extract },
	[BUNDLE_TAR_GZ] = { tar_scan, tar_extract },
	[BUNDLE_TAR_XZ] = { tar_scan, tar_extract },
	[BUNDLE_TAR_ZST] = { tar_scan, tar_extract },
	[BUNDLE_7Z] = { seven_scan, seven_extract },
};

/* A fault of structure; the name in t->where is raw bytes. */
static void
fault(enum code c, const struct table *t, struct verdicts *v)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));
	struct slice where = buf_slice(&t->where);
	struct err e = ERR_INIT;

	if (!utf8_valid(where) && text_from_cp932(where, &text, &e) == 0)
		where = buf_slice(&text);
	verdict_add(v, c, where, t->detail);
}

static bool
has_document(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->items[i].is_dir && !t->items[i].ignored)
			return true;
	return false;
}

static enum code
read_archive(
    struct slice in, struct table *t, struct sink *s, struct verdicts *v)
{
	enum code c = readers[t->format].scan(in, t);

	if (c != CODE_NONE || (c = package_alone(in, t)) != CODE_NONE)
		return c;
	names_check(t, v);
	if (v->n == 0 && !has_document(t))
		return CODE_EMPTY;
	return readers[t->format].extract(in, t, s);
}

static enum code
admit(uint32_t kind, struct slice in, struct table *t, struct sink *s,
    struct verdicts *v)
{
	const struct magic *m = magic_of(in);
	bool seven = m != NULL && m->code == CODE_FORMAT_7Z;

	if (m == NULL)
		return table_fault(
		    t, in.n == 0 ? CODE_EMPTY : CODE_FORMAT, "unknown");
	seven = seven && (kind & BUNDLE_WORK_7Z) != 0;
	if (m->format == BUNDLE_NONE && !seven)
		return table_fault(t, m->code, "%s", m->name);
	t->format = seven ? BUNDLE_7Z : m->format;
	return read_archive(in, t, s, v);
}

int
bundle_work(uint32_t kind, struct slice in, int out_fd)
{
	CLEANUP(table_free) struct table t = { 0 };
	CLEANUP(verdicts_free) struct verdicts v = { 0 };
	CLEANUP(sink_done) struct sink s;
	enum code c;

	sink_init(&s, out_fd, &v);
	c = admit(kind, in, &t, &s, &v);
	if (c != CODE_NONE)
		fault(c, &t, &v);
	sink_finish(&s, t.format);
	return s.broken ? 1 : 0;
}

static int
byte_cmp(const void *a, const void *b)
{
	return *(const uint8_t *)a - *(const uint8_t *)b;
}

/* A tar of one empty file. */
static void
sample_tar(struct buf *out)
{
	static const struct {
		size_t at;
		const char *text;
	} fields[] = { { 0, "あ" }, { 100, "0000644" }, { 124, "00000000000" },
		{ 136, "00000000000" }, { 148, "005443" }, { 156, "0" },
		{ 257, "ustar" }, { 263, "00" } };

	for (size_t i = 0; i < NELEM(fields); i++) {
		while (out->n < fields[i].at)
			buf_putc(out, 0);
		buf_puts(out, fields[i].text);
	}
	while (out->n < 3 * 512)
		buf_putc(out, 0);
}

/* All that the libraries load or ask once: see BUNDLES 2.4. */
static void
warm(void)
{
	CLEANUP(buf_free) struct buf tar = BUF_INIT(KIB(4));
	static uint8_t big[4096];

	archx_warm();
	text_warm();
	qsort(big, sizeof(big), 1, byte_cmp); /* asks for the memory size */
	sample_tar(&tar);
	(void)bundle_work(0, buf_slice(&tar), -1);
}

const struct worker_class *
bundle_worker_class(void)
{
	static const struct worker_class cls = {
		.name = "unpack",
		.run = bundle_work,
		.warm = warm,
		.limits = { LIMIT_WORKER_CPU_SECONDS, LIMIT_WORKER_WALL_SECONDS,
		    LIMIT_WORKER_DATA_BYTES },
	};

	return &cls;
}
