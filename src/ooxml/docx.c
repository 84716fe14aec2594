/* SPDX-License-Identifier: Apache-2.0 */
/* A document: what a person reads of it, and apart what he does not see. */
#include "nintei/ooxml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nintei/limits.h"

#include "ooxml_int.h"

#define INSTR_BYTES 4096
#define VML "urn:schemas-microsoft-com:vml"
#define MC "http://schemas.openxmlformats.org/markup-compatibility/2006"

struct word {
	struct pkg *p;
	struct document_text *text;
	struct word_styles styles;
};

/* Why text does not count as seen. */
enum aside {
	ASIDE_NONE = 0,
	ASIDE_VANISH,
	ASIDE_DELETED,
	ASIDE_INSERTED,
	ASIDE_COMMENT,
	ASIDE_WHITE,
	ASIDE_TINY,
	ASIDE_FOREIGN,
	ASIDE_MAX
};
static const char *const aside_names[ASIDE_MAX] = {
	[ASIDE_VANISH] = "vanish",
	[ASIDE_DELETED] = "deleted",
	[ASIDE_INSERTED] = "inserted",
	[ASIDE_COMMENT] = "comment",
	[ASIDE_WHITE] = "white",
	[ASIDE_TINY] = "tiny",
	[ASIDE_FOREIGN] = "foreign",
};

/* The reading of one part; depths are 0 while not inside. */
struct story {
	struct word *w;
	const char *part;
	enum label_where where;
	enum aside always; /* of the whole part */
	struct buf line, aside, instr;
	unsigned skip; /* fallback or reading: passed over */
	unsigned deleted, inserted, row, box;
	unsigned table, foreign; /* a table; what Word passes over */
	bool white, tiny, shaded; /* the run; shaded: or its paragraph */
	bool paragraph_shaded;
	bool style_hidden, run_hidden, in_run, in_t, in_deleted_t, in_instr;
	bool reported[ASIDE_MAX];
	bool pages; /* the body has pages */
};

/* --- text --- */

static enum aside
aside_of(const struct story *s)
{
	if (s->always != ASIDE_NONE)
		return s->always;
	if (s->deleted != 0 || s->in_deleted_t)
		return ASIDE_DELETED;
	if (s->inserted != 0)
		return ASIDE_INSERTED;
	if (s->style_hidden || s->run_hidden || s->row != 0)
		return ASIDE_VANISH;
	if (s->foreign != 0)
		return ASIDE_FOREIGN;
	if (s->white && !s->shaded && s->table == 0 && s->box == 0)
		return ASIDE_WHITE;
	return s->tiny ? ASIDE_TINY : ASIDE_NONE;
}

static void
put(struct story *s, struct slice text)
{
	enum aside a = aside_of(s);

	if (a == ASIDE_NONE) {
		buf_put(&s->line, text.p, text.n);
		return;
	}
	buf_put(&s->aside, text.p, text.n);
	if (!s->reported[a])
		pkg_hidden(s->w->p, aside_names[a], s->part);
	s->reported[a] = true;
}

static void
flush(struct story *s)
{
	if (s->line.n > 0)
		document_text_line(s->w->text,
		    s->box != 0 ? LABEL_WHERE_STAMP : s->where,
		    buf_slice(&s->line));
	if (s->aside.n > 0)
		document_text_hidden(s->w->text, buf_slice(&s->aside));
	buf_reset(&s->line);
	buf_reset(&s->aside);
}

/* Fields that start programs or fetch from elsewhere. */
static const struct {
	const char *word, *code;
} fields[] = {
	{ "DDE", "MACRO" },
	{ "DDEAUTO", "MACRO" },
	{ "MACROBUTTON", "MACRO" },
	{ "INCLUDEPICTURE", "EXTERNAL_REF" },
	{ "INCLUDETEXT", "EXTERNAL_REF" },
	{ "INCLUDE", "EXTERNAL_REF" },
	{ "IMPORT", "EXTERNAL_REF" },
	{ "LINK", "EXTERNAL_REF" },
	{ "DATABASE", "EXTERNAL_REF" },
	{ "RD", "EXTERNAL_REF" },
};

