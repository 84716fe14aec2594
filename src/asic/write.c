/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a container: mimetype, one ASiCManifest, one signature. */
#include "asic_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/cades.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/ess.h"
#include "nintei/limits.h"

/* By extension; a reader needs none of it. */
static const struct {
	const char *extension, *type;
} types[] = {
	{ ".json", "application/json" },
	{ ".pdf", "application/pdf" },
	{ ".csv", "text/csv" },
	{ ".txt", "text/plain" },
	{ ".md", "text/markdown" },
	{ ".csr", "application/pkcs10" },
	{ ".xlsx",
	    "application/"
	    "vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ ".docx",
	    "application/"
	    "vnd.openxmlformats-officedocument.wordprocessingml.document" },
};

static const char *
type_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot != NULL && i < NELEM(types); i++)
		if (strcmp(types[i].extension, dot) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* Percent-encoded names hold nothing that XML would have escaped. */
static void
object_put(const struct bundle_source *m, struct buf *out)
{
	uint8_t sum[SHA256_BYTES];

	sha256_of(m->content, sum);
	buf_puts(out, "  <asic:DataObjectReference URI=\"");
	asic_uri_encode(m->path, out);
	buf_putf(out, "\" MimeType=\"%s\"%s>\n", type_of(m->path),
	    strcmp(m->path, "manifest.json") == 0 ? " Rootfile=\"true\"" : "");
	buf_putf(out, "    <ds:DigestMethod Algorithm=\"%s\"/>\n",
	    asic_digest_of(ASIC_SHA256)->uri);
	buf_puts(out, "    <ds:DigestValue>");
	base64_encode(slice_of(sum, sizeof(sum)), 0, out);
	buf_puts(out, "</ds:DigestValue>\n  </asic:DataObjectReference>\n");
}

static int
by_path(const void *a, const void *b)
{
	return strcmp((*(const struct bundle_source *const *)a)->path,
	    (*(const struct bundle_source *const *)b)->path);
}

static int
manifest_write(const struct bundle_source *members, size_t n, struct buf *out,
    struct err *e)
{
	CLEANUP(freep)
	const struct bundle_source **sorted = xcalloc(n + 1, sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &members[i];
	qsort(sorted, n, sizeof(*sorted), by_path);
	buf_puts(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<asic:ASiCManifest xmlns:asic=\"" NS_ASIC "\" xmlns:ds=\"" NS_DSIG
	    "\">\n"
	    "  <asic:SigReference URI=\"" ASIC_SIGNATURE_PATH "\""
	    " MimeType=\"application/pkcs7-signature\"/>\n");
	for (size_t i = 0; i < n; i++)
		object_put(sorted[i], out);
	buf_puts(out, "</asic:ASiCManifest>\n");
	return buf_ok(out)
	    ? 0
	    : err_set(e, E_LIMIT, "the ASiCManifest is too long");
}

static int
label_write(const struct asic_label *label, struct buf *out, struct err *e)
{
	struct ess_label l = { .classification = (int64_t)label->level };
	size_t n = strlen(label->policy);

	if (n >= sizeof(l.policy))
		return err_set(e, E_INPUT, "the policy of the label");
	memcpy(l.policy, label->policy, n + 1);
	return ess_label_encode(&l, out, e);
}

/* Only what we write ourselves may stand in META-INF/. */
static int
members_check(const struct bundle_source *members, size_t n, struct err *e)
{
	bool json = false;

	for (size_t i = 0; i < n; i++) {
		if (asic_part_of(members[i].path) != ASIC_DATA)
			return err_set(e, E_INPUT,
			    "this name belongs to the container itself: %s",
			    members[i].path);
		json = json || strcmp(members[i].path, "manifest.json") == 0;
	}
	return json ? 0 : err_set(e, E_INPUT, "manifest.json is missing");
}

static int
container_write(const struct bundle_source *members, size_t n,
    struct slice manifest, struct slice signature, int fd, struct err *e)
{
	CLEANUP(freep)
	struct bundle_source *all = xcalloc(n + 3, sizeof(*all));

	all[0] = (struct bundle_source){ .path = "mimetype",
		.content = slice_str(ASIC_MIMETYPE) };
	all[1] = (struct bundle_source){ .path = ASIC_MANIFEST_PATH,
		.content = manifest };
	all[2] = (struct bundle_source){ .path = ASIC_SIGNATURE_PATH,
		.content = signature };
	for (size_t i = 0; i < n; i++)
		all[3 + i] = members[i];
	return bundle_write_container(all, n + 3, fd, e);
}

int
asic_write(const struct bundle_source *members, size_t n,
    const struct cades_signer *by, const struct asic_label *label, int64_t at,
    int fd, struct err *e)
{
	CLEANUP(buf_free) struct buf manifest = BUF_INIT(ASIC_MANIFEST_BYTES);
	CLEANUP(buf_free) struct buf signature = BUF_INIT(LIMIT_CMS_BYTES);
	CLEANUP(buf_free) struct buf ess = BUF_INIT(KIB(1));

	if (members_check(members, n, e) < 0 ||
	    manifest_write(members, n, &manifest, e) < 0 ||
	    label_write(label, &ess, e) < 0 ||
	    cades_sign(by, buf_slice(&manifest), buf_slice(&ess), at,
		&signature, e) < 0)
		return -1;
	return container_write(
	    members, n, buf_slice(&manifest), buf_slice(&signature), fd, e);
}
