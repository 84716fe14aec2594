/* SPDX-License-Identifier: Apache-2.0 */
/* What ninteid --check looks at beside nintei.yaml: programs, keys, policies.
 */
#include "ninteid_int.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/cc.h"

/* Files that the others will open; scheme: one per scheme, %s its id. */
static const struct {
	const char *path;
	bool scheme;
	bool secret; /* nobody but its owner may read it */
} files[] = {
	{ "keys/master.key", false, true },
	{ "keys/tls/key.pem", false, true },
	{ "keys/tls/chain.pem", false, false },
	{ "keys/ca/%s/key.pem", true, true },
	{ "keys/ca/%s/ca.pem", true, false },
	{ "policies/%s/scheme.yaml", true, false },
	{ "store/audit.git/HEAD", false, false },
};

static int
check_file(const char *path, const char *shown, bool is_secret, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, E_CONFIG, "%s is not there", shown);
	if (is_secret && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, E_CONFIG,
		    "%s may be read by others: want mode 0600", shown);
	return 0;
}

static int
check_at(const struct config *c, size_t i, const char *scheme, struct err *e)
{
	CLEANUP(buf_free) struct buf shown = BUF_INIT(4096);
	CLEANUP(freep) char *path = NULL;

	for (const char *p = files[i].path; *p != '\0'; p++)
		if (p[0] == '%' && p[1] == 's') {
			buf_puts(&shown, scheme);
			p++;
		} else
			buf_putc(&shown, *p);
	path = xasprintf("%s/%s", c->home, buf_str(&shown));
	return check_file(path, buf_str(&shown), files[i].secret, e);
}

static int
check_programs(const char *bin, struct err *e)
{
	for (int i = 0; i < WHO_MAX; i++) {
		CLEANUP(freep)
		char *path = xasprintf("%s/nintei-%s", bin, programs[i].name);

		if ((OPTIONAL & 1u << i) == 0 && access(path, X_OK) < 0)
			return err_sys(e, E_CONFIG,
			    "the program nintei-%s is not there",
			    programs[i].name);
	}
	return 0;
}

/* Core loads the policies, the courier its roots, the signer its keys. */
static int
check_by(const char *home, const char *bin, const char *name, struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("%s/nintei-%s", bin, name);
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl(path, path, "-C", home, "--check", (char *)NULL);
		_exit(EXEC_FAILED);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return err_sys(e, E_INTERNAL, "cannot start nintei-%s", name);
	if (status != 0)
		return err_set(e, E_CONFIG, "nintei-%s refuses", name);
	return 0;
}

/* A server that runs has checked its keys, and is writing its journal. */
static int
check_keys(const char *home, const char *bin, struct err *e)
{
	CLEANUP(fd_closep) int lock = -1;
	struct err busy = ERR_INIT;
	int rv;

	if (home_lock(home, &lock, &busy) < 0)
		return 0;
	rv = check_by(home, bin, PROC_SIGNER, e);
	home_unlock(home);
	return rv;
}

int
check_home(const struct config *c, const char *bin, struct err *e)
{
	for (size_t i = 0; i < NELEM(files); i++) {
		if (!files[i].scheme && check_at(c, i, "", e) < 0)
			return -1;
		for (size_t k = 0; files[i].scheme && k < c->n_schemes; k++)
			if (check_at(c, i, c->schemes[k], e) < 0)
				return -1;
	}
	if (check_programs(bin, e) < 0 ||
	    check_by(c->home, bin, PROC_CORE, e) < 0 ||
	    check_by(c->home, bin, PROC_COURIER, e) < 0)
		return -1;
	return check_keys(c->home, bin, e);
}
