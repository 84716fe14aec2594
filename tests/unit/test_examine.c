/* SPDX-License-Identifier: Apache-2.0 */
/* Documents through the real sandbox, and the parent's decoder alone. */
#include "nintei/examine.h"
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "examine_int.h"
#include "nintei/fs.h"
#include "nintei/key.h"
#include "nintei/wire.h"
#include "nintei/worker.h"
#include "nintei/x509.h"
#include "support/support.h"

static struct worker_host *host;
static struct examined *got;
static struct findings found;
static struct err err;

static void
host_start(const struct worker_class *cls)
{
	err = (struct err)ERR_INIT;
	ck_ok(worker_host_local(cls, &host, &err), &err);
}

static void
setup(void)
{
	host_start(examine_worker_class());
}

static void
teardown(void)
{
	examined_freep(&got);
	findings_free(&found);
	worker_host_freep(&host);
}

static int
examine(enum examine_kind kind, struct slice doc)
{
	CLEANUP(fd_closep) int fd = -1;

	examined_freep(&got);
	findings_free(&found);
	err = (struct err)ERR_INIT;
	ck_ok(memfd_of("doc", doc, &fd, &err), &err);
	return examine_run(host, kind, "doc", fd, &got, &found, &err);
}

/* want: the only finding, or NULL for a good document. */
static void
expect(const char *name, enum examine_kind kind, struct slice doc,
    const char *want)
{
	ck_ok(examine(kind, doc), &err);
	if (want == NULL) {
		ck_assert_msg(found.n == 0, "%s: %s %s", name,
		    found.items[0].rule, found.items[0].text_en);
		ck_assert_msg(got->json != NULL, "%s", name);
		return;
	}
	ck_assert_msg(found.n == 1, "%s: %zu findings", name, found.n);
	ck_assert_msg(strcmp(found.items[0].rule, want) == 0, "%s: %s", name,
	    found.items[0].rule);
	ck_assert_msg(got->json == NULL, "%s", name);
}

/* D22 and its neighbours. */
static const struct {
	const char *name, *text;
	bool good;
} documents[] = {
	{ "object", "{\"a\":[1,-2,{\"b\":null}],\"c\":true,\"d\":\"あ\"}",
	    true },
	{ "white space", " \n{ } \t", true },
	{ "duplicate keys", "{\"a\":1,\"a\":1}", false },
	{ "escaped duplicate", "{\"a\":1,\"\\u0061\":1}", false },
	{ "BOM", "\xef\xbb\xbf{}", false },
	{ "lone surrogate", "{\"a\":\"\\ud800\"}", false },
	{ "1e400", "{\"a\":1e400}", false },
	{ "real", "{\"a\":1.5}", false },
	{ "exponent", "{\"a\":1e2}", false },
	{ "beyond 2^53", "{\"a\":9007199254740992}", false },
	{ "2^53 - 1", "{\"a\":9007199254740991}", true },
	{ "overflow", "{\"a\":99999999999999999999}", false },
	{ "NUL escape", "{\"a\":\"\\u0000\"}", false },
	{ "trailing bytes", "{} x", false },
	{ "two values", "{}{}", false },
	{ "cut", "{\"a\":", false },
	{ "invalid UTF-8", "{\"a\":\"\xff\"}", false },
	{ "overlong", "{\"a\":\"\xc0\xaf\"}", false },
	{ "comment", "{/**/}", false },
	{ "single quotes", "{'a':1}", false },
	{ "raw control", "{\"a\":\"\x01\"}", false },
	{ "empty", "", false },
};

START_TEST(json_is_strict)
{
	static const struct {
		enum examine_kind kind;
		const char *rule;
	} kinds[] = {
		{ EXAMINE_MANIFEST, "MANIFEST-JSON_STRICT" },
		{ EXAMINE_FORM, "FORM-JSON_STRICT" },
		{ EXAMINE_REGISTRY, "REGISTRY-JSON_STRICT" },
	};

	for (size_t k = 0; k < NELEM(kinds); k++)
		expect(documents[_i].name, kinds[k].kind,
		    slice_str(documents[_i].text),
		    documents[_i].good ? NULL : kinds[k].rule);
}
END_TEST

START_TEST(tree_is_rebuilt)
{
	CLEANUP(buf_free) struct buf again = BUF_INIT(KIB(1));
	static const char text[] =
	    "{\"a\":[],\"b\":{\"c\":[1,[true,false,null]],\"d\":\"\"},\"e\":-7}";

	expect("tree", EXAMINE_FORM, slice_str(text), NULL);
	jsonx_canonical(got->json, &again);
	ck_assert_str_eq(buf_str(&again), text);
}
END_TEST

