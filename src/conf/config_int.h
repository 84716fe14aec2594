/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CONFIG_INT_H
#define NINTEI_CONFIG_INT_H
/* config_int: nintei.yaml as it is written: texts, NULL when absent. */
#include "nintei/conf.h"

struct authority_yaml {
	char *name, *name_en;
};
struct listen_yaml {
	char *https, *http, *metrics, *proxy;
};
struct urls_yaml {
	char *https, *http;
};
struct hosts_yaml {
	char *verify, *portal, *sign, *mark, *api;
};
struct clock_yaml {
	char *fixed, *offset;
};
struct limits_yaml {
	char *upload_bytes, *total_bytes, *entry_bytes, *entries;
	char *connections, *connections_per_address, *open_cases;
	char *open_tickets;
	char *maintenance_hours, *bundle_hours;
	char *upload_memory_bytes, *uploads_per_address;
	char *reads_per_second, *preflights_per_minute;
	char *archive_7z;
};
struct crl_yaml {
	char *every_hours, *valid_hours;
};
struct log_yaml {
	char *origin;
	struct conf_list witnesses;
	char *quorum;
};
struct smtp_yaml {
	char *url, *from, *credential_file;
};
struct numbers_yaml {
	char *keyring, *required;
};
struct config_yaml {
	struct authority_yaml *authority;
	struct listen_yaml *listen;
	struct urls_yaml *urls;
	struct hosts_yaml *hosts;
	char *oid_base;
	struct conf_list schemes;
	struct clock_yaml *clock;
	struct limits_yaml *limits;
	struct crl_yaml *crl;
	struct log_yaml *log;
	struct smtp_yaml *smtp;
	char *clamd;
	struct numbers_yaml *numbers;
};
extern const struct conf_shape config_shape;

/* Forms that values must have; what: the key.  All E_CONFIG. */
int form_listen(const char *text, const char *what, struct err *e) MUST_CHECK;
int form_url(const char *text, const char *what, const char *scheme,
    struct err *e) MUST_CHECK;
int form_host(const char *text, const char *what, struct err *e) MUST_CHECK;
int form_oid(const char *text, const char *what, struct err *e) MUST_CHECK;
int form_id(const char *text, const char *what, struct err *e) MUST_CHECK;
/* "VKEY URL [CA-FILE]"; the three parts are owned by out. */
int form_witness(
    const char *text, struct config_witness *out, struct err *e) MUST_CHECK;

#endif
