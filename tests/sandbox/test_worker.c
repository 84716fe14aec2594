/* SPDX-License-Identifier: Apache-2.0 */
/* Each forbidden act of a worker dies; the service goes on (BUNDLES 2). */
#include "nintei/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/chan.h"

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/privsep.h"
#include "support/support.h"

#ifdef NINTEI_SANITIZED
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

#define REFUSED 7 /* exit status: the act failed, the child lives */
#define DONE 0

static int
of(long rv)
{
	return rv < 0 ? REFUSED : DONE;
}

static int
act_socket(void)
{
	return of(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
}

static int
act_socketpair(void)
{
	int pair[2];

	return of(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair));
}

static int
act_open(void)
{
	return of(syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY));
}

static int
act_execve(void)
{
	char *argv[] = { NULL };

	return of(syscall(SYS_execve, "/bin/true", argv, argv));
}

static int
act_map_exec(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	    ? REFUSED
	    : DONE;
}

static int
act_map_shared(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ==
		MAP_FAILED
	    ? REFUSED
	    : DONE;
}

static int
act_map_file(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) == MAP_FAILED
	    ? REFUSED
	    : DONE;
}

static int
act_map_fixed(void)
{
	return mmap(NULL, 4096, PROT_READ,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED
	    ? REFUSED
	    : DONE;
}

static int
act_mprotect(void)
{
	return of(syscall(SYS_mprotect, NULL, 0, PROT_EXEC));
}

static int
act_map_512(void)
{
	return mmap(NULL, MIB(512), PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	    ? REFUSED
	    : DONE;
}

static int
act_brk_512(void)
{
	long now = syscall(SYS_brk, 0);

	return syscall(SYS_brk, now + (long)MIB(512)) == now ? REFUSED : DONE;
}

static int
act_ptrace(void)
{
	return of(syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL));
}

static int
act_kill(void)
{
	return of(syscall(SYS_kill, 1, 0));
}

static int
act_read(void)
{
	char c;

	return of(syscall(SYS_read, 3, &c, 1));
}

static int
act_write_other(void)
{
	return of(syscall(SYS_write, 2, "x", 1));
}

static int
act_fork(void)
{
	return of(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0));
}

static int
act_thread(void)
{
	return of(syscall(SYS_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND,
	    NULL, NULL, NULL, 0));
}

static int
act_memfd(void)
{
	return of(syscall(SYS_memfd_create, "x", 0));
}

static int
act_uring(void)
{
	return of(syscall(SYS_io_uring_setup, 1, NULL));
}

static int
act_vm_readv(void)
{
	struct iovec v = { 0 };

	return of(syscall(SYS_process_vm_readv, 1, &v, 1, &v, 1, 0));
}

static int
act_prctl(void)
{
	return of(syscall(SYS_prctl, 4, 1, 0, 0, 0));
}

static int
act_dup(void)
{
	return of(syscall(SYS_dup, 3));
}

static int
act_futex(void)
{
	return of(syscall(SYS_futex, NULL, 1, 0, NULL, NULL, 0));
}

static int
act_time(void)
{
	struct timespec t;

	return of(syscall(SYS_clock_gettime, 0, &t));
}

static int
act_unshare(void)
{
	return of(syscall(SYS_unshare, CLONE_NEWUSER));
}

#ifdef __x86_64__
static int
act_x32(void)
{
	return of(syscall(0x40000000 | SYS_write, 3, "x", 1));
}
#endif

/* What a worker may do. */
static int
act_echo(void)
{
	char *p = malloc(MIB(1));
	int rv;

	if (p == NULL)
		return REFUSED;
	memset(p, 'x', MIB(1));
	rv = of(write(3, "ok", 2));
	free(p);
	return rv;
}

static int
act_nothing(void)
{
	return DONE;
}

static int
act_fail(void)
{
	return 1;
}

static int
act_crash(void)
{
	raise(SIGSEGV);
	return DONE;
}

static int
act_null(void)
{
	volatile uintptr_t nowhere = 16;

	return *(volatile int *)nowhere;
}

static int
act_abort(void)
{
	abort();
}

static int
act_spin(void)
{
	for (volatile unsigned long n = 0;; n++)
		;
	return DONE;
}

/* A full pipe that nobody reads: only the wall clock ends it. */
static int
act_flood(void)
{
	static const char block[4096];

	for (;;)
		if (write(3, block, sizeof(block)) < 0)
			return REFUSED;
}

