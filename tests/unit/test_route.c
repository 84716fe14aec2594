/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint table: every route matches, every trick is refused. */
#include <string.h>

#include "nintei/route.h"
#include "support/support.h"

static const struct {
	const char *path;
	enum route_id id;
	const char *a, *b;
} good[] = {
	{ "/healthz", ROUTE_HEALTHZ, "", "" },
	{ "/readyz", ROUTE_READYZ, "", "" },
	{ "/metrics", ROUTE_METRICS, "", "" },
	{ "/openapi.json", ROUTE_OPENAPI, "", "" },
	{ "/.well-known/api-catalog", ROUTE_API_CATALOG, "", "" },
	{ "/problems/limit", ROUTE_PROBLEM, "limit", "" },
	{ "/problems/bundle/refused", ROUTE_PROBLEM, "bundle/refused", "" },
	{ "/v1/schemes", ROUTE_SCHEMES, "", "" },
	{ "/v1/schemes/genai-saas", ROUTE_SCHEME, "genai-saas", "" },
	{ "/v1/dossiers", ROUTE_DOSSIER_SUBMIT, "", "" },
	{ "/v1/preflight", ROUTE_PREFLIGHT, "", "" },
	{ "/v1/cases", ROUTE_CASES, "", "" },
	{ "/v1/cases/c-1", ROUTE_CASE, "c-1", "" },
	{ "/v1/cases/c-1/events", ROUTE_CASE_EVENTS, "c-1", "" },
	{ "/v1/cases/c-1/findings", ROUTE_CASE_FINDINGS, "c-1", "" },
	{ "/v1/cases/c-1/documents/7", ROUTE_CASE_DOCUMENT, "c-1", "7" },
	{ "/v1/cases/c-1/commands", ROUTE_CASE_COMMAND, "c-1", "" },
	{ "/v1/cases/c-1/key", ROUTE_CASE_KEY, "c-1", "" },
	{ "/v1/decisions/d1", ROUTE_DECISION, "d1", "" },
	{ "/v1/decisions/d1/document", ROUTE_DECISION_DOCUMENT, "d1", "" },
	{ "/v1/decisions/d1/signatures", ROUTE_DECISION_SIGN, "d1", "" },
	{ "/v1/register", ROUTE_REGISTER, "", "" },
	{ "/v1/register/G-1", ROUTE_REGISTER_ENTRY, "G-1", "" },
	{ "/v1/register/G-1/certificate.pem", ROUTE_CERTIFICATE_PEM, "G-1",
	    "" },
	{ "/v1/register/G-1/certificate.json", ROUTE_CERTIFICATE_JSON, "G-1",
	    "" },
	{ "/pki/root.cer", ROUTE_PKI_CER, "root", "" },
	{ "/audit.git/info/refs", ROUTE_AUDIT_REFS, "", "" },
	{ "/audit.git/git-upload-pack", ROUTE_AUDIT_PACK, "", "" },
	{ "/audit.git/bundle", ROUTE_AUDIT_BUNDLE, "", "" },
	{ "/log/checkpoint", ROUTE_LOG_CHECKPOINT, "", "" },
	{ "/log/tile/0/x001/000.p/7", ROUTE_LOG_TILE, "0/x001/000.p/7", "" },
	{ "/log/tile/entries/000", ROUTE_LOG_TILE, "entries/000", "" },
	{ "/log/proof/c-1/7", ROUTE_LOG_PROOF, "c-1/7", "" },
	{ "/pki/genai-saas.crl", ROUTE_PKI_CRL, "genai-saas", "" },
	{ "/v1/schemas", ROUTE_SCHEMAS, "", "" },
	{ "/v1/schemas/c-1", ROUTE_SCHEMA, "c-1", "" },
	{ "/v1/cases/c-1/commands", ROUTE_CASE_COMMANDS, "c-1", "" },
	{ "/v1/register/export", ROUTE_REGISTER_EXPORT, "", "" },
	{ "/v1/register/export.p7s", ROUTE_REGISTER_EXPORT_P7S, "", "" },
	{ "/v1/register/export.tsr", ROUTE_REGISTER_EXPORT_TSR, "", "" },
	{ "/v1/register/absence", ROUTE_REGISTER_ABSENCE, "", "" },
	{ "/v1/register/c-1/versions", ROUTE_REGISTER_VERSIONS, "c-1", "" },
	{ "/v1/register/c-1/status.json", ROUTE_REGISTER_STATUS, "c-1", "" },
	{ "/v1/register/c-1/status.p7s", ROUTE_REGISTER_STATUS_P7S, "c-1", "" },
	{ "/v1/register/c-1/status.tsr", ROUTE_REGISTER_STATUS_TSR, "c-1", "" },
	{ "/v1/publications", ROUTE_PUBLICATIONS, "", "" },
	{ "/v1/cases/c-1/notices", ROUTE_CASE_NOTICES, "c-1", "" },
	{ "/v1/cases/c-1/notices/n-1", ROUTE_CASE_NOTICE, "c-1", "n-1" },
	{ "/v1/cases/c-1/notices/n-1/mail", ROUTE_NOTICE_MAIL, "c-1", "n-1" },
	{ "/v1/notices", ROUTE_NOTICES, "", "" },
	{ "/v1/fees", ROUTE_FEES, "", "" },
	{ "/v1/deadlines", ROUTE_DEADLINES, "", "" },
	{ "/v1/rules/c-1/n-1", ROUTE_RULE, "c-1", "n-1" },
	{ "/v1/tickets", ROUTE_TICKETS, "", "" },
	{ "/v1/tickets/c-1", ROUTE_TICKET, "c-1", "" },
	{ "/v1/tickets/c-1/questions", ROUTE_TICKET_AGAIN, "c-1", "" },
	/* escapes are the letters they stand for */
	{ "/v1/c%61ses", ROUTE_CASES, "", "" },
	{ "/v1/cases/%63-1", ROUTE_CASE, "c-1", "" },
	{ "/v1/register/%E8%AA%8D%E5%AE%9A", ROUTE_REGISTER_ENTRY,
	    "\xe8\xaa\x8d\xe5\xae\x9a", "" },
	{ "/v1/register/a%20b", ROUTE_REGISTER_ENTRY, "a b", "" },
	{ "/pki/a.b.cer", ROUTE_PKI_CER, "a.b", "" },
};

