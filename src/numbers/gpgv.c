/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gpgv beside us, fed with the bytes that are read: what it judges is what is
 * imported.  It gets one keyring, no home and no environment.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/limits.h"

#include "numbers_int.h"

#define GPGV "/usr/bin/gpgv"
#define STATUS_BYTES KIB(16)
/* Descriptors in the child. */
#define FD_STATUS 3
#define FD_SIGNATURE 4

struct gpgv {
	pid_t pid; /* 0: ended */
	int in; /* the data */
	int status; /* a memory file with its verdict */
};

/* Arguments of a program are not const by POSIX; it does not change them. */
union argument {
	const char *in;
	char *out;
};

static int
spawn(const char *keyring, const int from[3], pid_t *out, struct err *e)
{
	static char lang[] = "LC_ALL=C";
	char *envp[] = { lang, NULL };
	union argument words[] = { { "gpgv" }, { "--homedir" },
		{ "/nonexistent" }, { "--status-fd" }, { "3" }, { "--keyring" },
		{ keyring }, { "--enable-special-filenames" }, { "--" },
		{ "-&4" }, { "-" } };
	char *argv[NELEM(words) + 1] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t plain;
	int rv;

	for (size_t i = 0; i < NELEM(words); i++)
		argv[i] = words[i].out;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, from[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, from[1], FD_STATUS);
	posix_spawn_file_actions_adddup2(&actions, from[2], FD_SIGNATURE);
	posix_spawn_file_actions_addopen(
	    &actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	/* We ignore SIGPIPE; it need not. */
	sigemptyset(&plain);
	sigaddset(&plain, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &plain);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	rv = posix_spawn(out, GPGV, &actions, &attr, argv, envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return rv == 0
	    ? 0
	    : err_set(e, E_UNAVAILABLE, "gpgv cannot be run: is it installed?");
}

/* High numbers: what the child's table is made of must not be overwritten. */
static int
lift(int *fd, struct err *e)
{
	int high = fcntl(*fd, F_DUPFD_CLOEXEC, 16);

	if (high < 0)
		return err_sys(e, E_UNAVAILABLE, "fcntl");
	close(*fd);
	*fd = high;
	return 0;
}

static int
signature_fd(struct slice signature, int *out, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;

	if (memfd_new("signature", &fd, e) < 0 ||
	    fd_write(fd, signature.p, signature.n, e) < 0)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, E_INTERNAL, "lseek");
	*out = TAKE_FD(fd);
	return 0;
}

static int
keyring_check(const char *keyring, struct err *e)
{
	/* gpgv looks for a name without a slash in its home. */
	if (strchr(keyring, '/') == NULL)
		return err_set(e, E_CONFIG, "the keyring wants a whole path");
	if (access(keyring, R_OK) < 0)
		return err_sys(
		    e, E_CONFIG, "the keyring %.160s cannot be read", keyring);
	return 0;
}

int
gpgv_start(const char *keyring, struct slice signature, struct gpgv **out,
    struct err *e)
{
	CLEANUP(gpgv_freep) struct gpgv *g = xcalloc(1, sizeof(*g));
	CLEANUP(fd_closep) int data = -1;
	CLEANUP(fd_closep) int sig = -1;
	int pipes[2];

	g->in = g->status = -1;
	if (keyring_check(keyring, e) < 0)
		return -1;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(e, E_UNAVAILABLE, "pipe");
	data = pipes[0];
	g->in = pipes[1];
	if (memfd_new("status", &g->status, e) < 0 ||
	    signature_fd(signature, &sig, e) < 0 || lift(&data, e) < 0 ||
	    lift(&g->status, e) < 0 || lift(&sig, e) < 0)
		return -1;
	if (spawn(keyring, (int[3]){ data, g->status, sig }, &g->pid, e) < 0)
		return -1;
	*out = TAKE(g);
	return 0;
}

/* gpgv may have seen enough and be gone: then only its verdict counts. */
int
gpgv_feed(struct gpgv *g, struct slice bytes, struct err *e)
{
	while (bytes.n > 0 && g->in >= 0) {
		ssize_t n = write(g->in, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE) {
			fd_closep(&g->in);
			g->in = -1;
			return 0;
		}
		if (n < 0)
			return err_sys(e, E_UNAVAILABLE, "gpgv");
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
	return 0;
}

static bool
wait_for(struct gpgv *g)
{
	int status = 0;
	pid_t pid;

	do
		pid = waitpid(g->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	g->pid = 0;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/*
 * One good signature by a key that is neither expired nor revoked (both would
 * not be GOODSIG): "[GNUPG:] VALIDSIG <fingerprint> ..." names the key.
 */
static bool
fingerprint(const char *text, char out[65])
{
	static const char mark[] = "\n[GNUPG:] VALIDSIG ";
	const char *at = strstr(text, mark);
	size_t n = 0;

	if (at == NULL || strstr(at + 1, mark) != NULL ||
	    strstr(text, "\n[GNUPG:] GOODSIG ") == NULL)
		return false;
	for (at += sizeof(mark) - 1; n < 64 && *at != ' ' && *at != '\0'; at++)
		out[n++] = *at;
	out[n] = '\0';
	return n >= 40;
}

int
gpgv_finish(struct gpgv *g, char out_signer[65], struct err *e)
{
	char text[STATUS_BYTES] = "";
	char signer[65];
	ssize_t n;
	bool good;

	if (g->in >= 0)
		close(g->in);
	g->in = -1;
	good = wait_for(g);
	n = pread(g->status, text, sizeof(text) - 1, 0);
	if (!good || n <= 0 || !fingerprint(text, signer))
		return err_set(
		    e, E_INVALID, "the signature of the file is not good");
	for (size_t i = 0; i < sizeof(signer); i++)
		out_signer[i] = signer[i];
	return 0;
}

void
gpgv_free(struct gpgv *g)
{
	if (g == NULL)
		return;
	if (g->in >= 0)
		close(g->in);
	if (g->pid > 0) {
		kill(g->pid, SIGKILL);
		(void)wait_for(g);
	}
	if (g->status >= 0)
		close(g->status);
	free(g);
}