static struct buf
repeat(const char *head, const char *unit, size_t times, const char *tail)
{
	struct buf b = BUF_INIT(MIB(4));

	buf_puts(&b, head);
	for (size_t i = 0; i < times; i++)
		buf_puts(&b, unit);
	buf_puts(&b, tail);
	return b;
}

START_TEST(json_limits)
{
	static const struct {
		const char *name, *head, *unit, *tail, *want;
		size_t times;
	} rows[] = {
		{ "depth 10,000", "", "[", "", "MANIFEST-JSON_STRICT", 10000 },
		{ "depth 16", "[[[[[[[[[[[[[[[[", "", "]]]]]]]]]]]]]]]]", NULL,
		    0 },
		{ "depth 17", "[[[[[[[[[[[[[[[[[", "", "]]]]]]]]]]]]]]]]]",
		    "MANIFEST-JSON_STRICT", 0 },
		{ "over 1 MiB", "{}", "          ", "", "MANIFEST-JSON_STRICT",
		    110000 },
		{ "long text", "[\"", "0123456789abcdef", "\"]",
		    "BUNDLE-LIM_OUTPUT", 2049 },
		{ "longest text", "[\"", "0123456789abcdef", "\"]", NULL,
		    2048 },
		{ "many values", "[0", ",0", "]", "BUNDLE-LIM_OUTPUT", 50001 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		CLEANUP(buf_free)
		struct buf doc = repeat(
		    rows[i].head, rows[i].unit, rows[i].times, rows[i].tail);

		expect(rows[i].name, EXAMINE_MANIFEST, buf_slice(&doc),
		    rows[i].want);
	}
}
END_TEST

START_TEST(members_are_limited)
{
	CLEANUP(buf_free) struct buf doc = BUF_INIT(MIB(1));

	buf_puts(&doc, "{");
	for (unsigned i = 0; i <= XD_MEMBERS; i++)
		buf_putf(&doc, "%s\"k%u\":0", i > 0 ? "," : "", i);
	buf_puts(&doc, "}");
	expect("members", EXAMINE_FORM, buf_slice(&doc), "BUNDLE-LIM_OUTPUT");
}
END_TEST

START_TEST(findings_do_not_quote)
{
	expect("quote", EXAMINE_FORM,
	    slice_str("{\"a\":\"CANARY-1\" \"CANARY-2\"}"), "FORM-JSON_STRICT");
	ck_assert_ptr_null(strstr(found.items[0].text_ja, "CANARY"));
	ck_assert_ptr_null(strstr(found.items[0].text_en, "CANARY"));
	ck_assert_ptr_nonnull(strstr(found.items[0].text_en, "column"));
}
END_TEST

static const struct {
	const char *file, *type, *want;
} keys[] = {
	{ "csr/p256.pem", "P-256", NULL },
	{ "csr/p384.pem", "P-384", NULL },
	{ "csr/ed25519.pem", "Ed25519", NULL },
	{ "csr/rsa2048.pem", NULL, NULL },
	{ "csr/rsa4096.pem", NULL, NULL },
	{ "csr/rsa1024.pem", NULL, "FORM-CSR_KEY" },
	{ "csr/secp256k1.pem", NULL, "FORM-CSR_KEY" },
	{ "csr/explicit.pem", NULL, "FORM-CSR_KEY" },
	{ "csr/dsa.pem", NULL, "FORM-CSR_KEY" },
	{ "csr/ed448.pem", NULL, "FORM-CSR_KEY" },
	{ "csr/p521.pem", NULL, "FORM-CSR_KEY" },
	{ "csr/rsa_exponent3.pem", NULL, "FORM-CSR_KEY" },
	{ "csr/rsa_sha1.pem", NULL, "FORM-CSR_SIGNATURE" },
	{ "csr/altered_subject.der", NULL, "FORM-CSR_SIGNATURE" },
	{ "csr/trailing_bytes.der", NULL, "FORM-CSR_TRAILING" },
	{ "csr/two_requests.pem", NULL, "FORM-CSR_MANY" },
	{ "csr/p256_crlf.pem", "P-256", NULL },
	{ "csr/p256.der", "P-256", NULL },
};

START_TEST(csr_key_kinds)
{
	CLEANUP(buf_free) struct buf doc = fixture_read(keys[_i].file);
	CLEANUP(pkey_freep) struct pkey *key = NULL;

	expect(keys[_i].file, EXAMINE_CSR, buf_slice(&doc), keys[_i].want);
	if (keys[_i].want != NULL)
		return;
	ck_ok(
	    pkey_of_spki(slice_of(got->spki, got->spki_len), &key, &err), &err);
	ck_assert_str_eq(jsonx_get_str(got->json, "key_type"),
	    key_kind_name(pkey_kind(key)));
	if (keys[_i].type != NULL)
		ck_assert_str_eq(
		    jsonx_get_str(got->json, "key_type"), keys[_i].type);
}
END_TEST

static struct buf
csr_der(const char *file)
{
	CLEANUP(buf_free) struct buf pem = fixture_read(file);
	struct buf der = BUF_INIT(MIB(4));

	ck_ok(pem_decode(buf_slice(&pem), "CERTIFICATE REQUEST", &der, &err),
	    &err);
	return der;
}

/* The traps of PKI 9 that `openssl req -verify` lets pass. */
START_TEST(csr_traps)
{
	CLEANUP(buf_free) struct buf pem = fixture_read("csr/p256.pem");
	CLEANUP(buf_free) struct buf der = csr_der("csr/p256.pem");
	CLEANUP(buf_free) struct buf two = BUF_INIT(MIB(1));
	size_t n = der.n, at = 0;

	expect("DER", EXAMINE_CSR, buf_slice(&der), NULL);
	buf_putc(&der, 0);
	expect(
	    "a byte after", EXAMINE_CSR, buf_slice(&der), "FORM-CSR_TRAILING");
	for (unsigned i = 0; i < 2000; i++)
		buf_putc(&der, 'x');
	expect("many bytes after", EXAMINE_CSR, buf_slice(&der),
	    "FORM-CSR_TRAILING");
	while (at < 16 && memcmp(der.p + at, "\x02\x01\x00", 3) != 0)
		at++;
	der.p[at + 2] = 1; /* of CertificationRequestInfo */
	expect("version", EXAMINE_CSR, slice_of(der.p, n), "FORM-CSR_VERSION");
	der.p[at + 2] = 0;
	der.p[n - 1] ^= 1;
	expect(
	    "signature", EXAMINE_CSR, slice_of(der.p, n), "FORM-CSR_SIGNATURE");
	expect("cut", EXAMINE_CSR, slice_of(der.p, n - 1), "FORM-CSR_FORMAT");
	buf_put(&two, pem.p, pem.n);
	buf_put(&two, pem.p, pem.n);
	expect("two", EXAMINE_CSR, buf_slice(&two), "FORM-CSR_MANY");
	buf_reset(&two);
	buf_put(&two, pem.p, pem.n);
	buf_puts(&two, "garbage\n");
	expect("text after", EXAMINE_CSR, buf_slice(&two), "FORM-CSR_FORMAT");
	expect("text", EXAMINE_CSR, slice_str("hello"), "FORM-CSR_FORMAT");
	expect("nothing", EXAMINE_CSR, slice_str(""), "FORM-CSR_FORMAT");
}
END_TEST

START_TEST(csr_two_mebibytes)
{
	CLEANUP(buf_free) struct buf der = csr_der("csr/p256.pem");
	static uint8_t tail[2 * 1024 * 1024];

	buf_put(&der, tail, sizeof(tail));
	expect("2 MiB after", EXAMINE_CSR, buf_slice(&der), "FORM-CSR_FORMAT");
}
END_TEST

/* No mutation of a good document makes the sandbox kill the child. */
START_TEST(mutations_never_break_the_sandbox)
{
	static const struct {
		const char *file;
		enum examine_kind kind;
	} seeds[] = {
		{ "csr/p256.pem", EXAMINE_CSR },
		{ "csr/rsa2048.pem", EXAMINE_CSR },
		{ "csr/ed25519.pem", EXAMINE_CSR },
		{ "csr/p384.pem", EXAMINE_CSR },
	};
	uint64_t seed = 9;

	for (unsigned i = 0; i < 300; i++) {
		const char *file = seeds[i % NELEM(seeds)].file;
		enum examine_kind kind = seeds[i % NELEM(seeds)].kind;
		CLEANUP(buf_free)
		struct buf doc =
		    kind == EXAMINE_CSR ? csr_der(file) : fixture_read(file);

		for (unsigned k = 0; k < 1 + i % 4; k++)
			doc.p[random_next(&seed) % doc.n] ^=
			    (uint8_t)(1u << random_next(&seed) % 8);
		ck_ok(examine(kind, buf_slice(&doc)), &err);
		ck_assert((got->json != NULL) == (found.n == 0));
	}
}
END_TEST

/* Workers that are not what they should be. */
static int
write_all(int fd, const char *s)
{
	return write(fd, s, strlen(s)) < 0;
}

static int
bad_worker(uint32_t kind, struct slice in, int out_fd)
{
	volatile unsigned spin = 1;

	(void)in;
	switch (kind) {
	case EXAMINE_MANIFEST: /* D32 */
		return socket(AF_INET, SOCK_STREAM, 0);
	case EXAMINE_FORM:
		return 3;
	case EXAMINE_REGISTRY: /* D33 */
		return write_all(out_fd, "NXD1 and nothing that is a frame");
	default:
		while (spin > 0)
			spin |= 1;
		return 0;
	}
}

static void
bad_warm(void)
{
}

static const struct worker_class bad_class = {
	.name = "examine",
	.run = bad_worker,
	.warm = bad_warm,
	.limits = { .cpu_seconds = 1,
	    .wall_seconds = 2,
	    .data_bytes = LIMIT_WORKER_DATA_BYTES },
};

static void
setup_bad(void)
{
	host_start(&bad_class);
}

START_TEST(bad_workers_are_survived)
{
#ifndef NINTEI_SANITIZED
	ck_code(
	    examine(EXAMINE_MANIFEST, slice_str("{}")), &err, E_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(err.trail, "forbidden"));
#endif
	ck_code(examine(EXAMINE_FORM, slice_str("{}")), &err, E_UNAVAILABLE);
	ck_code(examine(EXAMINE_REGISTRY, slice_str("{}")), &err, E_INTERNAL);
	expect("endless", EXAMINE_CSR, slice_str("{}"), "BUNDLE-LIM_TIME");
	ck_code(examine(EXAMINE_FORM, slice_str("{}")), &err, E_UNAVAILABLE);
}
END_TEST

/* The decoder alone: streams that a taken-over worker might write. */
struct script {
	struct buf b;
	uint32_t seq;
};

static void
frame(struct script *s, unsigned type, unsigned code, uint64_t a,
    struct slice body)
{
	wr_u32(&s->b, XD_MAGIC);
	wr_u16(&s->b, (uint16_t)type);
	wr_u16(&s->b, (uint16_t)code);
	wr_u32(&s->b, s->seq++);
	wr_u32(&s->b, (uint32_t)body.n);
	wr_u64(&s->b, a);
	buf_put(&s->b, body.p, body.n);
}

static void
fact(struct script *s, unsigned kind, uint64_t depth, const char *key,
    const char *text)
{
	CLEANUP(buf_free) struct buf body = BUF_INIT(KIB(60));

	wr_text(&body, key);
	if (text != NULL)
		wr_text(&body, text);
	frame(s, XD_FACT, kind, depth, buf_slice(&body));
}

static void
root(struct script *s)
{
	fact(s, JSON_KIND_OBJECT, 0, "", NULL);
}

static void
done(struct script *s)
{
	frame(s, XD_DONE, 0, s->seq, (struct slice){ 0 });
}

static void
s_good(struct script *s)
{
	root(s);
	fact(s, JSON_KIND_ARRAY, 1, "list", NULL);
	fact(s, JSON_KIND_STRING, 2, "", "x");
	fact(s, JSON_KIND_STRING, 1, "name", "y");
	done(s);
}

static void
s_finding(struct script *s)
{
	frame(s, XD_FINDING, EXF_FORM_JSON, 0, slice_str("line 1"));
	done(s);
}

static void
s_nothing(struct script *s)
{
	(void)s;
}

static void
s_only_done(struct script *s)
{
	done(s);
}

static void
s_no_done(struct script *s)
{
	root(s);
}

static void
s_magic(struct script *s)
{
	s_good(s);
	s->b.p[0] ^= 1;
}

static void
s_sequence(struct script *s)
{
	root(s);
	s->seq = 2;
	done(s);
}

static void
s_length(struct script *s)
{
	s_good(s);
	s->b.p[12] = 0xff; /* length 2^32 - 1 */
	s->b.p[13] = 0xff;
}

static void
s_type(struct script *s)
{
	frame(s, XD_MAX, 0, 0, (struct slice){ 0 });
	done(s);
}

static void
s_type_none(struct script *s)
{
	frame(s, XD_NONE, 0, 0, (struct slice){ 0 });
	done(s);
}

static void
s_no_root(struct script *s)
{
	fact(s, JSON_KIND_STRING, 1, "a", "b");
	done(s);
}

static void
s_two_roots(struct script *s)
{
	root(s);
	root(s);
	done(s);
}

static void
s_root_key(struct script *s)
{
	fact(s, JSON_KIND_OBJECT, 0, "root", NULL);
	done(s);
}

static void
s_depth_jump(struct script *s)
{
	root(s);
	fact(s, JSON_KIND_STRING, 2, "a", "b");
	done(s);
}

static void
s_below_text(struct script *s)
{
	fact(s, JSON_KIND_STRING, 0, "", "b");
	fact(s, JSON_KIND_STRING, 1, "a", "b");
	done(s);
}

static void
s_too_deep(struct script *s)
{
	for (uint64_t d = 0; d <= LIMIT_JSON_DEPTH; d++)
		fact(s, JSON_KIND_ARRAY, d, "", NULL);
	done(s);
}

static void
s_key_twice(struct script *s)
{
	root(s);
	fact(s, JSON_KIND_STRING, 1, "a", "b");
	fact(s, JSON_KIND_STRING, 1, "a", "c");
	done(s);
}

static void
s_key_in_array(struct script *s)
{
	fact(s, JSON_KIND_ARRAY, 0, "", NULL);
	fact(s, JSON_KIND_STRING, 1, "a", "c");
	done(s);
}

static void
s_value_kind(struct script *s)
{
	root(s);
	fact(s, 99, 1, "a", NULL);
	done(s);
}

static void
s_value_none(struct script *s)
{
	root(s);
	fact(s, JSON_KIND_NONE, 1, "a", NULL);
	done(s);
}

static void
s_value_bytes(struct script *s)
{
	root(s);
	fact(s, JSON_KIND_NULL, 1, "a", "more");
	done(s);
}

static void
s_value_utf8(struct script *s)
{
	root(s);
	fact(s, JSON_KIND_STRING, 1, "a", "b");
	s->b.p[s->b.n - 1] = 0xff;
	done(s);
}

static void
s_value_integer(struct script *s)
{
	CLEANUP(buf_free) struct buf body = BUF_INIT(64);

	root(s);
	wr_text(&body, "a");
	wr_i64(&body, INT64_C(9007199254740992));
	frame(s, XD_FACT, JSON_KIND_INT, 1, buf_slice(&body));
	done(s);
}

static void
s_mixed(struct script *s)
{
	root(s);
	frame(s, XD_FINDING, EXF_FORM_JSON, 0, slice_str("x"));
	done(s);
}

static void
s_fact_after_finding(struct script *s)
{
	frame(s, XD_FINDING, EXF_FORM_JSON, 0, slice_str("x"));
	root(s);
	done(s);
}

static void
s_other_finding(struct script *s)
{
	frame(s, XD_FINDING, EXF_CSR_KEY, 0, slice_str("x"));
	done(s);
}

static void
s_finding_code(struct script *s)
{
	frame(s, XD_FINDING, EXF_MAX, 0, slice_str("x"));
	done(s);
}

static void
s_finding_utf8(struct script *s)
{
	frame(s, XD_FINDING, EXF_FORM_JSON, 0, slice_str("\xff"));
	done(s);
}

static void
s_finding_long(struct script *s)
{
	char text[XD_DETAIL_BYTES + 2];

	memset(text, 'a', sizeof(text));
	frame(s, XD_FINDING, EXF_FORM_JSON, 0,
	    slice_of(text, XD_DETAIL_BYTES + 1));
	done(s);
}

static void
s_finding_many(struct script *s)
{
	for (unsigned i = 0; i < 17; i++)
		frame(s, XD_FINDING, EXF_FORM_JSON, 0, slice_str("x"));
	done(s);
}

static void
s_spki(struct script *s)
{
	root(s);
	frame(s, XD_SPKI, 0, 0, slice_str("0"));
	done(s);
}

static void
s_done_count(struct script *s)
{
	root(s);
	frame(s, XD_DONE, 0, 7, (struct slice){ 0 });
}

static void
s_after_done(struct script *s)
{
	s_good(s);
	buf_putc(&s->b, 'x');
}

static const struct {
	const char *name;
	void (*write)(struct script *);
	bool good;
} scripts[] = {
	{ "good", s_good, true },
	{ "finding", s_finding, true },
	{ "nothing", s_nothing, false },
	{ "only the end", s_only_done, false },
	{ "no end", s_no_done, false },
	{ "magic", s_magic, false },
	{ "sequence", s_sequence, false },
	{ "length", s_length, false },
	{ "type", s_type, false },
	{ "type none", s_type_none, false },
	{ "no root", s_no_root, false },
	{ "two roots", s_two_roots, false },
	{ "key of the root", s_root_key, false },
	{ "depth jumps", s_depth_jump, false },
	{ "below a text", s_below_text, false },
	{ "too deep", s_too_deep, false },
	{ "key twice", s_key_twice, false },
	{ "key in an array", s_key_in_array, false },
	{ "kind of value", s_value_kind, false },
	{ "no value", s_value_none, false },
	{ "bytes after the value", s_value_bytes, false },
	{ "text not UTF-8", s_value_utf8, false },
	{ "integer", s_value_integer, false },
	{ "finding after facts", s_mixed, false },
	{ "fact after finding", s_fact_after_finding, false },
	{ "finding of another kind", s_other_finding, false },
	{ "finding unknown", s_finding_code, false },
	{ "detail not UTF-8", s_finding_utf8, false },
	{ "detail too long", s_finding_long, false },
	{ "too many findings", s_finding_many, false },
	{ "key of a form", s_spki, false },
	{ "count at the end", s_done_count, false },
	{ "bytes after the end", s_after_done, false },
};

START_TEST(frames_are_checked)
{
	struct script s = { .b = BUF_INIT(MIB(1)) };
	int rv;

	err = (struct err)ERR_INIT;
	scripts[_i].write(&s);
	rv = examine_decode(
	    EXAMINE_FORM, "doc", buf_slice(&s.b), &got, &found, &err);
	if (scripts[_i].good) {
		ck_ok(rv, &err);
		ck_assert((got->json != NULL) == (found.n == 0));
	} else {
		ck_code(rv, &err, E_INTERNAL);
		ck_assert_ptr_null(got);
		ck_assert_uint_eq(found.n, 0);
	}
	buf_free(&s.b);
}
END_TEST

START_TEST(csr_needs_its_key)
{
	static const struct {
		const char *spki;
		size_t n;
	} rows[] = {
		{ NULL, 0 }, { "", 0 }, { "\x30\x00", 2 },
		{ "\x30\x05\x30\x00\x03\x01\x00\x00", 8 }, /* a byte after */
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct script s = { .b = BUF_INIT(MIB(1)) };

		err = (struct err)ERR_INIT;
		root(&s);
		fact(&s, JSON_KIND_STRING, 1, "key_type", "P-256");
		if (rows[i].spki != NULL)
			frame(&s, XD_SPKI, 0, 0,
			    slice_of(rows[i].spki, rows[i].n));
		done(&s);
		ck_code(examine_decode(EXAMINE_CSR, "k", buf_slice(&s.b), &got,
			    &found, &err),
		    &err, E_INTERNAL);
		buf_free(&s.b);
	}
}
END_TEST

static TCase *
sandboxed(Suite *s)
{
	TCase *t = tcase_create("sandboxed");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, json_is_strict, 0, (int)NELEM(documents));
	tcase_add_test(t, tree_is_rebuilt);
	tcase_add_test(t, json_limits);
	tcase_add_test(t, members_are_limited);
	tcase_add_test(t, findings_do_not_quote);
	tcase_add_loop_test(t, csr_key_kinds, 0, (int)NELEM(keys));
	tcase_add_test(t, csr_traps);
	tcase_add_test(t, csr_two_mebibytes);
	tcase_add_test(t, mutations_never_break_the_sandbox);
	suite_add_tcase(s, t);
	return t;
}

int
main(void)
{
	Suite *s = suite_create("examine");
	TCase *bad = tcase_create("bad workers");
	TCase *frames = tcase_create("frames");

	sandboxed(s);
	tcase_set_timeout(bad, 60);
	tcase_add_checked_fixture(bad, setup_bad, teardown);
	tcase_add_test(bad, bad_workers_are_survived);
	suite_add_tcase(s, bad);
	tcase_add_checked_fixture(frames, NULL, teardown);
	tcase_add_loop_test(frames, frames_are_checked, 0, (int)NELEM(scripts));
	tcase_add_test(frames, csr_needs_its_key);
	suite_add_tcase(s, frames);
	return suite_main(s);
}
