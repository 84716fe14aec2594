/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_simulate: an office, its signer and its workers in one process under
 * a clock of its own, asked over standard input (bench/simulate.py).
 *
 *	bench_simulate init HOME POLICIES SECONDS
 *	bench_simulate serve HOME SECONDS
 *
 * Each request is a line and so many bytes, each answer "STATUS TYPE N" and
 * N bytes:
 *	clock SECONDS			move the clock, do what is due
 *	ask METHOD TARGET TOKEN KEY N	TOKEN or KEY "-": none
 *	sign KEY-FILE NAMESPACE N	an SSH signature over the bytes
 *	seal				another seal; all is opened anew
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/authority.h"
#include "nintei/bundle.h"
#include "nintei/conf.h"
#include "nintei/enc.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/key.h"
#include "nintei/log.h"
#include "nintei/office.h"
#include "nintei/proc.h"
#include "nintei/scheme.h"
#include "nintei/signing.h"
#include "nintei/sshsig.h"
#include "nintei/worker.h"

#define WORDS 6
#define TICKS_MAX 30 /* of a hundred cases each */
#define KEYS_MAX 16

struct sim {
	const char *home;
	int64_t now;
	struct config *config;
	struct scheme_set *schemes;
	struct intake_hosts hosts;
	struct signer *signer;
	struct office *office;
	char *word[WORDS]; /* of the request's line */
	size_t n;
	struct buf body;
	struct {
		char *path;
		struct pkey *key;
	} keys[KEYS_MAX]; /* of the people; read once */
	size_t n_keys;
};

static int64_t
sim_now(void *arg)
{
	const struct sim *s = arg;

	return s->now;
}

/* --- the office --- */

static int
sim_open(struct sim *s, struct err *e)
{
	CLEANUP(freep) char *policies = fs_join(s->home, "policies");
	struct signer_options so = {
		.home = s->home, .clock = { sim_now, s }, .rates_off = true
	};
	struct office_report report = { 0 };
	struct office_options o = {
		.home = s->home,
		.clock = { sim_now, s },
		.random = random_system(),
		.hosts = s->hosts,
	};

	if (config_load(s->home, &s->config, e) < 0 ||
	    scheme_set_load(policies, NULL, 0, &s->schemes, e) < 0 ||
	    signer_open(&so, &s->signer, e) < 0)
		return -1;
	o.config = s->config;
	o.schemes = s->schemes;
	o.signer = signer_local(s->signer);
	return office_open(&o, &report, &s->office, e);
}

static void
sim_close(struct sim *s)
{
	struct err e = ERR_INIT;

	office_close(s->office);
	if (s->signer != NULL && signer_settle(s->signer, true, &e) < 0)
		log_err("settle", &e, NULL);
	signer_close(s->signer);
	scheme_set_free(s->schemes);
	config_free(s->config);
	s->office = NULL;
	s->signer = NULL;
	s->schemes = NULL;
	s->config = NULL;
}

/* --- answers --- */

static int
reply(unsigned status, const char *type, struct slice bytes)
{
	if (printf("%u %s %zu\n", status, type == NULL ? "-" : type, bytes.n) <
		0 ||
	    fwrite(bytes.p, 1, bytes.n, stdout) != bytes.n)
		return -1;
	return fflush(stdout) == 0 ? 0 : -1;
}

static int
reply_err(const struct err *e)
{
	CLEANUP(freep)
	char *text =
	    xasprintf("%s: %s [%s]", err_name(e->code), e->detail, e->trail);

	return reply(599, "text/plain", slice_str(text));
}

static int
reply_answer(const struct answer *a)
{
	CLEANUP(blob_unmap) struct blob in = { 0 };
	CLEANUP(freep) char *type = NULL;
	struct err e = ERR_INIT;

	if (a->header[FR_CONTENT_TYPE] != NULL)
		type = xstrndup(a->header[FR_CONTENT_TYPE],
		    strcspn(a->header[FR_CONTENT_TYPE], "; "));
	if (a->fd < 0)
		return reply(a->status, type, buf_slice(&a->body));
	if (blob_map(a->fd, LIMIT_TOTAL_BYTES, &in, &e) < 0)
		return reply_err(&e);
	return reply(a->status, type, slice_of(in.p, in.n));
}

/* --- requests --- */

