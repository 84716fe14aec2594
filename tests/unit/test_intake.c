/* SPDX-License-Identifier: Apache-2.0 */
/* Whole dossiers through the real workers: level 0 and 1, forms, papers. */
#include "nintei/intake.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "nintei/bundle.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/worker.h"
#include "support/dossier.h"
#include "support/support.h"

/* A page, and nothing on it. */
#define SMALL_PDF                                                          \
	"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"           \
	"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"               \
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n" \
	"trailer<</Root 1 0 R>>\n%%EOF\n"

static struct intake_hosts hosts;
static struct scheme_set *schemes;
static struct dossier d;
static struct intake *in;
static struct findings found;
static struct err err;

static void
setup(void)
{
	err = (struct err)ERR_INIT;
	ck_ok(worker_host_local(bundle_worker_class(), &hosts.unpack, &err),
	    &err);
	ck_ok(worker_host_local(examine_worker_class(), &hosts.examine, &err),
	    &err);
	schemes = dossier_schemes();
}

static void
teardown(void)
{
	dossier_done(&d);
	intake_freep(&in);
	findings_free(&found);
	scheme_set_freep(&schemes);
	worker_host_freep(&hosts.unpack);
	worker_host_freep(&hosts.examine);
}

static void
check_hint(const struct intake_hint *hint)
{
	CLEANUP(fd_closep) int fd = dossier_zip(&d);

	intake_freep(&in);
	findings_free(&found);
	err = (struct err)ERR_INIT;
	ck_ok(intake_check(&hosts, schemes, hint, fd, &in, &found, &err), &err);
}

static void
check(void)
{
	check_hint(&(struct intake_hint){ .now = DOSSIER_NOW });
}

static const struct finding *
finding_of(const char *rule)
{
	for (size_t i = 0; i < found.n; i++)
		if (strcmp(found.items[i].rule, rule) == 0)
			return &found.items[i];
	return NULL;
}

static void
dump(void)
{
	for (size_t i = 0; i < found.n; i++)
		fprintf(stderr, "  %s %s %s: %s\n", found.items[i].rule,
		    found.items[i].member, found.items[i].field,
		    found.items[i].text_en);
}

/* want NULL: nothing above a warning, else this rule and no other such. */
static void
expect(const char *name, const char *want)
{
	for (size_t i = 0; i < found.n; i++) {
		const struct finding *f = &found.items[i];

		ck_assert_msg(f->text_ja[0] != '\0' && f->text_en[0] != '\0',
		    "%s: %s has no text", name, f->rule);
		if (f->severity < SEV_CORRECT)
			continue;
		if (want == NULL || strcmp(f->rule, want) != 0) {
			dump();
			ck_abort_msg("%s: %s [%s] %s", name, f->rule, f->field,
			    f->text_en);
		}
	}
	if (want != NULL && finding_of(want) == NULL) {
		dump();
		ck_abort_msg("%s: want %s", name, want);
	}
}

static void
load(const char *scheme)
{
	dossier_done(&d);
	dossier_load(&d, scheme);
}

static const char *const ids[] = { "genai-saas", "iaas-paas-iot" };

START_TEST(made_bundle_passes)
{
	load(ids[_i]);
	dossier_describe(&d, schemes);
	check();
	expect("sample", NULL);
	ck_assert_uint_eq(in->level, 1);
	ck_assert(in->complete);
	ck_assert_str_eq(in->scheme->id, ids[_i]);
	ck_assert_int_eq(in->kind, DOSSIER_NEW);
	ck_assert_str_eq(in->applicant, "架空クラウド株式会社");
	ck_assert_str_eq(in->corporate_number, "8700110005901");
	ck_assert_str_eq(in->service_url, "https://service.cloud.example/");
	ck_assert_int_eq(in->created, DOSSIER_NOW);
	ck_assert_uint_eq(in->spki_len, 91); /* P-256 */
	ck_assert_uint_gt(in->n_fields, 100);
	ck_assert_ptr_nonnull(jsonx_get(in->form_b, "1"));
	ck_assert_ptr_nonnull(jsonx_get(in->form_a, "service_name"));
	ck_assert_int_eq(
	    intake_member_of(in, INTAKE_ROLE_FORM_A)->effective, TAG_SECRET);
	/* the PDF of the registry is for a person */
	ck_assert_ptr_nonnull(finding_of("LANG-NEEDS_HUMAN"));
}
END_TEST

START_TEST(manifest_of_iaas_takes_the_guideline)
{
	load("iaas-paas-iot");
	dossier_describe(&d, schemes);
	ck_assert_str_eq(
	    jsonx_get_str(d.manifest, "guideline_version"), "2018-10");
}
END_TEST

START_TEST(report_has_the_set_form)
{
	CLEANUP(jsonx_freep) struct json *r = NULL;
	const struct json *m;

	load("genai-saas");
	dossier_describe(&d, schemes);
	check();
	r = intake_report(in, &found);
	ck_assert(jsonx_get_bool(r, "ok", false));
	ck_assert_str_eq(jsonx_get_str(r, "scheme"), "genai-saas");
	ck_assert_uint_eq(jsonx_len(jsonx_get(r, "members")), 5);
	m = jsonx_at(jsonx_get(r, "members"), 0);
	ck_assert_uint_eq(strlen(jsonx_get_str(m, "sha256")), 64);
	ck_assert_ptr_nonnull(jsonx_get_str(m, "tag"));
	ck_assert_uint_eq(jsonx_len(jsonx_get(r, "findings")), found.n);
	dossier_put(&d, "form-b.json", (struct slice){ 0 });
	check();
	jsonx_freep(&r);
	r = intake_report(in, &found);
	ck_assert(!jsonx_get_bool(r, "ok", true));
}
END_TEST

