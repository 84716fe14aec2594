/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document worker that was taken over answers by the grammar of frames, but
 * with facts of any shape: the parent neither falls nor believes.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "examine_int.h"
#include "nintei/bundle.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/intake.h"
#include "nintei/worker.h"
#include "support/archive_make.h"
#include "support/dossier.h"
#include "support/support.h"

#define BIG "9007199254740991"
#define LONG                                                                                                 \
	"\"長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長" \
	"\\u202e%s%n\\n\""

/* What each kind is answered with; the numbers of the lies. */
static const char *const lies[] = {
	"{}",
	"[]",
	"[[[[{\"a\":[]}]]]]",
	"null",
	"\"\"",
	"-1",
	"{\"form\":[],\"language\":[],\"marks\":{},\"labels\":1,\"hidden\":\"\","
	"\"paper\":[],\"signatures\":{},\"objects\":{},\"signers\":{}}",
	"{\"type\":7,\"form\":{\"schema\":1,\"template\":2,\"fields\":[1],"
	"\"cells\":[],\"left\":[[]],\"doubts\":[]}}",
	"{\"form\":{\"template\":\"nintei.form-a/1 iaas-paas-iot "
	"2022-04-01.1\",\"fields\":{\"applicant_name\":[[]],\"x\":{},"
	"\"applied_on\":" LONG "},\"cells\":{\"applicant_name\":\"!\","
	"\"applied_on\":\"!!!!!!!!!!!!!!!!!!!!\",\"x\":{}},\"left\":"
	"{\"applicant_name\":{},\"applied_on\":[[],{}]},\"doubts\":"
	"{\"applicant_name\":[],\"\":{},\"applied_on\":\"twice\"}}}",
	"{\"form\":{\"template\":\"nintei.form-b/1 iaas-paas-iot "
	"2022-04-01.1\",\"fields\":{\"1\":\"a\",\"2\":\"b\"},\"left\":{\"1\":"
	"[\"1\",{},[],null]}}}",
	"{\"language\":{\"letters\":" BIG ",\"kana\":" BIG ",\"han\":" BIG
	",\"outside\":" BIG ",\"forms\":" BIG ",\"hidden\":" BIG "}}",
	"{\"language\":{\"letters\":-1,\"kana\":\"1\"}}",
	"{\"marks\":[1,[],{},{\"where\":[],\"text\":{}},{\"where\":\"first\","
	"\"text\":" LONG "},{\"where\":\"nowhere\",\"text\":\"極秘\"}],"
	"\"labels\":[1,{},{\"source\":\"msip\"},{\"source\":\"msip\",\"id\":"
	"[],\"name\":{},\"enabled\":\"x\"},{\"source\":" LONG "}]}",
	"{\"pages\":" BIG ",\"scan\":\"no\",\"unread\":[],\"hidden\":[1,{},"
	"{\"where\":[]},{\"where\":" LONG
	"}],\"signatures\":[{\"range\":[0," BIG "," BIG "," BIG
	"],\"fault\":\"\"}]}",
	"{\"signatures\":[{\"range\":[0,10,20,1],\"fault\":\"\"},{}]}",
	"{\"signatures\":[{\"range\":[0,-1,\"a\",[]],\"fault\":{}}]}",
	"{\"signatures\":[[],1,null]}",
	"{\"paper\":{\"kind\":[],\"number\":{},\"name\":" LONG ",\"issued\":-1,"
	"\"founded\":" LONG ",\"officers\":[{}]}}",
	"{\"readable\":true,\"detached\":false,\"content_sha256\":\"zz\","
	"\"signers\":[{\"subject\":\"a\"}]}",
	"{\"sig_reference\":\"META-INF/../x\",\"objects\":[{\"uri\":\"%00\","
	"\"algorithm\":\"x\",\"digest\":\"\"}]}",
	"{\"schema\":\"nintei.form-a/1\",\"fields\":[],\"cells\":{}}",
	"{\"schema\":{},\"fields\":{\"\":\"\",\"1\":{}}}",
};

