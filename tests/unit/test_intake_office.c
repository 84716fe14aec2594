/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers whose forms are workbooks, through the real confined workers. */
#include <string.h>
#include <unistd.h>
#include "nintei/fs.h"
#include "support/archive_make.h"
#include "support/intake_fixture.h"
#include "support/office_make.h"
#include "support/support.h"

#define SCHEME "iaas-paas-iot"

static struct intake_fixture fx;

static void
setup(void)
{
	inf_init(&fx, SCHEME);
}

static void
teardown(void)
{
	inf_done(&fx);
	keep_free();
}

static void
put_fixture(const char *path, const char *name)
{
	CLEANUP(buf_free) struct buf b = fixture_read(name);

	dossier_put(&fx.d, path, buf_slice(&b));
}

static void
forms_as_workbooks(const char *a, const char *b)
{
	dossier_put(&fx.d, "form-a.json", (struct slice){ 0 });
	dossier_put(&fx.d, "form-b.json", (struct slice){ 0 });
	put_fixture("申請書A.xlsx", a);
	put_fixture("申請書B.xlsx", b);
}

/* The answers of the JSON forms, but for the blanks of the workbook. */
static void
same_answers(const struct json *json, const struct json *workbook)
{
	const struct json *v;
	const char *key;

	for (size_t i = 0; jsonx_member(workbook, i, &key, &v); i++)
		if (jsonx_str(v)[0] != '\0' && jsonx_get_str(json, key) != NULL)
			ck_assert_str_eq(
			    jsonx_str(v), jsonx_get_str(json, key));
	for (size_t i = 0; jsonx_member(json, i, &key, &v); i++)
		ck_assert_msg(jsonx_get_str(workbook, key) != NULL, "%s", key);
}

START_TEST(workbooks_are_read_as_json)
{
	CLEANUP(jsonx_freep) struct json *a = NULL;
	CLEANUP(jsonx_freep) struct json *b = NULL;

	inf_check(&fx, SCHEME);
	a = jsonx_dup(fx.in->form_a);
	b = jsonx_dup(fx.in->form_b);
	forms_as_workbooks("office/form-a-full.xlsx",
	    _i == 0 ? "office/form-b-full.xlsx"
		    : "office/form-b-libreoffice.xlsx");
	inf_check(&fx, SCHEME);
	for (size_t i = 0; i < fx.found.n; i++)
		ck_assert_msg(fx.found.items[i].severity == SEV_WARN,
		    "%s %s: %s", fx.found.items[i].rule,
		    fx.found.items[i].field, fx.found.items[i].text_en);
	ck_assert(fx.in->complete);
	same_answers(a, fx.in->form_a);
	same_answers(b, fx.in->form_b);
}
END_TEST

START_TEST(finding_names_the_cell)
{
	const struct finding *f;

	/* The partly filled form lacks what is required. */
	forms_as_workbooks(
	    "office/form-a-libreoffice.xlsx", "office/form-b-full.xlsx");
	inf_check(&fx, SCHEME);
	f = inf_finding(&fx, "FORM-REQUIRED", "申請書A.xlsx");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(strstr(f->text_ja, "シート『申請書A』セル C"));
	ck_assert_ptr_nonnull(strstr(f->text_en, "sheet \"申請書A\", cell C"));
}
END_TEST

START_TEST(form_of_another_scheme)
{
	forms_as_workbooks(
	    "office/form-a-full.xlsx", "office/form-b-full.xlsx");
	inf_check(&fx, "genai-saas");
	ck_assert_ptr_nonnull(
	    inf_finding(&fx, "FORM-TEMPLATE", "申請書A.xlsx"));
	ck_assert_ptr_nonnull(
	    inf_finding(&fx, "FORM-TEMPLATE", "申請書B.xlsx"));
	ck_assert_ptr_null(fx.in->form_a);
	ck_assert_ptr_null(fx.in->form_b);
}
END_TEST

START_TEST(forms_changed_about)
{
	forms_as_workbooks(
	    "office/form-b-full.xlsx", "office/form-a-full.xlsx");
	inf_check(&fx, SCHEME);
	ck_assert_ptr_nonnull(
	    inf_finding(&fx, "FORM-TEMPLATE", "申請書A.xlsx"));
	ck_assert_ptr_nonnull(
	    inf_finding(&fx, "FORM-TEMPLATE", "申請書B.xlsx"));
}
END_TEST

/* One's own table, and a form of a version that never was. */
static const struct {
	const char *version;
	bool is_read;
} versions[] = {
	{ "", false },
	{ "nintei.form-a/2 " SCHEME " 2026-07-01.1", false },
	{ "nintei.form-a/1 " SCHEME " 1999-01-01.1", true },
};

static void
put_own(const char *version)
{
	struct office o;
	CLEANUP(buf_free) struct buf zip = BUF_INIT(1 << 20);
	CLEANUP(freep)
	char *sheet = xasprintf("<sheetData><row><c t=\"inlineStr\"><is><t>%s"
				"</t></is></c></row></sheetData>",
	    version);

	office_xlsx(&o);
	office_sheet(&o, sheet);
	if (version[0] != '\0')
		office_book(&o, "",
		    "</sheets><definedNames><definedName "
		    "name=\"nintei_template\">申請書A!$A$1</definedName>"
		    "<definedName name=\"f_applicant_name\">申請書A!$B$2"
		    "</definedName></definedNames>");
	office_zip(&o, &zip);
	dossier_put(&fx.d, "申請書A.xlsx", buf_slice(&zip));
	office_done(&o);
}