START_TEST(level_0_by_name)
{
	CLEANUP(buf_free) struct buf a = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(1));
	const struct intake_hint hint = {
		.scheme = "genai-saas", .kind = "new", .now = DOSSIER_NOW
	};

	load("genai-saas");
	buf_put(&a, d.files[0].content.p, d.files[0].content.n);
	buf_put(&b, d.files[1].content.p, d.files[1].content.n);
	dossier_put(&d, "form-a.json", (struct slice){ 0 });
	dossier_put(&d, "form-b.json", (struct slice){ 0 });
	dossier_put(&d, "申請書Ａ.json", buf_slice(&a));
	dossier_put(&d, "申請書B.json", buf_slice(&b));
	check_hint(&hint);
	expect("level 0", NULL);
	ck_assert_uint_eq(in->level, 0);
	ck_assert(in->complete);
	ck_assert_str_eq(in->service, "架空生成AIアシスタント");
	ck_assert_str_eq(in->corporate_number, "8700110005901");
	ck_assert_str_eq(in->guideline_version, "2026-06");
	check();
	expect("no scheme", "MANIFEST-MANIFEST_SCHEME");
	check_hint(&(struct intake_hint){
	    .scheme = "genai-saas", .kind = "renewal", .now = DOSSIER_NOW });
	ck_assert_ptr_nonnull(finding_of("MANIFEST-MANIFEST_NUMBER"));
	check_hint(&(struct intake_hint){
	    .scheme = "genai-saas", .kind = "what", .now = DOSSIER_NOW });
	expect("kind", "MANIFEST-MANIFEST_KIND");
	dossier_put(&d, "META-INF/manifest.xml", slice_str("<x/>"));
	check_hint(&hint);
	expect("META-INF", "BUNDLE-ASIC_FORM");
}
END_TEST

