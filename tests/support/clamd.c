/* SPDX-License-Identifier: Apache-2.0 */
/* A false clamd, and the real one with our own signatures. */
#include "support/clamd.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/support.h"

#define SIGNATURE "nintei-local-signature"

struct slice
clamd_eicar(void)
{
	static char text[69];

	(void)snprintf(text, sizeof(text), "%s%s",
	    "X5O!P%@AP[4\\PZX54(P^)7CC)7}$",
	    "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
	return slice_str(text);
}

static bool
take(int fd, void *p, size_t n)
{
	char *at = p;

	while (n > 0) {
		ssize_t got = read(fd, at, n);

		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static void
say(int fd, struct slice text)
{
	(void)send(fd, text.p, text.n, MSG_NOSIGNAL);
}

/* All chunks; false where the stream breaks the protocol. */
static bool
take_stream(int fd, struct buf *out)
{
	uint32_t n;
	char command[10];

	if (!take(fd, command, sizeof(command)) ||
	    memcmp(command, "zINSTREAM", sizeof(command)) != 0)
		return false;
	while (take(fd, &n, sizeof(n))) {
		CLEANUP(freep) uint8_t *piece = NULL;

		n = ntohl(n);
		if (n == 0)
			return true;
		if (n > 1 << 20)
			return false;
		piece = xcalloc(n, 1);
		if (!take(fd, piece, n))
			return false;
		buf_put(out, piece, n);
	}
	return false;
}

bool
clamd_serve(int fd, enum clamd_mood mood, struct slice text)
{
	CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)256 << 20);
	bool whole;

	if (mood == CLAMD_EARLY)
		say(fd, text);
	if (mood == CLAMD_EARLY || mood == CLAMD_GONE)
		return true;
	whole = take_stream(fd, &all);
	if (mood == CLAMD_SILENT)
		(void)sleep(60);
	else if (mood == CLAMD_SAYS)
		say(fd, text);
	else if (!whole)
		say(fd, slice_of("stream: broken ERROR", 21));
	else if (all.n > 0 &&
	    memmem(all.p, all.n, SIGNATURE, sizeof(SIGNATURE) - 1) != NULL)
		say(fd, slice_of("stream: Nintei.Local FOUND", 27));
	else
		say(fd, slice_of("stream: OK", 11));
	return whole;
}

pid_t
clamd_start(const char *path, enum clamd_mood mood, struct slice text)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	(void)unlink(path);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(chmod(path, 0666), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	if ((pid = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			int one = accept(fd, NULL, NULL);

			if (one < 0)
				_exit(0);
			(void)clamd_serve(one, mood, text);
			close(one);
		}
	}
	close(fd);
	ck_assert_int_gt(pid, 0);
	return pid;
}

void
clamd_stop(pid_t pid)
{
	if (pid <= 0)
		return;
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

static void
put_file(const char *dir, const char *name, const char *text)
{
	CLEANUP(freep) char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static void
become(const char *program, const char *conf)
{
	char name[] = "clamd", option[] = "-c";
	CLEANUP(freep) char *file = xstrdup(conf);
	char *argv[] = { name, option, file, NULL };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (freopen("/dev/null", "w", stdout) != NULL &&
	    freopen("/dev/null", "w", stderr) != NULL)
		(void)execv(program, argv);
	_exit(127);
}

/* MD5 and hex: what the two files of signatures want. */
static void
database_make(const char *dir)
{
	CLEANUP(freep) char *db = xasprintf("%s/db", dir);

	ck_assert_int_eq(mkdir(db, 0755), 0);
	put_file(db, "local.ndb",
	    "Nintei.Local:0:*:6e696e7465692d6c6f63616c2d7369676e6174757265"
	    "\n");
	put_file(db, "eicar.hdb",
	    "44d88612fea8a8f36de82e1278abb02f:68:Eicar.Test\n");
}

pid_t
clamd_real(const char *program, const char *dir)
{
	CLEANUP(freep) char *path = xasprintf("%s/socket", dir);
	CLEANUP(freep) char *conf = xasprintf("%s/clamd.conf", dir);
	CLEANUP(freep)
	char *text = xasprintf("LocalSocket %s/socket\nDatabaseDirectory "
			       "%s/db\nForeground yes\nStreamMaxLength 3M\n"
			       "MaxFileSize 1M\nAlertExceedsMax yes\n"
			       "LocalSocketMode 666\nMaxThreads 2\n",
	    dir, dir);
	pid_t pid;

	database_make(dir);
	put_file(dir, "clamd.conf", text);
	if ((pid = fork()) == 0)
		become(program, conf);
	for (int i = 0; i < 200 && access(path, R_OK) != 0; i++)
		(void)usleep(50000);
	ck_assert_int_eq(access(path, R_OK), 0);
	return pid;
}
