/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CONF_H
#define NINTEI_CONF_H
/*
 * conf: operator files in YAML, read strictly, and nintei.yaml.
 * Runs in: ninteid, core, signer, front, nintei; before confinement.
 * Trusts: the operator's files, but not their spelling.
 * Vendor: libcyaml.  Rules: STYLE 10 and 11, INTERFACE 2 and 7.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/instant.h"
#include "nintei/slice.h"

/*
 * Shape of a YAML file.  Leaves are texts: numbers, dates and yes/no are
 * converted by the caller with bounded readers.  A MAP field is a pointer to
 * its struct (NULL when absent), a LIST field a struct conf_list in place.
 */
enum conf_type {
	CONF_NONE = 0,
	CONF_TEXT,
	CONF_MAP,
	CONF_LIST,
	CONF_MAX
};

struct conf_list {
	void *items; /* structs of the element's shape, or char * */
	unsigned n;
};

struct conf_shape;
struct conf_field {
	const char *key;
	enum conf_type type;
	bool required;
	size_t offset; /* of char *, T * or struct conf_list */
	const struct conf_shape *of; /* MAP; LIST: element, NULL for texts */
};
struct conf_shape {
	const struct conf_field *fields;
	size_t n;
	size_t size; /* of the struct */
};

/*
 * One document of exactly this shape, at most 1 MiB.  name stands in messages.
 * Refused (E_CONFIG, with the line): unknown, missing or repeated keys,
 * aliases, directives, a second document, an empty file, other than UTF-8.
 */
int conf_read(struct slice text, const char *name,
    const struct conf_shape *shape, void **out, struct err *e) MUST_CHECK;
int conf_read_file(int dirfd, const char *path, const struct conf_shape *shape,
    void **out, struct err *e) MUST_CHECK;
void conf_free(const struct conf_shape *shape, void *value);

/* Bounded readers; what: the key's path for messages.  All E_CONFIG. */
int conf_bool(const char *text, const char *what, bool *out,
    struct err *e) MUST_CHECK; /* yes, no, true, false */
int conf_int(const char *text, const char *what, int64_t min, int64_t max,
    int64_t *out, struct err *e) MUST_CHECK;

/* nintei.yaml.  Texts are never NULL; absent ones are "". */
enum config_clock {
	CLOCK_REAL = 0,
	CLOCK_FIXED,
	CLOCK_OFFSET,
	CLOCK_MAX
};

struct config_limits { /* at most those of limits.h */
	uint64_t upload_bytes, total_bytes, entry_bytes, entries;
	uint64_t connections, connections_per_address; /* of the front */
	uint64_t upload_memory_bytes; /* of all uploads under way */
	uint64_t uploads_per_address; /* at once */
	uint64_t reads_per_second, preflights_per_minute; /* per address */
	uint64_t open_tickets; /* questions of all that nobody answered yet */
	uint64_t open_cases; /* per account, 0: no limit (guard quota_ok) */
	uint64_t maintenance_hours, bundle_hours; /* of the store, 0: never */
	bool archive_7z; /* 7z archives are taken (docs/adr/0019) */
};

/* "VKEY URL [CA-FILE]" of log.witnesses. */
struct config_witness {
	char *key; /* verifier key of a cosignature: note_key_parse */
	char *url; /* submission prefix, no slash at the end */
	char *ca_file; /* absolute, or below home; "" the system's */
};

struct config {
	char *home;
	struct {
		char *name, *name_en;
	} authority;
	struct {
		char *https, *http, *metrics; /* "127.0.0.1:8443", "" off */
		bool proxy; /* X-Forwarded-For counts, from loopback */
	} listen;
	struct {
		char *https, *http; /* no slash at the end */
	} urls;
	struct {
		char *verify, *portal, *sign, *mark, *api;
	} hosts; /* all default to the host of urls.https */
	char *oid_base; /* "2.999.1" */
	char **schemes; /* ids, in order */
	size_t n_schemes;
	enum config_clock clock;
	int64_t clock_value; /* instant, or seconds of offset */
	struct config_limits limits;
	struct {
		int every_hours, valid_hours;
	} crl;
	struct {
		char *origin;
		struct config_witness *witnesses; /* at most 16 */
		size_t n_witnesses;
		int quorum;
	} log;
	struct {
		char *url, *from, *credential_file;
	} smtp; /* url "" : no mail */
	char *clamd; /* socket, "" none */
	struct {
		char *keyring; /* of the agency's OpenPGP key; "" none */
		bool required; /* a file without good signature is refused */
	} numbers;
};

/* Read <home>/nintei.yaml.  Errors: E_CONFIG, E_NOT_FOUND. */
int config_load(
    const char *home, struct config **out, struct err *e) MUST_CHECK;
/* The same from text, for tests and `init`. */
int config_parse(const char *home, struct slice text, struct config **out,
    struct err *e) MUST_CHECK;
void config_free(struct config *c);
DEFINE_STRUCT_CLEANUP(config, config_free)
/* clock: is refused where genesis does not say development.  E_CONFIG. */
int config_check(
    const struct config *c, bool development, struct err *e) MUST_CHECK;
/* The clock that it asks for; arg lives as long as c. */
struct clock config_clock(const struct config *c);
/* Effective settings as YAML, defaults included (ninteid -T). */
void config_print(const struct config *c, struct buf *out);

#endif
