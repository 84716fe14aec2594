/* SPDX-License-Identifier: Apache-2.0 */
/* nintei.yaml, from texts to values: defaults, limits, forms. */
#include "config_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"

static char *
text_or(const char *text, const char *otherwise)
{
	return xstrdup(text != NULL ? text : otherwise);
}

/* A whole number, or its default when the key is absent. */
static int
int_or(const char *text, const char *what, int64_t range[2], int64_t otherwise,
    int64_t *out, struct err *e)
{
	if (text == NULL) {
		*out = otherwise;
		return 0;
	}
	return conf_int(text, what, range[0], range[1], out, e);
}

static int
take_authority(const struct config_yaml *y, struct config *c, struct err *e)
{
	c->authority.name = xstrdup(y->authority->name);
	c->authority.name_en = text_or(y->authority->name_en, "");
	if (c->authority.name[0] == '\0' || strlen(c->authority.name) > 192)
		return err_set(e, E_CONFIG,
		    "authority.name: want a name of at most 64 characters");
	return 0;
}

static int
take_listen(const struct config_yaml *y, struct config *c, struct err *e)
{
	static const struct listen_yaml none;
	const struct listen_yaml *l = y->listen != NULL ? y->listen : &none;

	c->listen.https = text_or(l->https, "127.0.0.1:8443");
	c->listen.http = text_or(l->http, "127.0.0.1:8080");
	c->listen.metrics = text_or(l->metrics, "");
	if (l->proxy != NULL &&
	    conf_bool(l->proxy, "listen.proxy", &c->listen.proxy, e) < 0)
		return -1;
	if (c->listen.https[0] == '\0')
		return err_set(e, E_CONFIG, "listen.https: want an address");
	if (form_listen(c->listen.https, "listen.https", e) < 0 ||
	    form_listen(c->listen.http, "listen.http", e) < 0)
		return -1;
	/* Also the path of a unix socket. */
	return c->listen.metrics[0] == '/'
	    ? 0
	    : form_listen(c->listen.metrics, "listen.metrics", e);
}

static int
take_urls(const struct config_yaml *y, struct config *c, struct err *e)
{
	static const struct urls_yaml none;
	const struct urls_yaml *u = y->urls != NULL ? y->urls : &none;

	c->urls.https = u->https != NULL
	    ? xstrdup(u->https)
	    : xasprintf("https://%s", c->listen.https);
	c->urls.http = u->http != NULL
	    ? xstrdup(u->http)
	    : xasprintf("http://%s",
		  c->listen.http[0] != '\0' ? c->listen.http
					    : "127.0.0.1:8080");
	if (form_url(c->urls.https, "urls.https", "https://", e) < 0)
		return -1;
	return form_url(c->urls.http, "urls.http", "http://", e);
}

static int
take_hosts(const struct config_yaml *y, struct config *c, struct err *e)
{
	static const struct hosts_yaml none;
	const struct hosts_yaml *h = y->hosts != NULL ? y->hosts : &none;
	const char *host = c->urls.https + strlen("https://");

	c->hosts.verify = text_or(h->verify, host);
	c->hosts.portal = text_or(h->portal, host);
	c->hosts.sign = text_or(h->sign, host);
	c->hosts.mark = text_or(h->mark, host);
	c->hosts.api = text_or(h->api, host);
	if (form_host(c->hosts.verify, "hosts.verify", e) < 0 ||
	    form_host(c->hosts.portal, "hosts.portal", e) < 0 ||
	    form_host(c->hosts.sign, "hosts.sign", e) < 0 ||
	    form_host(c->hosts.mark, "hosts.mark", e) < 0)
		return -1;
	return form_host(c->hosts.api, "hosts.api", e);
}

static char **
texts_of(const struct conf_list *list, size_t *out_n)
{
	char **out = xcalloc((size_t)list->n + 1, sizeof(*out));
	char *const *items = list->items;
	size_t i;

	for (i = 0; i < list->n; i++)
		out[i] = xstrdup(items[i]);
	*out_n = list->n;
	return out;
}

static int
take_schemes(const struct config_yaml *y, struct config *c, struct err *e)
{
	size_t i, j;

	c->oid_base = text_or(y->oid_base, "2.999.1");
	c->schemes = texts_of(&y->schemes, &c->n_schemes);
	for (i = 0; i < c->n_schemes; i++) {
		if (form_id(c->schemes[i], "schemes", e) < 0)
			return -1;
		for (j = 0; j < i; j++)
			if (strcmp(c->schemes[i], c->schemes[j]) == 0)
				return err_set(e, E_CONFIG,
				    "schemes: %s stands twice", c->schemes[i]);
	}
	return form_oid(c->oid_base, "oid_base", e);
}

