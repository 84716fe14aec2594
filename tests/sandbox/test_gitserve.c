/* SPDX-License-Identifier: Apache-2.0 */
/* What gitd and a child of it that serves may not do (GIT-BOX, GIT-WRITE). */
#include "gitserve_int.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
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

#define KEPT_FD 3 /* open for writing before the box closes */

static char *store; /* audit.git/HEAD, bundle/, secret */

static int
at_store(const char *name, int flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", store, name);
	return act_result(open(path, flags | O_CLOEXEC, 0600));
}

static int
read_head(void)
{
	return at_store("audit.git/HEAD", O_RDONLY);
}

static int
read_secret(void)
{
	return at_store("secret", O_RDONLY);
}

static int
change_head(void)
{
	return at_store("audit.git/HEAD", O_RDWR);
}

static int
empty_head(void)
{
	return at_store("audit.git/HEAD", O_WRONLY | O_TRUNC);
}

static int
make_file(void)
{
	return at_store("audit.git/new", O_WRONLY | O_CREAT);
}

static int
make_bundle(void)
{
	return at_store("bundle/new", O_WRONLY | O_CREAT);
}

static int
make_beside(void)
{
	return at_store("new", O_WRONLY | O_CREAT);
}

static int
move_file(void)
{
	char from[256], to[256];

	snprintf(from, sizeof(from), "%s/audit.git/HEAD", store);
	snprintf(to, sizeof(to), "%s/audit.git/HEAD2", store);
	return act_result(rename(from, to));
}

static int
remove_file(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/audit.git/HEAD", store);
	return act_result(unlink(path));
}

static int
make_folder(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/audit.git/dir", store);
	return act_result(mkdir(path, 0700));
}

static int
cut_file(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/audit.git/HEAD", store);
	return act_result(truncate(path, 0));
}

/* Even into a file that was open: RLIMIT_FSIZE. */
static int
write_kept(void)
{
	return act_result(pwrite(KEPT_FD, "x", 1, 0));
}

static int
map_kept(void)
{
	return mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, KEPT_FD, 0) ==
		MAP_FAILED
	    ? FAILED
	    : OK;
}

static int
exec_of(const char *program)
{
	char *argv[] = { xstrdup(program), xstrdup("--version"), NULL };
	char *envp[] = { xstrdup("GIT_CONFIG_NOSYSTEM=1"), NULL };
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0)
		return FAILED;
	(void)execve(program, argv, envp);
	return FAILED;
}

static int
exec_git(void)
{
	return exec_of(GIT_PROGRAM);
}

static int
exec_other(void)
{
	return exec_of("/bin/true");
}

static int
leave_group(void)
{
	return act_result(setsid());
}

static int
become_other(void)
{
	return act_result(setresuid(1, 1, 1));
}

static const struct {
	const char *name;
	bool reader; /* else gitd itself, and maintenance */
	int (*act)(void);
	int want;
	bool landlock; /* nothing else holds it back */
} rows[] = {
	{ "reader: HEAD", true, read_head, OK, false },
	{ "reader: secret", true, read_secret, FAILED, true },
	{ "reader: passwd", true, act_read_passwd, FAILED, true },
	{ "reader: open to write", true, change_head, FAILED, true },
	{ "reader: truncate on opening", true, empty_head, FAILED, false },
	{ "reader: make", true, make_file, FAILED, false },
	{ "reader: make a bundle", true, make_bundle, FAILED, false },
	{ "reader: rename", true, move_file, KILLED, false },
	{ "reader: unlink", true, remove_file, KILLED, false },
	{ "reader: mkdir", true, make_folder, KILLED, false },
	{ "reader: truncate", true, cut_file, KILLED, false },
	{ "reader: write", true, write_kept, -SIGXFSZ, false },
	{ "reader: write by mapping", true, map_kept, FAILED, false },
	{ "reader: inet", true, act_inet, KILLED, false },
	{ "reader: inet6", true, act_inet6, KILLED, false },
	{ "reader: unix", true, act_unix, FAILED, false },
	{ "reader: git", true, exec_git, OK, false },
	{ "reader: another program", true, exec_other, FAILED, true },
	{ "reader: ptrace", true, act_ptrace, KILLED, false },
	{ "reader: process_vm_readv", true, act_vm_readv, KILLED, false },
	{ "reader: kill", true, act_kill, FAILED, false },
	{ "reader: setsid", true, leave_group, FAILED, false },
	{ "reader: unshare", true, act_unshare, KILLED, false },
	{ "reader: setresuid", true, become_other, KILLED, false },
	{ "reader: io_uring", true, act_io_uring, KILLED, false },

	{ "gitd: HEAD", false, change_head, OK, false },
	{ "gitd: make", false, make_file, OK, false },
	{ "gitd: make a bundle", false, make_bundle, OK, false },
	{ "gitd: make beside", false, make_beside, FAILED, true },
	{ "gitd: secret", false, read_secret, FAILED, true },
	{ "gitd: passwd", false, act_read_passwd, FAILED, true },
	{ "gitd: inet", false, act_inet, KILLED, false },
	{ "gitd: unix", false, act_unix, FAILED, false },
	{ "gitd: git", false, exec_git, OK, false },
	{ "gitd: another program", false, exec_other, FAILED, true },
	{ "gitd: ptrace", false, act_ptrace, KILLED, false },
	{ "gitd: unshare", false, act_unshare, KILLED, false },
	{ "gitd: setresuid", false, become_other, KILLED, false },
};

static void NORETURN
child(size_t i)
{
	struct layers layers;
	struct err e = ERR_INIT;
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/audit.git/HEAD", store);
	if ((fd = open(path, O_RDWR)) < 0 || dup2(fd, KEPT_FD) < 0 ||
	    box_zygote(store, &layers, &e) < 0)
		_exit(NOT_CONFINED);
	/* As child_serve does it; gitd's filter allows the fork before. */
	if (rows[i].reader &&
	    (setsid() < 0 || box_reader(store, &e) < 0 ||
		box_no_writes(&e) < 0))
		_exit(NOT_CONFINED);
	_exit(rows[i].act());
}

/* Exit status, or minus the signal. */
static int
outcome(size_t i)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		child(i);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

START_TEST(boxes)
{
	int have;

	if (rows[_i].landlock && !has_landlock())
		return;
	/* A sanitizer build has no seccomp. */
	if (IS_SANITIZED && !rows[_i].landlock)
		return;
	have = outcome((size_t)_i);
	ck_assert_msg(have == rows[_i].want, "%s: want %d, have %d",
	    rows[_i].name, rows[_i].want, have);
}
END_TEST

static void
put(const char *name, const char *text)
{
	char path[256];
	struct err e = ERR_INIT;

	snprintf(path, sizeof(path), "%s/%s", store, name);
	if (fs_write(AT_FDCWD, path, slice_str(text), 0600, &e) < 0)
		abort();
}

static void
setup(void)
{
	char path[256];

	store = temp_dir();
	snprintf(path, sizeof(path), "%s/audit.git", store);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/bundle", store);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	put("audit.git/HEAD", "ref: refs/heads/main\n");
	put("maintain.lock", "");
	put("secret", "x");
}

int
main(void)
{
	Suite *s = suite_create("gitserve_box");
	TCase *t = tcase_create("boxes");

	tcase_add_unchecked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, boxes, 0, (int)NELEM(rows));
	suite_add_tcase(s, t);
	return suite_main(s);
}
