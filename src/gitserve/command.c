/* SPDX-License-Identifier: Apache-2.0 */
/* git with exactly the environment that it may have. */
#include "gitserve_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/fs.h"

#define ARGS_MAX 32

/* Above the repository's own settings (gitx); rule GIT-ENV. */
static const struct {
	const char *key, *value; /* NULL: the path of the repository */
} settings[] = {
	{ "safe.directory", NULL },
	{ "core.hooksPath", "/dev/null" },
	{ "pack.threads", "1" },
	{ "pack.windowMemory", "256m" },
	{ "uploadpack.allowFilter", "true" },
	{ "uploadpack.allowAnySHA1InWant", "false" },
};

static void
env_add(struct command_env *v, char *take)
{
	v->at[v->n++] = take;
	v->at[v->n] = NULL;
}

void
command_env(const char *path, unsigned protocol, struct command_env *out)
{
	out->n = 0;
	env_add(out, xstrdup("PATH=/usr/bin:/bin"));
	env_add(out, xstrdup("HOME=/nonexistent"));
	env_add(out, xstrdup("LANG=C.UTF-8"));
	env_add(out, xstrdup("TZ=UTC0"));
	env_add(out, xstrdup("GIT_CONFIG_NOSYSTEM=1"));
	env_add(out, xstrdup("GIT_CONFIG_GLOBAL=/dev/null"));
	env_add(out, xstrdup("GIT_TERMINAL_PROMPT=0"));
	env_add(out, xasprintf("GIT_CONFIG_COUNT=%zu", NELEM(settings)));
	for (size_t i = 0; i < NELEM(settings); i++) {
		const char *value = settings[i].value;

		env_add(out,
		    xasprintf("GIT_CONFIG_KEY_%zu=%s", i, settings[i].key));
		env_add(out,
		    xasprintf("GIT_CONFIG_VALUE_%zu=%s", i,
			value == NULL ? path : value));
	}
	if (protocol > 0)
		env_add(out, xasprintf("GIT_PROTOCOL=version=%u", protocol));
}

void
command_env_done(struct command_env *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->at[i]);
	v->n = 0;
}

/* In the child: stdin leads nowhere, both outputs to the pipe. */
static void NORETURN
run_child(char *const *argv, char *const *envp, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
	    dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0 &&
	    close_range(STDERR_FILENO + 1, ~0u, 0) == 0)
		execve(GIT_PROGRAM, argv, envp);
	_exit(EXIT_NO_GIT);
}

static int
words_read(int fd, struct buf *said, struct err *e)
{
	char piece[512];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, E_UNAVAILABLE, "cannot hear git");
		if (said->n + (size_t)n <= said->max)
			buf_put(said, piece, (size_t)n);
	}
	return 0;
}

static int
wait_for(pid_t pid, const char *verb, const struct buf *said, struct err *e)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, E_UNAVAILABLE, "waitpid");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	err_set(e, E_UNAVAILABLE, "git %s ends with %s %d", verb,
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return err_wrap(e, "%.200s", said->n == 0 ? "-" : buf_str(said));
}

int
command_run(
    const char *path, const char *const *argv, struct buf *said, struct err *e)
{
	char *args[ARGS_MAX + 4] = { xstrdup("git"), xstrdup("-C"),
		xstrdup(path) };
	struct command_env env;
	CLEANUP(fd_closep) int rd = -1;
	CLEANUP(fd_closep) int wr = -1;
	int pair[2], rv;
	pid_t pid;
	size_t n = 3;

	for (; *argv != NULL && n < ARGS_MAX; argv++)
		args[n++] = xstrdup(*argv);
	if (pipe2(pair, O_CLOEXEC) < 0)
		return err_sys(e, E_UNAVAILABLE, "no pipe");
	rd = pair[0];
	wr = pair[1];
	command_env(path, 0, &env);
	if ((pid = fork()) == 0)
		run_child(args, env.at, wr);
	command_env_done(&env);
	fd_closep(&wr);
	if (pid < 0)
		rv = err_sys(e, E_UNAVAILABLE, "no process for git");
	else if ((rv = words_read(rd, said, e)) == 0)
		rv = wait_for(pid, args[3], said, e);
	for (size_t i = 0; i < n; i++)
		free(args[i]);
	return rv;
}
