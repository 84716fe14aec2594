/* SPDX-License-Identifier: Apache-2.0 */
/* Values as people write them: numbers, yes or no, lengths of time, URLs. */
#include "intake_int.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "nintei/text.h"

char *
value_text(const struct json *j)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;

	switch (jsonx_kind(j)) {
	case JSON_KIND_NONE:
	case JSON_KIND_NULL:
		return xstrdup("");
	case JSON_KIND_BOOL: {
		CLEANUP(jsonx_freep) struct json *yes = jsonx_bool(true);

		return xstrdup(jsonx_equal(j, yes) ? "有" : "無");
	}
	case JSON_KIND_INT:
		return xasprintf("%" PRId64, jsonx_int_value(j, 0));
	case JSON_KIND_STRING:
		if (text_nfc(slice_str(jsonx_str(j)), &out, &e) < 0)
			return NULL;
		return xstrdup(buf_str(&out));
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		break;
	}
	return NULL;
}

char *
value_fold(const char *text)
{
	CLEANUP(buf_free) struct buf nfkc = BUF_INIT(MIB(2));
	CLEANUP(buf_free) struct buf out = BUF_INIT(MIB(2));
	struct err e = ERR_INIT;
	struct slice s;
	uint32_t c;

	if (text_nfkc(slice_str(text), &nfkc, &e) < 0)
		return NULL;
	s = buf_slice(&nfkc);
	while (text_next(&s, &c))
		if (!text_is_space(c))
			text_put(&out, c);
	return buf_ok(&out) ? xstrdup(buf_str(&out)) : NULL;
}

bool
value_is_blank(const char *text)
{
	struct slice s = slice_str(text);
	uint32_t c;

	while (text_next(&s, &c))
		if (!text_is_space(c))
			return false;
	return s.n == 0;
}

