/* SPDX-License-Identifier: Apache-2.0 */
/* Findings as a log of SARIF 2.1.0 (OASIS), for tools that show such. */
#include "report_int.h"

#include <string.h>

#include "nintei/slice.h"

static const char *const levels[SEV_MAX] = {
	[SEV_NONE] = "none",
	[SEV_WARN] = "note",
	[SEV_CORRECT] = "warning",
	[SEV_REFUSE] = "error",
};

/* What a rule of this family is about, and what helps. */
static const struct {
	const char *prefix, *title_ja, *title_en, *ja, *en;
} families[] = {
	{ "BUNDLE-", "書庫とファイルの形式", "Form of archive and files",
	    "書庫又はファイルの形式が受付の条件に合うかを調べます。書庫はパスワードなしのzip、書類はPDF、xlsx、docx、画像、txtで作り直してください。",
	    "Whether archive and files have a form that is taken in. Make the archive again as a zip without a password, of PDF, xlsx, docx, pictures and txt." },
	{ "MANIFEST-", "manifest.json", "manifest.json",
	    "manifest.jsonが実際のファイルと一致するかを調べます。「nintei bundle make」で作り直すか、manifest.jsonを外してください。",
	    "Whether manifest.json agrees with the files. Make it again by \"nintei bundle make\", or leave it out." },
	{ "FORM-", "申請書の項目", "Fields of the forms",
	    "申請書の各項目を様式の決まりと比べます。示された項目を申請書で直し、保存し直してください。",
	    "Each field of the forms against what the form asks. Mend the field that is named and save the form again." },
	{ "REGISTRY-", "実在の証明", "Proof of existence",
	    "実在の証明（登記事項証明書など）を申請書と比べます。登記のとおりに申請書を直すか、新しい証明書を取り直してください。",
	    "The proof of existence against the forms. Write in the forms what the register says, or get a new certificate." },
	{ "TAG-", "秘密の区分", "Confidentiality",
	    "秘密の区分と、書類の中の表示を比べます。区分は高い方として扱います。manifest.jsonの区分か書類の表示を直してください。",
	    "Tags of confidentiality against marks inside the papers. The higher one counts. Mend the tag or the mark." },
	{ "LANG-", "書類の言語", "Language of the papers",
	    "書類が日本語で書かれ、機械で読めるかを調べます。日本語の、文字を含む書類にしてください。",
	    "Whether the papers are in Japanese and can be read by machine. Send papers in Japanese that hold their text." },
	{ "RULE-", "規程が求める書類", "What the regulation asks",
	    "規程が求める書類と条件を調べます。不足する書類を加えてください。",
	    "What the regulation asks of a dossier. Add the paper that is missing." },
};

static struct json *
message(const char *text)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "text", text);
	return o;
}

/* RFC 3986: a relative reference of unreserved bytes, slashes and %XX. */
static void
uri_put(struct buf *b, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";

	for (const char *p = path; *p != '\0'; p++)
		if (strchr(plain, *p) != NULL)
			buf_putc(b, *p);
		else
			buf_putf(b, "%%%02X", (unsigned)(unsigned char)*p);
}

static size_t
rule_index(const struct json *rules, const char *id)
{
	size_t i;

	for (i = 0; i < jsonx_len(rules); i++)
		if (strcmp(jsonx_get_str(jsonx_at(rules, i), "id"), id) == 0)
			break;
	return i;
}

static struct json *
rule_json(const struct report *r, const struct json *finding, const char *id)
{
	struct json *o = jsonx_object(), *more = jsonx_object();
	const char *help = "", *title = id;
	char article[96];

	for (size_t i = 0; i < NELEM(families); i++) {
		if (strncmp(id, families[i].prefix,
			strlen(families[i].prefix)) != 0)
			continue;
		help = cli_say(r->c, families[i].ja, families[i].en);
		title =
		    cli_say(r->c, families[i].title_ja, families[i].title_en);
	}
	jsonx_set_str(o, "id", id);
	jsonx_set(o, "shortDescription", message(title));
	jsonx_set(o, "help", message(help));
	jsonx_set_str(more, "article",
	    report_article(r, finding, article, sizeof(article)));
	jsonx_set(o, "properties", more);
	return o;
}

static struct json *
logical(const struct report *r, const struct json *finding)
{
	CLEANUP(freep) char *label = report_field(r, finding);
	CLEANUP(freep) char *full = NULL;
	struct json *list = jsonx_array(), *o;

	if (label == NULL)
		return list;
	full = xasprintf(
	    "%s#%s", report_member(finding), jsonx_get_str(finding, "field"));
	o = jsonx_object();
	jsonx_set_str(o, "name", label);
	jsonx_set_str(o, "fullyQualifiedName", full);
	jsonx_set_str(o, "kind", "member");
	jsonx_add(list, o);
	return list;
}

static struct json *
locations(const struct report *r, const struct json *finding)
{
	CLEANUP(buf_free) struct buf uri = BUF_INIT(KIB(4));
	struct json *list = jsonx_array();
	struct json *one = jsonx_object(), *place, *artifact;

	uri_put(&uri, report_member(finding));
	if (uri.n > 0) {
		artifact = jsonx_object();
		jsonx_set_str(artifact, "uri", buf_str(&uri));
		place = jsonx_object();
		jsonx_set(place, "artifactLocation", artifact);
		jsonx_set(one, "physicalLocation", place);
	}
	jsonx_set(one, "logicalLocations", logical(r, finding));
	jsonx_add(list, one);
	return list;
}

static struct json *
result_json(
    const struct report *r, const struct json *finding, struct json *rules)
{
	const char *id = jsonx_get_str(finding, "rule");
	const char *severity = jsonx_get_str(finding, "severity");
	struct json *o = jsonx_object();
	size_t at;

	id = id != NULL ? id : "-";
	at = rule_index(rules, id);
	if (at == jsonx_len(rules))
		jsonx_add(rules, rule_json(r, finding, id));
	jsonx_set_str(o, "ruleId", id);
	jsonx_set_int(o, "ruleIndex", (int64_t)at);
	jsonx_set_str(o, "level",
	    levels[severity != NULL ? severity_parse(severity) : SEV_NONE]);
	jsonx_set(o, "message", message(report_text(r, finding)));
	jsonx_set(o, "locations", locations(r, finding));
	return o;
}

/* {"driver": ...} with the rules that the results name. */
static struct json *
tool_json(struct json *rules)
{
	struct json *driver = jsonx_object(), *tool = jsonx_object();

	jsonx_set_str(driver, "name", "nintei bundle check");
	jsonx_set_str(driver, "version", NINTEI_VERSION);
	jsonx_set(driver, "rules", rules);
	jsonx_set(tool, "driver", driver);
	return tool;
}

struct json *
report_sarif(const struct report *r)
{
	struct json *o = jsonx_object(), *runs = jsonx_array();
	struct json *run = jsonx_object(), *results = jsonx_array();
	struct json *rules = jsonx_array();

	for (size_t i = 0; i < jsonx_len(r->findings); i++)
		jsonx_add(
		    results, result_json(r, jsonx_at(r->findings, i), rules));
	jsonx_set(run, "tool", tool_json(rules));
	jsonx_set_str(run, "columnKind", "unicodeCodePoints");
	jsonx_set_str(run, "language", cli_say(r->c, "ja", "en"));
	jsonx_set(run, "results", results);
	jsonx_add(runs, run);
	jsonx_set_str(
	    o, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	jsonx_set_str(o, "version", "2.1.0");
	jsonx_set(o, "runs", runs);
	return o;
}