START_TEST(template_must_be_ours)
{
	dossier_put(&fx.d, "form-a.json", (struct slice){ 0 });
	put_own(versions[_i].version);
	inf_check(&fx, SCHEME);
	ck_assert_ptr_nonnull(
	    inf_finding(&fx, "FORM-TEMPLATE", "申請書A.xlsx"));
	ck_assert_int_eq(fx.in->form_a != NULL, versions[_i].is_read);
}
END_TEST

#define CELL(ref, t) \
	"<c r=\"" ref "\" t=\"inlineStr\"><is><t>" t "</t></is></c>"
#define LABELS CELL("A2", "申請者の名称") CELL("B2", "必須")

/* What stands in the row of the field that F2 is, or C2. */
static const struct {
	const char *name, *cell, *row, *rule;
} rows[] = {
	{ "as issued", "C2", LABELS CELL("C2", "架空"), NULL },
	{ "label in full width and with blanks", "C2",
	    CELL("A2", "申請者の 名称") CELL("B2", "必須") CELL("C2", "架空"),
	    NULL },
	{ "another label", "C2",
	    CELL("A2", "担当部署") CELL("B2", "必須") CELL("C2", "架空"),
	    "FORM-CELL_LABEL" },
	{ "no label", "C2", CELL("C2", "架空"), "FORM-CELL_LABEL" },
	{ "another cell of the row", "F2",
	    LABELS CELL("C2", "見える") CELL("F2", "読まれる"),
	    "FORM-CELL_LABEL" },
	{ "two values", "C2", LABELS CELL("C2", "一") CELL("C2", "二"),
	    "FORM-CELL_TWICE" },
	{ "a formula", "C2",
	    LABELS "<c r=\"C2\" t=\"str\"><f>TODAY()</f><v>一</v></c>",
	    "FORM-CELL_FORMULA" },
};

START_TEST(FORM_CELL)
{
	struct office o;
	CLEANUP(buf_free) struct buf zip = BUF_INIT(1 << 20);
	CLEANUP(freep)
	char *names =
	    xasprintf("</sheets><definedNames><definedName "
		      "name=\"nintei_template\">申請書A!$A$1"
		      "</definedName><definedName name=\"f_applicant_name\">"
		      "申請書A!%s</definedName></definedNames>",
		rows[_i].cell);
	CLEANUP(freep)
	char *sheet = xasprintf("<sheetData><row r=\"1\">" CELL("A1",
				    "nintei.form-a/1 " SCHEME
				    " 2022-04-01.1") "</row><row r=\"2\">%s"
						     "</row></sheetData>",
	    rows[_i].row);

	office_xlsx(&o);
	office_book(&o, "", names);
	office_sheet(&o, sheet);
	office_zip(&o, &zip);
	office_done(&o);
	dossier_put(&fx.d, "form-a.json", (struct slice){ 0 });
	dossier_put(&fx.d, "申請書A.xlsx", buf_slice(&zip));
	inf_check(&fx, SCHEME);
	for (size_t i = 0; i < fx.found.n; i++)
		ck_assert_msg(
		    strncmp(fx.found.items[i].rule, "FORM-CELL", 9) != 0 ||
			(rows[_i].rule != NULL &&
			    strcmp(fx.found.items[i].rule, rows[_i].rule) == 0),
		    "%s: %s", rows[_i].name, fx.found.items[i].rule);
	if (rows[_i].rule != NULL) {
		const struct finding *f =
		    inf_finding(&fx, rows[_i].rule, "申請書A.xlsx");

		ck_assert_msg(f != NULL, "%s", rows[_i].name);
		ck_assert_str_eq(f->field, "applicant_name");
		ck_assert_ptr_nonnull(strstr(f->text_ja, rows[_i].cell));
	}
}
END_TEST

/* A paper of any role is examined; hostile ones refuse the dossier. */
START_TEST(attachment_with_macro)
{
	struct office o;
	CLEANUP(buf_free) struct buf zip = BUF_INIT(1 << 20);

	office_xlsx(&o);
	office_put(&o, "xl/vbaProject.bin", "x");
	office_zip(&o, &zip);
	office_done(&o);
	dossier_put(&fx.d, "資料.xlsx", buf_slice(&zip));
	inf_check(&fx, SCHEME);
	ck_assert_ptr_nonnull(inf_finding(&fx, "BUNDLE-MACRO", "資料.xlsx"));
	ck_assert_int_eq(findings_worst(&fx.found), SEV_REFUSE);
}
END_TEST

START_TEST(attachments_are_read)
{
	struct office o;
	CLEANUP(buf_free) struct buf zip = BUF_INIT(1 << 20);

	office_docx(&o);
	office_zip(&o, &zip);
	office_done(&o);
	dossier_put(&fx.d, "資料.docx", buf_slice(&zip));
	put_fixture("表.xlsx", "office/form-b-full.xlsx");
	inf_check(&fx, SCHEME);
	ck_assert_int_eq(findings_worst(&fx.found), SEV_WARN);
	for (size_t i = 0; i < fx.in->n_members; i++) {
		const struct intake_member *m = &fx.in->members[i];

		if (strstr(m->path, ".docx") != NULL ||
		    strstr(m->path, ".xlsx") != NULL)
			ck_assert_ptr_nonnull(
			    jsonx_get(m->document, "language"));
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("intake_office");
	TCase *t = tcase_create("intake_office");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, workbooks_are_read_as_json, 0, 2);
	tcase_add_test(t, finding_names_the_cell);
	tcase_add_test(t, form_of_another_scheme);
	tcase_add_test(t, forms_changed_about);
	tcase_add_loop_test(t, template_must_be_ours, 0, NELEM(versions));
	tcase_add_test(t, attachment_with_macro);
	tcase_add_test(t, attachments_are_read);
	tcase_add_loop_test(t, FORM_CELL, 0, (int)NELEM(rows));
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return suite_main(suite());
}