/* Variation selectors and zero width: honest, dropped when compared. */
static bool
is_invisible(uint32_t c)
{
	return c == 0x00AD || (c >= 0x200B && c <= 0x200D) || c == 0x2060 ||
	    (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
	    (c >= 0xE0100 && c <= 0xE01EF);
}

bool
value_is_showable(const char *text)
{
	struct slice s = slice_str(text);
	uint32_t c;

	while (text_next(&s, &c)) {
		if (c == '\n' || c == '\r' || c == '\t' || is_invisible(c))
			continue;
		if (text_is_bidi(c) || text_is_control(c))
			return false;
	}
	return s.n == 0;
}

size_t
value_length(const char *text)
{
	return text_length(slice_str(text));
}

static bool
starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "Notes" does not answer "No". */
static bool
goes_on(const char *text, const char *word)
{
	return is_letter(word[0]) && is_letter(text[strlen(word)]);
}

enum answer
value_answer(const char *folded)
{
	static const struct {
		const char *word;
		enum answer is;
	} words[] = {
		{ "有", ANSWER_YES },
		{ "あり", ANSWER_YES },
		{ "はい", ANSWER_YES },
		{ "yes", ANSWER_YES },
		{ "Yes", ANSWER_YES },
		{ "YES", ANSWER_YES },
		{ "true", ANSWER_YES },
		{ "TRUE", ANSWER_YES },
		{ "○", ANSWER_YES },
		{ "◯", ANSWER_YES },
		{ "無", ANSWER_NO },
		{ "なし", ANSWER_NO },
		{ "ない", ANSWER_NO },
		{ "いいえ", ANSWER_NO },
		{ "no", ANSWER_NO },
		{ "No", ANSWER_NO },
		{ "NO", ANSWER_NO },
		{ "false", ANSWER_NO },
		{ "FALSE", ANSWER_NO },
		{ "×", ANSWER_NO },
	};

	for (size_t i = 0; i < NELEM(words); i++)
		if (starts_with(folded, words[i].word) &&
		    !goes_on(folded, words[i].word))
			return words[i].is;
	return ANSWER_NONE;
}

/*
 * A number at *p: digits with commas, up to three decimals (more are cut),
 * at most 15 digits.  Moves *p behind it.
 */
static bool
number_at(const char **p, int64_t *out_milli)
{
	const char *s = *p;
	int64_t v = 0, scale = 1000;
	unsigned digits = 0;

	if (*s < '0' || *s > '9')
		return false;
	for (; (*s >= '0' && *s <= '9') || (*s == ',' && digits > 0); s++)
		if (*s != ',' && digits++ < 15)
			v = v * 10 + (*s - '0');
	v *= 1000;
	if (*s == '.' && s[1] >= '0' && s[1] <= '9')
		for (s++; *s >= '0' && *s <= '9'; s++)
			v += (*s - '0') * (scale /= 10);
	*p = s;
	*out_milli = v;
	return digits <= 15;
}

bool
value_number(const char *folded, int64_t *out_milli)
{
	for (const char *p = folded; *p != '\0'; p++)
		if (*p >= '0' && *p <= '9')
			return number_at(&p, out_milli);
	return false;
}

bool
value_percent(const char *folded, int64_t *out_milli)
{
	int64_t v;

	for (const char *p = folded; *p != '\0';) {
		if (!number_at(&p, &v)) {
			p++;
			continue;
		}
		if (*p == '%' || starts_with(p, "パーセント")) {
			*out_milli = v;
			return true;
		}
	}
	return value_number(folded, out_milli);
}

/* Minutes of a unit; longest word first. */
static const struct {
	const char *word;
	int64_t minutes;
} units[] = {
	{ "時間", 60 },
	{ "分", 1 },
	{ "営業日", 1440 },
	{ "日", 1440 },
	{ "週間", 10080 },
	{ "週", 10080 },
	{ "か月", 43200 },
	{ "ヶ月", 43200 },
	{ "ヵ月", 43200 },
	{ "カ月", 43200 },
	{ "ケ月", 43200 },
	{ "箇月", 43200 },
	{ "ヶ月間", 43200 },
	{ "月", 43200 },
	{ "年", 518400 },
	{ "秒", 0 },
	{ "minute", 1 },
	{ "hour", 60 },
	{ "day", 1440 },
	{ "month", 43200 },
	{ "year", 518400 },
};

static bool
unit_at(const char *p, int64_t *out_minutes)
{
	for (size_t i = 0; i < NELEM(units); i++)
		if (starts_with(p, units[i].word)) {
			*out_minutes = units[i].minutes;
			return true;
		}
	return false;
}

bool
value_duration(const char *folded, const char *unit, int64_t *out_milli)
{
	int64_t v, minutes, first = -1;

	for (const char *p = folded; *p != '\0';) {
		if (!number_at(&p, &v)) {
			p++;
			continue;
		}
		if (unit_at(p, &minutes)) {
			*out_milli = v / 1000 > INT64_C(100000000)
			    ? INT64_MAX / 2
			    : v * minutes;
			return true;
		}
		if (first < 0)
			first = v;
	}
	if (first < 0 || first / 1000 > INT64_C(100000000) ||
	    !unit_at(unit, &minutes))
		return false;
	*out_milli = first * minutes;
	return true;
}

static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool
value_is_url(const char *text, bool https_only)
{
	static const char unsafe[] = "\"<>\\^`{|}";
	const char *p = text;
	size_t host;

	if (starts_with(p, "https://"))
		p += 8;
	else if (!https_only && starts_with(p, "http://"))
		p += 7;
	else
		return false;
	for (host = 0; is_host_char(p[host]); host++)
		;
	if (host < 3 || host > 253 || p[0] == '.' || p[0] == '-' ||
	    memchr(p, '.', host) == NULL || p[host - 1] == '.')
		return false;
	p += host;
	if (*p != '\0' && *p != '/' && *p != ':' && *p != '?' && *p != '#')
		return false;
	for (; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr(unsafe, *p) != NULL)
			return false;
	return true;
}

bool
value_is_email(const char *text)
{
	const char *at = strchr(text, '@');

	if (at == NULL || at == text || at - text > 64 ||
	    strchr(at + 1, '@') != NULL || strchr(at, '.') == NULL ||
	    at[1] == '.' || at[1] == '-')
		return false;
	for (const char *p = text; p < at; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"(),:;<>[\\]", *p))
			return false;
	for (const char *p = at + 1; *p != '\0'; p++)
		if (!is_host_char(*p))
			return false;
	return at[strlen(at) - 1] != '.';
}

bool
value_is_phone(const char *folded)
{
	size_t digits = 0;

	for (const char *p = folded + (folded[0] == '+'); *p != '\0'; p++) {
		if (*p >= '0' && *p <= '9')
			digits++;
		else if (strchr("-()", *p) == NULL)
			return false;
	}
	return digits >= 9 && digits <= 15;
}

bool
value_year(const char *text, struct jday *out, bool *out_exact)
{
	CLEANUP(freep) char *folded = value_fold(text);
	struct date_reading d;
	int64_t milli;
	size_t n;

	date_read(slice_str(text), &d);
	*out_exact = d.ok;
	if (d.ok) {
		*out = d.day;
		return true;
	}
	if (folded == NULL)
		return false;
	n = strspn(folded, "0123456789");
	if (n != 4 ||
	    (strcmp(folded + 4, "") != 0 && strcmp(folded + 4, "年") != 0))
		return false;
	return value_number(folded, &milli) &&
	    jday_of_civil((int)(milli / 1000), 1, 1, out);
}

enum dossier_kind
value_kind(const char *folded)
{
	static const struct {
		const char *word;
		enum dossier_kind is;
	} words[] = {
		{ "新規", DOSSIER_NEW },
		{ "更新", DOSSIER_RENEWAL },
		{ "変更", DOSSIER_CHANGE },
		{ "終了", DOSSIER_TERMINATION },
	};

	for (size_t i = 0; i < NELEM(words); i++)
		if (starts_with(folded, words[i].word))
			return words[i].is;
	return dossier_kind_parse(folded);
}
