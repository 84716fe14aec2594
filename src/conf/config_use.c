/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration in use: its clock, its print, its end. */
#include "nintei/conf.h"

#include <inttypes.h>
#include <stdlib.h>

static void
texts_free(char **texts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
}

static void
witnesses_free(struct config_witness *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(w[i].key);
		free(w[i].url);
		free(w[i].ca_file);
	}
	free(w);
}

static void
config_release(struct config *c)
{
	char *texts[] = { c->home, c->authority.name, c->authority.name_en,
		c->listen.https, c->listen.http, c->listen.metrics,
		c->urls.https, c->urls.http, c->hosts.verify, c->hosts.portal,
		c->hosts.sign, c->hosts.mark, c->hosts.api, c->oid_base,
		c->log.origin, c->smtp.url, c->smtp.from,
		c->smtp.credential_file, c->clamd, c->numbers.keyring };
	size_t i;

	for (i = 0; i < NELEM(texts); i++)
		free(texts[i]);
	texts_free(c->schemes, c->n_schemes);
	witnesses_free(c->log.witnesses, c->log.n_witnesses);
	free(c);
}

void
config_free(struct config *c)
{
	if (c != NULL)
		config_release(c);
}

int
config_check(const struct config *c, bool development, struct err *e)
{
	if (c->clock != CLOCK_REAL && !development)
		return err_set(e, E_CONFIG,
		    "clock: only a development authority may turn its clock");
	return 0;
}

static int64_t
now_fixed(void *arg)
{
	return ((const struct config *)arg)->clock_value;
}

static int64_t
now_offset(void *arg)
{
	struct clock real = clock_system();

	return clock_now(&real) + ((const struct config *)arg)->clock_value;
}

struct clock
config_clock(const struct config *c)
{
	/* The functions above only read it. */
	union {
		const struct config *in;
		void *out;
	} arg = { .in = c };

	if (c->clock == CLOCK_REAL)
		return clock_system();
	return (struct clock){ .now = c->clock == CLOCK_FIXED ? now_fixed
							      : now_offset,
		.arg = arg.out };
}

/* A YAML text in double quotes. */
static void
put_quoted(struct buf *out, const char *text)
{
	const char *p;

	buf_putc(out, '"');
	for (p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_puts(out, "\"\n");
}

static void
put_text(struct buf *out, const char *key, const char *text)
{
	buf_putf(out, "%s: ", key);
	put_quoted(out, text);
}

static void
put_list(struct buf *out, const char *key, char *const *texts, size_t n)
{
	size_t i;

	buf_putf(out, "%s:%s\n", key, n == 0 ? " []" : "");
	for (i = 0; i < n; i++) {
		buf_puts(out, "    - ");
		put_quoted(out, texts[i]);
	}
}

static void
print_places(const struct config *c, struct buf *out)
{
	buf_puts(out, "authority:\n");
	put_text(out, "  name", c->authority.name);
	put_text(out, "  name_en", c->authority.name_en);
	buf_puts(out, "listen:\n");
	put_text(out, "  https", c->listen.https);
	put_text(out, "  http", c->listen.http);
	put_text(out, "  metrics", c->listen.metrics);
	put_text(out, "  proxy", c->listen.proxy ? "yes" : "no");
	buf_puts(out, "urls:\n");
	put_text(out, "  https", c->urls.https);
	put_text(out, "  http", c->urls.http);
	buf_puts(out, "hosts:\n");
	put_text(out, "  verify", c->hosts.verify);
	put_text(out, "  portal", c->hosts.portal);
	put_text(out, "  sign", c->hosts.sign);
	put_text(out, "  mark", c->hosts.mark);
	put_text(out, "  api", c->hosts.api);
}

static void
print_clock(const struct config *c, struct buf *out)
{
	char text[INSTANT_TEXT];

	if (c->clock == CLOCK_FIXED)
		buf_putf(out, "clock:\n  fixed: \"%s\"\n",
		    instant_format(c->clock_value, text));
	else if (c->clock == CLOCK_OFFSET)
		buf_putf(
		    out, "clock:\n  offset: %" PRId64 "\n", c->clock_value);
}

static void
print_limits(const struct config_limits *l, struct buf *out)
{
	buf_putf(out,
	    "limits:\n  upload_bytes: %" PRIu64 "\n  total_bytes: %" PRIu64
	    "\n  entry_bytes: %" PRIu64 "\n  entries: %" PRIu64 "\n",
	    l->upload_bytes, l->total_bytes, l->entry_bytes, l->entries);
	buf_putf(out,
	    "  upload_memory_bytes: %" PRIu64
	    "\n  uploads_per_address: %" PRIu64 "\n  reads_per_second: %" PRIu64
	    "\n  preflights_per_minute: %" PRIu64 "\n",
	    l->upload_memory_bytes, l->uploads_per_address, l->reads_per_second,
	    l->preflights_per_minute);
	buf_putf(out,
	    "  connections: %" PRIu64 "\n  connections_per_address: %" PRIu64
	    "\n  open_cases: %" PRIu64 "\n  open_tickets: %" PRIu64 "\n",
	    l->connections, l->connections_per_address, l->open_cases,
	    l->open_tickets);
	buf_putf(out,
	    "  maintenance_hours: %" PRIu64 "\n  bundle_hours: %" PRIu64 "\n",
	    l->maintenance_hours, l->bundle_hours);
	buf_putf(out, "  archive_7z: %s\n", l->archive_7z ? "yes" : "no");
}

static void
print_witnesses(const struct config *c, struct buf *out)
{
	size_t n = c->log.n_witnesses;

	buf_putf(out, "  witnesses:%s\n", n == 0 ? " []" : "");
	for (size_t i = 0; i < n; i++) {
		const struct config_witness *w = &c->log.witnesses[i];
		CLEANUP(freep)
		char *text = xasprintf("%s %s%s%s", w->key, w->url,
		    w->ca_file[0] != '\0' ? " " : "", w->ca_file);

		buf_puts(out, "    - ");
		put_quoted(out, text);
	}
}

void
config_print(const struct config *c, struct buf *out)
{
	print_places(c, out);
	put_text(out, "oid_base", c->oid_base);
	put_list(out, "schemes", c->schemes, c->n_schemes);
	print_clock(c, out);
	print_limits(&c->limits, out);
	buf_putf(out, "crl:\n  every_hours: %d\n  valid_hours: %d\n",
	    c->crl.every_hours, c->crl.valid_hours);
	buf_puts(out, "log:\n");
	put_text(out, "  origin", c->log.origin);
	print_witnesses(c, out);
	buf_putf(out, "  quorum: %d\n", c->log.quorum);
	if (c->smtp.url[0] != '\0') {
		buf_puts(out, "smtp:\n");
		put_text(out, "  url", c->smtp.url);
		put_text(out, "  from", c->smtp.from);
		put_text(out, "  credential_file", c->smtp.credential_file);
	}
	put_text(out, "clamd", c->clamd);
	if (c->numbers.keyring[0] != '\0') {
		buf_puts(out, "numbers:\n");
		put_text(out, "  keyring", c->numbers.keyring);
		put_text(out, "  required", c->numbers.required ? "yes" : "no");
	}
}