static void
field_judge(struct story *s, const char *instr)
{
	size_t n;

	instr += strspn(instr, " \t\r\n");
	n = strcspn(instr, " \t\r\n\\\"");
	for (size_t i = 0; i < NELEM(fields); i++)
		if (strlen(fields[i].word) == n &&
		    strncasecmp(instr, fields[i].word, n) == 0)
			fault_at(s->w->p->f, fields[i].code, s->part,
			    fields[i].word);
}

static void
instr_end(struct story *s)
{
	field_judge(s, buf_str(&s->instr));
	buf_free(&s->instr);
	s->instr = (struct buf)BUF_INIT(INSTR_BYTES);
}

/* --- elements --- */

static void
start_p(struct story *s, const struct xmlx_element *el)
{
	(void)el;
	flush(s);
	s->style_hidden = s->w->styles.vanish;
	s->paragraph_shaded = s->shaded = false;
	s->white = s->tiny = false;
}

static void
start_pstyle(struct story *s, const struct xmlx_element *el)
{
	s->style_hidden = word_style_vanishes(&s->w->styles, attr_w(el, "val"));
}

static void
start_r(struct story *s, const struct xmlx_element *el)
{
	(void)el;
	s->in_run = true;
	s->run_hidden = s->white = s->tiny = false;
	s->shaded = s->paragraph_shaded;
}

static void
start_rstyle(struct story *s, const struct xmlx_element *el)
{
	if (s->in_run)
		s->run_hidden =
		    word_style_vanishes(&s->w->styles, attr_w(el, "val"));
}

static void
start_vanish(struct story *s, const struct xmlx_element *el)
{
	if (s->in_run)
		s->run_hidden = attr_is_true(attr_w(el, "val"), true);
}

/* White on what is not coloured.  Cells of a table often are, by its style. */
static void
start_color(struct story *s, const struct xmlx_element *el)
{
	const char *v = attr_w(el, "val"), *theme = attr_w(el, "themeColor");

	if (!s->in_run)
		return;
	s->white = (v != NULL && strcasecmp(v, "FFFFFF") == 0) ||
	    (theme != NULL && strcmp(theme, "background1") == 0);
}

static void
start_shading(struct story *s, const struct xmlx_element *el)
{
	const char *fill = attr_w(el, "fill"), *val = attr_w(el, "val");
	bool none = is_local(el, "shd") &&
	    (fill == NULL || strcasecmp(fill, "auto") == 0 ||
		strcasecmp(fill, "FFFFFF") == 0) &&
	    (val == NULL || strcmp(val, "clear") == 0);

	if (none)
		return;
	s->shaded = true;
	if (!s->in_run)
		s->paragraph_shaded = true;
}

/* In half points; nobody reads two points. */
static void
start_size(struct story *s, const struct xmlx_element *el)
{
	uint32_t n;

	if (s->in_run)
		s->tiny = digits(attr_w(el, "val"), 4000, &n) && n <= 4;
}

static void
start_table(struct story *s, const struct xmlx_element *el)
{
	if (s->table == 0)
		s->table = el->depth;
}

static void
start_t(struct story *s, const struct xmlx_element *el)
{
	s->in_t = is_local(el, "t");
	s->in_deleted_t = is_local(el, "delText");
	s->in_instr = is_local(el, "instrText") || is_local(el, "delInstrText");
}

static void
start_blank(struct story *s, const struct xmlx_element *el)
{
	(void)el;
	put(s, slice_str(" "));
}

static void
start_hyphen(struct story *s, const struct xmlx_element *el)
{
	(void)el;
	put(s, slice_str("-"));
}

static void
start_br(struct story *s, const struct xmlx_element *el)
{
	const char *type = attr_w(el, "type");
	bool page = is_local(el, "lastRenderedPageBreak") ||
	    (type != NULL && strcmp(type, "page") == 0);

	if (!page) {
		put(s, slice_str("\n"));
		return;
	}
	if (!s->pages)
		return;
	flush(s);
	document_text_page(s->w->text);
}