START_TEST(every_route_matches)
{
	struct route_match m = { 0 };
	struct slice path = slice_str(good[_i].path);
	const struct route *want = route_get(good[_i].id);

	ck_assert_int_eq(route_match(want->method, path, &m), ROUTE_FOUND);
	ck_assert_ptr_eq(m.route, want);
	ck_assert_str_eq(m.param[0], good[_i].a);
	ck_assert_str_eq(m.param[1], good[_i].b);
	if (want->method == METHOD_GET)
		ck_assert_int_eq(
		    route_match(METHOD_HEAD, path, &m), ROUTE_FOUND);
	ck_assert_int_eq(route_match(METHOD_PATCH, path, &m), ROUTE_NO_METHOD);
	ck_assert_ptr_nonnull(strstr(m.allow, method_name(want->method)));
	ck_assert_ptr_null(strstr(m.allow, "PATCH"));
	ck_assert_int_eq(route_match(METHOD_NONE, path, &m), ROUTE_NO_METHOD);
}
END_TEST

START_TEST(no_route_is_without_a_test)
{
	bool seen[ROUTE_MAX] = { false };

	for (size_t i = 0; i < NELEM(good); i++)
		seen[good[i].id] = true;
	for (unsigned i = ROUTE_NONE + 1; i < ROUTE_MAX; i++)
		ck_assert_msg(seen[i], "%s", route_get((enum route_id)i)->name);
	ck_assert_ptr_null(route_get(ROUTE_NONE));
	ck_assert_ptr_null(route_get(ROUTE_MAX));
}
END_TEST

static const struct {
	const char *name, *path;
	enum route_result want;
} bad[] = {
	{ "empty", "", ROUTE_BAD_PATH },
	{ "no slash", "v1/cases", ROUTE_BAD_PATH },
	{ "absolute form", "http://h/v1/cases", ROUTE_BAD_PATH },
	{ "asterisk", "*", ROUTE_BAD_PATH },
	{ "root", "/", ROUTE_NO_PATH },
	{ "unknown", "/v1/nothing", ROUTE_NO_PATH },
	{ "prefix", "/v1", ROUTE_NO_PATH },
	{ "longer", "/v1/cases/c/events/x", ROUTE_NO_PATH },
	{ "other case", "/V1/cases", ROUTE_NO_PATH },
	{ "extension only", "/pki/.cer", ROUTE_NO_PATH },
	{ "other extension", "/pki/root.pem", ROUTE_NO_PATH },
	{ "no rest", "/problems", ROUTE_NO_PATH },
	{ "trailing slash", "/v1/cases/", ROUTE_BAD_PATH },
	{ "empty segment", "/v1//cases", ROUTE_BAD_PATH },
	{ "empty parameter", "/v1/cases//events", ROUTE_BAD_PATH },
	{ "dot", "/v1/./cases", ROUTE_BAD_PATH },
	{ "dot-dot", "/v1/../healthz", ROUTE_BAD_PATH },
	{ "escaped dot-dot", "/v1/%2e%2e/healthz", ROUTE_BAD_PATH },
	{ "half-escaped dot-dot", "/v1/.%2E/healthz", ROUTE_BAD_PATH },
	{ "escaped slash", "/v1/cases/a%2fb", ROUTE_BAD_PATH },
	{ "escaped slash as separator", "/v1%2Fcases", ROUTE_BAD_PATH },
	{ "backslash", "/v1/cases/a\\b", ROUTE_BAD_PATH },
	{ "escaped backslash", "/v1/cases/a%5cb", ROUTE_BAD_PATH },
	{ "escaped NUL", "/v1/cases/a%00", ROUTE_BAD_PATH },
	{ "escaped LF", "/v1/cases/a%0a", ROUTE_BAD_PATH },
	{ "escaped DEL", "/v1/cases/a%7f", ROUTE_BAD_PATH },
	{ "C1 control", "/v1/cases/a%c2%85", ROUTE_BAD_PATH },
	{ "bare percent", "/v1/cases/%", ROUTE_BAD_PATH },
	{ "one digit", "/v1/cases/%4", ROUTE_BAD_PATH },
	{ "no digits", "/v1/cases/%zz", ROUTE_BAD_PATH },
	{ "escaped twice stays escaped once", "/v1/cases/%252e/x/y/z",
	    ROUTE_NO_PATH },
	{ "overlong UTF-8", "/v1/cases/%c0%ae", ROUTE_BAD_PATH },
	{ "surrogate", "/v1/cases/%ed%a0%80", ROUTE_BAD_PATH },
	{ "cut UTF-8", "/v1/cases/%e8%aa", ROUTE_BAD_PATH },
	{ "UTF-8 over two segments", "/v1/cases/%e8/%aa%8d", ROUTE_BAD_PATH },
	{ "raw UTF-8", "/v1/cases/\xe8\xaa\x8d", ROUTE_BAD_PATH },
	{ "space", "/v1/cases/a b", ROUTE_BAD_PATH },
	{ "quote", "/v1/cases/a\"b", ROUTE_BAD_PATH },
	{ "fragment", "/v1/cases/a#b", ROUTE_BAD_PATH },
	{ "17 segments", "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", ROUTE_BAD_PATH },
};

