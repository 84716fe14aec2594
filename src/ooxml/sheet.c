/* SPDX-License-Identifier: Apache-2.0 */
/* One worksheet: what each cell shows, and what is not to be seen. */
#include "ooxml_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "nintei/term.h"

#define RANGES_MAX 65536
#define COLUMNS 16384
#define COVER_STEPS 20000000 /* merged cells that do not overlap take few */

/* A cell with text; its text is all[from..to). */
struct cell {
	uint32_t row, col;
	uint32_t from, to;
	bool hidden, formula, covered;
};
struct range {
	uint32_t row, col, last_row, last_col;
};

enum field {
	IN_NONE = 0,
	IN_V,
	IN_HEADER,
	IN_FOOTER
};

struct grid {
	struct book *b;
	struct buf all; /* texts of the cells */
	struct cell *cells;
	size_t n, cap;
	struct range *merged;
	size_t n_merged, cap_merged;
	bool *column_hidden; /* of COLUMNS */
	uint32_t row, col; /* of the cell that is open */
	uint32_t style;
	char type[12];
	bool row_hidden;
	bool in_data, in_row; /* sheetData, and a row of it, are open */
	bool in_cell, formula;
	unsigned skip;
	enum field field;
	struct buf v;
	struct rich rich;
};

static bool
stop_with(struct grid *g, const char *code, const char *what)
{
	const struct sheet *s = &g->b->sheets[g->b->at];

	fault_at(g->b->p->f, code, s->part, what);
	return false;
}

static void
range_add(struct range **list, size_t *n, size_t *cap, struct range r)
{
	if (*n == *cap) {
		*cap = *cap == 0 ? 16 : *cap * 2;
		*list = xrealloc(*list, *cap, sizeof(**list));
	}
	(*list)[(*n)++] = r;
}

static bool
is_zero(const char *number)
{
	return number != NULL && strtod(number, NULL) <= 0;
}

static void
on_column(struct grid *g, const struct xmlx_element *el)
{
	uint32_t first, last;

	if (!digits(attr_plain(el, "min"), COLUMNS, &first) || first == 0 ||
	    !digits(attr_plain(el, "max"), UINT32_MAX, &last))
		return;
	if (last > COLUMNS)
		last = COLUMNS;
	if (attr_is_true(attr_plain(el, "hidden"), false) ||
	    is_zero(attr_plain(el, "width")))
		for (uint32_t i = first - 1; i < last; i++)
			g->column_hidden[i] = true;
}

static void
on_merge(struct grid *g, const struct xmlx_element *el)
{
	const char *ref = attr_plain(el, "ref"), *end;
	struct range r = { 0 };

	if (ref == NULL || g->n_merged >= RANGES_MAX ||
	    !cell_ref(ref, &r.row, &r.col, &end) || *end != ':' ||
	    !cell_ref(end + 1, &r.last_row, &r.last_col, NULL))
		return;
	range_add(&g->merged, &g->n_merged, &g->cap_merged, r);
}

static void
on_row(struct grid *g, const struct xmlx_element *el)
{
	uint32_t r;

	if (digits(attr_plain(el, "r"), 1048576, &r) && r > 0)
		g->row = r - 1;
	else
		g->row = g->row == UINT32_MAX ? 0 : g->row + 1;
	g->col = UINT32_MAX;
	g->row_hidden = attr_is_true(attr_plain(el, "hidden"), false) ||
	    is_zero(attr_plain(el, "ht"));
}

static void
on_cell(struct grid *g, const struct xmlx_element *el)
{
	const char *r = attr_plain(el, "r"), *t = attr_plain(el, "t");
	uint32_t row, col;

	g->col++;
	if (r != NULL && cell_ref(r, &row, &col, NULL)) {
		g->row = row;
		g->col = col;
	}
	if (!digits(attr_plain(el, "s"), UINT32_MAX, &g->style))
		g->style = 0;
	snprintf(g->type, sizeof(g->type), "%s", t == NULL ? "n" : t);
	g->in_cell = true;
	g->formula = false;
	buf_reset(&g->v);
	buf_reset(&g->rich.out);
}

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct grid *g = arg;

	if (skip_start(&g->skip, el))
		return true;
	if (g->in_cell) {
		if (is_local(el, "v"))
			g->field = IN_V;
		g->formula |= is_local(el, "f");
		rich_start(&g->rich, el);
		return true;
	}
	if (el->depth == 2)
		g->in_data = is_local(el, "sheetData");
	if (el->depth == 3)
		g->in_row = g->in_data && is_local(el, "row");
	if (el->depth == 3 && g->in_row)
		on_row(g, el);
	else if (el->depth == 4 && g->in_row && is_local(el, "c"))
		on_cell(g, el);
	else if (is_local(el, "col"))
		on_column(g, el);
	else if (is_local(el, "mergeCell"))
		on_merge(g, el);
	else if (strstr(el->local, "Header") != NULL)
		g->field = IN_HEADER;
	else if (strstr(el->local, "Footer") != NULL)
		g->field = IN_FOOTER;
	if (g->field != IN_NONE)
		buf_reset(&g->v);
	return true;
}

