/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is killed: appends to a store and says on stdout what was acknowledged.
 *   init DIR            make a store
 *   fill DIR N          N events with documents
 *   one DIR CASE        one event and a seal, with the fault shim armed around
 *                       both; 0: all went well, 7: the store refused, 8: all
 *                       went well although a call failed
 *   check DIR ACKS      recover; every acknowledged event is there
 *   kill DIR SEED N     kill a child at N random moments, checking each time
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/store.h"
#include "support/store_fixture.h"
#include "support/support.h"

#define DOSSIERS 7

static struct fixture fixture;

static int
complain(const char *what, const struct err *e)
{
	fprintf(stderr, "%s: %s: %s [%s]\n", what, err_name(e->code), e->detail,
	    e->trail);
	return 1;
}

static struct store *
open_store(const char *dir)
{
	struct store_opts opts = fixture_opts(&fixture);
	struct store_report report;
	struct err e = ERR_INIT;
	struct store *s = NULL;

	if (store_open(dir, &opts, &report, &s, &e) < 0) {
		complain("open", &e);
		exit(3);
	}
	return s;
}

/*
 * One write, so that a line is there whole or not at all; past the shim, for
 * which it is none of the store's.
 */
static void
acknowledge(int fd, const char *dossier, const struct store_done *done)
{
	char line[256], hash[2 * STORE_HASH + 1];
	int n = snprintf(line, sizeof(line), "%s %" PRIu64 " %s\n", dossier,
	    done->seq, hex_encode(done->event_hash, STORE_HASH, hash));

	if (syscall(SYS_write, fd, line, (size_t)n) != n)
		_exit(4);
}

static int
append_random(struct store *s, uint64_t *state, int fd, struct err *e)
{
	struct store_done done;
	uint64_t r = random_next(state);
	char dossier[32];

	snprintf(dossier, sizeof(dossier), "case-%" PRIu64, r % DOSSIERS);
	if (fixture_append(s, dossier, "accept",
		r % 3 == 0 ? 1 + (size_t)(r >> 32) % 200000 : 0, &done, e) < 0)
		return -1;
	acknowledge(fd, dossier, &done);
	return 0;
}

static int
do_init(char **arg)
{
	struct err e = ERR_INIT;

	return fixture_create(&fixture, arg[0], &e) < 0 ? complain("init", &e)
							: 0;
}

static int
do_fill(char **arg)
{
	CLEANUP(store_freep) struct store *s = open_store(arg[0]);
	uint64_t state = 1;
	struct err e = ERR_INIT;

	for (int i = atoi(arg[1]); i > 0; i--)
		if (append_random(s, &state, STDOUT_FILENO, &e) < 0)
			return complain("append", &e);
	return 0;
}

/* Tell the shim, if there is one; returns whether it reached its call. */
static int
arm(int on)
{
	int (*fn)(int);
	void *symbol = dlsym(RTLD_DEFAULT, "fault_arm");

	if (symbol == NULL)
		return 0;
	memcpy(&fn, &symbol, sizeof(fn));
	return fn(on);
}

static int
append_one(struct store *s, const char *dossier, struct err *e)
{
	struct store_done done;

	if (fixture_append(s, dossier, "accept", 5000, &done, e) < 0)
		return -1;
	acknowledge(STDOUT_FILENO, dossier, &done);
	return 0;
}

/*
 * After a failed call the store must say no until it is opened again; a full
 * disk may have been noticed before anything was in doubt.
 */
static int
refuses_now(struct store *s, const char *dossier)
{
	const char *mode = getenv("FAULT_MODE");
	struct err e = ERR_INIT;

	if (append_one(s, dossier, &e) < 0)
		return e.code == E_UNAVAILABLE
		    ? 7
		    : complain("want refusal after a failed write", &e);
	return mode != NULL && strcmp(mode, "enospc") == 0 ? 7 : 1;
}

