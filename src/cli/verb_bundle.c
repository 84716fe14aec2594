/* SPDX-License-Identifier: Apache-2.0 */
/* nintei bundle: the server's own admission offline, and making bundles. */
#include "cli_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/conf.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/intake.h"
#include "nintei/limits.h"
#include "nintei/numbers.h"
#include "nintei/worker.h"
#include "folder_int.h"
#include "report_int.h"
#include "sign_int.h"

static struct intake_hint
hint_of(const struct cli *c)
{
	return (struct intake_hint){ .scheme = c->a.scheme,
		.kind = c->a.kind,
		.number = c->a.number,
		.now = local_now(c) };
}

/* A folder is zipped as it stands. */
static int
archive_of(const char *path, int *out, struct err *e)
{
	CLEANUP(folder_free) struct folder f = { 0 };
	CLEANUP(fd_closep) int fd = -1;
	struct slice none = { NULL, 0 };
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, E_NOT_FOUND, "cannot find %.200s", path);
	if (!S_ISDIR(st.st_mode))
		return local_memfd(path, out, e);
	if (folder_read(path, &f, e) < 0 || memfd_new("bundle", &fd, e) < 0 ||
	    folder_zip(&f, none, fd, e) < 0 || memfd_seal(fd, e) < 0)
		return -1;
	*out = TAKE_FD(fd);
	return 0;
}

static bool
has_severity(const struct json *findings, const char *severity)
{
	size_t i;

	for (i = 0; i < jsonx_len(findings); i++) {
		const char *s =
		    jsonx_get_str(jsonx_at(findings, i), "severity");

		if (s != NULL && strcmp(s, severity) == 0)
			return true;
	}
	return false;
}

/* What the server would do with it (INTERFACE 7). */
static const char *
verdict(const struct cli *c, const struct json *report)
{
	const struct json *findings = jsonx_get(report, "findings");

	if (jsonx_get_bool(report, "ok", false))
		return cli_say(
		    c, "受け付けられます。", "It would be taken in.");
	if (has_severity(findings, "refuse"))
		return cli_say(c, "このままでは受け付けられません。",
		    "It would be refused as it is.");
	return cli_say(c, "受け付けられますが、補正が必要です。",
	    "It would be taken in, and must be put right.");
}

static void
print_level(const struct cli *c, const struct json *report)
{
	static const struct {
		const char *ja, *en;
	} levels[] = { { "0（ファイルだけ）", "0 (files alone)" },
		{ "1（manifest.json付き）", "1 (with manifest.json)" },
		{ "2（署名付き容器）", "2 (signed container)" } };
	const struct json *signers = jsonx_get(report, "signers");
	int64_t level = jsonx_get_int(report, "level", 0);

	if (level >= 0 && level < (int64_t)NELEM(levels))
		print_row(c, "段階", "level",
		    cli_say(c, levels[level].ja, levels[level].en));
	for (size_t i = 0; i < jsonx_len(signers); i++)
		print_row(c, "署名者", "signed by",
		    jsonx_get_str(jsonx_at(signers, i), "subject"));
}

/* Files that systems leave behind: passed over, and said. */
static void
print_ignored(const struct cli *c, const struct json *paths)
{
	for (size_t i = 0; i < jsonx_len(paths); i++)
		print_row(c, "無視したファイル", "ignored",
		    jsonx_str(jsonx_at(paths, i)));
}

static void
print_report(const struct report *r, const struct json *doc)
{
	const struct cli *c = r->c;

	print_row(c, "制度", "scheme", jsonx_get_str(doc, "scheme"));
	print_level(c, doc);
	report_print(r, stdout);
	print_ignored(c, jsonx_get(doc, "ignored"));
	printf("%s\n", verdict(c, doc));
}

/* In the form that was asked for. */
static void
print_check(const struct report *r, const struct json *doc)
{
	CLEANUP(jsonx_freep) struct json *sarif = NULL;

	if (r->c->a.json) {
		print_json(doc);
	} else if (r->c->a.table) {
		report_table(r);
	} else if (r->c->a.sarif) {
		sarif = report_sarif(r);
		print_json(sarif);
	} else {
		print_report(r, doc);
	}
}

static int
check(const struct cli *c, const struct scheme_set *schemes, int archive,
    struct json **out, struct err *e)
{
	CLEANUP(worker_host_freep) struct worker_host *unpack = NULL;
	CLEANUP(worker_host_freep) struct worker_host *examine = NULL;
	CLEANUP(worker_host_freep) struct worker_host *pdftext = NULL;
	CLEANUP(numbers_freep) struct numbers *numbers = NULL;
	CLEANUP(intake_freep) struct intake *in = NULL;
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(freep) char *base = sign_oid_base(c);
	struct intake_hint hint = hint_of(c);
	struct intake_hosts hosts;

