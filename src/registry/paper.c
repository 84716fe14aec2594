/* SPDX-License-Identifier: Apache-2.0 */
/* A paper of the commercial register: its fields, the last block of each. */
#include <string.h>

#include "nintei/text.h"
#include "paper_int.h"

static const struct {
	const char *title, *kind;
} kinds[] = {
	{ "履歴事項全部証明書", "history_all" },
	{ "履歴事項一部証明書", "history_part" },
	{ "現在事項全部証明書", "current_all" },
	{ "現在事項一部証明書", "current_part" },
	{ "閉鎖事項全部証明書", "closed_all" },
	{ "閉鎖事項一部証明書", "closed_part" },
	{ "代表者事項証明書", "representative" },
	{ "登記簿謄本", "transcript" },
	{ "登記情報提供サービス", "information" },
};

/* Labels of the entries (FACTS 9.1); what ends another field, too. */
static const struct {
	const char *label;
	enum paper_field field;
} labels[] = {
	{ "会社法人等番号", PAPER_NUMBER },
	{ "商号", PAPER_NAME },
	{ "名称", PAPER_NAME },
	{ "本店", PAPER_OFFICE },
	{ "主たる事務所", PAPER_OFFICE },
	{ "会社成立の年月日", PAPER_ESTABLISHED },
	{ "法人成立の年月日", PAPER_ESTABLISHED },
	{ "資本金の額", PAPER_CAPITAL },
	{ "特定資本金の額", PAPER_CAPITAL },
	{ "出資の総額", PAPER_CAPITAL },
	{ "資産の総額", PAPER_CAPITAL },
	{ "基本財産の総額", PAPER_CAPITAL },
	{ "役員に関する事項", PAPER_OFFICERS },
	{ "社員に関する事項", PAPER_OFFICERS },
	{ "代表者の資格、氏名及び住所", PAPER_OFFICERS },
	{ "照会番号", PAPER_INQUIRY },
	{ "発行年月日", PAPER_INQUIRY_DAY },
	{ "登記官", PAPER_REGISTRAR },
	{ "公告をする方法", PAPER_OTHER },
	{ "貸借対照表", PAPER_OTHER },
	{ "目的", PAPER_OTHER },
	{ "発行可能株式総数", PAPER_OTHER },
	{ "発行済株式の総数", PAPER_OTHER },
	{ "株式の譲渡制限", PAPER_OTHER },
	{ "株券を発行", PAPER_OTHER },
	{ "単元株式数", PAPER_OTHER },
	{ "新株予約権", PAPER_OTHER },
	{ "株主名簿管理人", PAPER_OTHER },
	{ "支店", PAPER_OTHER },
	{ "従たる事務所", PAPER_OTHER },
	{ "支配人", PAPER_OTHER },
	{ "吸収合併", PAPER_OTHER },
	{ "会社分割", PAPER_OTHER },
	{ "存続期間", PAPER_OTHER },
	{ "解散の事由", PAPER_OTHER },
	{ "解散", PAPER_OTHER },
	{ "破産", PAPER_OTHER },
	{ "取締役会設置会社", PAPER_OTHER },
	{ "監査役設置会社", PAPER_OTHER },
	{ "監査役会設置会社", PAPER_OTHER },
	{ "会計監査人設置会社", PAPER_OTHER },
	{ "監査等委員会設置会社", PAPER_OTHER },
	{ "取締役等の会社に対する責任", PAPER_OTHER },
	{ "非業務執行取締役等", PAPER_OTHER },
	{ "登記記録に関する事項", PAPER_OTHER },
	{ "整理番号", PAPER_OTHER },
};

#define SHORT_LABEL 12 /* bytes: four characters */

/* These words make a short label the beginning of a sentence: "商号の変更". */
static const char *const sentences[] = { "の", "を", "は", "が", "に", "と",
	"・", "及", "又", "、", "等" };

static bool
is_sentence(struct slice rest)
{
	for (size_t i = 0; i < NELEM(sentences); i++) {
		struct slice w = slice_str(sentences[i]);

		if (rest.n >= w.n && memcmp(rest.p, w.p, w.n) == 0)
			return true;
	}
	return false;
}

static bool
label_at(struct slice line, enum paper_field *field, struct slice *rest)
{
	for (size_t i = 0; i < NELEM(labels); i++) {
		struct slice after;

		if (!line_starts(line, labels[i].label, &after) ||
		    (strlen(labels[i].label) <= SHORT_LABEL &&
			is_sentence(after)))
			continue;
		*field = labels[i].field;
		*rest = after;
		return true;
	}
	return false;
}

/*
 * Values are stacked.  A new block begins behind a registered or ruled-off
 * one, and on the line of a note of change where the block has one already or
 * is the first; any other line goes on with the block.
 */