/* An ISO date in a cell of type d: its day as a serial number. */
static bool
iso_serial(const char *text, bool is_1904, double *out)
{
	struct err e = ERR_INIT;
	struct jday d, base;
	char day[JDAY_TEXT];

	snprintf(day, sizeof(day), "%s", text);
	if (jday_parse(day, &d, &e) < 0 ||
	    !jday_of_civil(is_1904 ? 1904 : 1899, is_1904 ? 1 : 12,
		is_1904 ? 1 : 30, &base))
		return false;
	*out = d.n - base.n;
	return true;
}

static void
put_number(struct grid *g, const char *code)
{
	const char *text = buf_str(&g->v);
	bool is_1904 = g->b->is_1904;
	char *end;
	double v;

	if (strcmp(g->type, "d") == 0) {
		if (iso_serial(text, is_1904, &v))
			numfmt_number(code, v, is_1904, &g->all);
		else
			buf_puts(&g->all, text);
		return;
	}
	v = strtod(text, &end);
	if (end == text || !isfinite(v))
		buf_puts(&g->all, text);
	else
		numfmt_number(code, v, is_1904, &g->all);
}

/* A shared string by its number.  Rule XLSX_REF. */
static bool
put_shared(struct grid *g, const char *code)
{
	struct slice s;
	uint32_t i;
	char cell[16];

	if (digits(buf_str(&g->v), UINT32_MAX, &i) &&
	    strings_at(&g->b->strings, i, &s)) {
		numfmt_text(code, s, &g->all);
		return true;
	}
	cell_name(g->row, g->col, cell);
	return stop_with(g, "XLSX_REF", cell);
}

static bool
put_value(struct grid *g)
{
	const char *code = styles_code(&g->b->styles, g->style);
	CLEANUP(buf_free) struct buf text = BUF_INIT(XMLX_TEXT_BYTES);

	if (strcmp(g->type, "s") == 0)
		return g->v.n == 0 || put_shared(g, code);
	if (strcmp(g->type, "inlineStr") == 0)
		numfmt_text(code, buf_slice(&g->rich.out), &g->all);
	else if (strcmp(g->type, "str") == 0) {
		escapes_decode(buf_slice(&g->v), &text);
		numfmt_text(code, buf_slice(&text), &g->all);
	} else if (strcmp(g->type, "e") == 0)
		buf_put(&g->all, g->v.p, g->v.n);
	else if (strcmp(g->type, "b") == 0)
		buf_puts(&g->all,
		    strcmp(buf_str(&g->v), "0") == 0 ? "FALSE" : "TRUE");
	else if (g->v.n > 0)
		put_number(g, code);
	return true;
}

static bool
cell_add(struct grid *g)
{
	struct cell one = { .row = g->row,
		.col = g->col,
		.hidden = g->row_hidden,
		.formula = g->formula };
	size_t had;

	one.from = (uint32_t)g->all.n;
	had = g->v.n + g->rich.out.n;
	if (!put_value(g))
		return false;
	if (!buf_ok(&g->all))
		return stop_with(g, "LIM_OUTPUT", "");
	one.to = (uint32_t)g->all.n;
	if (had == 0)
		return true;
	if (++g->b->cells > OOXML_CELLS)
		return stop_with(g, "LIM_OUTPUT", "cells");
	if (g->n == g->cap) {
		g->cap = g->cap == 0 ? 256 : g->cap * 2;
		g->cells = xrealloc(g->cells, g->cap, sizeof(*g->cells));
	}
	g->cells[g->n++] = one;
	return true;
}

/* "&L...&C社外秘&R&P": the text without its codes, a line for each part. */
static void
put_header(struct grid *g)
{
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(64));
	const char *p = buf_str(&g->v);

	for (; *p != '\0'; p++) {
		if (*p != '&') {
			buf_putc(&line, *p);
			continue;
		}
		if (*++p == '\0')
			break;
		if (*p == '"')
			p = strchr(p + 1, '"');
		else if (*p == '&')
			buf_putc(&line, '&');
		else if (*p == 'K')
			p += strspn(p + 1, "0123456789ABCDEFabcdef+-");
		else if (*p >= '0' && *p <= '9')
			p += strspn(p, "0123456789") - 1;
		else if (*p == 'L' || *p == 'C' || *p == 'R')
			buf_putc(&line, '\n');
		if (p == NULL)
			break;
	}
	document_text_line(g->b->text,
	    g->field == IN_HEADER ? LABEL_WHERE_HEADER : LABEL_WHERE_FOOTER,
	    buf_slice(&line));
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	struct grid *g = arg;

	if (skip_end(&g->skip, el))
		return true;
	if (g->in_cell) {
		rich_end(&g->rich, el);
		if (is_local(el, "v"))
			g->field = IN_NONE;
		if (!is_local(el, "c"))
			return true;
		g->in_cell = false;
		return cell_add(g);
	}
	if (g->field != IN_NONE && g->v.n > 0)
		put_header(g);
	g->field = IN_NONE;
	return true;
}

