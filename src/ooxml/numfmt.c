/* SPDX-License-Identifier: Apache-2.0 */
/* Number formats: what a cell shows of its number (ECMA-376-1 18.8.31). */
#include "ooxml_int.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SECTIONS 4
#define DIGITS 30 /* places on either side that a format may ask for */

/* The bracket at *i: a condition, a currency sign, or nothing to see. */
static void
bracket(const struct section *s, size_t *i, struct buf *out)
{
	size_t from = *i + 1, end = from;

	while (end < s->n && s->p[end] != ']')
		end++;
	*i = end + 1;
	if (out == NULL || from >= end || s->p[from] != '$')
		return;
	for (from++; from < end && s->p[from] != '-'; from++)
		buf_putc(out, s->p[from]);
}

/* The sections between semicolons that are not quoted. */
static size_t
split(const char *code, struct section out[SECTIONS])
{
	struct section all = { code, strlen(code), false };
	size_t n = 0, i = 0, from = 0;

	while (n < SECTIONS) {
		if (i < all.n && section_literal(&all, &i, NULL))
			continue;
		if (i < all.n && all.p[i] == '[') {
			bracket(&all, &i, NULL);
			continue;
		}
		if (i < all.n && all.p[i] != ';') {
			i++;
			continue;
		}
		if (i > all.n)
			i = all.n;
		out[n].p = code + from;
		out[n].gannen = strstr(code, "gannen") != NULL;
		out[n++].n = i - from;
		if (i >= all.n)
			break;
		from = ++i;
	}
	return n;
}

static bool
has_unquoted(const struct section *s, char want)
{
	size_t i = 0;

	while (i < s->n) {
		if (section_literal(s, &i, NULL))
			continue;
		if (s->p[i] == '[') {
			bracket(s, &i, NULL);
			continue;
		}
		if (s->p[i++] == want)
			return true;
	}
	return false;
}

static bool
is_general(const struct section *s)
{
	size_t i = 0;

	while (i < s->n) {
		if (s->p[i] == '[') {
			bracket(s, &i, NULL);
			continue;
		}
		if (section_literal(s, &i, NULL))
			continue;
		if (s->n - i >= 7 && strncasecmp(s->p + i, "General", 7) == 0)
			return true;
		i++;
	}
	return false;
}

/* A whole number in full, others to ten places as a cell has room for. */
static void
put_general(double v, struct buf *out)
{
	if (fabs(v) < 1e15 && v == floor(v))
		buf_putf(out, "%.0f", v == 0 ? 0.0 : v);
	else
		buf_putf(out, "%.10G", v);
}

/* "General" among literals. */
static void
put_general_section(const struct section *s, double v, struct buf *out)
{
	size_t i = 0;

	while (i < s->n) {
		if (section_literal(s, &i, out))
			continue;
		if (s->p[i] == '[')
			bracket(s, &i, out);
		else if (s->n - i >= 7 &&
		    strncasecmp(s->p + i, "General", 7) == 0) {
			put_general(v, out);
			i += 7;
		} else
			buf_putc(out, s->p[i++]);
	}
}

/* What a section asks of the digits. */
struct picture {
	size_t whole, zeros; /* places before the point; of them '0' */
	size_t point, point_zeros; /* after it */
	bool has_point, comma, exponent, exponent_plus;
	size_t exponent_places;
	int scale; /* power of ten */
};

static bool
is_place(char c)
{
	return c == '0' || c == '#' || c == '?';
}

static void
picture_place(struct picture *p, char c, bool after_e)
{
	if (after_e) {
		p->exponent_places += p->exponent_places < DIGITS;
		return;
	}
	if (p->has_point) {
		p->point += p->point < DIGITS;
		if (c == '0')
			p->point_zeros = p->point;
		return;
	}
	p->whole += p->whole < DIGITS;
	if (c == '0' || p->zeros > 0)
		p->zeros += p->zeros < DIGITS;
}

/* A comma between places groups; one behind the last divides by 1000. */
static void
picture_comma(struct picture *p, const struct section *s, size_t i)
{
	size_t k = i;

	while (k < s->n && s->p[k] == ',')
		k++;
	if (k < s->n && is_place(s->p[k]))
		p->comma = true;
	else if (p->whole > 0)
		p->scale -= 3;
}

