/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of one line of a paper: words with blanks in them, notes, dates. */
#include "paper_int.h"

#include <string.h>

#include "nintei/text.h"

static const char *const eras[] = { "令和", "平成", "昭和", "大正", "明治" };

/* What a note behind a date says. */
static const char *const causes[] = { "登記", "変更", "移転", "更正", "重任",
	"就任", "辞任", "退任", "死亡", "解任", "設立", "合併", "住居表示",
	"住所移転", "行政区画", "地番変更", "資格喪失", "抹消", "廃止", "選任",
	"加入", "退社", "任期満了", "氏名変更", "の氏", "の住所", "組織変更",
	"商号変更", "会社分割", "本店移転" };

struct slice
line_trim(struct slice s)
{
	return text_trim(s, text_is_space);
}

/* Skip blanks at the start. */
static struct slice
skip_blanks(struct slice s)
{
	uint32_t cp;

	for (struct slice next = s; text_next(&next, &cp); s = next)
		if (!text_is_space(cp))
			break;
	return s;
}

/* Can White_Space begin with this byte of UTF-8? */
static bool
may_be_blank(uint8_t first)
{
	return first <= ' ' || first == 0xc2 ||
	    (first >= 0xe1 && first <= 0xe3);
}

bool
line_starts(struct slice line, const char *word, struct slice *rest)
{
	struct slice w = slice_str(word), at = line;
	uint32_t a, b;

	/* Asked for each word at each place of a line: mostly one byte says. */
	if (at.n > 0 && w.n > 0 && at.p[0] != w.p[0] && !may_be_blank(at.p[0]))
		return false;
	while (w.n > 0) {
		at = skip_blanks(at);
		if (!text_next(&w, &a) || !text_next(&at, &b) || a != b)
			return false;
	}
	if (rest != NULL)
		*rest = at;
	return true;
}

bool
line_has(struct slice line, const char *word)
{
	uint32_t cp;

	do {
		if (line_starts(line, word, NULL))
			return true;
	} while (text_next(&line, &cp));
	return false;
}

static bool
is_dateish(uint32_t cp)
{
	static const uint32_t others[] = { 0x5143, 0x5e74, 0x6708, 0x65e5, '.',
		'/', '-' }; /* first year, year, month, day */

	if ((cp >= 0x30 && cp <= 0x39) || text_is_space(cp))
		return true;
	for (size_t i = 0; i < NELEM(others); i++)
		if (others[i] == cp)
			return true;
	return false;
}

/* The longest piece from the start that could be a date, up to its day. */
static struct slice
date_piece(struct slice line, struct slice *rest)
{
	struct slice at = line, out = { line.p, 0 };
	unsigned marks = 0; /* separators seen: 2, digits, and it is over */
	uint32_t cp, last = 0;

	for (size_t i = 0; i < NELEM(eras); i++)
		if (line_starts(line, eras[i], &at))
			break;
	if (at.p == line.p && at.n > 1 && at.p[0] >= 'H' && at.p[0] <= 's')
		(void)text_next(&at, &cp); /* R8.7.1: date_read knows which */
	*rest = at;
	while (text_next(&at, &cp) && is_dateish(cp)) {
		if (marks == 2 && last >= '0' && last <= '9' &&
		    (cp < '0' || cp > '9'))
			break;
		marks += cp == '/' || cp == '.' || cp == '-';
		last = cp;
		*rest = at;
		out.n = (size_t)(at.p - line.p);
		if (cp == 0x65e5)
			break;
	}
	return out;
}

bool
line_date(struct slice line, struct date_reading *out, struct slice *rest)
{
	struct slice start = line_trim(line), after;
	struct slice piece = line_trim(date_piece(start, &after));

	if (piece.n < 6)
		return false;
	date_read(piece, out);
	if (rest != NULL)
		*rest = after;
	return out->ok;
}

static bool
is_cause(struct slice rest)
{
	for (size_t i = 0; i < NELEM(causes); i++)
		if (line_has(
			slice_of(rest.p, rest.n < 60 ? rest.n : 60), causes[i]))
			return true;
	return false;
}

struct slice
line_note(struct slice *line)
{
	struct slice at = *line, rest, none = { line->p, 0 };
	struct date_reading d;
	uint32_t cp;

	do {
		bool era = false;

		for (size_t i = 0; i < NELEM(eras) && !era; i++)
			era = line_starts(at, eras[i], NULL);
		if (era && line_date(at, &d, &rest) && is_cause(rest)) {
			none = at;
			line->n = (size_t)(at.p - line->p);
			*line = line_trim(*line);
			return none;
		}
	} while (text_next(&at, &cp));
	return none;
}

/* Is every piece between blanks one character, and there is more than one? */
static bool
is_spaced(struct slice s)
{
	size_t run = 0, pieces = 0;
	uint32_t cp;

	while (text_next(&s, &cp)) {
		run = text_is_space(cp) ? 0 : run + 1;
		pieces += run == 1;
		if (run > 1 || (run == 1 && cp < 0x80))
			return false;
	}
	return pieces > 1;
}

void
line_copy(char *out, size_t cap, struct slice s)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(PAPER_LINE_BYTES);
	bool blank = false, spaced;
	uint32_t cp;
	size_t n;

	s = line_trim(s);
	spaced = is_spaced(s);
	while (text_next(&s, &cp)) {
		if (text_is_space(cp)) {
			blank = true;
			continue;
		}
		if (blank && !spaced)
			buf_putc(&b, ' ');
		blank = false;
		text_put(&b, cp);
	}
	n = buf_ok(&b) && b.n < cap ? b.n : 0;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)b.p[i];
	out[n] = '\0';
}
