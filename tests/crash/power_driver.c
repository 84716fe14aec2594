/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who loses power: many writers at once on one store, with an index beside
 * it, and the check of what was left.
 *   init DIR                    make DIR/store and DIR/index.sqlite
 *   write DIR SEED WRITERS N    N events; says on stdout what is acknowledged
 *   recover DIR                 open and close
 *   check DIR ACKS              recover; every acknowledged event and every
 *                               document is there, the log adds up, the index
 *                               goes on and is the same as a new one
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/index.h"
#include "nintei/store.h"
#include "nintei/tlog.h"
#include "support/store_fixture.h"
#include "support/support.h"

#define WRITERS_MAX 64
#define DOSSIERS 5 /* of each writer */
#define SEAL_MS 30 /* so that a crash meets each step of sealing */
#define INDEX_EACH 16 /* acknowledgements between two updates */

static struct fixture fixture;

static int
complain(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s: %s [%s]\n", what, err_name(e->code), e->detail,
	    e->trail);
	return 1;
}

/* A store and its index. */
struct both {
	struct store *store;
	struct index *index;
};

static void
both_close(struct both *b)
{
	index_close(b->index);
	store_close(b->store);
}

static int
both_open(const char *dir, struct both *out, struct err *e)
{
	CLEANUP(freep) char *store = fs_join(dir, "store");
	CLEANUP(freep) char *index = fs_join(dir, "index.sqlite");
	struct store_opts opts = fixture_opts(&fixture);

	opts.seal_ms = SEAL_MS;
	if (store_open(store, &opts, NULL, &out->store, e) < 0)
		return err_wrap(e, "store");
	if (index_open(index, &out->index, e) < 0)
		return err_wrap(e, "index");
	return 0;
}

/* --- the index --- */

static int
project(const struct store_event *ev, void *arg, struct err *e)
{
	char hash[2 * STORE_HASH + 1];
	struct index_dossier dossier = { .id = ev->dossier,
		.scheme = "genai-saas",
		.kind = "new",
		.applicant = "applicant-1",
		.state = "submitted",
		.received_at = ev->done.committed_at,
		.head = hash,
		.seq = (int64_t)ev->seq,
		.view = "{}" };
	struct index_update u = { .commit = ev->done.commit,
		.log_size = (int64_t)ev->done.log_size,
		.event = { ev->dossier, (int64_t)ev->seq, "application",
		    "accept", ev->done.committed_at, "secretary-1", ev->role,
		    "6(1)", hash },
		.dossier = &dossier };

	hex_encode(ev->done.event_hash, STORE_HASH, hash);
	return index_apply(arg, &u, e);
}

static int
bring_forward(const struct both *b, struct err *e)
{
	return index_replay(b->index, b->store, project, b->index, e);
}

/* --- writers --- */

struct crowd {
	struct both both;
	pthread_mutex_t lock; /* around left, failed and stdout */
	pthread_mutex_t index_lock;
	unsigned left, done;
	bool failed;
};

struct writer {
	struct crowd *crowd;
	unsigned number;
	uint64_t random;
	pthread_t thread;
};

/* One write, so that a line is there whole or not at all. */
static int
acknowledge(const char *dossier, const struct store_done *done)
{
	char line[256], hash[2 * STORE_HASH + 1];
	int n = snprintf(line, sizeof(line), "%s %" PRIu64 " %s\n", dossier,
	    done->seq, hex_encode(done->event_hash, STORE_HASH, hash));

	return write(STDOUT_FILENO, line, (size_t)n) == n ? 0 : -1;
}

/* A third without a document; of the others most are small. */
static size_t
document_bytes(uint64_t r)
{
	if (r % 3 == 0)
		return 0;
	return 1 + (size_t)(r >> 32) % (r % 16 == 1 ? 1500000 : 60000);
}

static int
write_one(struct writer *w, struct err *e)
{
	uint64_t r = random_next(&w->random);
	struct store_done done;
	char dossier[32];

	snprintf(dossier, sizeof(dossier), "w%u-%" PRIu64, w->number,
	    r / 7 % DOSSIERS);
	if (fixture_append(w->crowd->both.store, dossier, "accept",
		document_bytes(r), &done, e) < 0)
		return -1;
	if (acknowledge(dossier, &done) < 0)
		return err_set(e, E_INTERNAL, "nobody hears");
	if (done.log_size % INDEX_EACH != 0)
		return 0;
	pthread_mutex_lock(&w->crowd->index_lock);
	int rv = bring_forward(&w->crowd->both, e);
	pthread_mutex_unlock(&w->crowd->index_lock);
	return rv;
}

