/* SPDX-License-Identifier: Apache-2.0 */
/* The seccomp filters as programs: what each says to a call, in every build;
 * tests/sandbox lets the kernel say it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "privsep_int.h"
#include "support/support.h"

#ifdef __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#else
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define W PRIVSEP_SET_WORKER
#define Z PRIVSEP_SET_ZYGOTE
#define S PRIVSEP_SET_SIGNER
#define C PRIVSEP_SET_CORE
#define F PRIVSEP_SET_FRONT
#define N PRIVSEP_SET_SUPERVISOR

#define YES SECCOMP_RET_ALLOW
#define NO SECCOMP_RET_KILL_PROCESS
#define FAIL(code) (SECCOMP_RET_ERRNO | (code))
#define HIGH ((uint64_t)1 << 32)

/* Classic BPF as far as the filters use it.  Anything else fails the test. */
static uint32_t
run(const struct filter *f, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (unsigned pc = 0; pc < f->n; pc++) {
		const struct sock_filter *i = &f->ins[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			ck_assert_uint_le(i->k + 4, sizeof(*data));
			memcpy(&a, (const char *)data + i->k, 4);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			ck_abort_msg("instruction %x", i->code);
		}
	}
	ck_abort_msg("fell off the end");
	return 0;
}

static const uint64_t anon = MAP_PRIVATE | MAP_ANONYMOUS;

static const struct {
	enum privsep_set set;
	int nr;
	uint64_t args[4];
	uint32_t want;
} calls[] = {
	{ W, SYS_write, { 3 }, YES },
	{ W, SYS_write, { 2 }, NO },
	{ W, SYS_write, { 3 | HIGH }, YES }, /* the kernel sees 3 */
	{ W, SYS_writev, { 3 }, YES },
	{ W, SYS_writev, { 4 }, NO },
	{ W, SYS_read, { 3 }, NO },
	{ W, SYS_mmap, { 0, 1, 3, MAP_PRIVATE | MAP_ANONYMOUS }, YES },
	{ W, SYS_mmap, { 0, 1, 0, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE },
	    YES },
	{ W, SYS_mmap, { 0, 1, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS }, NO },
	{ W, SYS_mmap, { 0, 1, 3 | HIGH, MAP_PRIVATE | MAP_ANONYMOUS }, NO },
	{ W, SYS_mmap, { 0, 1, 1, MAP_PRIVATE }, NO },
	{ W, SYS_mmap, { 0, 1, 1, MAP_SHARED | MAP_ANONYMOUS }, NO },
	{ W, SYS_mmap, { 0, 1, 1, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED },
	    NO },
	{ W, SYS_mmap, { 0, 1, 1, (MAP_PRIVATE | MAP_ANONYMOUS) | HIGH }, NO },
	{ W, SYS_munmap, { 0 }, YES },
	{ W, SYS_mremap, { 0 }, YES },
	{ W, SYS_brk, { 0 }, YES },
	{ W, SYS_exit, { 0 }, YES },
	{ W, SYS_exit_group, { 0 }, YES },
	{ W, SYS_openat, { 0 }, NO },
	{ W, SYS_mprotect, { 0 }, NO },
	{ W, SYS_futex, { 0 }, NO },
	{ W, SYS_clock_gettime, { 0 }, NO },

	{ Z, SYS_clone, { CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD },
	    YES },
	{ Z, SYS_clone, { CLONE_NEWUSER | SIGCHLD }, NO },
	{ Z, SYS_clone, { CLONE_VM | CLONE_THREAD | CLONE_SIGHAND }, NO },
	{ Z, SYS_mmap, { 0, 1, PROT_READ, MAP_PRIVATE }, YES },
	{ Z, SYS_mmap, { 0, 1, PROT_EXEC, MAP_PRIVATE }, NO },
	{ Z, SYS_newfstatat, { 3, 0, 0, AT_EMPTY_PATH }, YES },
	{ Z, SYS_newfstatat, { 3, 0, 0, 0 }, NO },
	{ Z, SYS_waitid, { 0 }, YES },
	{ Z, SYS_openat, { 0 }, NO },
	{ Z, SYS_socket, { AF_UNIX }, NO },
	{ Z, SYS_execve, { 0 }, NO },
	{ Z, SYS_kill, { 0 }, NO },
	{ Z, SYS_pwrite64, { 0 }, NO },

	{ S, SYS_pwrite64, { 0 }, YES },
	{ S, SYS_fdatasync, { 0 }, YES },
	{ S, SYS_memfd_create, { 0 }, YES },
	{ S, SYS_mprotect, { 0, 1, PROT_READ }, YES },
	{ S, SYS_mprotect, { 0, 1, PROT_READ | PROT_EXEC }, NO },
	{ S, SYS_openat, { 0 }, NO },
	{ S, SYS_socket, { AF_UNIX }, NO },
	{ S, SYS_clone, { SIGCHLD }, NO },
	{ S, SYS_ptrace, { 0 }, NO },
	{ S, SYS_execve, { 0 }, NO },

	{ C, SYS_openat, { 0, 0, O_RDWR | O_CREAT }, YES },
	{ C, SYS_socket, { AF_UNIX }, FAIL(EPERM) },
	{ C, SYS_socket, { AF_INET }, NO },
	{ C, SYS_socket, { AF_INET6 }, NO },
	{ C, SYS_socket, { AF_NETLINK }, NO },
	{ C, SYS_socket, { AF_UNIX | HIGH }, FAIL(EPERM) },
	{ C, SYS_accept4, { 0 }, FAIL(EPERM) },
	{ C, SYS_execve, { 0 }, NO },
	{ C, SYS_execveat, { 0 }, NO },
	{ C, SYS_clone, { CLONE_THREAD | CLONE_VM }, YES },
	{ C, SYS_clone, { SIGCHLD }, FAIL(EPERM) },
	{ C, SYS_clone, { CLONE_NEWUSER | CLONE_THREAD }, NO },
	{ C, SYS_clone3, { 0 }, FAIL(ENOSYS) },
	{ C, SYS_mmap, { 0, 1, PROT_EXEC }, FAIL(EPERM) },
	{ C, SYS_mmap, { 0, 1, PROT_READ }, YES },
	{ C, SYS_io_uring_setup, { 0 }, NO },
	{ C, SYS_bpf, { 0 }, NO },

	{ F, SYS_accept4, { 0 }, YES },
	{ F, SYS_openat, { 0, 0, O_RDONLY | O_CLOEXEC }, YES },
	{ F, SYS_openat, { 0, 0, O_WRONLY }, FAIL(EACCES) },
	{ F, SYS_openat, { 0, 0, O_RDWR }, FAIL(EACCES) },
	{ F, SYS_openat, { 0, 0, O_CREAT }, FAIL(EACCES) },
	{ F, SYS_openat2, { 0 }, FAIL(ENOSYS) },
	{ F, SYS_unlinkat, { 0 }, NO },
	{ F, SYS_connect, { 0 }, FAIL(EPERM) },
	{ F, SYS_socket, { AF_INET }, NO },
	{ F, SYS_execve, { 0 }, NO },

	{ N, SYS_execve, { 0 }, YES },
	{ N, SYS_unshare, { 0 }, YES },
	{ N, SYS_ptrace, { 0 }, NO },
	{ N, SYS_process_vm_readv, { 0 }, NO },
	{ N, SYS_init_module, { 0 }, NO },
};

