/* SPDX-License-Identifier: Apache-2.0 */
/* What signer, core, front and courier may not do, each in its own confinement.
 */
#include "nintei/privsep.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "support/acts.h"
#include "support/support.h"

#ifdef NINTEI_SANITIZED
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

static char *home; /* with store/file and keys/secret in it */

static int
at_home(const char *name, int flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", home, name);
	return act_result(open(path, flags | O_CLOEXEC, 0600));
}

static int
read_secret(void)
{
	return at_home("keys/secret", O_RDONLY);
}

static int
write_store(void)
{
	return at_home("store/new", O_WRONLY | O_CREAT);
}

/* What is not public lies there, as ciphertext or not: core alone reads it. */
static int
read_store(void)
{
	return at_home("store/kept", O_RDONLY);
}

static int
list_store(void)
{
	return at_home("store", O_RDONLY | O_DIRECTORY);
}

static int
write_home(void)
{
	return at_home("new", O_WRONLY | O_CREAT);
}

static int
rename_store(void)
{
	char from[256], to[256];

	snprintf(from, sizeof(from), "%s/store/file", home);
	snprintf(to, sizeof(to), "%s/store/sub/file", home);
	return act_result(rename(from, to));
}

static int
open_raw(void)
{
	return act_result(socket(AF_INET, SOCK_RAW, 1));
}

/* The discard port of this machine: refused by it, or by the sandbox. */
static int
connect_out(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return FAILED;
	return connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
		errno == ECONNREFUSED
	    ? OK
	    : FAILED;
}

static int
listen_in(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return OK;
	return act_result(listen(fd, 1));
}

static int
read_hosts(void)
{
	return act_result(open("/etc/hosts", O_RDONLY));
}

static int
exec_true(void)
{
	char *argv[] = { NULL };

	return act_result(execve("/bin/true", argv, argv));
}

static int
fork_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return act_result(pid);
}

static void *
nothing(void *arg)
{
	return arg;
}

static int
start_thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, nothing, NULL) == 0 &&
		pthread_join(t, NULL) == 0
	    ? OK
	    : FAILED;
}

static int
map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	    ? FAILED
	    : OK;
}

static int
become_root(void)
{
	return act_result(setresuid(0, 0, 0));
}

static int delete (void)
{
	return act_result(unlink("/tmp/there-is-no-such-file"));
}

static int
memory_answer(void)
{
	struct err e = ERR_INIT;
	int fd;

	return memfd_of("answer", slice_str("x"), &fd, &e) < 0 ? FAILED : OK;
}

static int
clock_works(void)
{
	struct timespec t;

	return act_result(clock_gettime(CLOCK_REALTIME, &t));
}

static int
abort_now(void)
{
	abort();
}

static int
dumpable(void)
{
	struct stat st;

	/* /proc/self belongs to root, or is not there: both are closed. */
	if (stat("/proc/self/mem", &st) < 0)
		return FAILED;
	return open("/proc/self/mem", O_RDONLY) < 0 ? FAILED : OK;
}

static int
core_file(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_max == 0 ? OK : FAILED;
}

#define SIGNER PRIVSEP_SET_SIGNER
#define CORE PRIVSEP_SET_CORE
#define FRONT PRIVSEP_SET_FRONT
#define COURIER PRIVSEP_SET_COURIER

static const struct {
	const char *name;
	enum privsep_set set;
	int (*act)(void);
	int want;
} rows[] = {
	{ "signer opens", SIGNER, act_read_passwd, KILLED },
	{ "signer: inet", SIGNER, act_inet, KILLED },
	{ "signer: unix", SIGNER, act_unix, KILLED },
	{ "signer: exec", SIGNER, exec_true, KILLED },
	{ "signer: ptrace", SIGNER, act_ptrace, KILLED },
	{ "signer: process_vm_readv", SIGNER, act_vm_readv, KILLED },
	{ "signer: fork", SIGNER, fork_child, KILLED },
	{ "signer: thread", SIGNER, start_thread, KILLED },
	{ "signer: kill", SIGNER, act_kill, KILLED },
	{ "signer: code", SIGNER, map_code, KILLED },
	{ "signer: memory", SIGNER, memory_answer, OK },
	{ "signer: clock", SIGNER, clock_works, OK },
	{ "signer: abort", SIGNER, abort_now, -SIGABRT },

	{ "core: passwd", CORE, act_read_passwd, FAILED },
	{ "core: keys", CORE, read_secret, FAILED },
	{ "core: home", CORE, write_home, FAILED },
	{ "core: store", CORE, write_store, OK },
	{ "core: reads the store", CORE, read_store, OK },
	{ "core: rename", CORE, rename_store, OK },
	{ "core: inet", CORE, act_inet, KILLED },
	{ "core: inet6", CORE, act_inet6, KILLED },
	{ "core: unix", CORE, act_unix, FAILED },
	{ "core: exec", CORE, exec_true, KILLED },
	{ "core: ptrace", CORE, act_ptrace, KILLED },
	{ "core: process_vm_readv", CORE, act_vm_readv, KILLED },
	{ "core: fork", CORE, fork_child, FAILED },
	{ "core: thread", CORE, start_thread, OK },
	{ "core: kill", CORE, act_kill, FAILED },
	{ "core: code", CORE, map_code, FAILED },
	{ "core: io_uring", CORE, act_io_uring, KILLED },
	{ "core: unshare", CORE, act_unshare, KILLED },
	{ "core: setresuid", CORE, become_root, KILLED },
	{ "core: memory", CORE, memory_answer, OK },
	{ "core: no core file", CORE, core_file, OK },
	{ "core: /proc/self/mem", CORE, dumpable, FAILED },

	{ "front: passwd", FRONT, act_read_passwd, FAILED },
	{ "front: store", FRONT, write_store, FAILED },
	{ "front: reads the store", FRONT, read_store, FAILED },
	{ "front: lists the store", FRONT, list_store, FAILED },
	{ "front: keys", FRONT, read_secret, FAILED },
	{ "front: unlink", FRONT, delete, KILLED },
	{ "front: inet", FRONT, act_inet, KILLED },
	{ "front: exec", FRONT, exec_true, KILLED },
	{ "front: ptrace", FRONT, act_ptrace, KILLED },
	{ "front: fork", FRONT, fork_child, FAILED },
	{ "front: thread", FRONT, start_thread, OK },
	{ "front: code", FRONT, map_code, FAILED },
	{ "front: memory", FRONT, memory_answer, OK },

	{ "courier: passwd", COURIER, act_read_passwd, FAILED },
	{ "courier: hosts", COURIER, read_hosts, OK },
	{ "courier: store", COURIER, write_store, FAILED },
	{ "courier: reads the store", COURIER, read_store, FAILED },
	{ "courier: keys", COURIER, read_secret, FAILED },
	{ "courier: home", COURIER, write_home, FAILED },
	{ "courier: unlink", COURIER, delete, KILLED },
	{ "courier: connects", COURIER, connect_out, OK },
	{ "courier: udp", COURIER, act_inet6, OK },
	{ "courier: raw", COURIER, open_raw, KILLED },
	{ "courier: listens", COURIER, listen_in, FAILED },
	{ "courier: unix", COURIER, act_unix, FAILED },
	{ "courier: exec", COURIER, exec_true, KILLED },
	{ "courier: ptrace", COURIER, act_ptrace, KILLED },
	{ "courier: process_vm_readv", COURIER, act_vm_readv, KILLED },
	{ "courier: fork", COURIER, fork_child, FAILED },
	{ "courier: thread", COURIER, start_thread, OK },
	{ "courier: kill", COURIER, act_kill, FAILED },
	{ "courier: code", COURIER, map_code, FAILED },
	{ "courier: io_uring", COURIER, act_io_uring, KILLED },
	{ "courier: unshare", COURIER, act_unshare, KILLED },
	{ "courier: no core file", COURIER, core_file, OK },
	{ "courier: /proc/self/mem", COURIER, dumpable, FAILED },
};

