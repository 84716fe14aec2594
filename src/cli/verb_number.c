/* SPDX-License-Identifier: Apache-2.0 */
/* nintei number check, import: corporate numbers and their register. */
#include "cli_int.h"

#include <inttypes.h>
#include <unistd.h>

#include "nintei/conf.h"
#include "nintei/numbers.h"
#include "nintei/numbers_import.h"
#include "nintei/registry.h"

/* --- check --- */

static const struct {
	const char *key;
	enum number_column column;
	const char *ja, *en;
} shown[] = {
	{ "name", NUMBER_NAME, "商号又は名称", "name" },
	{ "furigana", NUMBER_FURIGANA, "フリガナ", "furigana" },
	{ "en_name", NUMBER_EN_NAME, "英語表記", "English name" },
	{ "change_date", NUMBER_CHANGE_DATE, "変更年月日", "changed on" },
	{ "close_date", NUMBER_CLOSE_DATE, "登記記録の閉鎖等", "closed on" },
	{ "successor", NUMBER_SUCCESSOR, "承継先法人番号", "successor" },
	{ "change_cause", NUMBER_CHANGE_CAUSE, "変更事由の詳細", "cause" },
};

static const struct {
	const char *key;
	enum number_column column;
	const char *ja, *en;
} coded[] = {
	{ "kind", NUMBER_KIND, "法人種別", "kind" },
	{ "process", NUMBER_PROCESS, "処理区分", "process" },
	{ "close_cause", NUMBER_CLOSE_CAUSE, "閉鎖等の事由",
	    "cause of closing" },
};

static void
set_filled(struct json *o, const char *key, const char *text)
{
	if (text[0] != '\0')
		jsonx_set_str(o, key, text);
}

static struct json *
entry_json(const struct numbers_entry *t)
{
	struct json *o = jsonx_object();
	struct numbers_address address = numbers_address_of(t);

	for (size_t i = 0; i < NELEM(shown); i++)
		set_filled(o, shown[i].key, t->field[shown[i].column]);
	for (size_t i = 0; i < NELEM(coded); i++)
		set_filled(o, coded[i].key, t->field[coded[i].column]);
	set_filled(o, "address", address.text);
	set_filled(o, "published", t->field[NUMBER_UPDATE_DATE]);
	jsonx_set_bool(o, "closed", numbers_is_closed(t));
	jsonx_set_bool(o, "withdrawn", numbers_is_withdrawn(t));
	jsonx_set_bool(o, "name_cut", numbers_name_is_cut(t));
	jsonx_set_bool(o, "address_cut", numbers_address_is_cut(t));
	return o;
}

static void
print_entry(const struct cli *c, const struct numbers_entry *t)
{
	struct numbers_address address = numbers_address_of(t);

	for (size_t i = 0; i < NELEM(shown); i++)
		print_row(
		    c, shown[i].ja, shown[i].en, t->field[shown[i].column]);
	print_row(c, "所在地", "address", address.text);
	for (size_t i = 0; i < NELEM(coded); i++) {
		const char *code = t->field[coded[i].column];

		if (code[0] != '\0')
			print_row(c, coded[i].ja, coded[i].en,
			    number_code_meaning(coded[i].column, code));
	}
	if (numbers_name_is_cut(t) || numbers_address_is_cut(t))
		cli_note(c, "%s",
		    cli_say(c,
			"注意: "
			"一部の文字は国税庁のサイトの画像にしかありません。",
			"Note: some characters stand only in an image on the "
			"agency's site."));
}

static void
print_answer(const struct cli *c, enum numbers_answer a)
{
	static const struct {
		const char *ja, *en;
	} say[NUMBERS_ANSWER_MAX] = {
		[NUMBERS_NONE] = { "公表データは取り込まれていません",
		    "no register was imported" },
		[NUMBERS_ABSENT] = { "取り込んだ公表データにありません",
		    "not in the imported register" },
		[NUMBERS_UNKNOWN] = { "取り込んだ一部の公表データにありません",
		    "not in the parts of the register that were imported" },
	};

	if (say[a].ja != NULL)
		printf("%s\n", cli_say(c, say[a].ja, say[a].en));
}

