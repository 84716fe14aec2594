/* SPDX-License-Identifier: Apache-2.0 */
/* nintei form: the forms of a scheme as workbooks to fill in. */
#include "cli_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nintei/sheetx.h"

#define NAME_BYTES 64

/* One form being laid out; the rows own their names alone. */
struct layout {
	const struct scheme *scheme;
	struct sheetx_row *rows;
	size_t n, cap;
};

static struct sheetx_row *
row_add(struct layout *l)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : l->cap * 2;
		l->rows = xrealloc(l->rows, l->cap, sizeof(*l->rows));
	}
	l->rows[l->n] = (struct sheetx_row){ .heading = false };
	return &l->rows[l->n++];
}

static void
layout_done(struct layout *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->rows[i].name);
	free(l->rows);
}

static const char *const kinds[] = { "新規", "更新", "変更", "終了" };
static const char *const yes_no[] = { "有", "無" };

static void
choose(struct sheetx_row *r, const char *const *choices, size_t n)
{
	r->choices = choices;
	r->n_choices = n;
}

/* How to fill in a field of form A, by its type. */
static const char *
hint_of(enum form_type t)
{
	static const char *const hints[FORM_MAX] = {
		[FORM_DATE] = "例：2026年7月1日、令和8年7月1日",
		[FORM_URL] = "例：https://www.example.jp/",
		[FORM_EMAIL] = "例：tantou@example.jp",
		[FORM_PHONE] = "例：03-1234-5678",
		[FORM_CORPORATE_NUMBER] = "13桁の法人番号",
		[FORM_CERT_NUMBER] = "認定証にある番号",
		[FORM_YES_NO] = "有又は無から選択",
		[FORM_KIND] = "新規、更新、変更、終了から選択",
		[FORM_CLASS] = "一覧から選択",
	};

	return hints[t];
}

/* 必須, or for which kinds; NULL: 任意. */
static const char *
required_of(unsigned kinds_bits)
{
	static const struct {
		unsigned bits;
		const char *text;
	} marks[] = {
		{ DOSSIER_BIT(DOSSIER_NEW) | DOSSIER_BIT(DOSSIER_RENEWAL) |
			DOSSIER_BIT(DOSSIER_CHANGE) |
			DOSSIER_BIT(DOSSIER_TERMINATION),
		    "必須" },
		{ DOSSIER_BIT(DOSSIER_NEW) | DOSSIER_BIT(DOSSIER_RENEWAL),
		    "必須（新規・更新）" },
		{ DOSSIER_BIT(DOSSIER_RENEWAL) | DOSSIER_BIT(DOSSIER_CHANGE) |
			DOSSIER_BIT(DOSSIER_TERMINATION),
		    "必須（新規以外）" },
		{ DOSSIER_BIT(DOSSIER_RENEWAL), "必須（更新）" },
		{ DOSSIER_BIT(DOSSIER_CHANGE), "必須（変更）" },
		{ DOSSIER_BIT(DOSSIER_TERMINATION), "必須（終了）" },
		{ 0, "任意" },
	};

	for (size_t i = 0; i < NELEM(marks); i++)
		if (marks[i].bits == kinds_bits)
			return marks[i].text;
	return "必須の場合あり";
}

static void
row_a(struct layout *l, const struct form_field *k)
{
	struct sheetx_row *r = row_add(l);

	r->cells[0] = k->label_ja;
	r->cells[1] = required_of(k->required);
	r->cells[3] = hint_of(k->type);
	r->name = xasprintf("f_%s", k->id);
	r->tall = k->type == FORM_TEXT && k->max_chars > 256;
	if (k->type == FORM_KIND)
		choose(r, kinds, NELEM(kinds));
	if (k->type == FORM_YES_NO)
		choose(r, yes_no, NELEM(yes_no));
	if (k->type == FORM_CLASS)
		choose(r, l->scheme->classes, l->scheme->n_classes);
}

/* "3.1" -> "item_3_1". */
static char *
item_name(const char *id)
{
	char *name = xasprintf("item_%s", id);

	for (char *p = name; *p != '\0'; p++)
		if (*p == '.')
			*p = '_';
	return name;
}

static void
row_b(struct layout *l, const struct criterion *k)
{
	struct sheetx_row *r = row_add(l);

	r->cells[0] = k->id;
	r->cells[1] = k->item;
	r->cells[2] = k->written;
	r->cells[3] = k->mandatory ? "必須" : "選択";
	r->name = item_name(k->id);
	r->tall = k->check == CRITERION_NONE ||
	    k->check == CRITERION_NOT_EMPTY || k->check == CRITERION_MAX_CHARS;
	if (k->check == CRITERION_YES_NO || k->check == CRITERION_YES_REQUIRED)
		choose(r, yes_no, NELEM(yes_no));
	if (k->check == CRITERION_ONE_OF)
		choose(r, k->choices, k->n_choices);
}

