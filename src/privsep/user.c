/* SPDX-License-Identifier: Apache-2.0 */
/* Another user, and no capabilities. */
#include "nintei/privsep.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privsep_int.h"

void
user_find(const struct confinement *c, struct user *out)
{
	struct passwd *pw;

	*out = (struct user){ 0 };
	if (c->user == NULL || geteuid() != 0 || IS_MEASURED)
		return;
	if ((pw = getpwnam(c->user)) != NULL) {
		out->uid = pw->pw_uid;
		out->gid = pw->pw_gid;
	} else
		out->uid = out->gid = c->fallback_uid;
}

/*
 * Without capabilities root owns only its own files; a home that belongs to
 * somebody else stays open to a core that found no user of its own.
 */
static uint32_t
caps_kept(const struct confinement *c)
{
	if (geteuid() == 0 && c->n_paths > 0)
		return 1u << CAP_DAC_OVERRIDE | 1u << CAP_FOWNER;
	return 0;
}

static int
caps_drop(const struct confinement *c, struct layers *l, struct err *e)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2] = { { 0 } };
	uint32_t kept = caps_kept(c);

	if (syscall(SYS_capget, &head, data) < 0)
		return err_sys(e, E_INTERNAL, "capget");
	for (int i = 0; i <= 63; i++) /* needs CAP_SETPCAP; else nothing */
		if (i > 31 || (kept & 1u << i) == 0)
			(void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	kept &= data[0].permitted;
	data[0] = (struct __user_cap_data_struct){ kept, kept, 0 };
	data[1] = (struct __user_cap_data_struct){ 0 };
	if (syscall(SYS_capset, &head, data) < 0)
		return err_sys(e, E_INTERNAL, "capset");
	layer_on(l, LAYER_CAPS, kept == 0 ? "none" : "dac");
	return 0;
}

int
user_enter(const struct confinement *c, const struct user *u, struct layers *l,
    struct err *e)
{
	if (c->worker != NULL || c->is_tried) {
		layer_on(l, LAYER_USER, "as its zygote");
		layer_on(l, LAYER_CAPS, "as its zygote");
		return 0;
	}
	if (c->seccomp == PRIVSEP_SET_SUPERVISOR) {
		layer_off(l, LAYER_USER, "%u, starts the others", geteuid());
		layer_off(l, LAYER_CAPS, "starts the others");
		return 0;
	}
	if (u->uid == 0) {
		if (geteuid() == 0)
			layer_off(l, LAYER_USER, "root: no %s",
			    c->user != NULL ? c->user : "user asked for");
		else
			layer_on(l, LAYER_USER, "%u, as started", geteuid());
		return caps_drop(c, l, e);
	}
	if (setgroups(0, NULL) < 0 || setresgid(u->gid, u->gid, u->gid) < 0 ||
	    setresuid(u->uid, u->uid, u->uid) < 0)
		return err_sys(e, E_INTERNAL, "cannot become another user");
	layer_on(l, LAYER_USER, "%u", u->uid);
	return caps_drop(c, l, e);
}
