/* SPDX-License-Identifier: Apache-2.0 */
/* YAML read strictly: our shapes become libcyaml schemas, the rest is refused.
 */
#include "nintei/conf.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cyaml/cyaml.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/wire.h"
#include "conf_int.h"

#define CONF_BYTES MIB(1)
#define CONF_LIST_MAX 5000
#define CONF_SHAPES_MAX 64 /* maps within maps of one file */

/* Schemas made from one shape; freed together. */
struct schemas {
	cyaml_schema_value_t *top;
	void *made[CONF_SHAPES_MAX];
	size_t n;
	char message[256]; /* what libcyaml said */
	unsigned line; /* where, 0: unknown */
};

static void *
keep(struct schemas *s, size_t n, size_t size)
{
	void *p = xcalloc(n, size);

	if (s->n == CONF_SHAPES_MAX)
		abort(); /* our own shapes, never the file, decide it */
	s->made[s->n++] = p;
	return p;
}

static void
schemas_free(struct schemas *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		free(s->made[i]);
}

static cyaml_schema_value_t
text_value(enum cyaml_flag flags)
{
	cyaml_schema_value_t v = {
		.type = CYAML_STRING, .flags = flags, .data_size = sizeof(char)
	};

	v.string.min = 0;
	v.string.max = CONF_BYTES;
	return v;
}

static const struct cyaml_schema_field *make_fields(
    struct schemas *s, const struct conf_shape *shape);

static cyaml_schema_value_t
map_value(
    struct schemas *s, const struct conf_shape *shape, enum cyaml_flag flags)
{
	cyaml_schema_value_t v = { .type = CYAML_MAPPING,
		.flags = flags,
		.data_size = (uint32_t)shape->size };

	v.mapping.fields = make_fields(s, shape);
	return v;
}

static cyaml_schema_value_t
list_value(
    struct schemas *s, const struct conf_shape *of, enum cyaml_flag flags)
{
	cyaml_schema_value_t *entry = keep(s, 1, sizeof(*entry));
	cyaml_schema_value_t v = { .type = CYAML_SEQUENCE, .flags = flags };

	*entry = of == NULL ? text_value(CYAML_FLAG_POINTER)
			    : map_value(s, of, CYAML_FLAG_DEFAULT);
	v.data_size = of == NULL ? sizeof(char *) : entry->data_size;
	v.sequence.entry = entry;
	v.sequence.min = 0;
	v.sequence.max = CONF_LIST_MAX;
	return v;
}

static void
make_field(struct schemas *s, const struct conf_field *f,
    struct cyaml_schema_field *out)
{
	enum cyaml_flag flags = CYAML_FLAG_POINTER |
	    (f->required ? CYAML_FLAG_DEFAULT : CYAML_FLAG_OPTIONAL);

	out->key = f->key;
	out->data_offset = (uint32_t)f->offset;
	if (f->type == CONF_TEXT) {
		out->value = text_value(flags);
	} else if (f->type == CONF_MAP) {
		out->value = map_value(s, f->of, flags);
	} else {
		out->data_offset += offsetof(struct conf_list, items);
		out->count_offset = (uint32_t)f->offset +
		    (uint32_t)offsetof(struct conf_list, n);
		out->count_size = sizeof(unsigned);
		out->value = list_value(s, f->of, flags);
	}
}

static const struct cyaml_schema_field *
make_fields(struct schemas *s, const struct conf_shape *shape)
{
	struct cyaml_schema_field *fields =
	    keep(s, shape->n + 1, sizeof(*fields));
	size_t i;

	for (i = 0; i < shape->n; i++)
		make_field(s, &shape->fields[i], &fields[i]);
	return fields; /* the last one stays zero: the end */
}

/* "…(line: 12, column: 4)" */
static unsigned
line_of(const char *message)
{
	const char *p = strstr(message, "(line: ");
	unsigned n = 0;

	if (p == NULL)
		return 0;
	for (p += 7; *p >= '0' && *p <= '9' && n < CONF_BYTES; p++)
		n = n * 10 + (unsigned)(*p - '0');
	return n;
}

/* The first message says what, the first with a line says where. */
static void on_log(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
    PRINTF_LIKE(3, 0);

static void
on_log(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct schemas *s = ctx;
	char line[256];

	(void)level;
	(void)vsnprintf(line, sizeof(line), fmt, args);
	line[strcspn(line, "\n")] = '\0';
	if (s->message[0] == '\0')
		(void)snprintf(s->message, sizeof(s->message), "%s",
		    strncmp(line, "Load: ", 6) == 0 ? line + 6 : line);
	if (s->line == 0)
		s->line = line_of(line);
}

static cyaml_config_t
config_for(struct schemas *s)
{
	return (cyaml_config_t){ .log_fn = on_log,
		.log_ctx = s,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_NO_ALIAS };
}

static void
schemas_make(struct schemas *s, const struct conf_shape *shape)
{
	s->top = keep(s, 1, sizeof(*s->top));
	*s->top = map_value(s, shape, CYAML_FLAG_POINTER);
}

/* libcyaml stands before the key that it refuses: look for it. */
static int
refused(struct schemas *s, struct slice text, const char *name, cyaml_err_t rv,
    struct err *e)
{
	static const struct {
		const char *begin;
		unsigned after; /* lines to pass over */
	} with_key[] = { { "Unexpected key: ", 0 },
		{ "Mapping field already seen: ", 1 } };
	unsigned line = s->line;
	unsigned found = 0;
	size_t i, n;

	for (i = 0; i < NELEM(with_key) && found == 0; i++) {
		n = strlen(with_key[i].begin);
		if (strncmp(s->message, with_key[i].begin, n) == 0)
			found = conf_key_line(
			    text, s->message + n, line + with_key[i].after);
	}
	return err_set(e, E_CONFIG, "%s, line %u: %s", name,
	    found != 0 ? found : line,
	    s->message[0] != '\0' ? s->message : cyaml_strerror(rv));
}

int
conf_read(struct slice text, const char *name, const struct conf_shape *shape,
    void **out, struct err *e)
{
	CLEANUP(schemas_free) struct schemas s = { 0 };
	cyaml_config_t cfg = config_for(&s);
	cyaml_data_t *data = NULL;
	cyaml_err_t rv;

	if (text.n > CONF_BYTES)
		return err_set(e, E_CONFIG, "%s: larger than 1 MiB", name);
	if (!utf8_valid(text))
		return err_set(e, E_CONFIG, "%s: not UTF-8", name);
	if (conf_scan(text, name, e) < 0)
		return -1;
	schemas_make(&s, shape);
	rv = cyaml_load_data(text.p, text.n, &cfg, s.top, &data, NULL);
	if (rv != CYAML_OK)
		return refused(&s, text, name, rv, e);
	if (data == NULL)
		return err_set(e, E_CONFIG, "%s: empty", name);
	*out = data;
	return 0;
}

int
conf_read_file(int dirfd, const char *path, const struct conf_shape *shape,
    void **out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(CONF_BYTES + 1);
	const char *slash = strrchr(path, '/');

	if (fs_read(dirfd, path, CONF_BYTES, &text, e) < 0)
		return err_wrap(e, "%s", path);
	return conf_read(
	    buf_slice(&text), slash == NULL ? path : slash + 1, shape, out, e);
}

void
conf_free(const struct conf_shape *shape, void *value)
{
	CLEANUP(schemas_free) struct schemas s = { 0 };
	cyaml_config_t cfg = config_for(&s);

	if (value == NULL)
		return;
	schemas_make(&s, shape);
	(void)cyaml_free(&cfg, s.top, value, 0);
}