static struct json *
credit_json(const struct numbers_state *s)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "credit", numbers_credit);
	jsonx_set_str(o, "as_of", s->as_of);
	jsonx_set_str(o, "disclaimer_ja", numbers_disclaimer_ja);
	jsonx_set_str(o, "disclaimer_en", numbers_disclaimer_en);
	return o;
}

static void
print_credit(const struct cli *c, const struct numbers_state *s)
{
	printf("%s（%s %s）\n%s\n", numbers_credit, s->as_of,
	    cli_say(c, "現在", "as of that day"),
	    cli_say(c, numbers_disclaimer_ja, numbers_disclaimer_en));
}

static int
look_up(struct cli *c, const char *number, struct json *o, struct err *e)
{
	CLEANUP(numbers_freep) struct numbers *n = NULL;
	CLEANUP(numbers_entry_done) struct numbers_entry t = { .hold = NULL };
	struct numbers_state s;
	enum numbers_answer a;

	if (numbers_open(c->a.home, &n, e) < 0 || numbers_state(n, &s, e) < 0 ||
	    numbers_find(n, number, &a, &t, e) < 0)
		return -1;
	jsonx_set_str(o, "register", numbers_answer_name(a));
	if (s.present)
		jsonx_set(o, "source", credit_json(&s));
	if (a == NUMBERS_PRESENT)
		jsonx_set(o, "entry", entry_json(&t));
	if (a == NUMBERS_ABSENT || a == NUMBERS_UNKNOWN)
		c->status = err_exit(E_NOT_FOUND);
	if (a == NUMBERS_PRESENT && numbers_is_withdrawn(&t))
		c->status = err_exit(E_INVALID);
	if (c->a.json)
		return 0;
	print_answer(c, a);
	if (a == NUMBERS_PRESENT)
		print_entry(c, &t);
	if (s.present)
		print_credit(c, &s);
	return 0;
}

int
number_check(struct cli *c, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	char number[CORPORATE_NUMBER_TEXT] = "";
	enum number_fault fault = registry_number_fold(c->a.pos[0], number);
	const char *structure =
	    number_structure_name(registry_number_structure(number));
	bool good = fault == NUMBER_FAULT_NONE;

	jsonx_set_bool(o, "ok", good);
	jsonx_set_str(o, "input", c->a.pos[0]);
	if (good) {
		jsonx_set_str(o, "number", number);
		jsonx_set_str(o, "structure", structure);
	} else {
		jsonx_set_str(o, "fault", number_fault_name(fault));
		c->status = err_exit(E_INVALID);
	}
	if (!c->a.json && good)
		printf("%s %s (%s)\n", number,
		    cli_say(c, "検査数字は正しい", "the check digit is right"),
		    structure);
	else if (!c->a.json)
		printf("%s: %s\n",
		    cli_say(c, "法人番号ではない", "not a corporate number"),
		    number_fault_name(fault));
	if (good && look_up(c, number, o, e) < 0)
		return -1;
	if (c->a.json)
		print_json(o);
	return 0;
}

/* --- import --- */

static void
show_progress(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	fprintf(stderr, "\r%" PRIu64 " / %" PRIu64 " MB ", done / 1000000,
	    total / 1000000);
}

static struct json *
bad_json(const struct numbers_result *r)
{
	struct json *rows = jsonx_array();

	for (size_t i = 0; i < r->bad && i < NUMBERS_BAD_SHOWN; i++) {
		struct json *o = jsonx_object();

		jsonx_set_int(o, "line", (int64_t)r->shown[i].line);
		jsonx_set_str(
		    o, "fault", numbers_fault_name(r->shown[i].fault));
		set_filled(o, "column", number_column_name(r->shown[i].column));
		jsonx_add(rows, o);
	}
	return rows;
}

static const char *
signature_word(const struct numbers_result *r)
{
	return r->signed_good ? "good" : "not_checked";
}