static void
value_add(struct paper_value *v, struct slice line)
{
	struct slice note = line_note(&line);
	char text[PAPER_VALUE_BYTES];

	line_copy(text, sizeof(text), line);
	if (text[0] != '\0') {
		bool fresh =
		    v->closed || (note.n > 0 && (!v->later || v->noted));
		size_t n = fresh ? 0 : v->n, k = strlen(text);

		if (n + k + 1 < sizeof(v->text)) {
			for (size_t i = 0; i <= k; i++)
				v->text[n + i] = text[i];
			v->n = n + k;
		}
		v->later |= fresh && v->filled;
		v->noted = !fresh && v->noted;
		v->filled = true;
		v->closed = false;
	}
	v->noted |= note.n > 0;
	if (note.n > 0 && line_has(note, "登記"))
		v->closed = true;
}

static void
issued_at(struct paper *p, struct slice line)
{
	struct date_reading d;

	if (!line_date(line, &d, NULL))
		return;
	p->issued_on = d.day;
	p->has_issued_on = true;
	p->era_ended |= d.era_ended;
}

/* The day and the office below the sentence of certification. */
static void
certified_line(struct paper *p, struct slice line)
{
	struct date_reading d;
	struct slice rest = line;

	if (!p->has_issued_on)
		issued_at(p, line);
	if (line_date(line, &d, &rest))
		line = rest;
	for (size_t i = 0; i < line.n; i++)
		if (line_starts(
			slice_of(line.p + i, line.n - i), "登記官", &rest)) {
			line_copy(p->registrar, sizeof(p->registrar), rest);
			line.n = i;
			break;
		}
	if (p->office[0] == '\0' && line_has(line, "法務局") &&
	    !line_has(line, "管轄"))
		line_copy(p->office, sizeof(p->office), line);
}

static bool
heading(struct paper *p, struct slice line)
{
	for (size_t i = 0; i < NELEM(kinds); i++)
		if (p->kind == NULL &&
		    line_starts(line, kinds[i].title, NULL)) {
			p->kind = kinds[i].kind;
			return true;
		}
	if (line_has(line, "現在の情報です")) {
		p->kind = "information";
		issued_at(p, line);
		return true;
	}
	if (line_has(line, "ことを証明した") ||
	    line_has(line, "証明した書面")) {
		p->certified = true;
		p->field = PAPER_NONE;
		p->person = NULL;
		return true;
	}
	return false;
}

/* Fields of one line; what follows belongs to none. */
static bool
is_single(enum paper_field field)
{
	return field == PAPER_NUMBER || field == PAPER_ESTABLISHED ||
	    field == PAPER_INQUIRY || field == PAPER_INQUIRY_DAY;
}

static void
field_line(struct paper *p, struct slice line)
{
	static const char day[] = "発行年月日";
	struct slice rest, behind = { 0 };

	for (size_t i = 0; p->field == PAPER_INQUIRY && i < line.n; i++)
		if (line_starts(slice_of(line.p + i, line.n - i), day, &rest)) {
			behind = rest;
			line.n = i;
		}
	value_add(&p->values[p->field], line);
	if (behind.n > 0)
		value_add(&p->values[PAPER_INQUIRY_DAY], behind);
	if (is_single(p->field) && p->values[p->field].n > 0)
		p->field = PAPER_NONE;
}

static void
field_begin(struct paper *p, enum paper_field field, struct slice rest)
{
	p->field = field;
	p->person = NULL;
	if (field == PAPER_OFFICERS) {
		p->has_officers = true;
		(void)people_line(p, rest);
		return;
	}
	/* The same label again is a later block. */
	p->values[field].closed |= p->values[field].n > 0;
	field_line(p, rest);
}

static void
line_read(struct paper *p, struct slice line)
{
	enum paper_field field;
	struct slice rest;

	if (heading(p, line))
		return;
	if (p->certified && !line_starts(line, "照会番号", NULL)) {
		certified_line(p, line);
		return;
	}
	if (label_at(line, &field, &rest))
		field_begin(p, field, line_trim(rest));
	else if (p->field == PAPER_OFFICERS)
		(void)people_line(p, line);
	else if (p->has_officers && p->field == PAPER_OTHER &&
	    p->person == NULL && people_line(p, line))
		p->field = PAPER_OFFICERS; /* they go on after a foot line */
	else if (p->field != PAPER_NONE)
		field_line(p, line);
}

/* The rules of a table: between cells a gap, alone the end of a block. */
static bool
is_drawn(uint32_t cp)
{
	return (cp >= 0x2500 && cp <= 0x257f) || cp == '|';
}

static void
drawn_line(struct paper *p, struct slice nfkc)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(PAPER_LINE_BYTES);
	bool rule = false;
	uint32_t cp;

	while (text_next(&nfkc, &cp)) {
		rule |= is_drawn(cp);
		if (is_drawn(cp))
			buf_puts(&b, "  ");
		else if (cp != ':' || b.n > 64)
			text_put(&b, cp);
		else
			buf_putc(&b, ' '); /* "商号: ..." */
	}
	if (!buf_ok(&b))
		return;
	if (line_trim(buf_slice(&b)).n > 0)
		line_read(p, line_trim(buf_slice(&b)));
	else if (rule)
		p->values[p->field].closed |= p->values[p->field].n > 0;
}