/* Is there one more to do? */
static bool
next(struct crowd *c)
{
	bool more;

	pthread_mutex_lock(&c->lock);
	more = c->left > 0 && !c->failed;
	if (more)
		c->left--;
	pthread_mutex_unlock(&c->lock);
	return more;
}

static void *
writer_run(void *arg)
{
	struct writer *w = arg;
	struct err e = ERR_INIT;

	while (next(w->crowd))
		if (write_one(w, &e) < 0) {
			complain("append", &e);
			pthread_mutex_lock(&w->crowd->lock);
			w->crowd->failed = true;
			pthread_mutex_unlock(&w->crowd->lock);
		}
	return NULL;
}

static int
do_write(char **arg)
{
	static struct writer writers[WRITERS_MAX];
	struct crowd c = { .lock = PTHREAD_MUTEX_INITIALIZER,
		.index_lock = PTHREAD_MUTEX_INITIALIZER,
		.left = (unsigned)strtoul(arg[3], NULL, 10) };
	unsigned n = (unsigned)strtoul(arg[2], NULL, 10);
	struct err e = ERR_INIT;

	if (n == 0 || n > WRITERS_MAX)
		return 2;
	if (both_open(arg[0], &c.both, &e) < 0)
		return complain("open", &e);
	for (unsigned i = 0; i < n; i++) {
		writers[i] = (struct writer){ .crowd = &c,
			.number = i,
			.random = strtoull(arg[1], NULL, 10) + i };
		if (pthread_create(
			&writers[i].thread, NULL, writer_run, &writers[i]) != 0)
			return 1;
	}
	for (unsigned i = 0; i < n; i++)
		pthread_join(writers[i].thread, NULL);
	both_close(&c.both);
	return c.failed ? 1 : 0;
}

/* --- making and opening --- */

static int
do_init(char **arg)
{
	CLEANUP(freep) char *dir = fs_join(arg[0], "store");
	struct both b = { NULL, NULL };
	struct err e = ERR_INIT;
	int rv;

	if (mkdir(dir, 0700) < 0 || fixture_create(&fixture, dir, &e) < 0)
		return complain("init", &e);
	rv = both_open(arg[0], &b, &e);
	if (rv == 0)
		rv = bring_forward(&b, &e);
	both_close(&b);
	return rv < 0 ? complain("init", &e) : 0;
}

static int
do_recover(char **arg)
{
	struct both b = { NULL, NULL };
	struct err e = ERR_INIT;
	int rv = both_open(arg[0], &b, &e);

	if (rv == 0)
		rv = bring_forward(&b, &e);
	both_close(&b);
	return rv < 0 ? complain("recover", &e) : 0;
}

/* --- the check --- */

static int
check_ack(struct store *s, const char *line)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	char dossier[48], want[80], have[SHA256_HEX];
	struct err e = ERR_INIT;
	uint64_t seq;

	if (sscanf(line, "%47s %" SCNu64 " %79s", dossier, &seq, want) != 3)
		return 1;
	if (store_event_get(s, dossier, seq, &text, &e) < 0) {
		printf("lost %s %" PRIu64 "\n", dossier, seq);
		return complain("event", &e);
	}
	if (strcmp(sha256_hex(buf_slice(&text), have), want) != 0) {
		printf("changed %s %" PRIu64 "\n", dossier, seq);
		return 1;
	}
	return 0;
}

/* How many acknowledged events are not there. */
static unsigned
count_lost(struct store *s, const char *path, unsigned *out_acks)
{
	FILE *acks = fopen(path, "r");
	unsigned lost = 0;
	char line[256];

	*out_acks = 0;
	if (acks == NULL)
		return 1;
	while (fgets(line, sizeof(line), acks) != NULL) {
		lost += (unsigned)check_ack(s, line);
		++*out_acks;
	}
	fclose(acks);
	return lost;
}

struct walk {
	struct store *store;
	struct tlog log;
	unsigned documents;
};

static int
hash_document(struct store *s, const struct store_id *id,
    uint8_t out[STORE_HASH], struct err *e)
{
	CLEANUP(store_reader_freep) struct store_reader *r = NULL;
	CLEANUP(buf_free) struct buf all = BUF_INIT(MIB(4));
	static uint8_t piece[65536];
	int64_t n;

	if (store_blob_open(s, id, &r, e) < 0)
		return -1;
	while ((n = store_reader_read(r, piece, sizeof(piece), e)) > 0)
		buf_put(&all, piece, (size_t)n);
	if (n < 0 || !buf_ok(&all))
		return -1;
	sha256_of(buf_slice(&all), out);
	return 0;
}

