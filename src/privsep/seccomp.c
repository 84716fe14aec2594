/* SPDX-License-Identifier: Apache-2.0 */
/* The seccomp filters, written by hand from the rows of sets.inc. */
#include "nintei/privsep.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privsep_int.h"

#if defined(__x86_64__)
#define BUILT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define BUILT_ARCH AUDIT_ARCH_AARCH64
#else
#error "write down the audit architecture of this machine"
#endif
#define X32_BIT 0x40000000u

/* (argument & mask) == value, on all 64 bits or the lower 32. */
struct arg {
	unsigned index;
	uint64_t mask;
	uint64_t value;
};
#define ARGS_MAX 2
struct row {
	unsigned nr;
	unsigned sets; /* bits of enum privsep_set */
	uint32_t action;
	unsigned n_args;
	struct arg args[ARGS_MAX]; /* all must hold, else the next row */
};

#define W (1u << PRIVSEP_SET_WORKER)
#define P (1u << PRIVSEP_SET_PDFTEXT)
#define Y (1u << PRIVSEP_SET_PDFTEXT_ZYGOTE)
#define L (1u << PRIVSEP_SET_CLAM)
#define M (1u << PRIVSEP_SET_CLAM_ZYGOTE)
#define Z (1u << PRIVSEP_SET_ZYGOTE | Y | M)
#define S (1u << PRIVSEP_SET_SIGNER)
#define C (1u << PRIVSEP_SET_CORE)
#define F (1u << PRIVSEP_SET_FRONT)
#define N (1u << PRIVSEP_SET_SUPERVISOR)
#define K (1u << PRIVSEP_SET_COURIER)
#define G (1u << PRIVSEP_SET_GITD)
#define H (1u << PRIVSEP_SET_GIT)

#define YES SECCOMP_RET_ALLOW
#define NO SECCOMP_RET_KILL_PROCESS
#define FAIL(code) (SECCOMP_RET_ERRNO | (uint32_t)(code))
#define LOW32 0xffffffffu

#define ROW(name, sets, action) { __NR_##name, sets, action, 0, { { 0 } } },
#define ROW1(name, sets, action, ...) \
	{ __NR_##name, sets, action, 1, { __VA_ARGS__ } },
#define ROW2(name, sets, action, ...) \
	{ __NR_##name, sets, action, 2, { __VA_ARGS__ } },

static const struct row rows[] = {
#include "sets.inc"
};

/* What happens to a call that no row decides. */
static const struct {
	const char *name;
	uint32_t otherwise;
} sets[PRIVSEP_SET_MAX] = {
	[PRIVSEP_SET_NONE] = { "none", YES },
	[PRIVSEP_SET_WORKER] = { "worker", NO },
	[PRIVSEP_SET_ZYGOTE] = { "zygote", NO },
	[PRIVSEP_SET_SIGNER] = { "signer", NO },
	[PRIVSEP_SET_CORE] = { "core", YES },
	[PRIVSEP_SET_FRONT] = { "front", YES },
	[PRIVSEP_SET_SUPERVISOR] = { "supervisor", YES },
	[PRIVSEP_SET_COURIER] = { "courier", YES },
	[PRIVSEP_SET_GITD] = { "gitd", YES },
	[PRIVSEP_SET_GIT] = { "git", YES },
	[PRIVSEP_SET_PDFTEXT] = { "pdftext", NO },
	[PRIVSEP_SET_PDFTEXT_ZYGOTE] = { "pdftext-zygote", NO },
	[PRIVSEP_SET_CLAM] = { "clam", NO },
	[PRIVSEP_SET_CLAM_ZYGOTE] = { "clam-zygote", NO },
};

const char *
seccomp_name(enum privsep_set set)
{
	return sets[set].name;
}

static void
put(struct filter *f, unsigned code, uint32_t k, unsigned jt, unsigned jf)
{
	if (f->n == FILTER_MAX)
		abort();
	f->ins[f->n++] =
	    (struct sock_filter){ (uint16_t)code, (uint8_t)jt, (uint8_t)jf, k };
}

#define LOAD (BPF_LD | BPF_W | BPF_ABS)
#define JUMP_EQ (BPF_JMP | BPF_JEQ | BPF_K)
#define JUMP_GE (BPF_JMP | BPF_JGE | BPF_K)
#define RETURN (BPF_RET | BPF_K)

static void
put_head(struct filter *f)
{
	put(f, LOAD, offsetof(struct seccomp_data, arch), 0, 0);
	put(f, JUMP_EQ, BUILT_ARCH, 1, 0);
	put(f, RETURN, NO, 0, 0);
	put(f, LOAD, offsetof(struct seccomp_data, nr), 0, 0);
	put(f, JUMP_GE, X32_BIT, 0, 1);
	put(f, RETURN, NO, 0, 0);
}

static unsigned
half_length(uint32_t mask)
{
	return mask == 0 ? 0 : mask == LOW32 ? 2 : 3;
}

/* One half of an argument; past the row if it differs. */
static void
put_half(
    struct filter *f, unsigned at, uint32_t mask, uint32_t value, unsigned left)
{
	if (mask == 0)
		return;
	put(f, LOAD, at, 0, 0);
	if (mask != LOW32)
		put(f, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
	put(f, JUMP_EQ, value, 0, left);
}

static unsigned
row_length(const struct row *r)
{
	unsigned n = 1; /* the return */

	for (unsigned i = 0; i < r->n_args; i++)
		n += half_length((uint32_t)r->args[i].mask) +
		    half_length((uint32_t)(r->args[i].mask >> 32));
	return n;
}

static void
put_row(struct filter *f, const struct row *r)
{
	unsigned left = row_length(r);

	put(f, LOAD, offsetof(struct seccomp_data, nr), 0, 0);
	put(f, JUMP_EQ, r->nr, 0, left);
	for (unsigned i = 0; i < r->n_args; i++) {
		const struct arg *a = &r->args[i];
		unsigned at = (unsigned)offsetof(struct seccomp_data, args) +
		    a->index * (unsigned)sizeof(uint64_t);
		uint32_t lo = (uint32_t)a->mask, hi = (uint32_t)(a->mask >> 32);

		left -= half_length(lo);
		put_half(f, at, lo, (uint32_t)a->value, left);
		left -= half_length(hi);
		put_half(f, at + 4, hi, (uint32_t)(a->value >> 32), left);
	}
	put(f, RETURN, r->action, 0, 0);
}

void
filter_build(enum privsep_set set, struct filter *out)
{
	out->n = 0;
	put_head(out);
	for (size_t i = 0; i < NELEM(rows); i++)
		if ((rows[i].sets & 1u << set) != 0)
			put_row(out, &rows[i]);
	put(out, RETURN, sets[set].otherwise, 0, 0);
}

int
seccomp_enter(enum privsep_set set, struct err *e)
{
	struct filter f;
	struct sock_fprog prog;

	if (set == PRIVSEP_SET_NONE || IS_SANITIZED)
		return 0;
	filter_build(set, &f);
	prog = (struct sock_fprog){ .len = f.n, .filter = f.ins };
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		SECCOMP_FILTER_FLAG_TSYNC, &prog) != 0)
		return err_sys(e, E_INTERNAL, "seccomp");
	return 0;
}
