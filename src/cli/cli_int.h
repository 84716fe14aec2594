/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CLI_INT_H
#define NINTEI_CLI_INT_H
/* cli_int: what the verbs share: options, output, the way to the server. */
#include <stdbool.h>
#include <stdio.h>
#include "nintei/cli.h"
#include "nintei/err.h"
#include "nintei/fetch.h"
#include "nintei/findings.h"
#include "nintei/jsonx.h"
#include "nintei/scheme.h"

#define CLI_POSITIONS 64

/* Options as bits: which a verb takes. */
enum {
	OPT_GLOBAL = 0, /* taken by all */
	OPT_SERVER = 1, /* --server, --token-file, --cacert */
	OPT_SCHEME = 2,
	OPT_EXPLAIN = 4,
	OPT_CALENDAR = 8, /* --first-day-counts, --include-anniversary */
	OPT_OUTPUT = 16,
	OPT_DOSSIER = 32, /* --kind, --number */
	OPT_RECEIPT = 64,
	OPT_CASE = 128,
	OPT_DATA = 256, /* --data, --instance, --if-head */
	OPT_RAW = 512,
	OPT_KEY = 1024,
	OPT_OBJECT = 2048,
	OPT_TRUST = 4096,
	OPT_AT = 8192,
	OPT_INIT = 16384, /* --development, --name, --https, ... */
	OPT_DAYS = 32768,
	OPT_NAME = 65536, /* --name alone */
	OPT_WITNESS = 131072, /* --state, --listen, --log, --tls-key, ... */
	OPT_MAINTAIN = 1048576, /* --fsck, --bundle */
	OPT_AUDIT = 2097152, /* --since, --jobs, --checkpoint, --progress */
	OPT_SINCE = 4194304, /* --since alone */
	OPT_SIGN = 262144, /* --sign, --cert, --passphrase-file, --label */
	OPT_LABEL = 524288, /* --oid-base alone */
	OPT_IMPORT = 8388608, /* --full, --diff, --as-of */
	OPT_REPORT = 16777216, /* --table, --sarif */
	OPT_DOCUMENT = 33554432, /* --document */
	OPT_ICS = 67108864, /* --ics */
	OPT_DAY = 134217728, /* --as-of alone */
	OPT_LEDGER = 268435456, /* --csv */
	OPT_SEEN = 536870912, /* --seen */
	OPT_STATE = 1073741824 /* --state of a list */
};

#define CLI_LOGS 64
struct cli_list {
	const char *text[CLI_LOGS];
	unsigned n;
};

struct cli_args {
	const char *home, *lang, *server, *token_file, *cacert;
	const char *scheme, *kind, *number, *output, *receipt, *dossier;
	const char *data, *instance, *if_head, *key, *trust, *at;
	const char *state, *listen, *tls_key, *tls_cert;
	struct cli_list logs, documents;
	const char *name, *name_en, *https, *http, *oid_base, *days;
	const char *sign, *cert, *passphrase_file, *label;
	const char *since, *jobs, *checkpoint, *as_of, *seen;
	bool json, explain, raw, object, development, fsck, bundle, progress;
	bool full, diff, table, sarif, ics, csv;
	bool first_day_counts, include_anniversary, version, help;
	const char *pos[CLI_POSITIONS]; /* after noun and verb */
	int n_pos;
};

struct cli {
	struct cli_args a;
	bool ja; /* messages in Japanese */
	int status; /* exit status of a verdict; 0 */
	struct json *problem; /* what the server answered, or NULL */
	char *hint; /* where to look after a refusal; allocated or NULL */
};

typedef int (*verb_fn)(struct cli *c, struct err *e);
struct verb {
	const char *noun, *verb; /* verb "": the noun alone */
	const char *args; /* as in the usage */
	int least, most; /* positions */
	unsigned options;
	verb_fn run;
	const char *ja, *en; /* one line */
};
extern const struct verb verbs[];
extern const size_t verbs_n;

#define VERB(noun, verb, args, least, most, options, run, ja, en) \
	int run(struct cli *c, struct err *e) MUST_CHECK;
#include "verbs.inc"
#undef VERB