/* The fixture's documents: "nn-<SHA-256>.cms", nn the event's number. */
static int
check_document(const struct store_event *ev, struct walk *w, struct err *e)
{
	static const char mark[] = "\"commitment\":\"";
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	uint8_t have[STORE_HASH];
	struct store_id id;
	char name[96], hex[2 * STORE_HASH + 1];
	const char *at;

	buf_put(&text, ev->text.p, ev->text.n);
	at = strstr(buf_str(&text), mark);
	if (at == NULL)
		return 0;
	snprintf(name, sizeof(name), "%02" PRIu64 "-%.64s.cms", ev->seq,
	    at + sizeof(mark) - 1);
	if (store_doc_find(w->store, ev->dossier, name, &id, e) < 0 ||
	    hash_document(w->store, &id, have, e) < 0)
		return err_wrap(e, "%s/%s", ev->dossier, name);
	w->documents++;
	if (strncmp(hex_encode(have, STORE_HASH, hex), at + sizeof(mark) - 1,
		64) != 0)
		return err_set(e, E_STORE_CORRUPT, "%s: other bytes", name);
	return 0;
}

static int
check_event(const struct store_event *ev, void *arg, struct err *e)
{
	struct walk *w = arg;
	uint8_t hash[STORE_HASH], root[STORE_HASH];

	sha256_of(ev->text, hash);
	tlog_append(&w->log, hash);
	tlog_root(&w->log, root);
	if (w->log.size != ev->done.log_size ||
	    memcmp(root, ev->done.log_root, STORE_HASH) != 0)
		return err_set(
		    e, E_STORE_CORRUPT, "log root at %" PRIu64, w->log.size);
	return check_document(ev, w, e);
}

static int
check_walk(struct store *s, struct walk *w, struct err *e)
{
	struct store_id none = { .n = 0 };
	struct store_head head;

	*w = (struct walk){ .store = s };
	if (store_head(s, &head, e) < 0 ||
	    store_walk(s, &none, check_event, w, e) < 0)
		return -1;
	if (w->log.size != head.log_size)
		return err_set(e, E_STORE_CORRUPT, "the head is elsewhere");
	return 0;
}

/* The index as it was left, brought forward, against one from nothing. */
static int
check_index(const struct both *b, const char *dir, struct err *e)
{
	CLEANUP(buf_free) struct buf have = BUF_INIT(MIB(64));
	CLEANUP(buf_free) struct buf want = BUF_INIT(MIB(64));
	CLEANUP(freep) char *path = fs_join(dir, "rebuilt.sqlite");
	CLEANUP(index_freep) struct index *fresh = NULL;

	if (bring_forward(b, e) < 0 || index_dump(b->index, &have, e) < 0 ||
	    index_open(path, &fresh, e) < 0 || index_clear(fresh, e) < 0 ||
	    index_replay(fresh, b->store, project, fresh, e) < 0 ||
	    index_dump(fresh, &want, e) < 0)
		return err_wrap(e, "index");
	if (strcmp(buf_str(&have), buf_str(&want)) != 0)
		return err_set(e, E_STORE_CORRUPT, "the index differs");
	return 0;
}

static int
do_check(char **arg)
{
	CLEANUP(both_close) struct both b = { NULL, NULL };
	struct err e = ERR_INIT;
	struct walk w;
	unsigned acks, lost;

	if (both_open(arg[0], &b, &e) < 0)
		return complain("recovery", &e);
	lost = count_lost(b.store, arg[1], &acks);
	if (check_walk(b.store, &w, &e) < 0)
		return complain("history", &e);
	if (check_index(&b, arg[0], &e) < 0)
		return complain("index", &e);
	printf("%u acknowledged, %u lost, %" PRIu64 " events, %u documents\n",
	    acks, lost, w.log.size, w.documents);
	return lost > 0;
}

static const struct {
	const char *name;
	int args;
	int (*run)(char **arg);
} verbs[] = {
	{ "init", 1, do_init },
	{ "write", 4, do_write },
	{ "recover", 1, do_recover },
	{ "check", 2, do_check },
};

int
main(int argc, char **argv)
{
	fixture_init(&fixture);
	for (size_t i = 0; i < NELEM(verbs); i++)
		if (argc == verbs[i].args + 2 &&
		    strcmp(argv[1], verbs[i].name) == 0) {
			int rv = verbs[i].run(argv + 2);

			fixture_done(&fixture);
			return rv;
		}
	fprintf(stderr, "usage: power_driver init|write|recover|check ...\n");
	return 2;
}
