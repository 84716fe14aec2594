/* SPDX-License-Identifier: Apache-2.0 */
/* The reasoning behind a computed date, in sentences (date --explain). */
#include "nintei/term.h"

/* One sentence in each language; the days stand in fixed places. */
struct says {
	struct buf *ja, *en;
};

static void
say(struct says s, const char *ja, const char *en)
{
	if (s.ja != NULL) {
		buf_puts(s.ja, ja);
		buf_putc(s.ja, '\n');
	}
	if (s.en != NULL) {
		buf_puts(s.en, en);
		buf_putc(s.en, '\n');
	}
}

/* A sentence with one day in it: before, day, after. */
static void
say_day(struct says s, struct jday d, const char *const ja[2],
    const char *const en[2])
{
	char iso[JDAY_TEXT];
	char long_ja[64];

	if (s.ja != NULL)
		buf_putf(
		    s.ja, "%s%s%s\n", ja[0], date_format_ja(d, long_ja), ja[1]);
	if (s.en != NULL)
		buf_putf(s.en, "%s%s%s\n", en[0], jday_format(d, iso), en[1]);
}

#define SAY_DAY(s, d, ja0, ja1, en0, en1)                        \
	say_day((s), (d), (const char *const[]){ (ja0), (ja1) }, \
	    (const char *const[]){ (en0), (en1) })

static void
explain_start(struct says s, const struct term *t, const struct term_rule *r)
{
	SAY_DAY(s, t->certified_on, "認定を実施した日は",
	    "（日本時間の暦日）。", "Certification was carried out on ",
	    ", a civil day in Japan.");
	if (r->first_day_counts)
		SAY_DAY(s, t->counted_from,
		    "設定 first_day_counts により初日を算入し、",
		    "から数える。",
		    "By the setting first_day_counts the first "
		    "day counts: counting begins on ",
		    ".");
	else
		SAY_DAY(s, t->counted_from,
		    "初日は算入しない（民法140条本文）ので、", "から数える。",
		    "The first day is not counted (Civil Code "
		    "140): counting begins on ",
		    ".");
}

static void
explain_end(struct says s, const struct term *t, const struct term_rule *r)
{
	bool none;
	struct jday day = jday_add_years(t->counted_from, r->years, &none);

	if (none)
		say(s,
		    "応当日がないので、その月の末日に満了する（民法143条2項ただし書）。",
		    "There is no corresponding day: the term ends with the "
		    "last day of that month (Civil Code 143(2)).");
	else
		SAY_DAY(s, day, "応当日は",
		    "で、その前日に満了する（民法143条2項本文）。",
		    "The corresponding day is ",
		    "; the term ends on its eve (Civil Code 143(2)).");
	SAY_DAY(s, t->valid_through, "有効期間は",
	    "の24時まで（運用規程9条1項、民法141条）。", "Valid through ",
	    ", 24:00 (regulation 9(1), Civil Code 141).");
}

void
term_explain(const struct term *t, const struct term_rule *r, struct buf *ja,
    struct buf *en)
{
	struct says s = { ja, en };
	struct term next;

	explain_start(s, t, r);
	explain_end(s, t, r);
	window_explain(t, r, ja, en);
	term_next(t, r, &next);
	SAY_DAY(s, next.starts, "連続する次の有効期間は",
	    "の0時に始まり、初日を算入する"
	    "（民法140条ただし書）。",
	    "A chained next term begins on ",
	    " at 0:00, so its first day counts (Civil Code 140, proviso).");
	SAY_DAY(s, next.valid_through, "次の有効期間の末日は", "。",
	    "The next term is valid through ", ".");
}

void
window_explain(const struct term *t, const struct term_rule *r, struct buf *ja,
    struct buf *en)
{
	struct says s = { ja, en };

	if (ja != NULL)
		buf_putf(ja,
		    "更新の書類は満了の%d日前から%d日前までに提出する（運用規程12条1項）。\n",
		    r->opens_days, r->closes_days);
	if (en != NULL)
		buf_putf(en,
		    "Renewal papers are due from %d to %d days before "
		    "the end (regulation 12(1)).\n",
		    r->opens_days, r->closes_days);
	SAY_DAY(s, t->window_opens, "受付は", "の0時から。", "Open from ",
	    ", 0:00.");
	SAY_DAY(s, t->window_closes, "受付は",
	    "の24時まで（到達主義、民法97条1項）。", "Open to the end of ",
	    "; the time of arrival counts (Civil Code 97(1)).");
	say(s,
	    "末日が休日でも延長しない（民法142条の取引をしない慣習がない）。",
	    "A holiday does not extend it (no custom of Civil Code 142).");
}

void
bar_explain(struct jday received, int years, bool include_anniversary,
    struct buf *ja, struct buf *en)
{
	struct says s = { ja, en };
	struct jday from = bar_earliest(received, years, include_anniversary);
	bool none;

	(void)jday_add_years(received, -years, &none);
	SAY_DAY(s, received, "申請を受け付けた日は",
	    "で、この日を起算日として遡る"
	    "（運用規程8条）。",
	    "The application was received on ",
	    "; counting back begins with that day (regulation 8).");
	if (none)
		say(s,
		    "1年前に応当日がないので、その月の末日を基準にする（民法143条2項の類推）。",
		    "The year before has no such day: the last day of its month "
		    "stands in (as Civil Code 143(2)).");
	say(s,
	    include_anniversary
		? "設定 bar_includes_anniversary により応当日も期間に含む。"
		: "起算日を含めて数えるので、応当日そのものは期間に含まない。",
	    include_anniversary
		? "By the setting bar_includes_anniversary the anniversary is "
		  "inside."
		: "The first day is counted, so the anniversary itself is outside.");
	SAY_DAY(s, from, "認定の取消し（17条1項）が",
	    "以後、申請の日までにあれば認定できない。",
	    "A revocation (17(1)) from ", " to the day of application bars.");
	SAY_DAY(s, jday_add_days(from, -1), "",
	    "以前の取消しは妨げにならない。", "A revocation on ",
	    " or before does not.");
}