START_TEST(roles_by_name)
{
	static const struct {
		const char *path;
		enum intake_role role;
	} rows[] = {
		{ "申請書A.xlsx", INTAKE_ROLE_FORM_A },
		{ "申請書Ｂ.json", INTAKE_ROLE_FORM_B },
		{ "form-a.json", INTAKE_ROLE_FORM_A },
		{ "FORM-B.JSON", INTAKE_ROLE_FORM_B },
		{ "登記事項証明書.pdf", INTAKE_ROLE_REGISTRY_CERTIFICATE },
		{ "request.csr", INTAKE_ROLE_SUBJECT_KEY },
		{ "自己申告書.pdf", INTAKE_ROLE_MARK_DECLARATION },
		{ "manifest.json", INTAKE_ROLE_MANIFEST },
		{ "カタログ.pdf", INTAKE_ROLE_ATTACHMENT },
		{ "sub/form-a.json", INTAKE_ROLE_ATTACHMENT },
		{ "form-a", INTAKE_ROLE_FORM_A },
		{ "申請書Aの控え.pdf", INTAKE_ROLE_ATTACHMENT },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		ck_assert_msg(intake_role_of_path(rows[i].path) == rows[i].role,
		    "%s", rows[i].path);
	for (enum intake_role r = INTAKE_ROLE_FORM_A;
	     r <= INTAKE_ROLE_ATTACHMENT; r++)
		ck_assert_int_eq(intake_role_parse(intake_role_name(r)), r);
	ck_assert_int_eq(intake_role_parse("manifest"), INTAKE_ROLE_NONE);
}
END_TEST

/* One change of the manifest at a path "a/0/b", and what is then found. */
struct change {
	const char *name, *at, *json, *want;
};
static const struct change changes[] = {
	{ "schema", "schema", "\"nintei.bundle/2\"",
	    "MANIFEST-MANIFEST_SHAPE" },
	{ "unknown key", "more", "1", "MANIFEST-MANIFEST_SHAPE" },
	{ "missing key", "created", NULL, "MANIFEST-MANIFEST_SHAPE" },
	{ "wrong kind", "scheme", "7", "MANIFEST-MANIFEST_SHAPE" },
	{ "members no array", "members", "{}", "MANIFEST-MANIFEST_SHAPE" },
	{ "unknown key below", "applicant/more", "1",
	    "MANIFEST-MANIFEST_SHAPE" },
	{ "unknown key of a member", "members/0/more", "1",
	    "MANIFEST-MANIFEST_SHAPE" },
	{ "size no integer", "members/0/size", "\"1\"",
	    "MANIFEST-MANIFEST_SHAPE" },
	{ "scheme", "scheme", "\"other\"", "MANIFEST-MANIFEST_SCHEME" },
	{ "kind", "kind", "\"other\"", "MANIFEST-MANIFEST_KIND" },
	{ "number of a new one", "number", "\"GAI0001-2607\"",
	    "MANIFEST-MANIFEST_NUMBER" },
	{ "digest", "members/0/sha256", "\"00\"", "MANIFEST-MANIFEST_DIGEST" },
	{ "size", "members/1/size", "1", "MANIFEST-MANIFEST_SIZE" },
	{ "negative size", "members/1/size", "-1", "MANIFEST-MANIFEST_SIZE" },
	{ "path", "members/2/path", "\"../x\"", "MANIFEST-MANIFEST_PATH" },
	{ "role", "members/2/role", "\"form\"", "MANIFEST-MANIFEST_ROLE" },
	{ "role manifest", "members/2/role", "\"manifest\"",
	    "MANIFEST-MANIFEST_ROLE" },
	{ "created", "created", "\"2026-07-15\"", "MANIFEST-MANIFEST_CREATED" },
	{ "url", "service/url", "\"http://service.cloud.example/\"",
	    "MANIFEST-MANIFEST_URL" },
	{ "url with user", "service/url", "\"https://a@b.example/\"",
	    "MANIFEST-MANIFEST_URL" },
	{ "blank name", "applicant/name", "\" \"", "MANIFEST-MANIFEST_TEXT" },
	{ "name with controls", "service/name", "\"a\\u202eb\"",
	    "MANIFEST-MANIFEST_TEXT" },
	{ "no item", "members/1/fields/0/id", "\"999\"",
	    "MANIFEST-MANIFEST_FIELD" },
	{ "item twice", "members/1/fields/0/id", "\"1\"",
	    "MANIFEST-MANIFEST_FIELD" },
	{ "withhold without reason", "members/1/fields/3/withhold",
	    "{\"reason\":\" \"}", "MANIFEST-MANIFEST_FIELD" },
	{ "withhold", "members/1/fields/3/withhold",
	    "{\"reason\":\"営業秘密のため\"}", NULL },
	{ "items of form A", "members/0/fields", "[]",
	    "MANIFEST-MANIFEST_FIELD" },
	{ "ground", "exclusions",
	    "[{\"ground\":\"20-2-1\",\"path\":\"form-a.json\"}]",
	    "MANIFEST-MANIFEST_EXCLUSION" },
	{ "exclusion", "exclusions",
	    "[{\"ground\":\"20-2-5\",\"path\":\"form-a.json\"}]", NULL },
	{ "exclusion of nothing", "exclusions",
	    "[{\"ground\":\"20-2-5\",\"path\":\"カタログ.pdf\"}]", NULL },
	{ "tag unknown", "members/0/tag", "\"geheim\"", NULL },
	{ "no tag", "members/0/tag", NULL, NULL },
	{ "number, D27", "applicant/corporate_number", "\"8700110005902\"",
	    "REGISTRY-FIELD_CHECK" },
	{ "number of another, D27", "applicant/corporate_number",
	    "\"7000012050002\"", "REGISTRY-FIELD_MISMATCH" },
	{ "name of another", "applicant/name", "\"見本株式会社\"",
	    "REGISTRY-FIELD_MISMATCH" },
	{ "name looks alike", "applicant/name", "\"(株)架空クラウド\"",
	    "REGISTRY-FIELD_MISMATCH" },
	{ "service", "service/name", "\"別のサービス\"",
	    "FORM-SERVICE_MISMATCH" },
	{ "other url", "service/url", "\"https://other.example/\"",
	    "FORM-SERVICE_MISMATCH" },
	{ "guideline", "guideline_version", "\"2025-01\"",
	    "FORM-GUIDELINE_VERSION" },
};

/* A copy of j with the value at the path replaced; json NULL: removed. */
static struct json *
replaced(const struct json *j, const char *at, const char *json)
{
	size_t n = strcspn(at, "/");
	CLEANUP(freep) char *key = xstrndup(at, n);
	struct json *out = jsonx_dup(j), *v = NULL;

	if (at[n] == '/') {
		const struct json *below = jsonx_kind(j) == JSON_KIND_ARRAY
		    ? jsonx_at(j, (size_t)(key[0] - '0'))
		    : jsonx_get(j, key);

		v = replaced(below, at + n + 1, json);
	} else if (json != NULL)
		ck_ok(jsonx_parse(slice_str(json), KIB(4), &v, &err), &err);
	if (jsonx_kind(j) != JSON_KIND_ARRAY) {
		if (v == NULL)
			jsonx_del(out, key);
		else
			jsonx_set(out, key, v);
		return out;
	}
	jsonx_free(out);
	out = jsonx_array();
	for (size_t i = 0; i < jsonx_len(j); i++)
		jsonx_add(out,
		    i == (size_t)(key[0] - '0') ? v
						: jsonx_dup(jsonx_at(j, i)));
	return out;
}

static void
change(const char *at, const char *json)
{
	struct json *j = replaced(d.manifest, at, json);

	jsonx_free(d.manifest);
	d.manifest = j;
}

START_TEST(manifest_rules)
{
	const struct change *c = &changes[_i];

	load("genai-saas");
	dossier_describe(&d, schemes);
	change(c->at, c->json);
	check();
	if (c->want != NULL && finding_of(c->want) == NULL)
		expect(c->name, c->want);
	if (c->want == NULL)
		expect(c->name, NULL);
}
END_TEST

START_TEST(member_set_is_the_archive)
{
	CLEANUP(jsonx_freep) struct json *report = NULL;

	load("genai-saas");
	dossier_describe(&d, schemes);
	dossier_put(&d, "more.pdf", slice_str(SMALL_PDF));
	check();
	expect("extra", "MANIFEST-MANIFEST_EXTRA");
	dossier_put(&d, "more.pdf", (struct slice){ 0 });
	dossier_put(&d, "request.csr", (struct slice){ 0 });
	check();
	expect("missing", "MANIFEST-MANIFEST_MISSING");
	load("genai-saas");
	dossier_describe(&d, schemes);
	dossier_put(&d, ".DS_Store", slice_str("x"));
	check();
	expect("ignored", NULL);
	report = intake_report(in, &found);
	ck_assert_str_eq(
	    jsonx_str(jsonx_at(jsonx_get(report, "ignored"), 0)), ".DS_Store");
	change("members/2/path", "\"form-a.json\"");
	check();
	ck_assert_ptr_nonnull(finding_of("MANIFEST-MANIFEST_TWICE"));
}
END_TEST

/* D29: the manifest may be in NFD where the archive is in NFC. */
START_TEST(paths_agree_by_nfc)
{
	load("genai-saas");
	dossier_put(&d, "ガイド.pdf", slice_str(SMALL_PDF));
	dossier_describe(&d, schemes);
	change("members/4/path",
	    "\"\xe3\x82\xab\xe3\x82\x99イト"
	    "\xe3\x82\x99.pdf\"");
	check();
	expect("NFD", NULL);
}
END_TEST

/* D22 through the whole chain. */
START_TEST(manifest_must_be_strict)
{
	static const char *const texts[] = {
		"{\"schema\":1,\"schema\":1}",
		"\xef\xbb\xbf{}",
		"{\"a\":\"\\ud800\"}",
		"{\"a\":1e400}",
		"",
	};

	load("genai-saas");
	for (size_t i = 0; i < NELEM(texts); i++) {
		dossier_put(
		    &d, "manifest.json", slice_of(texts[i], strlen(texts[i])));
		check();
		expect(texts[i], "MANIFEST-JSON_STRICT");
		ck_assert_ptr_null(in->scheme);
	}
}
END_TEST

START_TEST(hint_must_not_contradict)
{
	load("genai-saas");
	dossier_describe(&d, schemes);
	check_hint(&(struct intake_hint){
	    .scheme = "genai-saas", .kind = "new", .now = DOSSIER_NOW });
	expect("same", NULL);
	check_hint(&(struct intake_hint){
	    .scheme = "iaas-paas-iot", .now = DOSSIER_NOW });
	expect("other", "MANIFEST-MANIFEST_HINT");
}
END_TEST

START_TEST(tags_are_joined)
{
	load("genai-saas");
	dossier_describe(&d, schemes);
	change("members/0/tag", "\"public\"");
	check();
	ck_assert_ptr_nonnull(finding_of("TAG-NOT_EXCLUDED"));
	ck_assert_int_eq(
	    intake_member_of(in, INTAKE_ROLE_FORM_A)->effective, TAG_SECRET);
	change(
	    "exclusions", "[{\"ground\":\"20-2-5\",\"path\":\"form-a.json\"}]");
	change("members/1/tag", "\"personal\"");
	check();
	ck_assert_ptr_nonnull(finding_of("TAG-BUNDLE_LEVEL"));
	ck_assert_int_eq(
	    intake_member_of(in, INTAKE_ROLE_FORM_A)->effective, TAG_PUBLIC);
	ck_assert_int_eq(
	    intake_member_of(in, INTAKE_ROLE_FORM_B)->effective, TAG_PERSONAL);
	change("members/0/tag", "\"geheim\"");
	check();
	ck_assert_ptr_nonnull(finding_of("TAG-UNKNOWN"));
	ck_assert_int_eq(
	    intake_member_of(in, INTAKE_ROLE_FORM_A)->effective, TAG_SECRET);
}
END_TEST

/* Each rule of the forms: one value that passes, one that does not. */
static const struct {
	const char *form, *id, *json, *want;
} values[] = {
	{ "a", "applicant_name", NULL, "FORM-REQUIRED" },
	{ "a", "applicant_name", "\" \\u3000\"", "FORM-REQUIRED" },
	{ "a", "applicant_kana", NULL, NULL },
	{ "a", "applicant_name", "[]", "FORM-TYPE" },
	{ "a", "nonsense", "\"x\"", "FORM-UNKNOWN_FIELD" },
	{ "a", "contact_name", "\"a\\u0007b\"", "FORM-CHARACTERS" },
	{ "a", "contact_name", "\"a\\u202eb\"", "FORM-CHARACTERS" },
	{ "a", "application_date", "\"令和8年7月10日\"", NULL },
	{ "a", "application_date", "\"2026-02-30\"", "FORM-DATE" },
	{ "a", "application_date", "\"8.07.03\"", "FORM-DATE" },
	{ "a", "corporate_number", "\"8700110005902\"",
	    "REGISTRY-FIELD_CHECK" },
	{ "a", "corporate_number", "\"７-0000-1205-0002\"", NULL },
	{ "a", "corporate_number", "\"T8700110005901\"", NULL },
	{ "a", "contact_email", "\"nobody\"", "FORM-EMAIL" },
	{ "a", "contact_email", "\"a.b@c.example\"", NULL },
	{ "a", "contact_phone", "\"call me\"", "FORM-PHONE" },
	{ "a", "contact_phone", "\"０３（００００）００００\"", NULL },
	{ "a", "service_url", "\"ftp://x.example/\"", "FORM-URL" },
	{ "a", "service_url", "\"https://x.example/a?b=c\"", NULL },
	{ "a", "kind", "\"更新\"", "FORM-KIND" },
	{ "a", "kind", "\"new\"", NULL },
	{ "a", "member", "\"たぶん\"", "FORM-YES_NO" },
	{ "a", "member", "true", NULL },
	{ "a", "service_class", "\"other\"", "FORM-CLASS" },
	{ "a", "cert_number", "\"1\"", "FORM-CERT_NUMBER" },
	{ "a", "head_office", "\"東京都港区見本9-9-9\"",
	    "REGISTRY-FIELD_MISMATCH" },
	{ "a", "representative_name", "\"別人 花子\"",
	    "REGISTRY-FIELD_MISMATCH" },
	{ "b", "1", NULL, "FORM-REQUIRED" },
	{ "b", "1", "\"あした\"", "FORM-DATE" },
	{ "b", "1", "\"2026年6月30日\"", NULL },
	{ "b", "2", "\"別の会社株式会社\"", "REGISTRY-FIELD_MISMATCH" },
	{ "b", "2", "\"(株)架空クラウド\"", "REGISTRY-FIELD_MISMATCH" },
	{ "b", "2", "\"架空クラウド 株式会社\"", NULL },
	{ "b", "3.1", "\"2010\"", NULL },
	{ "b", "3.1", "\"昔\"", "FORM-DATE" },
	{ "b", "3.2", "\"20年\"", "FORM-FULL_YEARS" },
	{ "b", "3.2", "16", NULL },
	{ "b", "3.2", "\"長い\"", "FORM-COUNT" },
	{ "b", "4.2", "\"国内69カ所\"", NULL },
	{ "b", "4.2", "\"国内: 3ヶ所、 国外: 0ヶ所\"", NULL },
	{ "b", "4.2", "\"いくつか\"", "FORM-COUNT" },
	{ "b", "9", "\"非公開\"", "FORM-AMOUNT_YEN" },
	{ "b", "9", "\"123億ドル\"", "FORM-AMOUNT_YEN" },
	{ "b", "9", "1200000000", NULL },
	{ "b", "9", "\"▲３４５百万円\"", NULL },
	{ "b", "12", "\"高い\"", "FORM-PERCENT" },
	{ "b", "12", "\"45.2％\"", NULL },
	{ "b", "14", "\"高い\"", "FORM-RATIO" },
	{ "b", "14", "\"3.5倍\"", NULL },
	{ "b", "16", "\"その他\"", "FORM-ONE_OF" },
	{ "b", "16", "\"会計参与\"", NULL },
	{ "b", "24.1", "\"無\"", "FORM-YES_REQUIRED" },
	{ "b", "24.1", "\"有（基本方針）\"", NULL },
	{ "b", "58", "\"NTPにより同期\"", NULL },
	{ "b", "30.2", "\"未定\"", "FORM-YES_NO" },
	{ "b", "30.2", "\"無\"", NULL },
	{ "b", "30.2", "false", NULL },
	{ "b", "31", "\"無\"", NULL },
	{ "b", "31", "\"\"", "FORM-REQUIRED" },
	{ "b", "34.2", NULL, "FORM-REQUIRED" },
	{ "b", "41.1", "\"99.4%\"", "FORM-THRESHOLD" },
	{ "b", "41.1", "\"99.5%\"", NULL },
	{ "b", "41.1", "\"2025年度は９９．９９％\"", NULL },
	{ "b", "41.1", "\"101%\"", "FORM-PERCENT" },
	{ "b", "41.1", "\"高い\"", "FORM-PERCENT" },
	{ "b", "27", "\"別のサービス\"", "FORM-SERVICE_MISMATCH" },
	{ "b", "G1", "\"2025-01\"", NULL }, /* level 0: nothing to compare */
	{ "b", "31", "null", "FORM-REQUIRED" },
	{ "b", "31", "{}", "FORM-TYPE" },
	{ "b", "999", "\"x\"", "FORM-UNKNOWN_FIELD" },
	{ "b", "77.1", "\"無\"", NULL },
};

/* Without a manifest, so that only the value can be wrong. */
START_TEST(form_values)
{
	const char *form =
	    values[_i].form[0] == 'a' ? "form-a.json" : "form-b.json";
	CLEANUP(freep)
	char *name = xasprintf("%s %s %s", values[_i].form, values[_i].id,
	    values[_i].json == NULL ? "-" : values[_i].json);
	const struct finding *f;

	load("genai-saas");
	dossier_field(&d, form, values[_i].id, values[_i].json);
	check_hint(&(struct intake_hint){
	    .scheme = "genai-saas", .now = DOSSIER_NOW });
	expect(name, values[_i].want);
	if (values[_i].want == NULL)
		return;
	f = finding_of(values[_i].want);
	ck_assert_msg(
	    f != NULL && f->member[0] != 0 && f->field[0] != 0, "%s", name);
}
END_TEST

/* What depends on a yes may be blank after a no. */
START_TEST(dependent_rows)
{
	const struct intake_hint hint = { .scheme = "genai-saas",
		.now = DOSSIER_NOW };

	load("genai-saas");
	dossier_field(&d, "form-b.json", "34.1", "\"無\"");
	dossier_field(&d, "form-b.json", "34.2", NULL);
	check_hint(&hint);
	expect("no, blank", NULL);
	dossier_field(&d, "form-b.json", "42.1", "\"0件\"");
	dossier_field(&d, "form-b.json", "42.2", NULL);
	check_hint(&hint);
	expect("none, blank", NULL);
	dossier_field(&d, "form-b.json", "42.1", "2");
	check_hint(&hint);
	expect("two, blank", "FORM-REQUIRED");
}
END_TEST

START_TEST(lengths)
{
	static const struct {
		const char *form, *id, *want;
		size_t chars;
	} rows[] = {
		{ "form-b.json", "5", NULL, 100 },
		{ "form-b.json", "5", "FORM-MAX_CHARS", 101 },
		{ "form-b.json", "31", NULL, LIMIT_FIELD_CHARS },
		{ "form-b.json", "31", "FORM-LENGTH", LIMIT_FIELD_CHARS + 1 },
		{ "form-a.json", "service_summary", NULL, 500 },
		{ "form-a.json", "service_summary", "FORM-LENGTH", 501 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		CLEANUP(buf_free) struct buf json = BUF_INIT(KIB(64));

		buf_putc(&json, '"');
		for (size_t n = 0; n < rows[i].chars; n++) /* NFD counts as 1 */
			buf_puts(&json, "\xe3\x82\xab\xe3\x82\x99");
		buf_putc(&json, '"');
		load("genai-saas");
		dossier_field(&d, rows[i].form, rows[i].id, buf_str(&json));
		check_hint(&(struct intake_hint){
		    .scheme = "genai-saas", .now = DOSSIER_NOW });
		expect(rows[i].id, rows[i].want);
	}
}
END_TEST

START_TEST(form_shapes)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "{\"schema\":\"nintei.form-a/1\",\"fields\":{},\"x\":1}",
		    "FORM-SHAPE" },
		{ "{\"schema\":\"nintei.form-b/1\",\"fields\":{}}",
		    "FORM-SHAPE" },
		{ "{\"schema\":\"nintei.form-a/1\",\"fields\":[]}",
		    "FORM-SHAPE" },
		{ "{\"fields\":{}}", "FORM-SHAPE" },
		{ "[]", "FORM-SHAPE" },
		{ "{", "FORM-JSON_STRICT" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		load("genai-saas");
		dossier_put(&d, "form-a.json", slice_str(rows[i].text));
		check_hint(&(struct intake_hint){
		    .scheme = "genai-saas", .now = DOSSIER_NOW });
		ck_assert_msg(
		    finding_of(rows[i].want) != NULL, "%s", rows[i].text);
	}
}
END_TEST