/* "a=b&c=d", each part decoded into memory that lasts as long as q. */
static bool
query_read(char *text, char room[][FRONT_QUERY_BYTES], struct front_request *q)
{
	char *save = NULL;

	for (char *one = strtok_r(text, "&", &save); one != NULL;
	     one = strtok_r(NULL, "&", &save)) {
		char *value = strchr(one, '=');

		if (value == NULL || q->nquery == FRONT_QUERY_MAX ||
		    !route_decode(slice_str(value + 1), room[q->nquery],
			FRONT_QUERY_BYTES))
			return false;
		*value = '\0';
		q->query[q->nquery].name = slice_str(one);
		q->query[q->nquery].value = slice_str(room[q->nquery]);
		q->nquery++;
	}
	return true;
}

static bool
target_read(const struct sim *s, char room[][FRONT_QUERY_BYTES],
    struct front_request *q)
{
	char *query = strchr(s->word[2], '?');
	struct route_match m = { 0 };

	if (query != NULL)
		*query++ = '\0';
	q->method = method_parse(s->word[1]);
	if (route_match(q->method, slice_str(s->word[2]), &m) != ROUTE_FOUND)
		return false;
	q->route = m.route->id;
	for (size_t i = 0; i < ROUTE_PARAMS; i++)
		snprintf(q->param[i], sizeof(q->param[i]), "%s", m.param[i]);
	return query == NULL || query_read(query, room, q);
}

static struct slice
header_of(const char *word)
{
	return strcmp(word, "-") == 0 ? slice_of(NULL, 0) : slice_str(word);
}

static int
body_give(const struct sim *s, struct front_request *q, int *fd, struct err *e)
{
	const struct route *r = route_get(q->route);

	q->body_size = s->body.n;
	if (r->body != BODY_ARCHIVE && s->body.n <= FRONT_INLINE_BYTES) {
		q->body = buf_slice(&s->body);
		return 0;
	}
	q->has_fd = true;
	return memfd_of("body", buf_slice(&s->body), fd, e);
}

static int
do_ask(struct sim *s)
{
	CLEANUP(freep) struct front_request *q = xcalloc(1, sizeof(*q));
	CLEANUP(freep) void *room = xcalloc(FRONT_QUERY_MAX, FRONT_QUERY_BYTES);
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(answer_done) struct answer a;
	struct err e = ERR_INIT;

	answer_init(&a);
	if (s->n != 6 || !target_read(s, room, q))
		return reply(400, NULL, slice_str("the request's line"));
	q->tls = true;
	snprintf(q->peer, sizeof(q->peer), "127.0.0.1");
	snprintf(q->instance, sizeof(q->instance), "urn:nintei:req:simulate");
	q->header[FH_AUTHORIZATION] = header_of(s->word[3]);
	q->header[FH_IDEMPOTENCY_KEY] = header_of(s->word[4]);
	if (body_give(s, q, &fd, &e) < 0)
		return reply_err(&e);
	office_serve(s->office, q, fd, &a);
	return reply_answer(&a);
}

static int
do_clock(struct sim *s)
{
	struct err e = ERR_INIT;
	uint64_t at;

	if (s->n != 2 || dec_parse(s->word[1], INT64_MAX, &at, &e) < 0)
		return reply(400, NULL, slice_str("clock SECONDS"));
	s->now = (int64_t)at;
	for (int i = 0; i < TICKS_MAX; i++) {
		int next = office_tick(s->office);

		if (next < 0 || office_failed(s->office))
			return reply(599, NULL, slice_str("the office fell"));
		if (next > 1)
			break;
	}
	return reply(200, NULL, slice_str(""));
}

static int
key_find(
    struct sim *s, const char *path, const struct pkey **out, struct err *e)
{
	CLEANUP(buf_wipe) struct buf file = BUF_INIT(KIB(8));
	size_t i = 0;

	while (i < s->n_keys && strcmp(s->keys[i].path, path) != 0)
		i++;
	if (i == KEYS_MAX)
		return err_set(e, E_LIMIT, "too many keys");
	if (i == s->n_keys) {
		if (fs_read(AT_FDCWD, path, KIB(8) - 1, &file, e) < 0 ||
		    ssh_private_decode(buf_slice(&file), &s->keys[i].key, e) <
			0)
			return -1;
		s->keys[i].path = xstrdup(path);
		s->n_keys++;
	}
	*out = s->keys[i].key;
	return 0;
}

