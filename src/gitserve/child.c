/* SPDX-License-Identifier: Apache-2.0 */
/* The children of gitd: one request of git, or one maintenance. */
#include "gitserve_int.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nintei/archx.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

#define SAID_IDLE_SECONDS "120" /* a client that takes nothing meanwhile */
#define SLOT_MS 50

static void NORETURN
end(int status, const struct err *e)
{
	if (e->code != E_OK)
		dprintf(STDERR_FILENO, "%s [%s]\n", e->detail, e->trail);
	_exit(status);
}

/* --- the request --- */

/* One gzip member and nothing behind it; rule GIT-INFLATE. */
static int
inflate_to(struct slice in, int fd, struct err *e)
{
	CLEANUP(inflater_freep) struct inflater *z = NULL;
	static uint8_t piece[KIB(64)];
	enum inflate_state state;
	size_t n, total = 0;

	if (inflater_new(INFLATE_GZIP, &z, e) < 0)
		return -1;
	do {
		size_t had = in.n;

		state = inflater_run(z, &in, piece, sizeof(piece), &n);
		if (state == INFLATE_BAD || (n == 0 && in.n == had && had == 0))
			return err_set(e, E_INPUT, "not a gzip member");
		total += n;
		if (total > LIMIT_GIT_BYTES)
			return err_set(e, E_LIMIT, "inflates beyond the limit");
		if (n > 0 && fd_write(fd, piece, n, e) < 0)
			return -1;
	} while (state == INFLATE_MORE);
	return in.n == 0 ? 0 : err_set(e, E_INPUT, "bytes behind the gzip");
}

/* stdin becomes the inflated request. */
static int
request_inflate(struct err *e)
{
	CLEANUP(fd_closep) int fd = memfd_create("request", MFD_CLOEXEC);
	CLEANUP(blob_unmap) struct blob b = { 0 };

	if (fd < 0)
		return err_sys(e, E_INTERNAL, "memfd_create");
	if (blob_map(STDIN_FILENO, LIMIT_GIT_BYTES, &b, e) < 0 ||
	    inflate_to(slice_of(b.p, b.n), fd, e) < 0)
		return -1;
	if (dup2(fd, STDIN_FILENO) < 0)
		return err_sys(e, E_INTERNAL, "dup2");
	return 0;
}

/* --- full clones --- */

static bool
has_prefix(struct slice s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

static int
hex_of(uint8_t c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c);

	return c == 0 || at == NULL ? -1 : (int)(at - digits);
}

/* The next pkt-line's payload; false: no more, or nonsense. */
static bool
pkt_next(struct slice *in, struct slice *out)
{
	size_t n = 0;

	if (in->n < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_of(in->p[i]);

		if (digit < 0)
			return false;
		n = n * 16 + (size_t)digit;
	}
	if (n < 4)
		n = 4; /* flush, delimiter, response end */
	if (n > in->n)
		return false;
	*out = slice_of(in->p + 4, n - 4);
	*in = slice_of(in->p + n, in->n - n);
	return true;
}

/*
 * Wants something, has nothing, and is not one of the fetches by which a
 * partial clone gets what it left out.
 */
static bool
is_full(struct slice in)
{
	bool wants = false;
	struct slice pkt;

	while (pkt_next(&in, &pkt)) {
		if (has_prefix(pkt, "have ") ||
		    has_prefix(pkt, "filter blob:none"))
			return false;
		wants = wants || has_prefix(pkt, "want ");
	}
	return wants;
}

static bool
request_is_full(void)
{
	off_t size = lseek(STDIN_FILENO, 0, SEEK_END);
	void *p;
	bool full;

	if (size <= 0)
		return false;
	p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
	if (p == MAP_FAILED)
		return false;
	full = is_full(slice_of(p, (size_t)size));
	munmap(p, (size_t)size);
	return full;
}

/*
 * Rule GIT-SLOTS.  Places are record locks on one byte each: they belong to
 * the process, live on in git, and end with it however it ends.
 */
static bool
slot_set(short type, off_t at)
{
	struct flock l = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1
	};

	return fcntl(CHILD_FD_SLOTS, F_SETLK, &l) == 0;
}

static off_t
slot_take(off_t from, off_t n)
{
	for (off_t i = from; i < from + n; i++)
		if (slot_set(F_WRLCK, i))
			return i;
	return -1;
}

static void
slot_wait(void)
{
	off_t place;

	if (slot_take(0, CLONES_AT_ONCE) >= 0)
		return;
	if ((place = slot_take(CLONES_AT_ONCE, CLONES_WAITING)) < 0)
		_exit(EXIT_BUSY);
	while (slot_take(0, CLONES_AT_ONCE) < 0)
		poll(NULL, 0, SLOT_MS);
	(void)slot_set(F_UNLCK, place);
}

/* --- git --- */

static void
signals_default(void)
{
	static const int nums[] = { SIGPIPE, SIGXCPU, SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < NELEM(nums); i++)
		signal(nums[i], SIG_DFL);
}

static void NORETURN
upload_pack(const char *path, const struct gitserve_kind *k)
{
	char *argv[] = { xstrdup("git"), xstrdup("upload-pack"),
		xstrdup("--stateless-rpc"), xstrdup("--strict"),
		xstrdup("--timeout=" SAID_IDLE_SECONDS), xstrdup(path), NULL,
		NULL };
	struct command_env env;

	if (k->act == GITSERVE_REFS) {
		argv[6] = argv[5];
		argv[5] = xstrdup("--http-backend-info-refs");
	}
	command_env(path, k->protocol, &env);
	execve(GIT_PROGRAM, argv, env.at);
	_exit(EXIT_NO_GIT);
}

/* What http-backend says before the refs; not of version 2. */
static int
announce(const struct gitserve_kind *k, struct err *e)
{
	static const char line[] = "001e# service=git-upload-pack\n0000";

	if (k->act != GITSERVE_REFS || k->protocol == 2)
		return 0;
	return fd_write(STDOUT_FILENO, line, sizeof(line) - 1, e);
}

void
child_serve(const char *store, const struct gitserve_kind *k)
{
	CLEANUP(freep) char *path = fs_join(store, GITSERVE_REPOSITORY);
	struct err e = ERR_INIT;

	signals_default();
	if (box_reader(store, &e) < 0)
		end(EXIT_SETUP, &e);
	if (k->gzip && request_inflate(&e) < 0)
		end(EXIT_INPUT, &e);
	if (box_no_writes(&e) < 0)
		end(EXIT_SETUP, &e);
	if (k->act == GITSERVE_PACK && request_is_full())
		slot_wait();
	if (lseek(STDIN_FILENO, 0, SEEK_SET) < 0 || announce(k, &e) < 0)
		end(EXIT_SETUP, &e);
	upload_pack(path, k);
}

static void
say(void *arg, const char *line)
{
	(void)arg;
	dprintf(STDERR_FILENO, "%s\n", line);
}

void
child_maintain(const char *store, const struct gitserve_kind *k)
{
	const struct gitserve_maintain m = {
		.store = store, .bundle = k->bundle, .say = say
	};
	CLEANUP(buf_free) struct buf json = BUF_INIT(KIB(4));
	struct gitserve_report report;
	struct err e = ERR_INIT;

	signals_default();
	box_humble();
	if (gitserve_maintain(&m, &report, &e) < 0)
		end(e.code == E_STORE_LOCKED ? EXIT_BUSY : 1, &e);
	gitserve_report_json(&report, &json);
	if (fd_write(STDOUT_FILENO, json.p, json.n, &e) < 0)
		end(1, &e);
	_exit(0);
}