/* args.c: reads argv; *out NULL with help or version asked for. */
int args_parse(int argc, char **argv, struct cli_args *a,
    const struct verb **out, struct err *e) MUST_CHECK;
/* usage.c */
void usage_all(const struct cli *c, FILE *to);
void usage_noun(const struct cli *c, const char *noun, FILE *to);
void usage_verb(const struct cli *c, const struct verb *v, FILE *to);
void usage_options(const struct cli *c, unsigned options, FILE *to);

/* print.c: data on stdout, messages on stderr. */
const char *cli_say(const struct cli *c, const char *ja, const char *en);
void cli_note(const struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
void print_json(const struct json *j);
/* "label: value", labels in the user's language; nothing for NULL or "". */
void print_row(
    const struct cli *c, const char *ja, const char *en, const char *value);
/* The error or problem, for people or as JSON. */
void print_error(const struct cli *c, const struct err *e);
void print_case(const struct cli *c, const struct json *dossier);
/* words.c: what people call a word of the tables, with the word itself. */
/* "審査中 (in_review)"; the word alone where it is unknown.  Allocated. */
char *said_state(const struct cli *c, const char *machine, const char *state);
char *said_act(const struct cli *c, const char *machine, const char *event);
char *said_role(const struct cli *c, const char *role);
/* What is wanted where a guard fails ("!x" is its contrary).  Allocated. */
char *said_guard(const struct cli *c, const char *guard);
/* What holds where it is met: "the fee is paid"; "not: " before "!x". */
char *said_condition(const struct cli *c, const char *guard);
/* "第6条第1項" or "Art. 6(1)"; "" for "".  Allocated. */
char *said_article(const struct cli *c, const char *article);
/* Text of a stranger, fit for a terminal.  Allocated. */
char *said(const char *text);
/* Each item in one indented line of these members (NULL-ended). */
void print_items(const struct json *items, const char *const *keys);
/* The member "findings" of a document, grouped by file (report.c). */
void print_findings(const struct cli *c, const struct json *doc, FILE *to);
void print_development(const struct cli *c, const struct json *j);

/* local.c: the user's files. */
struct worker_host;
/* nintei-pdftext, started beside this program; NULL: it is not installed. */
struct worker_host *local_pdftext(void);
/* Allocated: the folder of policies for this home. */
int local_policies(const struct cli *c, char **out, struct err *e) MUST_CHECK;
int local_schemes(
    const struct cli *c, struct scheme_set **out, struct err *e) MUST_CHECK;
/* UTC seconds, by the clock of the home if it has one. */
int64_t local_now(const struct cli *c);
/* A file of at most LIMIT_UPLOAD_BYTES as sealed memory. */
int local_memfd(const char *path, int *out, struct err *e) MUST_CHECK;
/* "-": standard output; otherwise written whole, mode 0644. */
int local_write(const char *path, struct slice bytes, struct err *e) MUST_CHECK;
/* YYYY-MM-DD or any form of FACTS 14. */
int local_day(const struct cli *c, const char *text, struct jday *out,
    struct err *e) MUST_CHECK;

/* The head of a case that its first command begins. */
#define CLI_NO_HEAD \
	"0000000000000000000000000000000000000000000000000000000000000000"
/* A command's body, and the case that it leads to (verb_case.c). */
int command_post(
    struct cli *c, const char *id, struct slice body, struct err *e) MUST_CHECK;

/* remote.c: the server. */
/* A call with the user's token; a problem becomes err and c->problem. */
int remote_call(struct cli *c, struct fetch_request *q, const char *path,
    struct fetch_answer *out, struct err *e) MUST_CHECK;
int remote_get(struct cli *c, const char *path, struct json **out,
    struct err *e) MUST_CHECK;
/* All pages of a list as one {"items": []}. */
int remote_list(struct cli *c, const char *path, struct json **out,
    struct err *e) MUST_CHECK;
/* Is a server named by option, environment or home? */
bool remote_known(const struct cli *c);
/* The same without token or server: a public object at its own URL. */
int remote_public(
    struct cli *c, const char *url, struct buf *out, struct err *e) MUST_CHECK;

#endif