static bool
on_text(void *arg, struct slice s)
{
	struct grid *g = arg;

	if (g->skip != 0)
		return true;
	if (g->field != IN_NONE)
		buf_put(&g->v, s.p, s.n);
	rich_text(&g->rich, s);
	return true;
}

static int
cell_cmp(const void *one, const void *other)
{
	const struct cell *a = one, *b = other;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

static void
cells_sort(struct grid *g)
{
	for (size_t i = 1; i < g->n; i++)
		if (cell_cmp(&g->cells[i - 1], &g->cells[i]) > 0) {
			qsort(g->cells, g->n, sizeof(*g->cells), cell_cmp);
			return;
		}
}

/* The first cell of the row, or of a later one. */
static size_t
cells_from(const struct grid *g, uint32_t row)
{
	size_t low = 0, high = g->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (g->cells[mid].row < row)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Under a merged cell, but not its first. */
static bool
cells_cover(struct grid *g)
{
	size_t steps = 0;

	for (size_t k = 0; k < g->n_merged; k++) {
		const struct range *r = &g->merged[k];

		for (size_t i = cells_from(g, r->row);
		     i < g->n && g->cells[i].row <= r->last_row; i++) {
			struct cell *c = &g->cells[i];

			c->covered |= c->col >= r->col &&
			    c->col <= r->last_col &&
			    (c->row != r->row || c->col != r->col);
			if (++steps > COVER_STEPS)
				return stop_with(g, "LIM_OUTPUT", "mergeCell");
		}
	}
	return true;
}

/* Why a cell cannot be seen, or NULL. */
static const char *
hidden_as(const struct grid *g, const struct cell *c)
{
	if (g->b->sheets[g->b->at].hidden)
		return "sheet";
	if (c->hidden)
		return "row";
	if (g->column_hidden[c->col])
		return "column";
	if (c->covered)
		return "covered";
	return c->to == c->from ? "format" : NULL;
}

static void
report(struct grid *g, const struct cell *c, const char *what)
{
	const struct sheet *s = &g->b->sheets[g->b->at];
	char cell[16];

	if (strcmp(what, "sheet") == 0)
		return; /* once for the whole sheet: book.c */
	cell_name(c->row, c->col, cell);
	CLEANUP(freep) char *where = xasprintf("%s!%s", s->name, cell);
	pkg_hidden(g->b->p, what, where);
}

static void
cells_put(struct grid *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct cell *c = &g->cells[i];
		struct slice text = c->to == c->from
		    ? slice_str("")
		    : slice_of(g->all.p + c->from, c->to - c->from);
		const char *what = hidden_as(g, c);

		slots_put(g->b, c->row, c->col,
		    what == NULL ? text : slice_str(""), c->formula);
		if (what == NULL) {
			document_text_line(g->b->text, LABEL_WHERE_BODY, text);
			continue;
		}
		document_text_hidden(g->b->text, text);
		report(g, c, what);
	}
}

static void
grid_done(struct grid *g)
{
	buf_free(&g->all);
	buf_free(&g->v);
	buf_free(&g->rich.out);
	buf_free(&g->rich.t);
	free(g->cells);
	free(g->merged);
	free(g->column_hidden);
}

int
sheet_read(struct book *b)
{
	static const struct xmlx_handlers h = { on_start, on_end, on_text };
	CLEANUP(grid_done)
	struct grid g = {
		.b = b,
		.column_hidden = xcalloc(COLUMNS, sizeof(bool)),
		.all = BUF_INIT(XMLX_TEXT_BYTES),
		.v = BUF_INIT(XMLX_TEXT_BYTES),
		.rich = { .out = BUF_INIT(XMLX_TEXT_BYTES),
		    .t = BUF_INIT(XMLX_TEXT_BYTES) },
		.row = UINT32_MAX,
		.col = UINT32_MAX,
	};

	if (pkg_xml(b->p, b->sheets[b->at].part, &h, &g) < 0)
		return -1;
	cells_sort(&g);
	if (!cells_cover(&g))
		return -1;
	cells_put(&g);
	return 0;
}
