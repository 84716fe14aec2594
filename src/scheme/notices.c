/* SPDX-License-Identifier: Apache-2.0 */
/* policies/notices.yaml: what each kind of notice says. */
#include "nintei/notice_texts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/conf.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

#define FILE_BYTES MIB(1)
#define TEXT_MAX 4000 /* bytes of one text */

struct notice_yaml {
	char *kind, *by_post, *reasons;
	char *subject_ja, *text_ja, *subject_en, *text_en;
};
struct notices_yaml {
	struct conf_list notices;
};

#define TEXT(field, need)                                                     \
	{                                                                     \
#field, CONF_TEXT, need, offsetof(struct notice_yaml, field), \
		    NULL                                                      \
	}
static const struct conf_field notice_fields[] = {
	TEXT(kind, true),
	TEXT(by_post, false),
	TEXT(reasons, false),
	TEXT(subject_ja, true),
	TEXT(text_ja, true),
	TEXT(subject_en, true),
	TEXT(text_en, true),
};
static const struct conf_shape notice_shape = { notice_fields,
	NELEM(notice_fields), sizeof(struct notice_yaml) };
static const struct conf_field file_fields[] = {
	{ "notices", CONF_LIST, true, offsetof(struct notices_yaml, notices),
	    &notice_shape },
};
static const struct conf_shape file_shape = { file_fields, NELEM(file_fields),
	sizeof(struct notices_yaml) };

struct notice_texts {
	void *yaml;
	struct notice_text *items;
	size_t n;
};

void
notice_texts_free(struct notice_texts *t)
{
	if (t == NULL)
		return;
	conf_free(&file_shape, t->yaml);
	free(t->items);
	free(t);
}

static int
yes_no(const char *text, const char *key, bool *out, struct err *e)
{
	*out = false;
	return text == NULL ? 0 : conf_bool(text, key, out, e);
}

static int
text_take(struct notice_texts *t, const struct notice_yaml *y, struct err *e)
{
	const char *texts[] = { y->subject_ja, y->text_ja, y->subject_en,
		y->text_en };
	struct notice_text *n = &t->items[t->n];

	for (size_t i = 0; i < NELEM(texts); i++)
		if (texts[i][0] == '\0' || strlen(texts[i]) > TEXT_MAX)
			return err_set(e, E_CONFIG,
			    "%.40s: want texts of 1 to %d bytes", y->kind,
			    TEXT_MAX);
	if (notice_text_find(t, y->kind) != NULL)
		return err_set(e, E_CONFIG, "%.40s: twice", y->kind);
	*n = (struct notice_text){ .kind = y->kind,
		.subject_ja = y->subject_ja,
		.text_ja = y->text_ja,
		.subject_en = y->subject_en,
		.text_en = y->text_en };
	if (yes_no(y->by_post, "by_post", &n->by_post, e) < 0 ||
	    yes_no(y->reasons, "reasons", &n->reasons, e) < 0)
		return err_wrap(e, "%.40s", y->kind);
	t->n++;
	return 0;
}

static int
file_take(struct notice_texts *t, struct err *e)
{
	const struct notices_yaml *y = t->yaml;
	const struct notice_yaml *rows = y->notices.items;

	t->items = xcalloc(y->notices.n + 1, sizeof(*t->items));
	for (size_t i = 0; i < y->notices.n; i++)
		if (text_take(t, &rows[i], e) < 0)
			return -1;
	return 0;
}

int
notice_texts_load(const char *dir, struct notice_texts **out, struct err *e)
{
	CLEANUP(notice_texts_freep)
	struct notice_texts *t = xcalloc(1, sizeof(*t));
	CLEANUP(freep) char *path = fs_join(dir, "notices.yaml");
	CLEANUP(buf_free) struct buf text = BUF_INIT(FILE_BYTES);
	struct err why = ERR_INIT;

	if (fs_read(AT_FDCWD, path, FILE_BYTES - 1, &text, &why) < 0 ||
	    conf_read(buf_slice(&text), "notices.yaml", &file_shape, &t->yaml,
		&why) < 0 ||
	    file_take(t, &why) < 0)
		return err_set(e, E_CONFIG, "notices.yaml: %s", why.detail);
	*out = TAKE(t);
	return 0;
}

const struct notice_text *
notice_text_find(const struct notice_texts *t, const char *kind)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->items[i].kind, kind) == 0)
			return &t->items[i];
	return NULL;
}

const struct notice_text *
notice_text_at(const struct notice_texts *t, size_t i)
{
	return i < t->n ? &t->items[i] : NULL;
}

void
notice_text_fill(
    const char *text, const struct notice_values *v, struct buf *out)
{
	const struct {
		const char *name, *value;
	} names[] = {
		{ "{number}", v->number },
		{ "{case}", v->dossier },
		{ "{deadline}", v->deadline },
		{ "{article}", v->article },
		{ "{link}", v->link },
	};

	while (*text != '\0') {
		size_t i = 0;

		while (i < NELEM(names) &&
		    strncmp(text, names[i].name, strlen(names[i].name)) != 0)
			i++;
		if (i < NELEM(names)) {
			buf_puts(out, names[i].value);
			text += strlen(names[i].name);
		} else {
			buf_putc(out, *text++);
		}
	}
}