static const struct {
	const char *name;
	int (*act)(void);
	enum worker_end end;
} acts[] = {
	{ "socket", act_socket, WORKER_SECURITY },
	{ "socketpair", act_socketpair, WORKER_SECURITY },
	{ "open", act_open, WORKER_SECURITY },
	{ "execve", act_execve, WORKER_SECURITY },
	{ "map PROT_EXEC", act_map_exec, WORKER_SECURITY },
	{ "map shared", act_map_shared, WORKER_SECURITY },
	{ "map a file", act_map_file, WORKER_SECURITY },
	{ "map fixed", act_map_fixed, WORKER_SECURITY },
	{ "mprotect", act_mprotect, WORKER_SECURITY },
	{ "map 512 MiB", act_map_512, WORKER_CRASH },
	{ "brk 512 MiB", act_brk_512, WORKER_CRASH },
	{ "ptrace", act_ptrace, WORKER_SECURITY },
	{ "kill", act_kill, WORKER_SECURITY },
	{ "read", act_read, WORKER_SECURITY },
	{ "write elsewhere", act_write_other, WORKER_SECURITY },
	{ "fork", act_fork, WORKER_SECURITY },
	{ "thread", act_thread, WORKER_SECURITY },
	{ "memfd", act_memfd, WORKER_SECURITY },
	{ "io_uring", act_uring, WORKER_SECURITY },
	{ "process_vm_readv", act_vm_readv, WORKER_SECURITY },
	{ "prctl", act_prctl, WORKER_SECURITY },
	{ "dup", act_dup, WORKER_SECURITY },
	{ "futex", act_futex, WORKER_SECURITY },
	{ "clock", act_time, WORKER_SECURITY },
	{ "unshare", act_unshare, WORKER_SECURITY },
#ifdef __x86_64__
	{ "x32", act_x32, WORKER_SECURITY },
#endif
	{ "abort", act_abort, WORKER_SECURITY },
	{ "SIGSEGV by raise", act_crash, WORKER_SECURITY },
};

static const struct {
	const char *name;
	int (*act)(void);
	enum worker_end end;
} lives[] = {
	{ "echo", act_echo, WORKER_OK },
	{ "nothing", act_nothing, WORKER_OK },
	{ "fail", act_fail, WORKER_CRASH },
	{ "null", act_null, WORKER_CRASH },
	{ "spin", act_spin, WORKER_TIME },
	{ "flood", act_flood, WORKER_TIME },
};
#define LIVES 1000 /* kinds of the second table */
#define KIND_ECHO (LIVES + 0)
#define KIND_SPIN (LIVES + 4)
#define KIND_FLOOD (LIVES + 5)
#define KIND_INPUT 5000

/* KIND_INPUT gives back what the parent sent. */
static int
run(uint32_t kind, struct slice in, int out_fd)
{
	if (kind == KIND_INPUT)
		return in.n == 0 || write(out_fd, in.p, in.n) == (ssize_t)in.n
		    ? DONE
		    : REFUSED;
	return kind >= LIVES ? lives[kind - LIVES].act() : acts[kind].act();
}

static const struct worker_class class = {
	.name = "test",
	.run = run,
	.limits = { .cpu_seconds = 1,
	    .wall_seconds = 2,
	    .data_bytes = MIB(256) },
};

static int
memory(const char *text)
{
	struct err e = ERR_INIT;
	int fd;

	ck_ok(memfd_of("test", slice_str(text), &fd, &e), &e);
	return fd;
}

static struct worker_host *
host(void)
{
	struct worker_host *h;
	struct err e = ERR_INIT;

	ck_ok(worker_host_local(&class, &h, &e), &e);
	return h;
}

static struct worker_job
start(struct worker_host *h, uint32_t kind, const char *input)
{
	CLEANUP(fd_closep) int fd = memory(input);
	struct worker_job job;
	struct err e = ERR_INIT;

	ck_ok(worker_start(h, kind, fd, &job, &e), &e);
	return job;
}

static enum worker_end
finish(struct worker_job *job)
{
	enum worker_end end = WORKER_NONE;
	struct err e = ERR_INIT;

	ck_ok(worker_finish(job, &end, &e), &e);
	return end;
}

static size_t
output(const struct worker_job *job, char *out, size_t max)
{
	size_t n = 0, k;
	struct err e = ERR_INIT;

	do {
		ck_ok(worker_read(job, out + n, max - n, &k, &e), &e);
		n += k;
	} while (k > 0 && n < max);
	return n;
}

static void
echo_works(struct worker_host *h)
{
	char out[16];
	struct worker_job job = start(h, KIND_ECHO, "x");

	ck_assert_uint_eq(output(&job, out, sizeof(out)), 2);
	ck_assert_int_eq(finish(&job), WORKER_OK);
}

