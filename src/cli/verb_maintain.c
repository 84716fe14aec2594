/* SPDX-License-Identifier: Apache-2.0 */
/* nintei store maintain: stock git tidies the repository. */
#include "cli_int.h"

#include <inttypes.h>
#include <stdlib.h>

#include "nintei/fs.h"
#include "nintei/gitserve.h"

#define REPORT_BYTES 4096

static void
line(void *arg, const char *text)
{
	cli_note(arg, "git %s", text);
}

static void
print_figures(const struct cli *c, const char *ja, const char *en,
    const struct gitserve_figures *f)
{
	CLEANUP(freep)
	char *text =
	    xasprintf("%" PRIu64 " packs, %" PRIu64 " bytes, %" PRIu64 " loose",
		f->packs, f->pack_bytes, f->loose);

	print_row(c, ja, en, text);
}

static void
print_seconds(
    const struct cli *c, const char *ja, const char *en, double seconds)
{
	CLEANUP(freep) char *text = xasprintf("%.2f s", seconds);

	if (seconds > 0)
		print_row(c, ja, en, text);
}

static void
print_report(const struct cli *c, const struct gitserve_report *r)
{
	CLEANUP(freep) char *bytes = xasprintf("%" PRIu64, r->bundle_bytes);

	print_figures(c, "前", "before", &r->before);
	print_figures(c, "後", "after", &r->after);
	print_seconds(c, "repack", "repack", r->repack_seconds);
	print_seconds(c, "commit-graph", "commit-graph", r->graph_seconds);
	print_seconds(c, "fsck", "fsck", r->fsck_seconds);
	print_seconds(c, "bundle", "bundle", r->bundle_seconds);
	if (r->bundle_bytes > 0)
		print_row(c, "bundle の大きさ", "bytes of the bundle", bytes);
}

int
store_maintain(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *home = realpath(c->a.home, NULL);
	CLEANUP(buf_free) struct buf json = BUF_INIT(REPORT_BYTES);
	CLEANUP(freep) char *store = NULL;
	struct gitserve_maintain m = {
		.fsck = c->a.fsck, .bundle = c->a.bundle, .say = line, .arg = c
	};
	struct gitserve_report report;

	if (home == NULL)
		return err_sys(e, E_NOT_FOUND, "there is no such folder");
	store = fs_join(home, "store");
	m.store = store;
	if (gitserve_maintain(&m, &report, e) < 0)
		return -1;
	if (!c->a.json) {
		print_report(c, &report);
		return 0;
	}
	gitserve_report_json(&report, &json);
	printf("%s\n", buf_str(&json));
	return 0;
}