static int
take_clock(const struct config_yaml *y, struct config *c, struct err *e)
{
	struct err why = ERR_INIT;

	if (y->clock == NULL)
		return 0;
	if ((y->clock->fixed == NULL) == (y->clock->offset == NULL))
		return err_set(e, E_CONFIG, "clock: want fixed or offset");
	if (y->clock->offset != NULL) {
		c->clock = CLOCK_OFFSET;
		return conf_int(y->clock->offset, "clock.offset", -3155760000,
		    3155760000, &c->clock_value, e);
	}
	c->clock = CLOCK_FIXED;
	if (instant_parse(y->clock->fixed, &c->clock_value, &why) < 0)
		return err_set(
		    e, E_CONFIG, "clock.fixed: want 2026-07-01T09:00:00+09:00");
	return 0;
}

static int
take_limits(const struct config_yaml *y, struct config *c, struct err *e)
{
	static const struct limits_yaml none;
	const struct limits_yaml *l = y->limits != NULL ? y->limits : &none;
	struct config_limits *out = &c->limits;
	const struct {
		const char *text, *what;
		uint64_t *out;
		int64_t max, otherwise;
	} rows[] = {
		{ l->upload_bytes, "limits.upload_bytes", &out->upload_bytes,
		    LIMIT_UPLOAD_BYTES, LIMIT_UPLOAD_BYTES },
		{ l->total_bytes, "limits.total_bytes", &out->total_bytes,
		    LIMIT_TOTAL_BYTES, LIMIT_TOTAL_BYTES },
		{ l->entry_bytes, "limits.entry_bytes", &out->entry_bytes,
		    LIMIT_ENTRY_BYTES, LIMIT_ENTRY_BYTES },
		{ l->entries, "limits.entries", &out->entries, LIMIT_ENTRIES,
		    LIMIT_ENTRIES },
		{ l->connections, "limits.connections", &out->connections,
		    100000, 4096 },
		{ l->connections_per_address, "limits.connections_per_address",
		    &out->connections_per_address, 100000, 256 },
		{ l->upload_memory_bytes, "limits.upload_memory_bytes",
		    &out->upload_memory_bytes, INT64_C(1) << 40,
		    INT64_C(1) << 30 },
		{ l->uploads_per_address, "limits.uploads_per_address",
		    &out->uploads_per_address, 100000, 64 },
		{ l->reads_per_second, "limits.reads_per_second",
		    &out->reads_per_second, 100000, 20 },
		{ l->preflights_per_minute, "limits.preflights_per_minute",
		    &out->preflights_per_minute, 60000, 30 },
		{ l->open_tickets, "limits.open_tickets", &out->open_tickets,
		    1000000, 1000 },
		{ l->open_cases, "limits.open_cases", &out->open_cases, 1000000,
		    0 },
		{ l->maintenance_hours, "limits.maintenance_hours",
		    &out->maintenance_hours, 8760, 6 },
		{ l->bundle_hours, "limits.bundle_hours", &out->bundle_hours,
		    8760, 24 },
	};
	/* From open_cases on 0 means: none. */
	const size_t first_optional = NELEM(rows) - 3;
	int64_t range[2] = { 0, 0 };
	int64_t v;
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		range[0] = i < first_optional ? 1 : 0;
		range[1] = rows[i].max;
		if (int_or(rows[i].text, rows[i].what, range, rows[i].otherwise,
			&v, e) < 0)
			return -1;
		*rows[i].out = (uint64_t)v;
	}
	return l->archive_7z == NULL
	    ? 0
	    : conf_bool(
		  l->archive_7z, "limits.archive_7z", &out->archive_7z, e);
}

static int
take_crl(const struct config_yaml *y, struct config *c, struct err *e)
{
	static const struct crl_yaml none;
	const struct crl_yaml *r = y->crl != NULL ? y->crl : &none;
	int64_t range[2] = { 1, 24 * 14 };
	int64_t every, valid;

	if (int_or(r->every_hours, "crl.every_hours", range, 24, &every, e) <
		0 ||
	    int_or(r->valid_hours, "crl.valid_hours", range, 48, &valid, e) < 0)
		return -1;
	if (valid <= every)
		return err_set(e, E_CONFIG,
		    "crl.valid_hours: want more than crl.every_hours");
	c->crl.every_hours = (int)every;
	c->crl.valid_hours = (int)valid;
	return 0;
}