START_TEST(tricks_are_refused)
{
	struct route_match m = { 0 };

	ck_assert_msg(route_match(METHOD_GET, slice_str(bad[_i].path), &m) ==
		bad[_i].want,
	    "%s", bad[_i].name);
	ck_assert_ptr_null(m.route);
}
END_TEST

START_TEST(bounds_of_length)
{
	struct route_match m = { 0 };
	char path[ROUTE_PATH_BYTES + 8];
	const char *base = "/v1/cases/";
	size_t n = strlen(base);

	memset(path, 'a', sizeof(path));
	memcpy(path, base, n);
	ck_assert_int_eq(
	    route_match(METHOD_GET, slice_of(path, n + ROUTE_PARAM_BYTES), &m),
	    ROUTE_FOUND);
	ck_assert_uint_eq(strlen(m.param[0]), ROUTE_PARAM_BYTES);
	ck_assert_int_eq(route_match(METHOD_GET,
			     slice_of(path, n + ROUTE_PARAM_BYTES + 1), &m),
	    ROUTE_NO_PATH);
	ck_assert_int_eq(
	    route_match(METHOD_GET, slice_of(path, ROUTE_PATH_BYTES + 1), &m),
	    ROUTE_BAD_PATH);
}
END_TEST

START_TEST(methods_have_names)
{
	for (unsigned i = METHOD_NONE + 1; i < METHOD_MAX; i++)
		ck_assert_int_eq(method_parse(method_name((enum method)i)), i);
	ck_assert_int_eq(method_parse("get"), METHOD_NONE);
	ck_assert_int_eq(method_parse(""), METHOD_NONE);
	ck_assert_str_eq(method_name(METHOD_MAX), "");
}
END_TEST

/* Random paths never crash, and what they yield is bounded UTF-8. */
START_TEST(any_path_is_safe)
{
	static const char alphabet[] = "/%.0123456789abcdefA-v1casepki\\{}*";
	uint64_t seed = 20260715;

	for (unsigned round = 0; round < 20000; round++) {
		char path[40];
		struct route_match m = { 0 };
		size_t n = random_next(&seed) % sizeof(path);

		for (size_t i = 0; i < n; i++)
			path[i] = i == 0 ? '/'
					 : alphabet[random_next(&seed) %
					       (sizeof(alphabet) - 1)];
		if (route_match(METHOD_GET, slice_of(path, n), &m) !=
		    ROUTE_FOUND)
			continue;
		for (unsigned i = 0; i < m.nparams; i++)
			ck_assert(m.param[i][0] != '\0' &&
			    strchr(m.param[i], '\\') == NULL);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("route");
	TCase *t = tcase_create("table");

	tcase_add_loop_test(t, every_route_matches, 0, (int)NELEM(good));
	tcase_add_test(t, no_route_is_without_a_test);
	tcase_add_test(t, methods_have_names);
	suite_add_tcase(s, t);
	t = tcase_create("paths");
	tcase_add_loop_test(t, tricks_are_refused, 0, (int)NELEM(bad));
	tcase_add_test(t, bounds_of_length);
	tcase_add_test(t, any_path_is_safe);
	suite_add_tcase(s, t);
	return suite_main(s);
}
