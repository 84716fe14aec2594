/* SPDX-License-Identifier: Apache-2.0 */
/* Findings for people: grouped by file, or as a table to paste. */
#include "report_int.h"

#include <stdlib.h>
#include <string.h>

struct words {
	const char *ja, *en;
};

static const struct words severities[SEV_MAX] = {
	[SEV_NONE] = { "指摘", "finding" },
	[SEV_WARN] = { "確認", "to look at" },
	[SEV_CORRECT] = { "補正", "to correct" },
	[SEV_REFUSE] = { "受付不可", "refused" },
};

static const struct words roles[INTAKE_ROLE_MAX] = {
	[INTAKE_ROLE_NONE] = { "-", "-" },
	[INTAKE_ROLE_FORM_A] = { "申請書A", "form A" },
	[INTAKE_ROLE_FORM_B] = { "申請書B", "form B" },
	[INTAKE_ROLE_REGISTRY_CERTIFICATE] = { "登記事項証明書",
	    "registry certificate" },
	[INTAKE_ROLE_EXISTENCE_PROOF] = { "実在を証明する書類",
	    "proof of existence" },
	[INTAKE_ROLE_MARK_DECLARATION] = { "認定マーク自己申告書",
	    "declaration on the mark" },
	[INTAKE_ROLE_GUIDELINE_EVIDENCE] = { "指針適合資料",
	    "evidence on the guideline" },
	[INTAKE_ROLE_SUBJECT_KEY] = { "証明書署名要求（鍵）",
	    "request with the key" },
	[INTAKE_ROLE_ATTACHMENT] = { "その他の添付書類", "attachment" },
	[INTAKE_ROLE_MANIFEST] = { "書類の目録", "list of the papers" },
	[INTAKE_ROLE_CONTAINER] = { "容器の署名",
	    "signature of the container" },
};

static const struct words tags[TAG_MAX] = {
	[TAG_NONE] = { "秘密", "secret" },
	[TAG_PUBLIC] = { "公開", "public" },
	[TAG_INTERNAL] = { "内部", "internal" },
	[TAG_SECRET] = { "秘密", "secret" },
	[TAG_PERSONAL] = { "個人情報", "personal" },
};

/* Fields of papers that no form has. */
static const struct {
	const char *id;
	struct words say;
} paper_fields[] = {
	{ "issued", { "発行日", "day of issue" } },
	{ "number", { "認定番号", "certification number" } },
	{ "scheme", { "制度", "scheme" } },
};

static const char *
say(const struct report *r, const struct words *w)
{
	return cli_say(r->c, w->ja, w->en);
}

const char *
report_member(const struct json *finding)
{
	const char *member = jsonx_get_str(finding, "member");

	return member != NULL ? member : "";
}

const char *
report_text(const struct report *r, const struct json *finding)
{
	const char *text =
	    jsonx_get_str(finding, r->c->ja ? "text_ja" : "text_en");

	return text != NULL ? text : "";
}

static enum severity
severity_of(const struct json *finding)
{
	const char *name = jsonx_get_str(finding, "severity");

	return name != NULL ? severity_parse(name) : SEV_NONE;
}

static const struct json *
member_of(const struct report *r, const char *path)
{
	for (size_t i = 0; i < jsonx_len(r->members); i++) {
		const struct json *m = jsonx_at(r->members, i);
		const char *have = jsonx_get_str(m, "path");

		if (have != NULL && strcmp(have, path) == 0)
			return m;
	}
	return NULL;
}

enum intake_role
report_role(const struct report *r, const char *member)
{
	const char *name = jsonx_get_str(member_of(r, member), "role");

	if (member[0] == '\0')
		return INTAKE_ROLE_NONE;
	for (int i = INTAKE_ROLE_FORM_A; name != NULL && i < INTAKE_ROLE_MAX;
	     i++)
		if (strcmp(name, intake_role_name((enum intake_role)i)) == 0)
			return (enum intake_role)i;
	return strcmp(member, "manifest.json") == 0
	    ? INTAKE_ROLE_MANIFEST
	    : intake_role_of_path(member);
}

static char *
field_b(const struct report *r, const char *id)
{
	const struct criterion *k =
	    r->scheme == NULL ? NULL : scheme_criterion(r->scheme, id);

	if (k == NULL)
		return NULL;
	return xasprintf(r->c->ja ? "%s「%s：%s」" : "%s 「%s: %s」", id,
	    k->item, k->written);
}

