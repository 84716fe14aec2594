/* SPDX-License-Identifier: Apache-2.0 */
/* nintei.yaml: its shape, its defaults and what a value may be. */
#include "nintei/conf.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "config_int.h"

#define TEXT(type, field, need)                                             \
	{                                                                   \
#field, CONF_TEXT, need, offsetof(struct type, field), NULL \
	}
#define MAP(type, field, of)                                              \
	{                                                                 \
#field, CONF_MAP, false, offsetof(struct type, field), of \
	}
#define LIST(type, field)                                                    \
	{                                                                    \
#field, CONF_LIST, false, offsetof(struct type, field), NULL \
	}
#define SHAPE(type, rows)                              \
	{                                              \
		rows, NELEM(rows), sizeof(struct type) \
	}

static const struct conf_field authority_fields[] = {
	TEXT(authority_yaml, name, true),
	TEXT(authority_yaml, name_en, false),
};
static const struct conf_shape authority_shape =
    SHAPE(authority_yaml, authority_fields);

static const struct conf_field listen_fields[] = {
	TEXT(listen_yaml, https, false),
	TEXT(listen_yaml, http, false),
	TEXT(listen_yaml, metrics, false),
	TEXT(listen_yaml, proxy, false),
};
static const struct conf_shape listen_shape = SHAPE(listen_yaml, listen_fields);

static const struct conf_field urls_fields[] = {
	TEXT(urls_yaml, https, false),
	TEXT(urls_yaml, http, false),
};
static const struct conf_shape urls_shape = SHAPE(urls_yaml, urls_fields);

static const struct conf_field hosts_fields[] = {
	TEXT(hosts_yaml, verify, false),
	TEXT(hosts_yaml, portal, false),
	TEXT(hosts_yaml, sign, false),
	TEXT(hosts_yaml, mark, false),
	TEXT(hosts_yaml, api, false),
};
static const struct conf_shape hosts_shape = SHAPE(hosts_yaml, hosts_fields);

static const struct conf_field clock_fields[] = {
	TEXT(clock_yaml, fixed, false),
	TEXT(clock_yaml, offset, false),
};
static const struct conf_shape clock_shape = SHAPE(clock_yaml, clock_fields);

static const struct conf_field limits_fields[] = {
	TEXT(limits_yaml, upload_bytes, false),
	TEXT(limits_yaml, total_bytes, false),
	TEXT(limits_yaml, entry_bytes, false),
	TEXT(limits_yaml, entries, false),
	TEXT(limits_yaml, connections, false),
	TEXT(limits_yaml, connections_per_address, false),
	TEXT(limits_yaml, upload_memory_bytes, false),
	TEXT(limits_yaml, uploads_per_address, false),
	TEXT(limits_yaml, reads_per_second, false),
	TEXT(limits_yaml, preflights_per_minute, false),
	TEXT(limits_yaml, open_cases, false),
	TEXT(limits_yaml, open_tickets, false),
	TEXT(limits_yaml, maintenance_hours, false),
	TEXT(limits_yaml, bundle_hours, false),
	TEXT(limits_yaml, archive_7z, false),
};
static const struct conf_shape limits_shape = SHAPE(limits_yaml, limits_fields);

static const struct conf_field crl_fields[] = {
	TEXT(crl_yaml, every_hours, false),
	TEXT(crl_yaml, valid_hours, false),
};
static const struct conf_shape crl_shape = SHAPE(crl_yaml, crl_fields);

static const struct conf_field log_fields[] = {
	TEXT(log_yaml, origin, false),
	LIST(log_yaml, witnesses),
	TEXT(log_yaml, quorum, false),
};
static const struct conf_shape log_shape = SHAPE(log_yaml, log_fields);

static const struct conf_field smtp_fields[] = {
	TEXT(smtp_yaml, url, true),
	TEXT(smtp_yaml, from, true),
	TEXT(smtp_yaml, credential_file, false),
};
static const struct conf_shape smtp_shape = SHAPE(smtp_yaml, smtp_fields);

static const struct conf_field numbers_fields[] = {
	TEXT(numbers_yaml, keyring, false),
	TEXT(numbers_yaml, required, false),
};
static const struct conf_shape numbers_shape =
    SHAPE(numbers_yaml, numbers_fields);

static const struct conf_field config_fields[] = {
	{ "authority", CONF_MAP, true, offsetof(struct config_yaml, authority),
	    &authority_shape },
	MAP(config_yaml, listen, &listen_shape),
	MAP(config_yaml, urls, &urls_shape),
	MAP(config_yaml, hosts, &hosts_shape),
	TEXT(config_yaml, oid_base, false),
	LIST(config_yaml, schemes),
	MAP(config_yaml, clock, &clock_shape),
	MAP(config_yaml, limits, &limits_shape),
	MAP(config_yaml, crl, &crl_shape),
	MAP(config_yaml, log, &log_shape),
	MAP(config_yaml, smtp, &smtp_shape),
	TEXT(config_yaml, clamd, false),
	MAP(config_yaml, numbers, &numbers_shape),
};
const struct conf_shape config_shape = SHAPE(config_yaml, config_fields);

int
config_load(const char *home, struct config **out, struct err *e)
{
	CLEANUP(freep) char *path = fs_join(home, "nintei.yaml");
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));

	if (fs_read(AT_FDCWD, path, MIB(1) - 1, &text, e) < 0)
		return err_wrap(e, "nintei.yaml");
	return config_parse(home, buf_slice(&text), out, e);
}
