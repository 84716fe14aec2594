/* SPDX-License-Identifier: Apache-2.0 */
/* Labels byte by byte, names in manifests, and facts that break the form. */
#include <stdlib.h>
#include <string.h>

#include "asic_int.h"
#include "bag_int.h"
#include "nintei/ess.h"
#include "nintei/wire.h"
#include "support/support.h"

START_TEST(label_bytes)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(256);
	struct ess_label l = { .policy = "2.999.1.3.1",
		.classification = ESS_SECRET };
	struct ess_label back;
	struct err e = ERR_INIT;
	static const uint8_t want[] = { 0x31, 0x0a, 0x02, 0x01, 0x03, 0x06,
		0x05, 0x88, 0x37, 0x01, 0x03, 0x01 };

	ck_ok(ess_label_encode(&l, &out, &e), &e);
	ck_assert(slice_eq(buf_slice(&out), slice_of(want, sizeof(want))));
	ck_ok(ess_label_decode(buf_slice(&out), &back, &e), &e);
	ck_assert_str_eq(back.policy, l.policy);
	ck_assert_int_eq(back.classification, ESS_SECRET);
	ck_assert_str_eq(back.mark, "");
}
END_TEST

static const struct {
	const char *name;
	const char *hex; /* of the SET's content */
	bool ok;
	int64_t classification;
} labels[] = {
	{ "policy alone", "0603883701", true, ESS_CLASS_NONE },
	{ "other order", "0603883701020104", true, 4 },
	{ "300, as it is", "0202012c0603883701", true, 300 },
	{ "mark", "02010306038837010c0141", true, 3 },
	{ "printable mark", "0201030603883701130141", true, 3 },
	{ "categories", "02010306038837013109300780028837810100", true, 3 },
	{ "no category", "02010306038837013100", false, 0 },
	{ "no policy", "020103", false, 0 },
	{ "two policies", "06038837010603883701", false, 0 },
	{ "two numbers", "0201030201030603883701", false, 0 },
	{ "negative", "0201ff0603883701", false, 0 },
	{ "long form", "020200030603883701", false, 0 },
	{ "empty mark", "06038837010c00", false, 0 },
	{ "unknown part", "06038837010101ff", false, 0 },
	{ "empty", "", false, 0 },
};