static char *
field_a(const struct report *r, const char *id)
{
	const struct form_field *k =
	    r->scheme == NULL ? NULL : scheme_form_field(r->scheme, id);

	if (k == NULL)
		return NULL;
	return r->c->ja ? xasprintf("「%s」", k->label_ja)
			: xasprintf("%s 「%s」", k->label_en, k->label_ja);
}

char *
report_field(const struct report *r, const struct json *finding)
{
	const char *id = jsonx_get_str(finding, "field");
	enum intake_role role = report_role(r, report_member(finding));
	char *label = NULL;

	if (id == NULL || id[0] == '\0')
		return NULL;
	if (role == INTAKE_ROLE_FORM_B)
		label = field_b(r, id);
	else if (role != INTAKE_ROLE_MANIFEST)
		label = field_a(r, id);
	for (size_t i = 0; label == NULL && i < NELEM(paper_fields); i++)
		if (strcmp(paper_fields[i].id, id) == 0)
			label = xasprintf("%s", say(r, &paper_fields[i].say));
	return label != NULL ? label : xstrdup(id);
}

/* "4(1)(2)" part by part: 条, 項, 号. */
static void
article_ja(struct buf *b, const char *article)
{
	static const char *const units[] = { "条", "項", "号" };
	size_t n;

	for (size_t i = 0; i < NELEM(units) && *article != '\0'; i++) {
		article += strspn(article, "()");
		n = strcspn(article, "()");
		if (n > 0)
			buf_putf(b, "第%.*s%s", (int)n, article, units[i]);
		article += n;
	}
}

const char *
report_article(
    const struct report *r, const struct json *finding, char *out, size_t cap)
{
	const char *article = jsonx_get_str(finding, "article");
	CLEANUP(buf_free) struct buf b = BUF_INIT(256);

	if (article == NULL || article[0] == '\0')
		return "";
	if (r->c->ja)
		article_ja(&b, article);
	else
		buf_putf(&b, "Art. %s", article);
	return text_show(out, cap, buf_str(&b), b.n);
}

static const char *
shown(char *out, size_t cap, const char *text)
{
	return text_show(out, cap, text, strlen(text));
}

static void
finding_print(const struct report *r, const struct json *one, FILE *to)
{
	CLEANUP(freep) char *field = report_field(r, one);
	const char *rule = jsonx_get_str(one, "rule");
	char article[96], safe[1024];
	const char *by = report_article(r, one, article, sizeof(article));

	fprintf(to, "  [%s] %s", say(r, &severities[severity_of(one)]),
	    shown(safe, sizeof(safe), rule != NULL ? rule : "-"));
	if (by[0] != '\0')
		fprintf(to, r->c->ja ? "（規程%s）" : " (%s)", by);
	if (field != NULL)
		fprintf(to, r->c->ja ? " 項目：%s" : " field: %s",
		    shown(safe, sizeof(safe), field));
	fprintf(
	    to, "\n      %s\n", shown(safe, sizeof(safe), report_text(r, one)));
}

static bool
has_finding(const struct report *r, const char *member)
{
	for (size_t i = 0; i < jsonx_len(r->findings); i++)
		if (strcmp(report_member(jsonx_at(r->findings, i)), member) ==
		    0)
			return true;
	return false;
}

static void
findings_print(const struct report *r, const char *member, FILE *to)
{
	for (size_t i = 0; i < jsonx_len(r->findings); i++) {
		const struct json *one = jsonx_at(r->findings, i);

		if (strcmp(report_member(one), member) == 0)
			finding_print(r, one, to);
	}
}

static void
file_print(const struct report *r, const char *path, FILE *to)
{
	const struct json *m = member_of(r, path);
	const char *tag = jsonx_get_str(m, "tag");
	char safe[600];

	fprintf(to, "%s", shown(safe, sizeof(safe), path));
	fprintf(to, r->c->ja ? "（%s" : " (%s",
	    say(r, &roles[report_role(r, path)]));
	if (tag != NULL)
		fprintf(to, r->c->ja ? "、%s、%lldバイト" : ", %s, %lld bytes",
		    say(r, &tags[tag_parse(tag)]),
		    (long long)jsonx_get_int(m, "size", 0));
	fprintf(to, "%s\n", cli_say(r->c, "）", ")"));
	if (!has_finding(r, path))
		fprintf(to, "  %s\n", cli_say(r->c, "指摘なし", "no finding"));
	findings_print(r, path, to);
}