START_TEST(papers_by_type)
{
	static const struct {
		const char *path, *text, *want;
	} rows[] = {
		{ "登記事項証明書.pdf", "<html>", "BUNDLE-TYPE_MISMATCH" },
		{ "登記事項証明書.pdf", "", "BUNDLE-TYPE_MISMATCH" },
		{ "カタログ.pdf", SMALL_PDF, NULL },
		{ "カタログ.txt", "%PDF-1.7", "BUNDLE-TYPE_MISMATCH" },
		{ "図.png", "GIF89a", "BUNDLE-TYPE_MISMATCH" },
		{ "図.png", "\x89PNG\r\n\x1a\nx", "BUNDLE-TYPE_MISMATCH" },
		{ "写真.JPG", "\xff\xd8\xff\xe0", NULL },
		{ "request.csr", "hello", "FORM-CSR_FORMAT" },
		{ "実在証明.p7s", "hello", "REGISTRY-CMS_FORM" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		load("genai-saas");
		dossier_put(&d, rows[i].path, slice_str(rows[i].text));
		check_hint(&(struct intake_hint){
		    .scheme = "genai-saas", .now = DOSSIER_NOW });
		expect(rows[i].path, rows[i].want);
	}
	load("genai-saas");
	dossier_put(&d, "form-a.json", (struct slice){ 0 });
	dossier_put(&d, "申請書A.txt", slice_str("hello"));
	check_hint(&(struct intake_hint){
	    .scheme = "genai-saas", .now = DOSSIER_NOW });
	expect("no JSON", "FORM-FORMAT");
}
END_TEST

static const char good_extract[] =
    "{\"schema\":\"nintei.registry/1\",\"name\":\"架空クラウド株式会社\","
    "\"corporate_number\":\"700110005901\",\"head_office\":"
    "\"東京都渋谷区架空１丁目２番３号\",\"representative\":\"架空　太郎\","
    "\"issued\":\"令和8年6月1日\"}";

START_TEST(registry_extract)
{
	static const struct {
		const char *from, *to, *want;
	} rows[] = {
		{ "", "", NULL },
		{ "架空クラウド株式会社", "見本商事株式会社",
		    "REGISTRY-FIELD_MISMATCH" },
		{ "700110005901", "000012050002", "REGISTRY-FIELD_MISMATCH" },
		{ "700110005901", "8700110005902", "REGISTRY-FIELD_CHECK" },
		{ "渋谷区", "港区", "REGISTRY-FIELD_MISMATCH" },
		{ "太郎", "次郎", "REGISTRY-FIELD_MISMATCH" },
		{ "令和8年6月1日", "令和8年4月1日", "REGISTRY-STALE" },
		{ "令和8年6月1日", "きのう", "REGISTRY-SHAPE" },
		{ "nintei.registry/1", "other", "REGISTRY-SHAPE" },
		{ "\"issued\"", "\"issue\"", "REGISTRY-SHAPE" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));
		const char *at = strstr(good_extract, rows[i].from);

		buf_put(&text, good_extract, (size_t)(at - good_extract));
		buf_puts(&text, rows[i].to);
		buf_puts(&text, at + strlen(rows[i].from));
		load("genai-saas");
		dossier_put(&d, "登記事項証明書.pdf", (struct slice){ 0 });
		dossier_put(&d, "登記事項証明書.json", buf_slice(&text));
		check_hint(&(struct intake_hint){
		    .scheme = "genai-saas", .now = DOSSIER_NOW });
		if (rows[i].want == NULL) {
			expect("extract", NULL);
			ck_assert_ptr_nonnull(finding_of("LANG-NEEDS_HUMAN"));
		} else
			ck_assert_msg(
			    finding_of(rows[i].want) != NULL, "%s", rows[i].to);
	}
}
END_TEST

