/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PDF_CONTENT_INT_H
#define NINTEI_PDF_CONTENT_INT_H
/* content_int: the machine that runs what a page draws. */
#include "pdf_int.h"

#define STATES 64 /* q within q; what is deeper shares the last one */
#define ARGS 8
#define FORMS_DEEP 8
#define FORMS_MAX 2000 /* drawn on one page */
#define TINY_POINTS 0.8 /* nobody reads smaller print */
#define NEARLY_ONE 0.97

struct matrix {
	double a, b, c, d, e, f;
};
struct state {
	struct matrix ctm;
	double size, leading, rise;
	int render;
	bool white; /* the colour that fills */
};
struct machine {
	struct pdf_file *f;
	struct content *out;
	struct slice resources;
	struct state state[STATES];
	size_t depth, floor, lost;
	struct matrix text, line;
	double args[ARGS];
	size_t n_args;
	char name[LEX_NAME_BYTES];
	bool blank; /* the strings since the last operator */
	struct rect path; /* bounds of what will be filled */
	bool has_path;
	unsigned forms_deep;
	size_t forms;
};

/* First x, then by. */
struct matrix matrix_mul(const struct matrix *x, const struct matrix *by);

/* content.c */
void content_run(struct machine *m, struct slice data);
/* page.c: a form, with its own matrix and resources. */
void content_form(struct machine *m, const struct object *o, struct slice dict);
/* ground.c: what is painted below text, as bounds. */
void ground_re(struct machine *m);
void ground_point(struct machine *m);
void ground_fill(struct machine *m);
void ground_drop(struct machine *m);

#endif
