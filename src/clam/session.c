/* SPDX-License-Identifier: Apache-2.0 */
/* The child: one document to clamd, its answer to one frame. */
#include "clam_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "nintei/wire.h"
#include "nintei/worker.h"

#define CHUNK KIB(64)
#define ANSWER_BYTES 1024

static bool
send_all(int fd, const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n > 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		at += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* out_begun: some of it was taken. */
static bool
send_document(int fd, struct slice in, bool *out_begun)
{
	static const char command[] = "zINSTREAM"; /* with its NUL */

	if (!send_all(fd, command, sizeof(command)))
		return false;
	while (in.n > 0) {
		size_t n = in.n < CHUNK ? in.n : CHUNK;
		uint32_t length = htonl((uint32_t)n);

		if (!send_all(fd, &length, sizeof(length)) ||
		    !send_all(fd, in.p, n))
			return false;
		*out_begun = true;
		in = slice_of(in.p + n, in.n - n);
	}
	return send_all(fd, &(uint32_t){ 0 }, sizeof(uint32_t));
}

static bool
starts(struct slice s, const char *word)
{
	struct slice w = slice_str(word);

	return s.n >= w.n && memcmp(s.p, w.p, w.n) == 0;
}

/* "stream: NAME FOUND": the name, or nothing. */
static struct slice
name_of(struct slice answer)
{
	static const char head[] = "stream: ", tail[] = " FOUND";
	size_t out = sizeof(head) - 1 + sizeof(tail) - 1;

	if (answer.n <= out || !starts(answer, head) ||
	    !starts(slice_of(answer.p + answer.n - (sizeof(tail) - 1),
			sizeof(tail) - 1),
		tail))
		return (struct slice){ 0 };
	return slice_of(answer.p + sizeof(head) - 1, answer.n - out);
}

/* A name of a signature is data for people: plain characters, cut. */
static void
name_take(struct slice name, struct clam_result *out)
{
	size_t n = 0;

	for (size_t i = 0; i < name.n && n + 1 < sizeof(out->name); i++)
		if (name.p[i] > ' ' && name.p[i] < 0x7f)
			out->name[n++] = (char)name.p[i];
	out->name[n] = '\0';
}

void
clam_answer(struct slice answer, struct clam_result *out)
{
	struct slice name = name_of(answer);

	*out = (struct clam_result){ .verdict = CLAM_FAULT };
	if (slice_eq_str(answer, "stream: OK"))
		out->verdict = CLAM_CLEAN;
	else if (starts(answer, "INSTREAM size limit exceeded") ||
	    starts(name, "Heuristics.Limits.Exceeded"))
		out->verdict = CLAM_LIMIT;
	else if (name.n > 0) {
		out->verdict = CLAM_FOUND;
		name_take(name, out);
	}
}

/* Up to the NUL that ends it. */
static void
answer_read(int fd, struct clam_result *out)
{
	uint8_t answer[ANSWER_BYTES];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(answer)) {
		got = read(fd, answer + n, sizeof(answer) - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		n += (size_t)got;
		if (answer[n - 1] == '\0') {
			clam_answer(slice_of(answer, n - 1), out);
			return;
		}
	}
}

/*
 * A scanner that has enough answers and closes before it has read everything:
 * what was found counts, not the broken pipe, and where the kernel threw that
 * away, a document that was not taken to its end is too large.  "OK" of what
 * was not read means nothing.
 */
void
clam_session(int fd, struct slice document, struct clam_result *out)
{
	bool begun = false, whole;

	whole = send_document(fd, document, &begun);
	*out = (struct clam_result){ .verdict = !whole && begun ? CLAM_LIMIT
								: CLAM_FAULT };
	answer_read(fd, out);
	if (!whole && out->verdict == CLAM_CLEAN)
		out->verdict = CLAM_FAULT;
}

/* Of this process; set once, before the zygote is confined. */
static const char *socket_path;

static int
dial(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct slice path = slice_str(socket_path);
	int fd;

	if (path.n >= sizeof(a.sun_path))
		return -1;
	for (size_t i = 0; i < path.n; i++)
		a.sun_path[i] = (char)path.p[i];
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
work(uint32_t kind, struct slice in, int out_fd)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(CLAM_FRAME_BYTES);
	struct clam_result r = { .verdict = CLAM_FAULT };
	CLEANUP(fd_closep) int fd = kind == 0 ? dial() : -1;

	if (fd >= 0)
		clam_session(fd, in, &r);
	clam_encode(&r, &b);
	return buf_ok(&b) && write(out_fd, b.p, b.n) == (ssize_t)b.n ? 0 : 1;
}

const struct worker_class *
clam_worker_class(const char *path)
{
	static struct privsep_path paths[1];
	static struct worker_class class = {
		.name = "clam",
		.run = work,
		.limits = { .cpu_seconds = LIMIT_EXAMINE_CPU_SECONDS,
		    .wall_seconds = CLAM_WALL_SECONDS,
		    .data_bytes = LIMIT_WORKER_DATA_BYTES },
		.set = PRIVSEP_SET_CLAM,
		.zygote_set = PRIVSEP_SET_CLAM_ZYGOTE,
		.paths = paths,
		.n_paths = 1,
	};

	socket_path = path;
	paths[0].path = path;
	return &class;
}