START_TEST(look_alikes_warn)
{
	load("genai-saas");
	dossier_field(&d, "form-b.json", "2", "\"架空クラウ卜゛株式会社\"");
	dossier_field(
	    &d, "form-a.json", "applicant_name", "\"架空クラウト゛株式会社\"");
	check_hint(&(struct intake_hint){
	    .scheme = "genai-saas", .now = DOSSIER_NOW });
	dossier_field(&d, "form-b.json", "2", "\"架空齋藤株式会社\"");
	dossier_field(
	    &d, "form-a.json", "applicant_name", "\"架空斉藤株式会社\"");
	check_hint(&(struct intake_hint){
	    .scheme = "genai-saas", .now = DOSSIER_NOW });
	expect("variant", NULL);
	ck_assert_ptr_nonnull(finding_of("REGISTRY-LOOK_ALIKE"));
}
END_TEST

/* What does not refuse, but is told. */
START_TEST(warnings_are_told)
{
	static const struct {
		const char *id, *json, *rule;
	} rows[] = {
		{ "application_date", "\"平成38年7月10日\"", "FORM-ERA_ENDED" },
		{ "applicant_name", "\"架空クラウド\\u200b株式会社\"",
		    "REGISTRY-INVISIBLE" },
		{ "applicant_name", "\"架空クラウド\\udb40\\udd00株式会社\"",
		    "REGISTRY-INVISIBLE" },
		{ "corporate_number", "\"7900012050002\"",
		    "REGISTRY-NUMBER_UNUSED" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		load("genai-saas");
		dossier_field(&d, "form-a.json", rows[i].id, rows[i].json);
		check_hint(&(struct intake_hint){
		    .scheme = "genai-saas", .now = DOSSIER_NOW });
		expect(rows[i].rule, NULL);
		ck_assert_msg(
		    finding_of(rows[i].rule) != NULL, "%s", rows[i].rule);
	}
	load("genai-saas");
	dossier_describe(&d, schemes);
	change("exclusions", "[{\"ground\":\"20-2-5\",\"path\":\"no.pdf\"}]");
	check();
	expect("exclusion", NULL);
	ck_assert_ptr_nonnull(finding_of("TAG-EXCLUSION_UNUSED"));
}
END_TEST

START_TEST(slots_by_scheme_and_kind)
{
	load("genai-saas");
	dossier_put(&d, "form-b.json", (struct slice){ 0 });
	dossier_describe(&d, schemes);
	check();
	expect("form B", "RULE-SLOT_MISSING");
	ck_assert(!in->complete);
	ck_assert_str_eq(found.items[found.n - 1].article, "4(1)(1)");
	load("genai-saas");
	dossier_put(&d, "登記事項証明書.pdf", (struct slice){ 0 });
	dossier_describe(&d, schemes);
	check();
	expect("registry", "RULE-SLOT_MISSING");
	dossier_put(&d, "実在証明.pdf", slice_str(SMALL_PDF));
	dossier_describe(&d, schemes);
	check();
	expect("another public paper", NULL);
	ck_assert(in->complete);
}
END_TEST

START_TEST(renewal_needs_number_and_declaration)
{
	load("genai-saas");
	dossier_field(&d, "form-a.json", "kind", "\"更新\"");
	dossier_field(&d, "form-a.json", "cert_number", "\"GAI0001-2607\"");
	dossier_field(
	    &d, "form-a.json", "mark_declaration", "\"遵守しています。\"");
	dossier_describe(&d, schemes);
	check();
	expect("renewal", NULL);
	ck_assert_int_eq(in->kind, DOSSIER_RENEWAL);
	ck_assert_str_eq(in->number, "GAI0001-2607");
	change("number", "\"GAI0002-2607\"");
	check();
	expect("other number", "REGISTRY-FIELD_MISMATCH");
	change("number", NULL);
	check();
	expect("no number", "MANIFEST-MANIFEST_NUMBER");
	dossier_field(&d, "form-a.json", "mark_declaration", NULL);
	dossier_describe(&d, schemes);
	check();
	ck_assert_ptr_nonnull(finding_of("RULE-SLOT_MISSING"));
	dossier_put(&d, "自己申告書.pdf", slice_str(SMALL_PDF));
	dossier_describe(&d, schemes);
	check();
	ck_assert_ptr_null(finding_of("RULE-SLOT_MISSING"));
}
END_TEST

START_TEST(not_before_the_rule)
{
	load("genai-saas");
	dossier_describe(&d, schemes);
	check_hint(
	    &(struct intake_hint){ .now = DOSSIER_NOW - INT64_C(86400) * 30 });
	expect("early", "RULE-NOT_IN_FORCE");
}
END_TEST

/* All faults at once, from the archive to the registry. */
START_TEST(findings_are_complete)
{
	load("genai-saas");
	dossier_put(&d, "request.csr", slice_str("hello"));
	dossier_field(&d, "form-a.json", "contact_email", "\"x\"");
	dossier_field(&d, "form-a.json", "nonsense", "1");
	dossier_field(&d, "form-b.json", "24.1", "\"無\"");
	dossier_describe(&d, schemes);
	change("created", "\"now\"");
	change("members/2/sha256", "\"0\"");
	dossier_put(&d, "extra.txt", slice_str("x"));
	check();
	ck_assert_ptr_nonnull(finding_of("FORM-CSR_FORMAT"));
	ck_assert_ptr_nonnull(finding_of("FORM-EMAIL"));
	ck_assert_ptr_nonnull(finding_of("FORM-UNKNOWN_FIELD"));
	ck_assert_ptr_nonnull(finding_of("FORM-YES_REQUIRED"));
	ck_assert_ptr_nonnull(finding_of("MANIFEST-MANIFEST_CREATED"));
	ck_assert_ptr_nonnull(finding_of("MANIFEST-MANIFEST_DIGEST"));
	ck_assert_ptr_nonnull(finding_of("MANIFEST-MANIFEST_EXTRA"));
}
END_TEST

START_TEST(archive_that_is_none)
{
	CLEANUP(fd_closep) int fd = -1;
	const struct intake_hint hint = { .scheme = "genai-saas",
		.now = DOSSIER_NOW };

	ck_ok(memfd_of("x", slice_str("hello, world"), &fd, &err), &err);
	ck_ok(
	    intake_check(&hosts, schemes, &hint, fd, &in, &found, &err), &err);
	expect("text", "BUNDLE-FORMAT");
	ck_assert_uint_eq(in->n_members, 0);
	ck_assert_uint_eq(in->size, 12);
	ck_assert_str_eq(in->scheme->id, "genai-saas");
}
END_TEST

START_TEST(manifest_needs_form_a)
{
	struct json *out = NULL;
	struct intake_file file = { .path = "x.pdf" };
	const struct intake_hint hint = { .scheme = "genai-saas" };

	ck_code(intake_manifest(&file, 1, schemes, &hint, &out, &err), &err,
	    E_INPUT);
	err = (struct err)ERR_INIT;
	file = (struct intake_file){ .path = "form-a.json",
		.text = slice_str("{\"fields\":{}}") };
	ck_ok(intake_manifest(&file, 1, schemes, &hint, &out, &err), &err);
	jsonx_freep(&out);
	ck_code(intake_manifest(&file, 1, schemes,
		    &(struct intake_hint){ .scheme = "none" }, &out, &err),
	    &err, E_INPUT);
	err = (struct err)ERR_INIT;
	ck_code(intake_manifest(
		    &file, 1, schemes, &(struct intake_hint){ 0 }, &out, &err),
	    &err, E_INPUT);
	err = (struct err)ERR_INIT;
	file.text = slice_str("{");
	ck_code(intake_manifest(&file, 1, schemes, &hint, &out, &err), &err,
	    E_INPUT);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("intake");
	TCase *t = tcase_create("dossier");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, made_bundle_passes, 0, (int)NELEM(ids));
	tcase_add_test(t, manifest_of_iaas_takes_the_guideline);
	tcase_add_test(t, report_has_the_set_form);
	tcase_add_test(t, level_0_by_name);
	tcase_add_test(t, roles_by_name);
	tcase_add_loop_test(t, manifest_rules, 0, (int)NELEM(changes));
	tcase_add_test(t, member_set_is_the_archive);
	tcase_add_test(t, paths_agree_by_nfc);
	tcase_add_test(t, manifest_must_be_strict);
	tcase_add_test(t, hint_must_not_contradict);
	tcase_add_test(t, tags_are_joined);
	tcase_add_loop_test(t, form_values, 0, (int)NELEM(values));
	tcase_add_test(t, dependent_rows);
	tcase_add_test(t, lengths);
	tcase_add_test(t, form_shapes);
	tcase_add_test(t, papers_by_type);
	tcase_add_test(t, registry_extract);
	tcase_add_test(t, look_alikes_warn);
	tcase_add_test(t, warnings_are_told);
	tcase_add_test(t, slots_by_scheme_and_kind);
	tcase_add_test(t, renewal_needs_number_and_declaration);
	tcase_add_test(t, not_before_the_rule);
	tcase_add_test(t, findings_are_complete);
	tcase_add_test(t, archive_that_is_none);
	tcase_add_test(t, manifest_needs_form_a);
	suite_add_tcase(s, t);
	return suite_main(s);
}