START_TEST(verdict)
{
	static struct filter f;
	struct seccomp_data data = { .nr = calls[_i].nr, .arch = ARCH };
	uint32_t have;

	memcpy(data.args, calls[_i].args, sizeof(calls[_i].args));
	filter_build(calls[_i].set, &f);
	have = run(&f, &data);
	ck_assert_msg(have == calls[_i].want,
	    "%s, call %d, row %d: want %x, have %x",
	    seccomp_name(calls[_i].set), calls[_i].nr, _i, calls[_i].want,
	    have);
}
END_TEST

/* Whatever the set: another machine's call, or an x32 one, is the end. */
START_TEST(foreign_calls_die)
{
	static struct filter f;
	struct seccomp_data data = { .nr = SYS_exit, .arch = AUDIT_ARCH_I386 };

	filter_build((enum privsep_set)_i, &f);
	ck_assert_uint_eq(run(&f, &data), NO);
	data.arch = ARCH;
	data.nr = 0x40000000 | SYS_exit;
	ck_assert_uint_eq(run(&f, &data), NO);
	data.nr = -1;
	ck_assert_uint_eq(run(&f, &data), NO);
	data.nr = SYS_exit;
	ck_assert_uint_eq(run(&f, &data), YES);
}
END_TEST

/* BUNDLES 2.4: no call but these eight gets through at all. */
START_TEST(worker_has_eight_calls)
{
	static struct filter f;
	static const int allowed[] = { SYS_write, SYS_writev, SYS_mmap,
		SYS_munmap, SYS_mremap, SYS_brk, SYS_exit, SYS_exit_group };

	filter_build(W, &f);
	for (int nr = 0; nr < 1024; nr++) {
		struct seccomp_data data = { .nr = nr,
			.arch = ARCH,
			.args = { 3, 1, PROT_READ, anon } };
		uint32_t want = NO;

		for (size_t i = 0; i < NELEM(allowed); i++)
			if (nr == allowed[i])
				want = YES;
		ck_assert_msg(run(&f, &data) == want, "call %d", nr);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("filter");
	TCase *t = tcase_create("filter");

	tcase_add_loop_test(t, verdict, 0, NELEM(calls));
	tcase_add_loop_test(
	    t, foreign_calls_die, PRIVSEP_SET_WORKER, PRIVSEP_SET_MAX);
	tcase_add_test(t, worker_has_eight_calls);
	suite_add_tcase(s, t);
	return suite_main(s);
}
