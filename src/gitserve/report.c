/* SPDX-License-Identifier: Apache-2.0 */
/* What maintenance found and did, as one JSON document. */
#include "nintei/gitserve.h"

#include <inttypes.h>

static void
put_figures(struct buf *out, const char *name, const struct gitserve_figures *f)
{
	buf_putf(out,
	    "\"%s\":{\"loose\":%" PRIu64 ",\"pack_bytes\":%" PRIu64
	    ",\"packs\":%" PRIu64 "}",
	    name, f->loose, f->pack_bytes, f->packs);
}

static void
put_ms(struct buf *out, const char *name, double seconds)
{
	buf_putf(
	    out, ",\"%s_ms\":%" PRIu64, name, (uint64_t)(seconds * 1000 + 0.5));
}

void
gitserve_report_json(const struct gitserve_report *r, struct buf *out)
{
	buf_puts(out, "{\"schema\":\"nintei.maintain/1\",");
	put_figures(out, "after", &r->after);
	buf_putc(out, ',');
	put_figures(out, "before", &r->before);
	buf_putf(out, ",\"bundle_bytes\":%" PRIu64, r->bundle_bytes);
	put_ms(out, "bundle", r->bundle_seconds);
	put_ms(out, "fsck", r->fsck_seconds);
	buf_putf(out, ",\"fsck_runs\":%u", r->fsck_runs);
	put_ms(out, "graph", r->graph_seconds);
	put_ms(out, "repack", r->repack_seconds);
	buf_putc(out, '}');
}
