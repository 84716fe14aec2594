/* SPDX-License-Identifier: Apache-2.0 */
/* Operator files: what is read, and what is refused with its line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/conf.h"
#include "support/support.h"

static const char least[] = "authority:\n  name: 認定機関\n";

static const struct {
	const char *name, *text, *says;
} bad[] = {
	{ "empty", "", "empty" },
	{ "comment only", "# nothing\n\n", "empty" },
	{ "unknown key",
	    "authority:\n  name: a\n\nlisten:\n  https: 1.2.3.4:1\n"
	    "  htps: x\n",
	    "line 6: Unexpected key: htps" },
	{ "unknown at the top", "authority:\n  name: a\nfoo: 1\n",
	    "line 3: Unexpected key: foo" },
	{ "missing", "oid_base: 2.999.1\n", "Missing required mapping field" },
	{ "repeated", "authority:\n  name: a\n  name: b\n",
	    "line 3: Mapping field already seen: name" },
	{ "second document", "authority:\n  name: a\n---\nclamd: /x\n",
	    "line 3: want one document" },
	{ "end marker", "authority:\n  name: a\n...\n", "line 3" },
	{ "directive", "%YAML 1.1\n---\nauthority:\n  name: a\n", "line 1" },
	{ "alias", "authority: &a\n  name: a\nlisten: *a\n", "line" },
	{ "tab", "authority:\n\tname: a\n", "line" },
	{ "not UTF-8", "authority:\n  name: \xff\n", "UTF-8" },
	{ "list for a map", "authority:\n  - a\n", "line 2" },
	{ "map for a text", "authority:\n  name: {a: b}\n", "line 2" },
	{ "no name", "authority:\n  name: \"\"\n", "authority.name" },
	{ "port",
	    "authority: {name: a}\nlisten: {https: \"127.0.0.1:99999\"}\n",
	    "listen.https" },
	{ "no address", "authority: {name: a}\nlisten: {https: \":1\"}\n",
	    "listen.https" },
	{ "bare v6", "authority: {name: a}\nlisten: {https: \"::1:443\"}\n",
	    "listen.https" },
	{ "url with a path",
	    "authority: {name: a}\nurls: {https: "
	    "\"https://a.example/x\"}\n",
	    "urls.https" },
	{ "url scheme",
	    "authority: {name: a}\nurls: {http: "
	    "\"https://a.example\"}\n",
	    "urls.http" },
	{ "oid 2.25", "authority: {name: a}\noid_base: 2.25.77\n", "oid_base" },
	{ "oid arc", "authority: {name: a}\noid_base: 1.2.4294967296\n",
	    "oid_base" },
	{ "oid root", "authority: {name: a}\noid_base: 3.1\n", "oid_base" },
	{ "scheme id", "authority: {name: a}\nschemes: [A]\n", "schemes" },
	{ "scheme twice", "authority: {name: a}\nschemes: [a, a]\n",
	    "stands twice" },
	{ "clock both",
	    "authority: {name: a}\nclock: {fixed: "
	    "\"2026-07-01T00:00:00+09:00\", offset: \"1\"}\n",
	    "clock" },
	{ "clock none", "authority: {name: a}\nclock: {}\n", "clock" },
	{ "clock form", "authority: {name: a}\nclock: {fixed: 2026-07-01}\n",
	    "clock.fixed" },
	{ "number with a tail", "authority: {name: a}\nlimits: {entries: 2x}\n",
	    "limits.entries" },
	{ "limit above ours",
	    "authority: {name: a}\nlimits: {entries: "
	    "\"1001\"}\n",
	    "limits.entries" },
	{ "limit zero", "authority: {name: a}\nlimits: {entries: \"0\"}\n",
	    "limits.entries" },
	{ "crl gap",
	    "authority: {name: a}\ncrl: {every_hours: \"24\", "
	    "valid_hours: \"24\"}\n",
	    "crl.valid_hours" },
	{ "log quorum", "authority: {name: a}\nlog: {quorum: \"1\"}\n",
	    "log.quorum" },
	{ "witness without URL",
	    "authority: {name: a}\nlog: {witnesses: [a+b+c]}\n",
	    "log.witnesses" },
	{ "witness without key",
	    "authority: {name: a}\nlog: {witnesses: [a https://b]}\n",
	    "log.witnesses" },
	{ "witness elsewhere",
	    "authority: {name: a}\nlog: {witnesses: ['a+b+c ftp://b']}\n",
	    "log.witnesses" },
	{ "witness with a query",
	    "authority: {name: a}\nlog: {witnesses: ['a+b+c http://b?c']}\n",
	    "log.witnesses" },
	{ "witness with a user",
	    "authority: {name: a}\nlog: {witnesses: ['a+b+c http://u@b']}\n",
	    "log.witnesses" },
	{ "witness with more words",
	    "authority: {name: a}\n"
	    "log: {witnesses: ['a+b+c https://b d e']}\n",
	    "log.witnesses" },
	{ "witness twice",
	    "authority: {name: a}\n"
	    "log: {witnesses: ['a+b+c https://b', 'a+b+c https://d']}\n",
	    "log.witnesses" },
	{ "smtp",
	    "authority: {name: a}\nsmtp: {url: \"http://a\", from: "
	    "\"a@b\"}\n",
	    "smtp.url" },
	{ "clamd", "authority: {name: a}\nclamd: run\n", "clamd" },
	{ "numbers required",
	    "authority: {name: a}\nnumbers: {required: yes}\n",
	    "numbers.required" },
	{ "numbers maybe",
	    "authority: {name: a}\nnumbers: {keyring: /k, required: maybe}\n",
	    "numbers.required" },
	{ "7z", "authority: {name: a}\nlimits: {archive_7z: maybe}\n",
	    "limits.archive_7z" },
};

START_TEST(refused)
{
	struct err e = ERR_INIT;
	struct config *c = NULL;

	ck_assert_msg(config_parse("/h", slice_str(bad[_i].text), &c, &e) == -1,
	    "%s was accepted", bad[_i].name);
	ck_assert_ptr_null(c);
	ck_assert_int_eq(e.code, E_CONFIG);
	ck_assert_msg(strstr(e.detail, bad[_i].says) != NULL,
	    "%s: want \"%s\" in: %s", bad[_i].name, bad[_i].says, e.detail);
}
END_TEST

START_TEST(defaults)
{
	CLEANUP(config_freep) struct config *c = NULL;
	struct err e = ERR_INIT;

	ck_ok(config_parse("/h", slice_str(least), &c, &e), &e);
	ck_assert_str_eq(c->home, "/h");
	ck_assert_str_eq(c->authority.name, "認定機関");
	ck_assert_str_eq(c->listen.https, "127.0.0.1:8443");
	ck_assert_str_eq(c->listen.http, "127.0.0.1:8080");
	ck_assert(!c->limits.archive_7z);
	ck_assert_str_eq(c->urls.https, "https://127.0.0.1:8443");
	ck_assert_str_eq(c->hosts.mark, "127.0.0.1:8443");
	ck_assert_str_eq(c->oid_base, "2.999.1");
	ck_assert_uint_eq(c->n_schemes, 0);
	ck_assert_int_eq(c->clock, CLOCK_REAL);
	ck_assert_uint_eq(c->limits.entries, 1000);
	ck_assert_int_eq(c->crl.every_hours, 24);
	ck_assert_int_eq(c->crl.valid_hours, 48);
	ck_assert_str_eq(c->log.origin, "127.0.0.1:8443");
	ck_assert_str_eq(c->smtp.url, "");
	ck_ok(config_check(c, false, &e), &e);
}
END_TEST

/* What is printed is read back to the same settings. */
START_TEST(print_is_a_fixed_point)
{
	static const char text[] =
	    "authority: {name: '機関 \"A\" \\ B', name_en: Body}\n"
	    "listen: {https: '[::1]:443', http: '', metrics: /run/m}\n"
	    "urls: {https: 'https://nintei.example', http: "
	    "'http://pki.example'}\n"
	    "hosts: {mark: mark.example}\nschemes: [genai-saas]\n"
	    "clock: {fixed: '2026-07-15T09:00:00+09:00'}\n"
	    "limits: {upload_bytes: '1000', open_cases: '3', archive_7z: yes}\n"
	    "log: {origin: log.example, quorum: '1', witnesses: ["
	    "'w.example/1+0a1b2c3d+BAcd https://w.example/ ca.pem', "
	    "'v+0a1b2c3d+BAcd http://127.0.0.1:9']}\n"
	    "smtp: {url: 'smtps://mail.example', from: a@b.example}\n"
	    "clamd: /run/clamd\n"
	    "numbers: {keyring: nta.gpg, required: yes}\n";
	CLEANUP(config_freep) struct config *c = NULL;
	CLEANUP(config_freep) struct config *again = NULL;
	CLEANUP(buf_free) struct buf one = BUF_INIT(8192);
	CLEANUP(buf_free) struct buf two = BUF_INIT(8192);
	struct err e = ERR_INIT;
	struct clock clock;

	ck_ok(config_parse("/h", slice_str(text), &c, &e), &e);
	config_print(c, &one);
	ck_ok(config_parse("/h", buf_slice(&one), &again, &e), &e);
	config_print(again, &two);
	ck_assert(buf_ok(&one));
	ck_assert_str_eq(buf_str(&one), buf_str(&two));
	clock = config_clock(again);
	ck_assert_int_eq(clock_now(&clock), 1784073600);
	ck_assert(again->limits.archive_7z);
	ck_assert_str_eq(again->numbers.keyring, "/h/nta.gpg");
	ck_assert(again->numbers.required);
	ck_ok(config_check(again, true, &e), &e);
	ck_code(config_check(again, false, &e), &e, E_CONFIG);
}
END_TEST

START_TEST(clock_with_an_offset)
{
	static const char text[] = "authority: {name: a}\n"
				   "clock: {offset: '-86400'}\n";
	CLEANUP(config_freep) struct config *c = NULL;
	struct clock real = clock_system();
	struct clock turned;
	struct err e = ERR_INIT;
	int64_t gap;

	ck_ok(config_parse("/h", slice_str(text), &c, &e), &e);
	turned = config_clock(c);
	gap = clock_now(&real) - clock_now(&turned);
	ck_assert(gap >= 86398 && gap <= 86402);
}
END_TEST

START_TEST(no_file)
{
	struct config *c = NULL;
	struct err e = ERR_INIT;

	ck_code(config_load(temp_dir(), &c, &e), &e, E_NOT_FOUND);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("conf");
	TCase *tc = tcase_create("nintei.yaml");

	tcase_add_loop_test(tc, refused, 0, (int)NELEM(bad));
	tcase_add_test(tc, defaults);
	tcase_add_test(tc, print_is_a_fixed_point);
	tcase_add_test(tc, clock_with_an_offset);
	tcase_add_test(tc, no_file);
	suite_add_tcase(s, tc);
	return suite_main(s);
}