START_TEST(forbidden_acts)
{
	CLEANUP(worker_host_freep) struct worker_host *h = host();
	struct worker_job job = start(h, (uint32_t)_i, "x");
	enum worker_end end = finish(&job);

	ck_assert_msg(end == acts[_i].end, "%s: want %d, have %d",
	    acts[_i].name, acts[_i].end, end);
	echo_works(h);
}
END_TEST

START_TEST(ends)
{
	CLEANUP(worker_host_freep) struct worker_host *h = host();
	struct worker_job job = start(h, LIVES + (uint32_t)_i, "x");
	enum worker_end end;

	if (LIVES + _i != KIND_FLOOD) {
		char out[16];

		(void)output(&job, out, sizeof(out));
		end = finish(&job);
	} else {
		sleep(3); /* its time is over before anybody looks */
		end = finish(&job);
	}
	ck_assert_msg(end == lives[_i].end, "%s: want %d, have %d",
	    lives[_i].name, lives[_i].end, end);
	echo_works(h);
}
END_TEST

START_TEST(input_arrives)
{
	CLEANUP(worker_host_freep) struct worker_host *h = host();
	struct worker_job job = start(h, KIND_INPUT, "hello");
	char out[16];

	ck_assert_uint_eq(output(&job, out, sizeof(out)), 5);
	ck_assert_mem_eq(out, "hello", 5);
	ck_assert_int_eq(finish(&job), WORKER_OK);
}
END_TEST

START_TEST(empty_input)
{
	CLEANUP(worker_host_freep) struct worker_host *h = host();
	struct worker_job job = start(h, KIND_INPUT, "");
	char out[16];

	ck_assert_uint_eq(output(&job, out, sizeof(out)), 0);
	ck_assert_int_eq(finish(&job), WORKER_OK);
}
END_TEST

START_TEST(unsealed_input_crashes)
{
	CLEANUP(worker_host_freep) struct worker_host *h = host();
	CLEANUP(fd_closep) int fd = -1;
	struct err e = ERR_INIT;
	struct worker_job job;

	ck_ok(memfd_new("open", &fd, &e), &e);
	ck_ok(fd_write(fd, "x", 1, &e), &e);
	ck_ok(worker_start(h, KIND_INPUT, fd, &job, &e), &e);
	ck_assert_int_eq(finish(&job), WORKER_CRASH);
}
END_TEST

/* More than run at a time: the rest waits, all are answered. */
START_TEST(many_at_once)
{
	CLEANUP(worker_host_freep) struct worker_host *h = host();
	struct worker_job jobs[150];

	for (size_t i = 0; i < NELEM(jobs); i++)
		jobs[i] = start(h, KIND_INPUT, "hello");
	for (size_t i = 0; i < NELEM(jobs); i++) {
		char out[16];

		ck_assert_uint_eq(output(&jobs[i], out, sizeof(out)), 5);
		ck_assert_int_eq(finish(&jobs[i]), WORKER_OK);
	}
}
END_TEST

/* A spinning child is killed at once when nobody waits for it. */
START_TEST(cancelled_child_dies)
{
	CLEANUP(worker_host_freep) struct worker_host *h = host();

	for (int i = 0; i < 130; i++) {
		struct worker_job job = start(h, KIND_SPIN, "x");

		worker_cancel(&job);
	}
	echo_works(h);
}
END_TEST

START_TEST(free_ends_children)
{
	struct worker_host *h = host();
	struct worker_job job = start(h, KIND_FLOOD, "x");
	char out[16];
	size_t n;
	struct err e = ERR_INIT;

	ck_ok(worker_read(&job, out, sizeof(out), &n, &e), &e);
	worker_host_free(h);
	worker_cancel(&job);
}
END_TEST

/* A zygote as in the server: another process, an edge, no parent's help. */
static int warmed[2];

static void
warm(void)
{
	if (write(warmed[1], "w", 1) != 1)
		_exit(1);
}

static void
report(const struct layers *l)
{
	char text[LAYERS_TEXT];

	privsep_layers_text(l, text);
	if (strstr(text, "seccomp=zygote") == NULL && !IS_SANITIZED)
		_exit(1);
	if (write(warmed[1], "r", 1) != 1)
		_exit(1);
}

static pid_t
zygote(int *out_fd)
{
	struct worker_class served = class;
	int pair[2];
	struct err e = ERR_INIT;
	pid_t pid;

	served.warm = warm;
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	if ((pid = fork()) == 0) {
		close(pair[0]);
		_exit(zygote_run(pair[1], &served, report, &e) == 0 ? 0 : 1);
	}
	ck_assert_int_gt(pid, 0);
	close(pair[1]);
	*out_fd = pair[0];
	return pid;
}