static int
do_one(char **arg)
{
	CLEANUP(store_freep) struct store *s = open_store(arg[0]);
	struct err e = ERR_INIT;
	int rv, reached;

	if (arm(1) != 0)
		return 1;
	rv = append_one(s, arg[1], &e);
	if (rv == 0)
		rv = store_seal(s, &e);
	reached = arm(0);
	if (rv == 0)
		return reached ? 8 : 0;
	if (e.code != E_UNAVAILABLE)
		return complain("append", &e);
	return refuses_now(s, arg[1]);
}

static int
check_ack(struct store *s, const char *line)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	char dossier[48], want[80], have[SHA256_HEX];
	struct err e = ERR_INIT;
	uint64_t seq;

	if (sscanf(line, "%47s %" SCNu64 " %79s", dossier, &seq, want) != 3)
		return 0; /* a torn line was not acknowledged */
	if (store_event_get(s, dossier, seq, &text, &e) < 0)
		return complain(line, &e);
	if (strcmp(sha256_hex(buf_slice(&text), have), want) != 0) {
		fprintf(stderr, "%s %" PRIu64 ": other bytes\n", dossier, seq);
		return 1;
	}
	return 0;
}

static int
check_acks(struct store *s, const char *path, unsigned *out_count)
{
	FILE *acks = fopen(path, "r");
	char line[256];
	int bad = 0;

	if (acks == NULL)
		return 1;
	while (fgets(line, sizeof(line), acks) != NULL) {
		bad |= check_ack(s, line);
		++*out_count;
	}
	fclose(acks);
	return bad;
}

static int
do_check(char **arg)
{
	CLEANUP(store_freep) struct store *s = open_store(arg[0]);
	unsigned count = 0;
	int bad = check_acks(s, arg[1], &count);
	struct store_head head;
	struct err e = ERR_INIT;

	if (store_head(s, &head, &e) < 0)
		return complain("head", &e);
	printf(
	    "%u acknowledged, %" PRIu64 " in the log\n", count, head.log_size);
	return bad;
}

static void
child(const char *dir, const char *acks, uint64_t seed)
{
	int fd = open(acks, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	struct store *s = open_store(dir);
	struct err e = ERR_INIT;

	while (append_random(s, &seed, fd, &e) == 0)
		;
	complain("append", &e);
	_exit(5);
}

/* Killed while opening, appending or idle; nobody gets a chance to tidy. */
static int
kill_once(const char *dir, const char *acks, uint64_t *state)
{
	struct timespec wait = { 0,
		(long)(random_next(state) % 160) * 1000000L +
		    (long)(random_next(state) % 1000000) };
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(dir, acks, random_next(state));
	nanosleep(&wait, NULL);
	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status)) {
		fprintf(stderr, "the child ended by itself: %d\n", status);
		return 1;
	}
	return 0;
}

static int
do_kill(char **arg)
{
	uint64_t state = strtoull(arg[1], NULL, 10);
	int times = atoi(arg[2]);
	char *acks = fs_join(arg[0], "acks");
	char *check[] = { arg[0], acks };
	int bad = 0;

	printf("seed %s, %d kills\n", arg[1], times);
	for (int i = 0; i < times && bad == 0; i++) {
		bad = kill_once(arg[0], acks, &state);
		if (bad == 0 && access(acks, F_OK) == 0)
			bad = do_check(check);
		if (bad != 0)
			fprintf(stderr, "failed at kill %d\n", i);
	}
	free(acks);
	return bad;
}

static const struct {
	const char *name;
	int args;
	int (*run)(char **arg);
} verbs[] = {
	{ "init", 1, do_init },
	{ "fill", 2, do_fill },
	{ "one", 2, do_one },
	{ "check", 2, do_check },
	{ "kill", 3, do_kill },
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
	fprintf(stderr, "usage: store_driver init|fill|one|check|kill ...\n");
	return 2;
}