/* Exactly n digits, dashes and blanks between them aside. */
static bool
digits_of(const char *text, size_t n, char *out)
{
	struct slice s = slice_str(text);
	size_t k = 0;
	uint32_t cp;

	while (text_next(&s, &cp)) {
		if (cp >= '0' && cp <= '9' && k < n)
			out[k++] = (char)cp;
		else if (cp != '-' && cp != 0x2010 && cp != 0x2212 &&
		    cp != 0x2015 && cp != 0x30fc && !text_is_space(cp))
			return false;
	}
	out[k] = '\0';
	return k == n;
}

static const struct {
	const char *unit;
	int64_t value;
} units[] = {
	{ "兆", 1000000000000 },
	{ "億", 100000000 },
	{ "万", 10000 },
	{ "円", 1 },
};

/* "金1億2345万円", "金1,000万円"; -1: not such an amount. */
static int64_t
yen_of(const char *text)
{
	struct slice s = slice_str(text), rest;
	int64_t sum = 0, part = 0;
	size_t digits = 0;

	if (line_starts(s, "金", &rest))
		s = rest;
	while (s.n > 0 && sum <= 1000000000000000) {
		size_t i = 0;

		if (*s.p >= '0' && *s.p <= '9' && ++digits <= 15) {
			part = part * 10 + (*s.p - '0');
			s = slice_of(s.p + 1, s.n - 1);
			continue;
		}
		if (*s.p == ',' || *s.p == ' ') {
			s = slice_of(s.p + 1, s.n - 1);
			continue;
		}
		while (
		    i < NELEM(units) && !line_starts(s, units[i].unit, &rest))
			i++;
		if (i == NELEM(units) || part > 1000000000000)
			return -1;
		sum += part * units[i].value;
		if (units[i].value == 1)
			return sum;
		part = 0;
		digits = 0;
		s = rest;
	}
	return -1;
}

static void
put_day(struct json *facts, const char *key, struct jday d)
{
	char text[JDAY_TEXT];

	jsonx_set_str(facts, key, jday_format(d, text));
}

static void
put_date_of(struct paper *p, struct json *facts, const char *key,
    const struct paper_value *v)
{
	struct date_reading d;

	if (v->n == 0 || !line_date(slice_str(v->text), &d, NULL))
		return;
	put_day(facts, key, d.day);
	p->era_ended |= d.era_ended;
}

static void
put_text(struct json *facts, const char *key, const char *text)
{
	if (text[0] != '\0')
		jsonx_set_str(facts, key, text);
}

static bool
put_inquiry(struct paper *p, struct json *facts)
{
	struct json *j;
	char digits[11];

	if (!digits_of(p->values[PAPER_INQUIRY].text, 10, digits))
		return false;
	j = jsonx_object();
	jsonx_set_str(j, "number", digits);
	put_date_of(p, j, "issued_on", &p->values[PAPER_INQUIRY_DAY]);
	jsonx_set(facts, "inquiry", j);
	return true;
}

static struct json *
facts_of(struct paper *p)
{
	CLEANUP(jsonx_freep) struct json *f = jsonx_object();
	const struct paper_value *v = p->values;
	int64_t yen = yen_of(v[PAPER_CAPITAL].text);
	char digits[13];
	bool numbered = digits_of(v[PAPER_NUMBER].text, 12, digits);

	if (!put_inquiry(p, f) && p->kind == NULL &&
	    (!numbered || v[PAPER_NAME].n == 0 || v[PAPER_OFFICE].n == 0))
		return NULL;
	put_text(f, "kind", p->kind != NULL ? p->kind : "");
	if (numbered)
		jsonx_set_str(f, "number", digits);
	put_text(f, "name", v[PAPER_NAME].text);
	put_text(f, "head_office", v[PAPER_OFFICE].text);
	put_date_of(p, f, "established", &v[PAPER_ESTABLISHED]);
	put_text(f, "capital", v[PAPER_CAPITAL].text);
	if (yen >= 0)
		jsonx_set_int(f, "capital_yen", yen);
	people_facts(p, f);
	if (p->has_issued_on)
		put_day(f, "issued_on", p->issued_on);
	put_text(f, "office", p->office);
	put_text(f, "registrar", p->registrar);
	if (p->era_ended)
		jsonx_set_bool(f, "era_ended", true);
	return TAKE(f);
}

struct json *
registry_paper_read(struct slice text)
{
	CLEANUP(freep) struct paper *p = xcalloc(1, sizeof(*p));

	while (text.n > 0) {
		CLEANUP(buf_free) struct buf nfkc = BUF_INIT(PAPER_LINE_BYTES);
		struct err e = ERR_INIT;
		size_t n = 0;

		while (n < text.n && text.p[n] != '\n')
			n++;
		if (n > 0 && text_nfkc(slice_of(text.p, n), &nfkc, &e) == 0)
			drawn_line(p, buf_slice(&nfkc));
		n += n < text.n;
		text = slice_of(text.p + n, text.n - n);
	}
	return facts_of(p);
}