START_TEST(zygote_dies_and_is_replaced)
{
	CLEANUP(worker_host_freep) struct worker_host *h = NULL;
	CLEANUP(fd_closep) int input = memory("x");
	struct worker_job job, other;
	enum worker_end end = WORKER_NONE;
	char out[16];
	size_t n;
	struct err e = ERR_INIT;
	int fd;
	pid_t pid;

	ck_assert_int_eq(pipe(warmed), 0);
	pid = zygote(&fd);
	ck_ok(worker_host_zygote(fd, &h, &e), &e);
	ck_assert_int_eq((int)read(warmed[0], out, 2), 2);
	ck_assert_mem_eq(out, "wr", 2);
	echo_works(h);

	job = start(h, KIND_FLOOD, "x");
	ck_ok(worker_read(&job, out, sizeof(out), &n, &e), &e);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	/* The child dies with its zygote, and nobody can say how. */
	while (worker_read(&job, out, sizeof(out), &n, &e) == 0 && n > 0)
		;
	ck_code(worker_finish(&job, &end, &e), &e, E_UNAVAILABLE);
	e = (struct err)ERR_INIT;
	ck_code(
	    worker_start(h, KIND_ECHO, input, &other, &e), &e, E_UNAVAILABLE);

	pid = zygote(&fd);
	e = (struct err)ERR_INIT;
	ck_ok(worker_host_rewire(h, fd, &e), &e);
	echo_works(h);
	worker_host_free(TAKE(h));
	ck_assert_int_eq(waitpid(pid, &fd, 0), pid);
	ck_assert_int_eq(fd, 0);
	close(warmed[0]);
	close(warmed[1]);
}
END_TEST

/* IPC-5 in a zygote: a frame that is no job, and it ends. */
static const struct {
	const char *name;
	uint32_t op;
	size_t fds;
	size_t extra;
} no_jobs[] = {
	{ "another operation", 17, 3, 0 },
	{ "a descriptor less", 16, 2, 0 },
	{ "no descriptor", 16, 0, 0 },
	{ "one too many", 16, 4, 0 },
	{ "bytes after", 16, 3, 1 },
};

START_TEST(no_job_ends_zygote)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	CLEANUP(fd_closep) int fd = -1;
	const int fds[] = { 0, 0, 0, 0 };
	struct err e = ERR_INIT;
	int status;
	pid_t pid;

	ck_assert_int_eq(pipe(warmed), 0);
	pid = zygote(&fd);
	ck_ok(chan_hello(fd, "core", "test", &e), &e);
	chan_begin(&b, no_jobs[_i].op, 0);
	wr_u32(&b, KIND_ECHO);
	for (size_t i = 0; i < no_jobs[_i].extra; i++)
		wr_u8(&b, 0);
	ck_ok(chan_send(fd, &b, fds, no_jobs[_i].fds, &e), &e);
	ck_code(chan_recv(fd, 0, m, &e), &e, E_UNAVAILABLE);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s",
	    no_jobs[_i].name);
	close(warmed[0]);
	close(warmed[1]);
}
END_TEST

/* D34: memory that was sealed cannot be written or mapped for writing. */
START_TEST(sealed_memory_stays)
{
	CLEANUP(fd_closep) int fd = memory("hello");

	ck_assert_int_eq((int)pwrite(fd, "x", 1, 0), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(ftruncate(fd, 1), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(ftruncate(fd, 100), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_ptr_eq(
	    mmap(NULL, 5, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
	    MAP_FAILED);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("worker");
	TCase *t = tcase_create("forbidden");

	tcase_set_timeout(t, 30);
	if (!IS_SANITIZED)
		tcase_add_loop_test(t, forbidden_acts, 0, NELEM(acts));
	suite_add_tcase(s, t);
	t = tcase_create("ends");
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, ends, 0, NELEM(lives));
	tcase_add_test(t, input_arrives);
	tcase_add_test(t, empty_input);
	tcase_add_test(t, unsealed_input_crashes);
	tcase_add_test(t, many_at_once);
	tcase_add_test(t, cancelled_child_dies);
	tcase_add_test(t, free_ends_children);
	tcase_add_test(t, sealed_memory_stays);
	tcase_add_test(t, zygote_dies_and_is_replaced);
	tcase_add_loop_test(t, no_job_ends_zygote, 0, NELEM(no_jobs));
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return suite_main(suite());
}