	if (worker_host_local(bundle_worker_class(), &unpack, e) < 0 ||
	    worker_host_local(examine_worker_class(), &examine, e) < 0)
		return -1;
	hint.oid_base = base;
	if (numbers_open(c->a.home, &numbers, e) < 0)
		return -1;
	pdftext = local_pdftext();
	hosts = (struct intake_hosts){ .unpack = unpack,
		.examine = examine,
		.pdftext = pdftext,
		.numbers = numbers };
	if (intake_check(&hosts, schemes, &hint, archive, &in, &f, e) < 0)
		return -1;
	*out = intake_report(in, &f);
	return 0;
}

int
bundle_check(struct cli *c, struct err *e)
{
	CLEANUP(scheme_set_freep) struct scheme_set *schemes = NULL;
	CLEANUP(jsonx_freep) struct json *report = NULL;
	CLEANUP(fd_closep) int archive = -1;
	const char *scheme;
	struct report r = { .c = c };

	if (c->a.json + c->a.table + c->a.sarif > 1)
		return err_set(
		    e, E_USAGE, "one of --json, --table and --sarif");
	if (local_schemes(c, &schemes, e) < 0 ||
	    archive_of(c->a.pos[0], &archive, e) < 0 ||
	    check(c, schemes, archive, &report, e) < 0)
		return -1;
	scheme = jsonx_get_str(report, "scheme");
	r.scheme = scheme == NULL ? NULL : scheme_find(schemes, scheme);
	r.members = jsonx_get(report, "members");
	r.findings = jsonx_get(report, "findings");
	print_check(&r, report);
	if (!jsonx_get_bool(report, "ok", false))
		c->status = err_exit(E_BUNDLE_REFUSED);
	return 0;
}

/* Forms are read for applicant and service; other content is not. */
static struct intake_file *
files_of(const struct folder *f)
{
	struct intake_file *files = xcalloc(f->n, sizeof(*files));
	enum intake_role role;
	size_t i;

	for (i = 0; i < f->n; i++) {
		role = intake_role_of_path(f->items[i].path);
		files[i].path = f->items[i].path;
		files[i].size = f->items[i].bytes.n;
		memcpy(files[i].sha256, f->items[i].sha256,
		    sizeof(files[i].sha256));
		if (role == INTAKE_ROLE_FORM_A || role == INTAKE_ROLE_FORM_B)
			files[i].text = buf_slice(&f->items[i].bytes);
	}
	return files;
}

static int
manifest_of(
    const struct cli *c, const struct folder *f, struct buf *out, struct err *e)
{
	CLEANUP(scheme_set_freep) struct scheme_set *schemes = NULL;
	CLEANUP(freep) struct intake_file *files = files_of(f);
	CLEANUP(jsonx_freep) struct json *manifest = NULL;
	struct intake_hint hint = hint_of(c);

	/* The same files give the same bytes: no clock stands in them. */
	hint.now = f->newest;
	if (local_schemes(c, &schemes, e) < 0 ||
	    intake_manifest(files, f->n, schemes, &hint, &manifest, e) < 0)
		return -1;
	jsonx_pretty(manifest, out);
	buf_putc(out, '\n');
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "manifest too large");
}

static int
write_archive(const struct cli *c, const struct folder *f,
    struct slice manifest, char hex[65], struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(blob_unmap) struct blob b = { 0 };

	int rv;

	if (memfd_new("bundle", &fd, e) < 0)
		return -1;
	rv = c->a.sign == NULL ? folder_zip(f, manifest, fd, e)
			       : sign_container(c, f, manifest, fd, e);
	if (rv < 0 || memfd_seal(fd, e) < 0 ||
	    blob_map(fd, LIMIT_UPLOAD_BYTES, &b, e) < 0)
		return -1;
	(void)sha256_hex(slice_of(b.p, b.n), hex);
	return local_write(c->a.output, slice_of(b.p, b.n), e);
}

int
bundle_make(struct cli *c, struct err *e)
{
	CLEANUP(folder_free) struct folder f = { 0 };
	CLEANUP(buf_free) struct buf manifest = BUF_INIT(LIMIT_MANIFEST_BYTES);
	CLEANUP(jsonx_freep) struct json *o = NULL;
	char hex[65];

	if (c->a.output == NULL)
		return err_set(e, E_USAGE, "want -o FILE");
	if (c->a.sign == NULL &&
	    (c->a.cert != NULL || c->a.label != NULL ||
		c->a.passphrase_file != NULL))
		return err_set(e, E_USAGE,
		    "--cert, --label and --passphrase-file go with --sign");
	if (folder_read(c->a.pos[0], &f, e) < 0)
		return -1;
	folder_drop(&f, "manifest.json"); /* it is made anew */
	if (manifest_of(c, &f, &manifest, e) < 0 ||
	    write_archive(c, &f, buf_slice(&manifest), hex, e) < 0)
		return -1;
	if (c->a.json && strcmp(c->a.output, "-") != 0) {
		o = jsonx_object();
		jsonx_set_str(o, "file", c->a.output);
		jsonx_set_str(o, "sha256", hex);
		jsonx_set_int(o, "members", (int64_t)f.n);
		print_json(o);
	} else {
		cli_note(c, "%s: %zu %s, SHA-256 %s", c->a.output, f.n,
		    cli_say(c, "点", "files"), hex);
	}
	return 0;
}