/* The lie that the children tell: they are forked after it is set. */
static const char *lie;

static int
lie_work(uint32_t kind, struct slice in, int out_fd)
{
	struct xd_writer w = { .fd = out_fd, .pending = BUF_INIT(KIB(80)) };
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err e = ERR_INIT;

	if (kind == EXAMINE_MANIFEST)
		return examine_work(kind, in, out_fd);
	if (jsonx_parse(slice_str(lie), MIB(1), &j, &e) < 0)
		return 9;
	xd_tree(&w, j);
	return xd_finish(&w);
}

static void
paper(struct dossier *d, const char *path, const char *magic)
{
	dossier_put(d, path, slice_str(magic));
}

/* Every kind is asked: forms, registry, papers, signatures. */
static void
dossier_fill(struct dossier *d)
{
	dossier_load(d, "iaas-paas-iot");
	dossier_put(d, "request.csr", (struct slice){ 0 });
	dossier_put(d, "form-a.json", (struct slice){ 0 });
	dossier_put(d, "form-b.json", (struct slice){ 0 });
	paper(d, "申請書A.xlsx", "PK\003\004 no workbook");
	paper(d, "申請書B.xlsx", "PK\003\004 no workbook");
	paper(d, "資料.docx", "PK\003\004 no document");
	paper(d, "資料.txt", "規程");
	paper(d, "資料.pdf", "%PDF-1.7 no pages, and some bytes more");
	paper(d, "登記事項証明書.pdf.p7s", "no signature");
	paper(d, "登記事項証明書.json", "{}");
}

START_TEST(facts_of_any_shape)
{
	CLEANUP(worker_host_freep) struct worker_host *unpack = NULL;
	CLEANUP(worker_host_freep) struct worker_host *liar = NULL;
	CLEANUP(scheme_set_freep)
	struct scheme_set *schemes = dossier_schemes();
	CLEANUP(findings_free) struct findings found = { 0 };
	CLEANUP(intake_freep) struct intake *in = NULL;
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(jsonx_freep) struct json *told = NULL;
	struct worker_class class = *examine_worker_class();
	const struct intake_hint hint = {
		.now = DOSSIER_NOW, .scheme = "iaas-paas-iot", .kind = "new"
	};
	struct dossier d;
	struct err e = ERR_INIT;

	lie = lies[_i];
	ck_ok(jsonx_parse(slice_str(lie), MIB(1), &told, &e), &e);
	class.run = lie_work;
	dossier_fill(&d);
	fd = dossier_zip(&d);
	ck_ok(worker_host_local(bundle_worker_class(), &unpack, &e), &e);
	ck_ok(worker_host_local(&class, &liar, &e), &e);
	const struct intake_hosts hosts = {
		.unpack = unpack, .examine = liar, .pdftext = liar
	};

	if (intake_check(&hosts, schemes, &hint, fd, &in, &found, &e) < 0)
		ck_assert_msg(e.code == E_INTERNAL || e.code == E_UNAVAILABLE,
		    "%s: %s", lie, e.detail);
	else {
		CLEANUP(jsonx_freep)
		struct json *report = intake_report(in, &found);
		const char *grade = jsonx_get_str(in->existence, "grade");

		ck_assert_msg(findings_worst(&found) >= SEV_CORRECT, "%s", lie);
		/* At most a paper that a person has to look at. */
		ck_assert_msg(strcmp(grade, "none") == 0 ||
			(strcmp(grade, "weak") == 0 &&
			    jsonx_get_bool(in->existence, "human", false)),
		    "%s: %s", lie, grade);
		ck_assert_ptr_nonnull(report);
	}
	dossier_done(&d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("liars");
	TCase *t = tcase_create("facts");

	tcase_add_loop_test(t, facts_of_any_shape, 0, (int)NELEM(lies));
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return suite_main(s);
}
