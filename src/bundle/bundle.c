/* SPDX-License-Identifier: Apache-2.0 */
/* Admitted bundles: look-up and end. */
#include "nintei/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/text.h"

#include "bundle_int.h"

static const char *const formats[BUNDLE_FORMAT_MAX] = { "", "zip", "tar",
	"tar.gz", "tar.xz", "tar.zst", "7z" };

const char *
bundle_format_name(enum bundle_format f)
{
	return f < BUNDLE_FORMAT_MAX ? formats[f] : "";
}

const struct bundle_member *
bundle_find(const struct bundle *b, const char *path)
{
	CLEANUP(buf_free) struct buf nfc = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;

	if (text_nfc(slice_str(path), &nfc, &e) < 0)
		return NULL;
	for (size_t i = 0; i < b->n; i++)
		if (!b->members[i].ignored &&
		    strcmp(b->members[i].path, buf_str(&nfc)) == 0)
			return &b->members[i];
	return NULL;
}

void
bundle_free(struct bundle *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n; i++) {
		free(b->members[i].path);
		fd_closep(&b->members[i].fd);
	}
	free(b->members);
	free(b->top);
	free(b);
}