#define WITNESSES_MAX 16

static int
take_witnesses(const struct log_yaml *l, struct config *c, struct err *e)
{
	char *const *items = l->witnesses.items;
	size_t n = l->witnesses.n;

	if (n > WITNESSES_MAX)
		return err_set(e, E_CONFIG, "log.witnesses: want at most %d",
		    WITNESSES_MAX);
	c->log.witnesses = xcalloc(n + 1, sizeof(*c->log.witnesses));
	for (size_t i = 0; i < n; i++) {
		if (form_witness(items[i], &c->log.witnesses[i], e) < 0)
			return -1;
		c->log.n_witnesses = i + 1;
		for (size_t j = 0; j < i; j++)
			if (strcmp(c->log.witnesses[i].key,
				c->log.witnesses[j].key) == 0)
				return err_set(e, E_CONFIG,
				    "log.witnesses: a key stands twice");
	}
	return 0;
}

static int
take_log(const struct config_yaml *y, struct config *c, struct err *e)
{
	static const struct log_yaml none;
	const struct log_yaml *l = y->log != NULL ? y->log : &none;
	int64_t range[2] = { 0, 0 };
	int64_t quorum;

	c->log.origin = text_or(l->origin, c->urls.https + strlen("https://"));
	if (take_witnesses(l, c, e) < 0)
		return -1;
	range[1] = (int64_t)c->log.n_witnesses;
	if (int_or(l->quorum, "log.quorum", range, 0, &quorum, e) < 0)
		return -1;
	c->log.quorum = (int)quorum;
	return 0;
}

static int
take_mail(const struct config_yaml *y, struct config *c, struct err *e)
{
	static const struct smtp_yaml none;
	const struct smtp_yaml *s = y->smtp != NULL ? y->smtp : &none;

	c->smtp.url = text_or(s->url, "");
	c->smtp.from = text_or(s->from, "");
	c->smtp.credential_file = text_or(s->credential_file, "");
	c->clamd = text_or(y->clamd, "");
	if (c->smtp.url[0] != '\0' && strncmp(c->smtp.url, "smtp://", 7) != 0 &&
	    strncmp(c->smtp.url, "smtps://", 8) != 0)
		return err_set(
		    e, E_CONFIG, "smtp.url: want smtp://... or smtps://...");
	if (y->smtp != NULL && strchr(c->smtp.from, '@') == NULL)
		return err_set(e, E_CONFIG, "smtp.from: want an address");
	if (c->clamd[0] != '\0' && c->clamd[0] != '/')
		return err_set(e, E_CONFIG, "clamd: want the path of a socket");
	return 0;
}

/* A keyring is asked for by its path: relative ones lie below the home. */
static int
take_numbers(const struct config_yaml *y, struct config *c, struct err *e)
{
	static const struct numbers_yaml none;
	const struct numbers_yaml *n = y->numbers != NULL ? y->numbers : &none;

	if (n->keyring == NULL || n->keyring[0] == '\0')
		c->numbers.keyring = xstrdup("");
	else if (n->keyring[0] == '/')
		c->numbers.keyring = xstrdup(n->keyring);
	else
		c->numbers.keyring = xasprintf("%s/%s", c->home, n->keyring);
	if (n->required != NULL &&
	    conf_bool(
		n->required, "numbers.required", &c->numbers.required, e) < 0)
		return -1;
	if (c->numbers.required && c->numbers.keyring[0] == '\0')
		return err_set(
		    e, E_CONFIG, "numbers.required: want numbers.keyring too");
	return 0;
}

/* In this order: later sections take defaults from earlier ones. */
static int (*const sections[])(
    const struct config_yaml *, struct config *, struct err *) = {
	take_authority,
	take_listen,
	take_urls,
	take_hosts,
	take_schemes,
	take_clock,
	take_limits,
	take_crl,
	take_log,
	take_mail,
	take_numbers,
};

int
config_parse(
    const char *home, struct slice text, struct config **out, struct err *e)
{
	CLEANUP(config_freep) struct config *c = xcalloc(1, sizeof(*c));
	void *raw = NULL;
	size_t i;
	int rv = 0;

	if (conf_read(text, "nintei.yaml", &config_shape, &raw, e) < 0)
		return -1;
	c->home = xstrdup(home);
	for (i = 0; i < NELEM(sections) && rv == 0; i++)
		rv = sections[i](raw, c, e);
	conf_free(&config_shape, raw);
	if (rv < 0)
		return err_wrap(e, "nintei.yaml");
	*out = TAKE(c);
	return 0;
}