static void
start_deleted(struct story *s, const struct xmlx_element *el)
{
	if (s->deleted == 0)
		s->deleted = el->depth;
}

static void
start_inserted(struct story *s, const struct xmlx_element *el)
{
	if (s->inserted == 0)
		s->inserted = el->depth;
}

static void
start_hidden_row(struct story *s, const struct xmlx_element *el)
{
	if (s->row == 0 && attr_is_true(attr_w(el, "val"), true))
		s->row = el->depth - 2; /* w:tr of its w:trPr */
}

static void
start_box(struct story *s, const struct xmlx_element *el)
{
	if (s->box != 0)
		return;
	flush(s);
	s->box = el->depth;
}

static void
start_skip(struct story *s, const struct xmlx_element *el)
{
	s->skip = el->depth;
}

static void
start_field(struct story *s, const struct xmlx_element *el)
{
	const char *instr = attr_w(el, "instr");

	if (instr != NULL)
		field_judge(s, instr);
	if (is_local(el, "fldChar"))
		instr_end(s);
}

static const struct {
	const char *local;
	void (*start)(struct story *s, const struct xmlx_element *el);
} elements[] = {
	{ "t", start_t },
	{ "r", start_r },
	{ "p", start_p },
	{ "rStyle", start_rstyle },
	{ "pStyle", start_pstyle },
	{ "vanish", start_vanish },
	{ "color", start_color },
	{ "shd", start_shading },
	{ "highlight", start_shading },
	{ "sz", start_size },
	{ "tbl", start_table },
	{ "delText", start_t },
	{ "instrText", start_t },
	{ "delInstrText", start_t },
	{ "tab", start_blank },
	{ "ptab", start_blank },
	{ "noBreakHyphen", start_hyphen },
	{ "br", start_br },
	{ "cr", start_br },
	{ "lastRenderedPageBreak", start_br },
	{ "del", start_deleted },
	{ "moveFrom", start_deleted },
	{ "ins", start_inserted },
	{ "moveTo", start_inserted },
	{ "hidden", start_hidden_row },
	{ "txbxContent", start_box },
	{ "rt", start_skip },
	{ "fldSimple", start_field },
	{ "fldChar", start_field },
};

/* Namespaces that Word shows something of; others it passes over. */
static bool
is_of_word(const struct xmlx_element *el)
{
	static const char *const known[] = {
		"http://schemas.openxmlformats.org/",
		"http://purl.oclc.org/ooxml/",
		"http://schemas.microsoft.com/office/",
		"urn:schemas-microsoft-com:",
	};

	for (size_t i = 0; i < NELEM(known); i++)
		if (el->ns_len >= strlen(known[i]) &&
		    strncmp(el->ns, known[i], strlen(known[i])) == 0)
			return true;
	return false;
}

/* A watermark is a path of text in a drawing of the header. */
static void
start_foreign(struct story *s, const struct xmlx_element *el)
{
	const char *text;

	if (xmlx_is(el, MC, "Fallback"))
		s->skip = el->depth;
	if (s->foreign == 0 && !is_of_word(el))
		s->foreign = el->depth;
	if (!xmlx_is(el, VML, "textpath") ||
	    (text = attr_plain(el, "string")) == NULL)
		return;
	document_text_line(s->w->text, LABEL_WHERE_STAMP, slice_str(text));
}

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct story *s = arg;

	if (s->skip != 0)
		return true;
	if (!is_wml(el)) {
		start_foreign(s, el);
		return true;
	}
	for (size_t i = 0; i < NELEM(elements); i++)
		if (is_local(el, elements[i].local)) {
			elements[i].start(s, el);
			break;
		}
	return true;
}

static void
leave(unsigned *inside, const struct xmlx_element *el)
{
	if (*inside == el->depth)
		*inside = 0;
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	struct story *s = arg;

	if (s->skip != 0) {
		leave(&s->skip, el);
		return true;
	}
	s->in_t = s->in_deleted_t = s->in_instr = false;
	leave(&s->foreign, el);
	if (!is_wml(el))
		return true;
	if (is_local(el, "p"))
		flush(s);
	if (is_local(el, "r")) {
		s->in_run = false;
		s->run_hidden = s->white = s->tiny = false;
	}
	leave(&s->table, el);
	leave(&s->deleted, el);
	leave(&s->inserted, el);
	leave(&s->row, el);
	leave(&s->box, el);
	return true;
}

