/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock by its system calls: probed and degraded, for Debian 12's headers
 * know no more than ABI 2. */
#include "nintei/privsep.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privsep_int.h"

/* linux/landlock.h, as of ABI 7. */
enum {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_REMOVE_DIR = 1 << 4,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_DIR = 1 << 7,
	FS_MAKE_REG = 1 << 8,
	FS_REFER = 1 << 13, /* since ABI 2 */
	FS_TRUNCATE = 1 << 14, /* since ABI 3 */
	FS_FILES = FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE
};
#define FS_READ (FS_READ_FILE | FS_READ_DIR)
#define FS_CHANGE                                                   \
	(FS_READ | FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | \
	    FS_MAKE_DIR | FS_MAKE_REG | FS_REFER | FS_TRUNCATE)
#define NET_CONNECT (1u << 1)
#define CREATE_VERSION 1u
#define RULE_PATH 1

struct ruleset_attr {
	uint64_t fs;
	uint64_t net; /* since ABI 4 */
	uint64_t scoped; /* since ABI 6 */
};
struct path_attr {
	uint64_t access;
	int32_t parent_fd;
} __attribute__((packed));

/* What each ABI brought, cumulative; and how long its attribute is. */
static const struct {
	uint64_t fs, net, scoped;
	size_t size;
} abis[] = {
	{ 0, 0, 0, 0 }, { (1 << 13) - 1, 0, 0, 8 }, { (1 << 14) - 1, 0, 0, 8 },
	{ (1 << 15) - 1, 0, 0, 8 },
	{ (1 << 15) - 1, 3, 0, 16 }, /* TCP bind, connect */
	{ (1 << 16) - 1, 3, 0, 16 }, /* ioctl on devices */
	{ (1 << 16) - 1, 3, 3, 24 }, /* abstract sockets, signals */
};

static int
ruleset_create(
    const struct confinement *c, long abi, uint64_t *out_fs, struct err *e)
{
	size_t row = (size_t)abi < NELEM(abis) ? (size_t)abi : NELEM(abis) - 1;
	struct ruleset_attr attr = { abis[row].fs, abis[row].net,
		abis[row].scoped };
	long fd;

	if (c->connects)
		attr.net &= ~(uint64_t)NET_CONNECT;
	fd = syscall(SYS_landlock_create_ruleset, &attr, abis[row].size, 0);

	if (fd < 0)
		return err_sys(e, E_INTERNAL, "landlock_create_ruleset");
	*out_fs = attr.fs;
	return (int)fd;
}

static int
rule_add(
    int ruleset, uint64_t handled, const struct privsep_path *p, struct err *e)
{
	CLEANUP(fd_closep) int fd = open(p->path, O_PATH | O_CLOEXEC);
	struct path_attr attr = { .parent_fd = fd };
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, E_INTERNAL, "cannot open a path to keep");
	attr.access = (p->write ? FS_CHANGE : FS_READ);
	if (p->exec)
		attr.access |= FS_EXECUTE;
	attr.access &= handled;
	if (!S_ISDIR(st.st_mode))
		attr.access &= FS_FILES;
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &attr, 0) < 0)
		return err_sys(e, E_INTERNAL, "landlock_add_rule");
	return 0;
}

int
landlock_enter(const struct confinement *c, struct layers *l, struct err *e)
{
	CLEANUP(fd_closep) int ruleset = -1;
	uint64_t handled;
	long abi;

	if (!c->landlock || IS_MEASURED) {
		layer_off(l, LAYER_LANDLOCK, "not asked for");
		return 0;
	}
	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
	if (abi < 1) {
		layer_off(l, LAYER_LANDLOCK, "not in this kernel");
		return 0;
	}
	if ((ruleset = ruleset_create(c, abi, &handled, e)) < 0)
		return -1;
	for (size_t i = 0; i < c->n_paths; i++)
		if (rule_add(ruleset, handled, &c->paths[i], e) < 0)
			return -1;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return err_sys(e, E_INTERNAL, "landlock_restrict_self");
	layer_on(l, LAYER_LANDLOCK, "abi%ld", abi);
	return 0;
}
