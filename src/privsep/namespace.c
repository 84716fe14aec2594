/* SPDX-License-Identifier: Apache-2.0 */
/* Own namespaces and an empty root, as far as the kernel and the user allow. */
#include "nintei/privsep.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "privsep_int.h"

/* Any folder that is always there: the mount on it is seen by nobody else. */
#define EMPTY_ROOT "/tmp"

/* Best effort: a map that cannot be written leaves uid 65534, no right. */
static int
map_write(const char *path, const char *text)
{
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct err e = ERR_INIT;

	if (fd < 0)
		return -1;
	return fd_write(fd, text, strlen(text), &e);
}

static int
map_self(uid_t uid, gid_t gid)
{
	char users[64], groups[64];

	snprintf(users, sizeof(users), "%u %u 1\n", uid, uid);
	snprintf(groups, sizeof(groups), "%u %u 1\n", gid, gid);
	if (map_write("/proc/self/setgroups", "deny\n") < 0 ||
	    map_write("/proc/self/gid_map", groups) < 0 ||
	    map_write("/proc/self/uid_map", users) < 0)
		return -1;
	return 0;
}

/* Root without a user namespace, anybody else with one. */
static const char *
unshare_what(int flags)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(flags) == 0)
		return "";
	if (prctl(PR_SET_DUMPABLE, 1) < 0 || unshare(flags | CLONE_NEWUSER) < 0)
		return NULL;
	/* Unmapped, every file would be somebody else's. */
	if (map_self(uid, gid) < 0)
		return "user(unmapped),";
	return "user,";
}

static int
root_enter(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", EMPTY_ROOT, "tmpfs",
		MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"size=4k,mode=0555") < 0 ||
	    chroot(EMPTY_ROOT) < 0 || chdir("/") < 0)
		return -1;
	return 0;
}

void
namespace_enter(const struct confinement *c, struct layers *l)
{
	int flags = c->isolate ? CLONE_NEWNET | CLONE_NEWIPC : 0;
	bool empty_root = c->empty_root && !IS_MEASURED;
	const char *user;

	layer_off(l, LAYER_NAMESPACES, "not asked for");
	layer_off(l, LAYER_ROOT, "not asked for");
	if (empty_root)
		flags |= CLONE_NEWNS;
	if (flags == 0)
		return;
	if ((user = unshare_what(flags)) == NULL) {
		layer_off(l, LAYER_NAMESPACES, "not permitted");
		layer_off(l, LAYER_ROOT, "not permitted");
		return;
	}
	layer_on(l, LAYER_NAMESPACES, "%s%s%s", user,
	    c->isolate ? "net,ipc" : "", empty_root ? ",mnt" : "");
	if (!empty_root)
		return;
	if (root_enter() == 0)
		layer_on(l, LAYER_ROOT, "empty");
	else
		layer_off(l, LAYER_ROOT, "errno %d", errno);
}
