/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TERM_H
#define NINTEI_TERM_H
/*
 * term: civil days in Japan and the periods the regulation counts in them.
 * Pure: no clock, no files.
 * Runs in: core, signer, nintei; date_read in examine too.
 * Rules: REGULATION 4; Civil Code 138-143; dates: FACTS 14.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/cc.h"
#include "nintei/err.h"
#include "nintei/slice.h"

/* A civil day (JST): days since 1970-01-01.  Year 1 to 9999, saturating. */
struct jday {
	int32_t n;
};
#define JDAY_TEXT 11 /* "2026-07-01" and NUL */

/* False: no such day, out untouched. */
bool jday_of_civil(int year, int month, int day, struct jday *out);
void jday_civil(struct jday d, int *year, int *month, int *day);
int jday_weekday(struct jday d); /* 0 = Sunday */
int jday_cmp(struct jday a, struct jday b); /* <0, 0, >0 */
/* The civil day in Japan of an instant; its first instant, 00:00 JST. */
struct jday jday_of_instant(int64_t utc);
int64_t instant_of_jday(struct jday d);
/* Exactly YYYY-MM-DD, years 1873 to 9899: room for every period.  E_INPUT. */
int jday_parse(const char *text, struct jday *out, struct err *e) MUST_CHECK;
char *jday_format(struct jday d, char out[JDAY_TEXT]); /* returns out */
struct jday jday_add_days(struct jday d, int days);
/*
 * The corresponding day so many years and months on (or back), or the last
 * day of that month when there is none; *out_none (may be NULL) says which.
 */
struct jday jday_add_months(struct jday d, int months, bool *out_none);
struct jday jday_add_years(struct jday d, int years, bool *out_none);

/* ISO 8601 periods: P2Y, P3M, P100D, P1Y6M.  E_INPUT. */
struct period {
	int years, months, days;
};
int period_parse(
    const char *text, struct period *out, struct err *e) MUST_CHECK;
/*
 * The last day of a period whose first counted day is given: the eve of the
 * corresponding day, or the month's last day (Civil Code 143).
 */
struct jday period_last(struct jday first_counted, struct period p);
/* Last day on which a paper of that day is fresh: its day is not counted. */
struct jday paper_last_day(struct jday issued, struct period max_age);

/* What articles 9(1) and 12(1) leave to the policy; scheme_term_rule(). */
struct term_rule {
	int years; /* 2 */
	bool first_day_counts;
	int opens_days; /* 60 or 59 before valid_through */
	int closes_days; /* 30 before valid_through */
};

struct term {
	struct jday certified_on; /* of the first term; kept by term_next */
	struct jday starts; /* first: certified_on; chained: D + 1 */
	struct jday counted_from; /* s of REGULATION 4 */
	struct jday valid_through; /* D, to 24:00 JST */
	struct jday window_opens; /* both days belong to the window */
	struct jday window_closes;
};

void term_first(
    struct jday certified_on, const struct term_rule *r, struct term *out);
/* The chained next term. */
void term_next(
    const struct term *t, const struct term_rule *r, struct term *out);
/* The term that ends on D: only valid_through and the window are filled. */
void term_window(
    struct jday valid_through, const struct term_rule *r, struct term *out);
/* Exclusive end: (D + 1) 00:00 JST.  X.509 notAfter is one second before. */
int64_t term_end_instant(const struct term *t);
/* Received inside the window, to the second. */
bool term_window_open(const struct term *t, int64_t received_at);

/* Article 8: a revocation on a day in [bar_earliest, received] bars. */
struct jday bar_earliest(
    struct jday received, int years, bool include_anniversary);
bool bar_applies(struct jday received, struct jday revoked_on, int years,
    bool include_anniversary);

/* The reasoning in sentences, one a line; either buffer may be NULL. */
void term_explain(const struct term *t, const struct term_rule *r,
    struct buf *ja, struct buf *en);
void window_explain(const struct term *t, const struct term_rule *r,
    struct buf *ja, struct buf *en);
void bar_explain(struct jday received, int years, bool include_anniversary,
    struct buf *ja, struct buf *en);

/*
 * A date as people write it: eras, kanji numerals, full-width, ISO.  A
 * refusal is a verdict; reason is one of the words of dates.tsv.
 */
struct date_reading {
	bool ok;
	struct jday day;
	bool era_ended; /* written in an era that was over: a warning */
	char reason[48]; /* why not; "" when ok */
};
void date_read(struct slice text, struct date_reading *out);
/* "2026年（令和8年）7月1日"; out holds at least 64.  Returns out. */
char *date_format_ja(struct jday d, char out[64]);
/* The era of a day; false before 1868-01-25. */
struct jday_era {
	const char *name; /* "令和" */
	char letter; /* 'R' */
	int year; /* 1: the first */
};
bool jday_era(struct jday d, struct jday_era *out);

#endif