/* Is it the first finding of a file that the check did not list? */
static bool
is_first(const struct report *r, size_t at)
{
	const char *member = report_member(jsonx_at(r->findings, at));

	if (member[0] == '\0' || member_of(r, member) != NULL)
		return false;
	for (size_t i = 0; i < at; i++)
		if (strcmp(report_member(jsonx_at(r->findings, i)), member) ==
		    0)
			return false;
	return true;
}

static void
counts_print(const struct report *r, FILE *to)
{
	size_t n[SEV_MAX] = { 0 };

	for (size_t i = 0; i < jsonx_len(r->findings); i++)
		n[severity_of(jsonx_at(r->findings, i))]++;
	fprintf(to,
	    r->c->ja
		? "指摘：受付不可 %zu件、補正 %zu件、確認 %zu件\n"
		: "findings: %zu refused, %zu to correct, %zu to look at\n",
	    n[SEV_REFUSE], n[SEV_CORRECT], n[SEV_WARN]);
}

void
report_print(const struct report *r, FILE *to)
{
	if (has_finding(r, ""))
		fprintf(to, "%s\n",
		    cli_say(r->c, "書類一式", "the dossier as a whole"));
	findings_print(r, "", to);
	for (size_t i = 0; i < jsonx_len(r->members); i++) {
		const char *path =
		    jsonx_get_str(jsonx_at(r->members, i), "path");

		if (path != NULL)
			file_print(r, path, to);
	}
	for (size_t i = 0; i < jsonx_len(r->findings); i++)
		if (is_first(r, i))
			file_print(
			    r, report_member(jsonx_at(r->findings, i)), to);
	counts_print(r, to);
}

void
print_findings(const struct cli *c, const struct json *doc, FILE *to)
{
	CLEANUP(scheme_set_freep) struct scheme_set *schemes = NULL;
	struct report r = { .c = c, .findings = jsonx_get(doc, "findings") };
	const char *id = jsonx_get_str(doc, "scheme");
	struct err ignored = ERR_INIT; /* fields then go by their ids */

	if (jsonx_len(r.findings) == 0)
		return;
	id = id != NULL ? id : c->a.scheme;
	if (id != NULL && local_schemes(c, &schemes, &ignored) == 0)
		r.scheme = scheme_find(schemes, id);
	report_print(&r, to);
}

/* One cell: no tab or line break, and no formula for the spreadsheet. */
static void
cell(const char *text, char end)
{
	char safe[1200];
	const char *s = shown(safe, sizeof(safe), text[0] != '\0' ? text : "-");
	bool formula = strcmp(s, "-") != 0 && strchr("=+-@", s[0]) != NULL;

	printf("%s%s%c", formula ? "'" : "", s, end);
}

static void
row(const struct report *r, const struct json *one)
{
	CLEANUP(freep) char *field = report_field(r, one);
	CLEANUP(freep) char *text = NULL;
	const char *member = report_member(one);
	const char *rule = jsonx_get_str(one, "rule");
	enum intake_role role = report_role(r, member);
	bool form = role == INTAKE_ROLE_FORM_A || role == INTAKE_ROLE_FORM_B;
	char article[96];
	const char *by = report_article(r, one, article, sizeof(article));

	text = xasprintf(r->c->ja ? "【%s】%s（%s%s%s）" : "[%s] %s (%s%s%s)",
	    say(r, &severities[severity_of(one)]), report_text(r, one),
	    rule != NULL ? rule : "-",
	    by[0] == '\0' ? "" : cli_say(r->c, "、規程", ", "), by);
	cell(form ? say(r, &roles[role]) : "-", '\t');
	cell(form || member[0] == '\0' ? "-" : say(r, &roles[role]), '\t');
	cell(member, '\t');
	cell(field != NULL ? field : "-", '\t');
	cell(text, '\n');
}

void
report_table(const struct report *r)
{
	printf("%s\n",
	    cli_say(r->c, "様式名\t添付書類名\tファイル名\t項目名\tエラー内容",
		"Form\tAttachment\tFile\tField\tError"));
	for (size_t i = 0; i < jsonx_len(r->findings); i++)
		row(r, jsonx_at(r->findings, i));
}