static bool
on_text(void *arg, struct slice text)
{
	struct story *s = arg;

	if (s->skip != 0)
		return true;
	if (s->in_instr)
		buf_put(&s->instr, text.p, text.n);
	else if (s->in_t || s->in_deleted_t)
		put(s, text);
	return true;
}

static int
story_read(
    struct word *w, const char *part, enum label_where where, enum aside always)
{
	static const struct xmlx_handlers h = { on_start, on_end, on_text };
	struct story s = {
		.w = w,
		.part = part,
		.where = where,
		.always = always,
		.line = BUF_INIT(XMLX_TEXT_BYTES),
		.aside = BUF_INIT(XMLX_TEXT_BYTES),
		.instr = BUF_INIT(INSTR_BYTES),
		.pages = strcmp(part, w->p->main) == 0,
		.style_hidden = w->styles.vanish,
	};
	int rv = pkg_xml(w->p, part, &h, &s);

	if (rv == 0) {
		flush(&s);
		instr_end(&s);
	}
	buf_free(&s.line);
	buf_free(&s.aside);
	buf_free(&s.instr);
	return rv;
}

/* What hangs on the body, in the order it is read. */
static const struct {
	const char *type;
	enum label_where where;
	enum aside always;
} stories[] = {
	{ "header", LABEL_WHERE_HEADER, ASIDE_NONE },
	{ "footer", LABEL_WHERE_FOOTER, ASIDE_NONE },
	{ "footnotes", LABEL_WHERE_BODY, ASIDE_NONE },
	{ "endnotes", LABEL_WHERE_BODY, ASIDE_NONE },
	{ "comments", LABEL_WHERE_BODY, ASIDE_COMMENT },
};

static int
stories_read(struct word *w)
{
	struct pkg *p = w->p;

	if (story_read(w, p->main, LABEL_WHERE_BODY, ASIDE_NONE) < 0)
		return -1;
	for (size_t i = 0; i < NELEM(stories); i++) {
		const char *part;
		size_t at = 0;

		while ((part = pkg_target_of_type(
			    p, p->main, stories[i].type, &at)) != NULL)
			if (story_read(w, part, stories[i].where,
				stories[i].always) < 0)
				return -1;
	}
	return 0;
}

static void
word_done(struct word *w)
{
	word_styles_done(&w->styles);
	document_text_free(w->text);
}

static int
word_read(struct word *w, struct json *facts)
{
	struct pkg *p = w->p;

	if (strcasestr(p->main_type, "wordprocessingml") == NULL ||
	    strcasestr(p->main_type, "main+xml") == NULL) {
		fault_add(p->f, "TYPE_MISMATCH", p->main);
		return -1;
	}
	w->text = document_text_new();
	if (word_styles_read(w->p, &w->styles) < 0 || stories_read(w) < 0 ||
	    props_read(p, facts) < 0)
		return -1;
	if (document_text_is_over(w->text)) {
		fault_add(p->f, "LIM_OUTPUT", "");
		return -1;
	}
	document_text_facts(w->text, facts);
	return 0;
}

int
ooxml_docx_facts(struct slice in, struct json **out, struct ooxml_faults *f)
{
	CLEANUP(jsonx_freep) struct json *facts = jsonx_object();
	CLEANUP(pkg_done) struct pkg p = { 0 };
	CLEANUP(word_done) struct word w = { .p = &p };

	f->n = 0;
	jsonx_set_str(facts, "type", "docx");
	if (pkg_open(in, f, &p) < 0 || fault_is(f) || word_read(&w, facts) < 0)
		return -1;
	if (fault_is(f))
		return -1;
	jsonx_set(facts, "hidden", TAKE(p.hidden));
	*out = TAKE(facts);
	return 0;
}