static void
rows_b(struct layout *l)
{
	const struct scheme *s = l->scheme;
	const char *group = "";

	for (size_t i = 0; i < s->n_criteria; i++) {
		const struct criterion *k = &s->criteria[i];

		if (strcmp(group, k->group) != 0) {
			struct sheetx_row *r = row_add(l);

			r->heading = true;
			r->cells[0] = group = k->group;
		}
		row_b(l, k);
	}
}

static const char *const notes[] = {
	"色の付いた欄に記入してください。欄の場所を変えるときは、行ごと動かしてください（欄の名前で読み取ります）。",
	"ファイル名は変えずに、パスワードを付けず、マクロなしの .xlsx で保存してください。非表示の行・列・シートは読みません。",
	"日付は「2026年7月1日」「令和8年7月1日」のように、年を付けて記入してください。",
};

/* The version in force now, else the first to come. */
static const struct scheme_version *
version_of(const struct cli *c, const struct scheme *s)
{
	const struct scheme_version *v = scheme_rule_at(s, local_now(c));

	return v == NULL && s->n_versions > 0 ? &s->versions[0] : v;
}

static int
write_form(const struct cli *c, const struct layout *l, bool is_b,
    const char *dir, struct err *e)
{
	const struct scheme_version *v = version_of(c, l->scheme);
	CLEANUP(freep)
	char *title =
	    xasprintf("申請書%s（%s）", is_b ? "B" : "A", l->scheme->name_ja);
	CLEANUP(freep)
	char *version = xasprintf("nintei.form-%s/1 %s %s", is_b ? "b" : "a",
	    l->scheme->id, v == NULL ? "" : v->policy_version);
	CLEANUP(freep)
	char *path = xasprintf("%s/申請書%s.xlsx", dir, is_b ? "B" : "A");
	struct sheetx_form form = {
		.sheet = is_b ? "申請書B" : "申請書A",
		.title = title,
		.version = version,
		.version_name = "nintei_template",
		.notes = notes,
		.n_notes = NELEM(notes),
		.columns = { { "項目", 34 }, { "必須・任意", 18 },
		    { "記入欄", 60 }, { "記入要領", 40 } },
		.n_columns = 4,
		.fill = 2,
		.rows = l->rows,
		.n_rows = l->n,
		.created = v == NULL ? 0 : instant_of_jday(v->from),
	};
	static const struct sheetx_column columns_b[] = { { "番号", 8 },
		{ "審査対象項目", 30 }, { "記述内容", 46 },
		{ "必須・選択", 10 }, { "申請内容", 60 } };

	if (is_b) {
		for (size_t i = 0; i < NELEM(columns_b); i++)
			form.columns[i] = columns_b[i];
		form.n_columns = NELEM(columns_b);
		form.fill = 4;
	}
	if (sheetx_write(&form, path, e) < 0)
		return -1;
	if (!c->a.json)
		printf("%s\n", path);
	return 0;
}

static int
write_both(
    const struct cli *c, const struct scheme *s, const char *dir, struct err *e)
{
	CLEANUP(layout_done) struct layout a = { .scheme = s };
	CLEANUP(layout_done) struct layout b = { .scheme = s };

	for (size_t i = 0; i < s->n_form_a; i++)
		row_a(&a, &s->form_a[i]);
	rows_b(&b);
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return err_sys(e, E_INPUT, "cannot make %.200s", dir);
	if (write_form(c, &a, false, dir, e) < 0)
		return -1;
	return write_form(c, &b, true, dir, e);
}

static void
print_files(const struct scheme *s, const char *dir)
{
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	CLEANUP(freep) char *a = xasprintf("%s/申請書A.xlsx", dir);
	CLEANUP(freep) char *b = xasprintf("%s/申請書B.xlsx", dir);

	jsonx_set_bool(o, "ok", true);
	jsonx_set_str(o, "scheme", s->id);
	jsonx_set_str(o, "form_a", a);
	jsonx_set_str(o, "form_b", b);
	print_json(o);
}

int
form_template(struct cli *c, struct err *e)
{
	CLEANUP(scheme_set_freep) struct scheme_set *set = NULL;
	const char *dir = c->a.output == NULL ? "." : c->a.output;
	const struct scheme *s;

	if (local_schemes(c, &set, e) < 0)
		return -1;
	if (c->a.scheme == NULL && scheme_at(set, 1) != NULL)
		return err_set(e, E_USAGE, "name the scheme: --scheme");
	s = c->a.scheme == NULL ? scheme_at(set, 0)
				: scheme_find(set, c->a.scheme);
	if (s == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such scheme");
	if (write_both(c, s, dir, e) < 0)
		return -1;
	if (c->a.json)
		print_files(s, dir);
	return 0;
}