static struct picture
picture_of(const struct section *s)
{
	struct picture p = { 0 };
	size_t i = 0;

	while (i < s->n) {
		char c = s->p[i];

		if (section_literal(s, &i, NULL))
			continue;
		if (c == '[') {
			bracket(s, &i, NULL);
			continue;
		}
		if (is_place(c))
			picture_place(&p, c, p.exponent);
		else if (c == '.')
			p.has_point = true;
		else if (c == ',')
			picture_comma(&p, s, i);
		else if (c == '%')
			p.scale += 2;
		else if ((c == 'E' || c == 'e') && i + 1 < s->n &&
		    (s->p[i + 1] == '+' || s->p[i + 1] == '-')) {
			p.exponent = true;
			p.exponent_plus = s->p[++i] == '+';
		}
		i++;
	}
	return p;
}

/* The digits of v: whole part and fraction, each without the sign. */
struct figures {
	char whole[440];
	char point[DIGITS + 2];
	int exponent;
};

/* To so many places, halves away from zero as a cell does it. */
static double
rounded(double v, size_t places)
{
	double power = pow(10, (double)places);
	char text[32];
	double whole;

	snprintf(text, sizeof(text), "%.15g", v * power);
	whole = strtod(text, NULL);
	return whole < 1e15 ? floor(whole + 0.5) / power : v;
}

static struct figures
figures_of(double v, const struct picture *p)
{
	struct figures f = { .exponent = 0 };
	char all[440], *dot;
	size_t n;

	v = fabs(v);
	v *= pow(10, p->scale);
	if (p->exponent) {
		f.exponent = v > 0 ? (int)floor(log10(v)) : 0;
		v /= pow(10, f.exponent);
	}
	/* 15 places are all that a cell keeps of a number. */
	snprintf(all, sizeof(all), "%.15g", v);
	v = strtod(all, NULL);
	v = rounded(v, p->point);
	snprintf(all, sizeof(all), "%.*f", (int)p->point, v);
	dot = strchr(all, '.');
	if (dot != NULL)
		*dot++ = '\0';
	snprintf(f.whole, sizeof(f.whole), "%s",
	    strcmp(all, "0") == 0 && p->zeros == 0 ? "" : all);
	snprintf(
	    f.point, sizeof(f.point), "%.*s", DIGITS, dot == NULL ? "" : dot);
	n = strlen(f.point);
	while (n > p->point_zeros && f.point[n - 1] == '0')
		f.point[--n] = '\0';
	return f;
}

/* Writing of one section. */
struct writing {
	const struct section *s;
	struct picture p;
	struct figures f;
	struct buf *out;
	size_t seen; /* places before the point already passed */
	bool point, exponent;
	size_t after; /* places after the point already passed */
};

static void
put_whole_digit(struct writing *w, char c, size_t left)
{
	buf_putc(w->out, c);
	if (w->p.comma && left > 0 && left % 3 == 0)
		buf_putc(w->out, ',');
}

/*
 * The place at hand, counted from the left: digits beyond the places go out
 * with the first one; a '0' without a digit is a zero.
 */
static void
put_whole(struct writing *w)
{
	size_t have = strlen(w->f.whole), left = w->p.whole - w->seen;
	size_t i;

	if (w->seen == 0)
		for (i = 0; have > w->p.whole && i < have - w->p.whole; i++)
			put_whole_digit(w, w->f.whole[i], have - 1 - i);
	w->seen += w->seen < w->p.whole;
	if (left == 0)
		return;
	if (left <= have)
		put_whole_digit(w, w->f.whole[have - left], left - 1);
	else if (left <= w->p.zeros)
		put_whole_digit(w, '0', left - 1);
}

static void
put_place(struct writing *w)
{
	if (w->exponent)
		return;
	if (!w->point) {
		put_whole(w);
		return;
	}
	if (w->after < strlen(w->f.point))
		buf_putc(w->out, w->f.point[w->after]);
	w->after++;
}

static void
put_exponent(struct writing *w, size_t *i)
{
	int e = w->f.exponent;

	w->exponent = true;
	buf_putc(w->out, 'E');
	if (e < 0 || w->p.exponent_plus)
		buf_putc(w->out, e < 0 ? '-' : '+');
	buf_putf(w->out, "%0*d", (int)w->p.exponent_places, abs(e));
	++*i;
}

