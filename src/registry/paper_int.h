/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PAPER_INT_H
#define NINTEI_PAPER_INT_H
/* paper_int: lines of a paper of the register, and what was read so far. */
#include "nintei/jsonx.h"
#include "nintei/registry.h"
#include "nintei/term.h"

#define PAPER_LINE_BYTES 2048 /* after NFKC; longer ones are no entries */
#define PAPER_VALUE_BYTES 1024
#define PAPER_PEOPLE 64

enum paper_field {
	PAPER_NONE = 0, /* between the fields */
	PAPER_NUMBER,
	PAPER_NAME,
	PAPER_OFFICE, /* head office */
	PAPER_ESTABLISHED,
	PAPER_CAPITAL,
	PAPER_OFFICERS,
	PAPER_INQUIRY,
	PAPER_INQUIRY_DAY,
	PAPER_REGISTRAR,
	PAPER_OTHER, /* a field that nobody needs */
	PAPER_FIELD_MAX
};

/* A field's last block. */
struct paper_value {
	char text[PAPER_VALUE_BYTES];
	size_t n;
	bool closed; /* its entry is registered: what follows replaces it */
	bool filled, later; /* not empty; not the first block */
	bool noted; /* the block has its note of change */
};

struct paper_person {
	char title[64], name[192];
	bool gone; /* resigned, retired, dead, dismissed */
	bool leads; /* a title that represents the corporation */
};

struct paper {
	const char *kind; /* NULL: no title seen */
	struct paper_value values[PAPER_FIELD_MAX];
	enum paper_field field; /* the lines now belong to */
	struct paper_person people[PAPER_PEOPLE];
	size_t n_people;
	struct paper_person *person; /* its entry is not finished */
	bool has_officers; /* their field began */
	bool certified; /* the sentence of certification was seen */
	bool era_ended;
	struct jday issued_on;
	bool has_issued_on;
	char office[192], registrar[192];
};

/* paper_line.c: pieces of one line, in NFKC; blanks do not count. */
bool line_starts(struct slice line, const char *word, struct slice *rest);
bool line_has(struct slice line, const char *word);
struct slice line_trim(struct slice s);
/* Cut a note like "令和6年4月1日変更" off the end; empty: there is none. */
struct slice line_note(struct slice *line);
/* The date at the start of a line. */
bool line_date(struct slice line, struct date_reading *out, struct slice *rest);
/* Without blanks between single characters: "山 田 太 郎". */
void line_copy(char *out, size_t cap, struct slice s);

/* paper_people.c */
bool people_line(struct paper *p, struct slice line);
void people_facts(const struct paper *p, struct json *facts);

#endif