static int
confine(enum privsep_set set)
{
	char store[256];
	const struct privsep_path paths[] = { { .path = store,
	    .write = true } };
	const struct privsep_path names[] = { { .path = "/etc/hosts" } };
	const struct confinement box = {
		.name = "test",
		.seccomp = set,
		.isolate = set != CORE && set != COURIER,
		.empty_root = set != CORE && set != COURIER,
		.landlock = true,
		.connects = set == COURIER,
		.paths = set == COURIER ? names : paths,
		.n_paths = set == CORE || set == COURIER ? 1 : 0,
	};
	struct layers layers;
	struct err e = ERR_INIT;

	snprintf(store, sizeof(store), "%s/store", home);
	return privsep_enter(&box, &layers, &e);
}

/* Exit status, or minus the signal. */
static int
outcome(size_t i)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (confine(rows[i].set) < 0)
			_exit(NOT_CONFINED);
		_exit(rows[i].act());
	}
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* Old kernels and some containers have no Landlock: files then are open. */
static bool
is_held_by_landlock(size_t i)
{
	return rows[i].act == act_read_passwd || rows[i].act == read_secret ||
	    rows[i].act == write_home;
}

START_TEST(sets)
{
	int have;

	if (rows[_i].want == FAILED && is_held_by_landlock((size_t)_i) &&
	    !has_landlock())
		return;

	have = outcome((size_t)_i);
	ck_assert_msg(have == rows[_i].want, "%s: want %d, have %d",
	    rows[_i].name, rows[_i].want, have);
}
END_TEST

START_TEST(layers_are_told)
{
	struct layers l = { .on[LAYER_SECCOMP] = true };
	char text[LAYERS_TEXT];
	static const char want[] = "user=off(-) caps=off(-) namespaces=off(-) "
				   "root=off(-) limits=off(-) "
				   "landlock=off(-) seccomp=core";

	snprintf(l.note[LAYER_SECCOMP], sizeof(l.note[0]), "core");
	ck_assert_str_eq(privsep_layers_text(&l, text), want);
}
END_TEST

static void
home_make(void)
{
	struct err e = ERR_INIT;
	static const char *const files[] = { "keys/secret", "store/file",
		"store/kept" };

	home = temp_dir();
	ck_assert_int_eq(chmod(home, 0777), 0);
	for (size_t i = 0; i < NELEM(files); i++) {
		CLEANUP(freep) char *path = fs_join(home, files[i]);
		CLEANUP(freep)
		char *dir =
		    xasprintf("%s/%.*s", home, i == 0 ? 4 : 5, files[i]);

		ck_ok(fs_mkdirs(AT_FDCWD, dir, 0777, &e), &e);
		ck_ok(fs_write(AT_FDCWD, path, slice_str("x"), 0666, &e), &e);
	}
	{
		CLEANUP(freep) char *sub = fs_join(home, "store/sub");

		ck_ok(fs_mkdirs(AT_FDCWD, sub, 0777, &e), &e);
	}
}

int
main(void)
{
	Suite *s = suite_create("sets");
	TCase *t = tcase_create("sets");

	tcase_add_unchecked_fixture(t, home_make, NULL);
	if (!IS_SANITIZED)
		tcase_add_loop_test(t, sets, 0, NELEM(rows));
	tcase_add_test(t, layers_are_told);
	suite_add_tcase(s, t);
	return suite_main(s);
}
