/* SPDX-License-Identifier: Apache-2.0 */
/* A form as a workbook, by libxlsxwriter. */
#include "nintei/sheetx.h"

#include <stdlib.h>
#include <unistd.h>

#include <xlsxwriter.h>

#define LIST_BYTES 255 /* longest list that stands in a rule itself */

struct formats {
	lxw_format *title, *note, *version, *head, *heading, *label, *fill;
};

/* One workbook being written; closing it writes and frees it. */
struct writing {
	const struct sheetx_form *form;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	struct formats f;
	lxw_error fault; /* the first */
};

static void
note_fault(struct writing *w, lxw_error fault)
{
	if (w->fault == LXW_NO_ERROR)
		w->fault = fault;
}

static lxw_format *
format_new(lxw_workbook *book, double size, bool bold, lxw_color_t colour)
{
	lxw_format *f = workbook_add_format(book);

	format_set_font_size(f, size);
	format_set_text_wrap(f);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (bold)
		format_set_bold(f);
	if (colour != LXW_COLOR_WHITE)
		format_set_bg_color(f, colour);
	return f;
}

static struct formats
formats_make(lxw_workbook *book)
{
	struct formats f = {
		.title = format_new(book, 16, true, LXW_COLOR_WHITE),
		.note = format_new(book, 10, false, LXW_COLOR_WHITE),
		.version = format_new(book, 8, false, LXW_COLOR_WHITE),
		.head = format_new(book, 10, true, 0xd9d9d9),
		.heading = format_new(book, 11, true, 0xf2f2f2),
		.label = format_new(book, 10, false, LXW_COLOR_WHITE),
		.fill = format_new(book, 11, false, 0xfff9e5),
	};

	format_set_border(f.head, LXW_BORDER_THIN);
	format_set_border(f.heading, LXW_BORDER_THIN);
	format_set_border(f.label, LXW_BORDER_THIN);
	format_set_border(f.fill, LXW_BORDER_THIN);
	/* Text: nothing that is typed becomes a date or a power of ten. */
	format_set_num_format(f.fill, "@");
	format_set_unlocked(f.fill);
	return f;
}

static void
put(struct writing *w, lxw_row_t row, size_t col, const char *text,
    lxw_format *format)
{
	if (text == NULL || text[0] == '\0')
		note_fault(w,
		    worksheet_write_blank(
			w->sheet, row, (lxw_col_t)col, format));
	else
		note_fault(w,
		    worksheet_write_string(
			w->sheet, row, (lxw_col_t)col, text, format));
}

static void
put_wide(struct writing *w, lxw_row_t row, const char *text, lxw_format *format)
{
	note_fault(w,
	    worksheet_merge_range(w->sheet, row, 0, row,
		(lxw_col_t)(w->form->n_columns - 1), text, format));
}

static void
name_cell(struct writing *w, const char *name, lxw_row_t row, size_t col)
{
	CLEANUP(freep)
	char *where = xasprintf("='%s'!$%c$%u", w->form->sheet,
	    (char)('A' + col), (unsigned)row + 1);

	note_fault(w, workbook_define_name(w->book, name, where));
}

/* A list to choose from; what a list cannot hold stays free. */
static void
put_choices(struct writing *w, lxw_row_t row, const struct sheetx_row *r)
{
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST,
		.ignore_blank = LXW_VALIDATION_ON,
		.dropdown = LXW_VALIDATION_ON,
		.error_type = LXW_VALIDATION_ERROR_TYPE_WARNING };
	CLEANUP(freep)
	char **list = xcalloc(r->n_choices + 1, sizeof(*list));
	size_t bytes = 0;

	for (size_t i = 0; i < r->n_choices; i++) {
		list[i] = (char *)(uintptr_t)r->choices[i]; /* not written */
		for (const char *p = list[i]; *p != '\0'; p++)
			bytes++;
		bytes++;
	}
	if (bytes > LIST_BYTES)
		return;
	v.value_list = list;
	note_fault(w,
	    worksheet_data_validation_cell(
		w->sheet, row, (lxw_col_t)w->form->fill, &v));
}

static void
put_row(struct writing *w, lxw_row_t row, const struct sheetx_row *r)
{
	const struct sheetx_form *form = w->form;

	if (r->heading) {
		put_wide(w, row, r->cells[0], w->f.heading);
		return;
	}
	if (r->tall)
		note_fault(w, worksheet_set_row(w->sheet, row, 60, NULL));
	for (size_t i = 0; i < form->n_columns; i++)
		put(w, row, i, r->cells[i],
		    i == form->fill ? w->f.fill : w->f.label);
	name_cell(w, r->name, row, form->fill);
	if (r->n_choices > 0)
		put_choices(w, row, r);
}

static void
put_columns(struct writing *w, lxw_row_t row)
{
	for (size_t i = 0; i < w->form->n_columns; i++) {
		note_fault(w,
		    worksheet_set_column(w->sheet, (lxw_col_t)i, (lxw_col_t)i,
			w->form->columns[i].width, NULL));
		put(w, row, i, w->form->columns[i].title, w->f.head);
	}
}

/* Labels are locked without a password, cells to fill in are not. */
static void
put_page(struct writing *w, lxw_row_t head)
{
	lxw_protection can = { .format_rows = LXW_TRUE,
		.format_columns = LXW_TRUE,
		.format_cells = LXW_TRUE };

	worksheet_protect(w->sheet, NULL, &can);
	worksheet_freeze_panes(w->sheet, head + 1, 0);
	worksheet_set_landscape(w->sheet);
	worksheet_set_paper(w->sheet, 9); /* A4 */
	worksheet_fit_to_pages(w->sheet, 1, 0);
	note_fault(w, worksheet_repeat_rows(w->sheet, head, head));
	worksheet_set_footer(w->sheet, "&C&P / &N");
}

static void
put_all(struct writing *w)
{
	const struct sheetx_form *form = w->form;
	lxw_row_t row = 0;

	put_wide(w, row++, form->title, w->f.title);
	put(w, row, 0, form->version, w->f.version);
	name_cell(w, form->version_name, row++, 0);
	for (size_t i = 0; i < form->n_notes; i++)
		put_wide(w, row++, form->notes[i], w->f.note);
	put_columns(w, row);
	put_page(w, row++);
	for (size_t i = 0; i < form->n_rows; i++)
		put_row(w, row++, &form->rows[i]);
}

int
sheetx_write(const struct sheetx_form *form, const char *path, struct err *e)
{
	lxw_doc_properties about = { .title = (char *)(uintptr_t)form->title,
		.created = (time_t)form->created };
	struct writing w = { .form = form, .fault = LXW_NO_ERROR };
	lxw_error end;

	if (access(path, F_OK) == 0)
		return err_set(e, E_INPUT, "%.200s exists already", path);
	if ((w.book = workbook_new(path)) == NULL ||
	    (w.sheet = workbook_add_worksheet(w.book, form->sheet)) == NULL)
		return err_set(e, E_INTERNAL, "libxlsxwriter: no workbook");
	w.f = formats_make(w.book);
	note_fault(&w, workbook_set_properties(w.book, &about));
	put_all(&w);
	end = workbook_close(w.book);
	note_fault(&w, end);
	if (w.fault != LXW_NO_ERROR)
		return err_set(
		    e, E_INTERNAL, "%.200s: %s", path, lxw_strerror(w.fault));
	return 0;
}