static size_t
unhex(const char *hex, uint8_t *out)
{
	size_t n = 0;

	for (; hex[2 * n] != '\0'; n++) {
		char two[3] = { hex[2 * n], hex[2 * n + 1], '\0' };

		out[n] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

START_TEST(label_forms)
{
	uint8_t der[128] = { 0x31 };
	struct ess_label l;
	struct err e = ERR_INIT, after = ERR_INIT;
	size_t n = unhex(labels[_i].hex, der + 2);
	int rv;

	der[1] = (uint8_t)n;
	rv = ess_label_decode(slice_of(der, n + 2), &l, &e);
	ck_assert_msg(rv == (labels[_i].ok ? 0 : -1), "%s", labels[_i].name);
	if (rv == 0)
		ck_assert_int_eq(l.classification, labels[_i].classification);
	/* Nothing may follow. */
	ck_code(ess_label_decode(slice_of(der, n + 3), &l, &after), &after,
	    E_INPUT);
}
END_TEST

START_TEST(label_refuses)
{
	static const struct ess_label bad[] = {
		{ .policy = "2.999.1", .classification = 257 },
		{ .policy = "2.999.1", .classification = -2 },
		{ .policy = "", .classification = 1 },
		{ .policy = "2.999.1", .classification = 1, .mark = "\xff" },
	};
	CLEANUP(buf_free) struct buf out = BUF_INIT(256);
	struct err e = ERR_INIT;

	ck_code(ess_label_encode(&bad[_i], &out, &e), &e, E_INPUT);
}
END_TEST

static const struct {
	const char *uri, *path; /* NULL: refused */
} uris[] = {
	{ "a.pdf%00.exe", NULL },
	{ "a.pdf", "a.pdf" },
	{ "%E7%94%B3.pdf", "申.pdf" },
	{ "%e7%94%b3.pdf", "申.pdf" },
	{ "申.pdf", "申.pdf" },
	{ "a%2520b", "a%20b" }, /* once */
	{ "a+b", "a+b" },
	{ "%E3%82%AB%E3%82%99", "ガ" }, /* NFC */
	{ "a%2", NULL },
	{ "a%", NULL },
	{ "%zz", NULL },
	{ "a%00b", NULL },
	{ "%ff", NULL },
};

START_TEST(uri_once)
{
	CLEANUP(freep) char *path = asic_uri_decode(uris[_i].uri);
	CLEANUP(buf_free) struct buf back = BUF_INIT(256);

	if (uris[_i].path == NULL) {
		ck_assert_ptr_null(path);
		return;
	}
	ck_assert_ptr_nonnull(path);
	ck_assert_str_eq(path, uris[_i].path);
	asic_uri_encode(path, &back);
	free(path);
	path = asic_uri_decode(buf_str(&back));
	ck_assert_str_eq(path, uris[_i].path);
}
END_TEST

static const struct {
	const char *path;
	enum asic_part part;
} parts[] = {
	{ "mimetype", ASIC_TYPE },
	{ "META-INF/ASiCManifest.xml", ASIC_MANIFEST },
	{ "META-INF/ASiCManifest001.xml", ASIC_MANIFEST },
	{ "META-INF/x/ASiCManifest001.xml", ASIC_FOREIGN },
	{ "META-INF/ASiCArchiveManifest.xml", ASIC_TIMESTAMP },
	{ "META-INF/timestamp.tst", ASIC_TIMESTAMP },
	{ "META-INF/signature.p7s", ASIC_SIGNATURE },
	{ "META-INF/signatures.xml", ASIC_XADES },
	{ "META-INF/manifest.xml", ASIC_FOREIGN },
	{ "meta-inf/signature.p7s", ASIC_FOREIGN },
	{ "x/mimetype", ASIC_DATA },
	{ "x/META-INF/a", ASIC_DATA },
	{ "manifest.json", ASIC_DATA },
};

START_TEST(part_names)
{
	ck_assert_msg(asic_part_of(parts[_i].path) == parts[_i].part, "%s",
	    parts[_i].path);
}
END_TEST

/* What a taken-over child might say. */
static const char *const lies[] = {
	"{}",
	"{\"sig_reference\":\"META-INF/s.p7s\"}",
	"{\"sig_reference\":1,\"objects\":[]}",
	"{\"sig_reference\":\"META-INF/s.p7s\",\"objects\":[]}",
	"{\"sig_reference\":\"META-INF/s.p7s\",\"objects\":[1]}",
	"{\"sig_reference\":\"META-INF/s.p7s\",\"objects\":[{\"uri\":\"a\"}]}",
	("{\"sig_reference\":\"s\",\"objects\":[{\"uri\":\"a\",\"digest\":\"00\","
	 "\"algorithm\":\"sha256\",\"more\":1}]}"),
};

START_TEST(lying_child)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	CLEANUP(findings_free) struct findings f = { 0 };
	static const uint8_t sum[32];
	struct asic_file files[] = {
		{ .path = "mimetype", .sha256 = sum, .fd = -1 },
		{ .path = "META-INF/ASiCManifest1.xml",
		    .sha256 = sum,
		    .fd = -1 },
	};
	struct asic_container c = { -1, files, NELEM(files) };
	struct asic_pair pairs[ASIC_MANIFESTS];
	struct err e = ERR_INIT;
	size_t n = 7;

	ck_ok(jsonx_parse(slice_str(lies[_i]), 4096, &facts, &e), &e);
	files[1].facts = facts;
	ck_code(asic_check(&c, &f, pairs, &n, &e), &e, E_INTERNAL);
	ck_assert_uint_eq(n, 7);
}
END_TEST

/* What checksum programs write before a path is no part of it. */
START_TEST(bag_paths)
{
	static const struct {
		const char *line, *path; /* NULL: refused */
	} lines[] = {
		{ "00  data/a", "data/a" },
		{ "00 *data/a", "data/a" },
		{ "00  ./data/a", "data/a" },
		{ "00 *./data/a", "data/a" },
		{ "00  ././data/a", "./data/a" },
		{ "00  **data/a", "*data/a" },
		{ "00  ../data/a", "../data/a" },
		{ "00 ", NULL },
	};
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	CLEANUP(buf_free) struct buf packed = BUF_INIT(4096);
	const char *fault = NULL;
	int rv;

	wr_text(&packed, "bagit.txt");
	wr_text(&packed,
	    "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	wr_text(&packed, "manifest-sha256.txt");
	wr_text(&packed, lines[_i].line);
	rv = bag_facts(buf_slice(&packed), &facts, &fault);
	ck_assert_int_eq(rv, lines[_i].path == NULL ? -1 : 0);
	if (rv == 0)
		ck_assert_str_eq(
		    jsonx_get_str(
			jsonx_at(jsonx_get(
				     jsonx_at(jsonx_get(facts, "manifests"), 0),
				     "entries"),
			    0),
			"path"),
		    lines[_i].path);
}
END_TEST

static const char *const bag_lies[] = {
	"{\"manifests\":[]}",
	"{\"manifests\":[{\"path\":\"manifest-md5.txt\",\"entries\":[]}]}",
	"{\"manifests\":[{\"path\":\"manifest-sha256.txt\"}]}",
	"{\"manifests\":[{\"path\":\"manifest-sha256.txt\",\"entries\":[1]}]}",
	("{\"manifests\":[{\"path\":\"manifest-sha256.txt\",\"entries\":[]},"
	 "{\"path\":\"manifest-sha256.txt\",\"entries\":[]}]}"),
	"{}",
};

START_TEST(lying_bag)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	CLEANUP(findings_free) struct findings f = { 0 };
	const struct bag_file files[] = { { "bagit.txt", 0, -1, false },
		{ "data/a", 0, -1, false },
		{ "manifest-sha256.txt", 0, -1, false } };
	const struct bag b = { files, NELEM(files) };
	struct err e = ERR_INIT;

	ck_ok(jsonx_parse(slice_str(bag_lies[_i]), 4096, &facts, &e), &e);
	ck_code(bag_check(&b, facts, &f, &e), &e, E_INTERNAL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("asic");
	TCase *t = tcase_create("asic");

	tcase_add_test(t, label_bytes);
	tcase_add_loop_test(t, label_forms, 0, NELEM(labels));
	tcase_add_loop_test(t, label_refuses, 0, 4);
	tcase_add_loop_test(t, uri_once, 0, NELEM(uris));
	tcase_add_loop_test(t, part_names, 0, NELEM(parts));
	tcase_add_loop_test(t, lying_child, 0, NELEM(lies));
	tcase_add_loop_test(t, lying_bag, 0, NELEM(bag_lies));
	tcase_add_loop_test(t, bag_paths, 0, 8);
	suite_add_tcase(s, t);
	return suite_main(s);
}