static void
put_number(const struct section *s, double v, struct buf *out)
{
	struct writing w = { .s = s, .p = picture_of(s), .out = out };
	size_t i = 0;

	w.f = figures_of(v, &w.p);
	while (i < s->n) {
		char c = s->p[i];

		if (section_literal(s, &i, out))
			continue;
		if (c == '[') {
			bracket(s, &i, out);
			continue;
		}
		if (is_place(c))
			put_place(&w);
		else if (c == '.') {
			/* ".5" has no place before the point. */
			if (w.p.whole == 0 && !w.point)
				buf_puts(out, w.f.whole);
			w.point = true;
			if (w.f.point[0] != '\0' || w.p.point == 0)
				buf_putc(out, '.');
		} else if ((c == 'E' || c == 'e') && w.p.exponent &&
		    !w.exponent)
			put_exponent(&w, &i);
		else if (c != ',')
			buf_putc(out, c);
		i++;
	}
}

/* "[>=100]" before a section; false: it has none. */
static bool
condition(const struct section *s, double v, bool *out_met)
{
	static const char *const ops[] = { ">=", "<=", "<>", ">", "<", "=" };
	char text[40], *end;
	double want;

	for (size_t i = 0; i + 1 < s->n && s->p[i] == '[';) {
		for (size_t k = 0; k < NELEM(ops); k++) {
			size_t n = strlen(ops[k]);

			if (s->n - i - 1 <= n ||
			    strncmp(s->p + i + 1, ops[k], n) != 0)
				continue;
			snprintf(text, sizeof(text), "%.*s",
			    (int)(s->n - i - 1 - n > 39 ? 39
							: s->n - i - 1 - n),
			    s->p + i + 1 + n);
			want = strtod(text, &end);
			if (*end != ']')
				return false;
			*out_met = k == 0 ? v >= want
			    : k == 1      ? v <= want
			    : k == 2      ? v < want || v > want
			    : k == 3      ? v > want
			    : k == 4      ? v < want
					  : !(v < want || v > want);
			return true;
		}
		bracket(s, &i, NULL);
	}
	return false;
}

/* Which section shows v, and whether it brings its own sign. */
static const struct section *
choose(const struct section *all, size_t n, double v, bool *out_signed)
{
	size_t plain = n > 3 ? 3 : n;
	bool met, any = false;

	*out_signed = false;
	for (size_t i = 0; i < plain && i < 2; i++)
		if (condition(&all[i], v, &met)) {
			any = true;
			if (met)
				return &all[i];
		}
	if (any)
		return &all[plain - 1];
	if (v < 0 && plain >= 2) {
		*out_signed = true;
		return &all[1];
	}
	return v == 0 && plain >= 3 ? &all[2] : &all[0];
}

void
numfmt_number(const char *code, double v, bool is_1904, struct buf *out)
{
	struct section all[SECTIONS] = { 0 };
	size_t n = split(code, all);
	bool own_sign;
	const struct section *s;

	s = choose(all, n, v, &own_sign);
	if (s->n == 0) {
		if (n == 1)
			put_general(v, out);
		return; /* ";;;" shows nothing */
	}
	if (is_general(s)) {
		put_general_section(s, own_sign ? fabs(v) : v, out);
		return;
	}
	if (section_is_date(s)) {
		section_date(s, v, is_1904, out);
		return;
	}
	if (has_unquoted(s, '@') || has_unquoted(s, '/')) {
		put_general(v, out);
		return;
	}
	if (v < 0 && !own_sign)
		buf_putc(out, '-');
	put_number(s, v, out);
}

void
numfmt_text(const char *code, struct slice text, struct buf *out)
{
	struct section all[SECTIONS] = { 0 };
	size_t n = split(code, all), i = 0;
	const struct section *s = &all[n - 1];

	if (n < SECTIONS && !has_unquoted(s, '@')) {
		buf_put(out, text.p, text.n);
		return;
	}
	while (i < s->n) {
		if (section_literal(s, &i, out))
			continue;
		if (s->p[i] == '[') {
			bracket(s, &i, out);
			continue;
		}
		if (s->p[i] == '@')
			buf_put(out, text.p, text.n);
		else
			buf_putc(out, s->p[i]);
		i++;
	}
}