static struct json *
result_json(const struct numbers_result *r)
{
	struct json *o = jsonx_object();

	jsonx_set_str(o, "file", r->name);
	set_filled(o, "member", r->member);
	jsonx_set_str(o, "kind", r->kind == NUMBERS_FULL ? "full" : "diff");
	jsonx_set_str(o, "as_of", r->as_of);
	jsonx_set_str(o, "sha256", r->sha256);
	jsonx_set_str(o, "encoding", r->cp932 ? "CP932" : "UTF-8");
	jsonx_set_str(o, "signature", signature_word(r));
	set_filled(o, "signer", r->signer);
	jsonx_set_int(o, "bytes", (int64_t)r->bytes);
	jsonx_set_int(o, "rows", (int64_t)r->rows);
	jsonx_set_int(o, "bad", (int64_t)r->bad);
	jsonx_set_int(o, "gaps", (int64_t)r->gaps);
	jsonx_set_int(o, "odd", (int64_t)r->odd);
	jsonx_set(o, "bad_rows", bad_json(r));
	return o;
}

static void
note_bad(const struct cli *c, const struct numbers_result *r)
{
	for (size_t i = 0; i < r->bad && i < NUMBERS_BAD_SHOWN; i++)
		cli_note(c, "%s:%" PRIu64 ": %s %s", r->name, r->shown[i].line,
		    numbers_fault_name(r->shown[i].fault),
		    number_column_name(r->shown[i].column));
}

static void
print_result(const struct cli *c, const struct numbers_result *r)
{
	printf("%s: %" PRIu64 " %s, %" PRIu64 " %s, %s %s, %s\n", r->name,
	    r->rows, cli_say(c, "行", "rows"), r->bad,
	    cli_say(c, "行は不良", "bad"), r->as_of,
	    cli_say(c, "現在", "as of"),
	    r->signed_good
		? cli_say(c, "署名は正しい", "signature good")
		: cli_say(c, "署名は確かめていない", "signature not checked"));
	if (r->gaps > 0)
		cli_note(c, "%s: %s (%" PRIu64 ")", r->name,
		    cli_say(c, "一連番号が飛んでいます",
			"the running numbers have gaps"),
		    r->gaps);
	if (r->odd > 0)
		cli_note(c, "%s: %s (%" PRIu64 ")", r->name,
		    cli_say(c, "公表データに無いはずの文字があります",
			"rows hold characters that the register cannot have"),
		    r->odd);
}

static void
report(const struct cli *c, const struct numbers_summary *s)
{
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	struct json *files = jsonx_array();

	for (size_t i = 0; i < s->n; i++) {
		jsonx_add(files, result_json(&s->files[i]));
		if (!c->a.json)
			print_result(c, &s->files[i]);
	}
	jsonx_set_bool(o, "ok", true);
	jsonx_set_int(o, "rows", (int64_t)s->rows);
	jsonx_set(o, "files", files);
	jsonx_set_str(o, "credit", numbers_credit);
	if (c->a.json)
		print_json(o);
}

static int
import_fill(struct cli *c, const struct config *conf, struct numbers_import *in,
    struct err *e)
{
	if (c->a.full && c->a.diff)
		return err_set(e, E_USAGE, "--full or --diff, not both");
	in->kind = c->a.full ? NUMBERS_FULL
	    : c->a.diff      ? NUMBERS_DIFF
			     : NUMBERS_KIND_NONE;
	in->as_of = c->a.as_of;
	in->keyring =
	    conf->numbers.keyring[0] != '\0' ? conf->numbers.keyring : NULL;
	in->required = conf->numbers.required;
	in->now = local_now(c);
	if (!c->a.json && isatty(STDERR_FILENO))
		in->progress = show_progress;
	return 0;
}

int
number_import(struct cli *c, struct err *e)
{
	CLEANUP(config_freep) struct config *conf = NULL;
	CLEANUP(numbers_summary_done) struct numbers_summary s = { .n = 0 };
	struct numbers_import in = { .home = c->a.home,
		.paths = c->a.pos,
		.n_paths = (size_t)c->a.n_pos };
	int rv;

	if (config_load(c->a.home, &conf, e) < 0 ||
	    import_fill(c, conf, &in, e) < 0)
		return -1;
	rv = numbers_import(&in, &s, e);
	if (in.progress != NULL)
		cli_note(c, "%s", "");
	for (size_t i = 0; i < s.n; i++)
		note_bad(c, &s.files[i]);
	if (rv < 0)
		return -1;
	report(c, &s);
	return 0;
}
