/* SPDX-License-Identifier: Apache-2.0 */
/* Ask ssh-keygen for a signature, with bytes in and out by memory files. */
#include "keygen_int.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/key.h"
#include "nintei/limits.h"
#include "nintei/sshsig.h"

extern char **environ;

/* Arguments of a program are not const by POSIX; it does not change them. */
union argument {
	const char *in;
	char *out;
};

static int
spawn(const char *file, const char *ns, int in, int out, pid_t *pid,
    struct err *e)
{
	union argument words[] = { { "ssh-keygen" }, { "-Y" }, { "sign" },
		{ "-n" }, { ns }, { "-f" }, { file } };
	char *argv[NELEM(words) + 1] = { NULL };
	posix_spawn_file_actions_t actions;
	size_t i;
	int rv;

	for (i = 0; i < NELEM(words); i++)
		argv[i] = words[i].out;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	rv = posix_spawnp(pid, "ssh-keygen", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return rv == 0 ? 0
		       : err_set(e, E_UNAVAILABLE, "ssh-keygen cannot be run");
}

static int
output_read(int fd, struct buf *armour, struct err *e)
{
	CLEANUP(freep) uint8_t *bytes = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size <= 0 ||
	    (size_t)st.st_size > LIMIT_SIGNATURE_BYTES)
		return err_set(e, E_CRYPTO, "ssh-keygen gave no signature");
	bytes = xcalloc((size_t)st.st_size, 1);
	if (fd_pread(fd, bytes, (size_t)st.st_size, 0, e) < 0)
		return -1;
	buf_put(armour, bytes, (size_t)st.st_size);
	return buf_ok(armour) ? 0 : err_set(e, E_LIMIT, "signature too large");
}

int
keygen_sign(const char *file, const char *ns, struct slice bytes,
    struct buf *armour, struct err *e)
{
	CLEANUP(fd_closep) int in = -1;
	CLEANUP(fd_closep) int out = -1;
	pid_t pid;
	int status;

	if (memfd_new("decision", &in, e) < 0 ||
	    memfd_new("signature", &out, e) < 0 ||
	    fd_write(in, bytes.p, bytes.n, e) < 0)
		return -1;
	if (lseek(in, 0, SEEK_SET) < 0)
		return err_sys(e, E_INTERNAL, "lseek");
	if (spawn(file, ns, in, out, &pid, e) < 0)
		return -1;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0)
		return err_set(e, E_CRYPTO, "ssh-keygen did not sign");
	return output_read(out, armour, e);
}

int
key_sign(const char *file, const char *ns, struct slice bytes,
    struct buf *armour, struct err *e)
{
	CLEANUP(buf_wipe) struct buf text = BUF_INIT(KIB(64));
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	struct err why = ERR_INIT;

	if (fs_read(AT_FDCWD, file, KIB(32), &text, e) < 0)
		return err_wrap(e, "--key");
	if (ssh_private_decode(buf_slice(&text), &key, &why) == 0)
		return sshsig_sign(key, ns, bytes, armour, e);
	return keygen_sign(file, ns, bytes, armour, e);
}