static int
do_sign(struct sim *s)
{
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(8));
	const struct pkey *k = NULL;
	struct err e = ERR_INIT;

	if (s->n != 4)
		return reply(400, NULL, slice_str("sign KEY NAMESPACE N"));
	if (key_find(s, s->word[1], &k, &e) < 0 ||
	    sshsig_sign(k, s->word[2], buf_slice(&s->body), &armour, &e) < 0)
		return reply_err(&e);
	return reply(200, "text/plain", buf_slice(&armour));
}

static int
do_seal(struct sim *s)
{
	struct authority_options o = { .home = s->home,
		.clock = { sim_now, s } };
	struct err e = ERR_INIT;

	sim_close(s);
	if (authority_seal_renew(&o, &e) < 0 || sim_open(s, &e) < 0)
		return reply_err(&e);
	return reply(200, NULL, slice_str(""));
}

static const struct {
	const char *word;
	int (*fn)(struct sim *s);
} ops[] = {
	{ "ask", do_ask },
	{ "clock", do_clock },
	{ "seal", do_seal },
	{ "sign", do_sign },
};

/* The line, and the bytes that its last word counts; false: no more. */
static bool
request_read(struct sim *s, char *line, size_t cap)
{
	struct err e = ERR_INIT;
	char *save = NULL;
	uint64_t size = 0;

	if (fgets(line, (int)cap, stdin) == NULL)
		return false;
	s->n = 0;
	for (char *w = strtok_r(line, " \n", &save); w != NULL && s->n < WORDS;
	     w = strtok_r(NULL, " \n", &save))
		s->word[s->n++] = w;
	buf_reset(&s->body);
	if (s->n < 4)
		return s->n > 0;
	if (dec_parse(s->word[s->n - 1], MIB(64), &size, &e) < 0)
		return false;
	while (s->body.n < size) {
		uint8_t block[KIB(16)];
		size_t want = size - s->body.n;

		if (want > sizeof(block))
			want = sizeof(block);
		if (fread(block, 1, want, stdin) != want)
			return false;
		buf_put(&s->body, block, want);
	}
	return true;
}

static int
requests_serve(struct sim *s)
{
	char line[KIB(8)];

	while (request_read(s, line, sizeof(line))) {
		size_t i = 0;

		while (i < NELEM(ops) && strcmp(ops[i].word, s->word[0]) != 0)
			i++;
		if (i == NELEM(ops) || ops[i].fn(s) < 0)
			return -1;
	}
	return 0;
}

static int
do_serve(const char *home, int64_t now, struct err *e)
{
	struct sim s = { .home = home, .now = now, .body = BUF_INIT(MIB(64)) };
	int rv;

	if (worker_host_local(bundle_worker_class(), &s.hosts.unpack, e) < 0 ||
	    worker_host_local(examine_worker_class(), &s.hosts.examine, e) < 0)
		return -1;
	rv = sim_open(&s, e);
	if (rv == 0 && requests_serve(&s) < 0)
		rv = err_set(e, E_INPUT, "not a request: %s", s.word[0]);
	sim_close(&s);
	worker_host_free(s.hosts.unpack);
	worker_host_free(s.hosts.examine);
	for (size_t i = 0; i < s.n_keys; i++) {
		free(s.keys[i].path);
		pkey_free(s.keys[i].key);
	}
	buf_free(&s.body);
	return rv;
}

static int64_t
fixed_now(void *arg)
{
	const int64_t *now = arg;

	return *now;
}

static int
do_init(const char *home, const char *policies, int64_t now, struct err *e)
{
	struct authority_options o = { .home = home,
		.policies = policies,
		.development = true,
		.begins_now = true,
		.clock = { fixed_now, &now } };

	return authority_init(&o, e);
}

int
main(int argc, char **argv)
{
	bool init = argc == 5 && strcmp(argv[1], "init") == 0;
	struct err e = ERR_INIT;
	uint64_t now;
	int rv;

	if ((!init && (argc != 4 || strcmp(argv[1], "serve") != 0)) ||
	    dec_parse(argv[argc - 1], INT64_MAX, &now, &e) < 0) {
		fprintf(stderr,
		    "usage: bench_simulate init HOME POLICIES "
		    "SECONDS | serve HOME SECONDS\n");
		return 2;
	}
	log_init(PROC_CORE, LOG_L_ERROR);
	rv = init ? do_init(argv[2], argv[3], (int64_t)now, &e)
		  : do_serve(argv[2], (int64_t)now, &e);
	if (rv < 0)
		fprintf(stderr, "%s: %s [%s]\n", err_name(e.code), e.detail,
		    e.trail);
	return rv < 0 ? 1 : 0;
}
