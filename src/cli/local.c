/* SPDX-License-Identifier: Apache-2.0 */
/* The user's own files: policies, archives, outputs, dates. */
#include "cli_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/conf.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/worker.h"

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* "<folder of this program>/<name>"; NULL when that folder is not known. */
static char *
path_beside(const char *name)
{
	char exe[1024];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	return fs_join(exe, name);
}

/* The same; NULL when it is no folder. */
static char *
beside_program(const char *up)
{
	char *path = path_beside(up);

	if (path != NULL && is_folder(path))
		return path;
	free(path);
	return NULL;
}

struct worker_host *
local_pdftext(void)
{
	CLEANUP(freep) char *path = path_beside("nintei-pdftext");
	struct worker_host *host = NULL;
	struct err gone = ERR_INIT;

	if (path == NULL || worker_host_program(path, &host, &gone) < 0)
		return NULL;
	return host;
}

/* Of this home; else NINTEI_POLICIES; else those installed or checked out. */
int
local_policies(const struct cli *c, char **out, struct err *e)
{
	static const char *const ups[] = { "../share/nintei/policies",
		"../../../policies", "../../policies" };
	const char *named = getenv("NINTEI_POLICIES");
	char *path = fs_join(c->a.home, "policies");
	size_t i;

	if (!is_folder(path)) {
		free(path);
		path =
		    named != NULL && is_folder(named) ? xstrdup(named) : NULL;
	}
	for (i = 0; path == NULL && i < NELEM(ups); i++)
		path = beside_program(ups[i]);
	if (path == NULL)
		return err_set(e, E_NOT_FOUND,
		    "no policies: name a home with -C, or NINTEI_POLICIES");
	*out = path;
	return 0;
}

int
local_schemes(const struct cli *c, struct scheme_set **out, struct err *e)
{
	CLEANUP(freep) char *dir = NULL;

	if (local_policies(c, &dir, e) < 0)
		return -1;
	return scheme_set_load(dir, NULL, 0, out, e);
}

int64_t
local_now(const struct cli *c)
{
	CLEANUP(config_freep) struct config *conf = NULL;
	struct err ignored = ERR_INIT;
	struct clock clock = clock_system();

	if (config_load(c->a.home, &conf, &ignored) == 0)
		clock = config_clock(conf);
	return clock_now(&clock);
}

/* A pipe or a growing file is cut off at the limit. */
static int
copy(int from, int to, struct err *e)
{
	uint8_t piece[65536];
	uint64_t total = 0;
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) > 0) {
		total += (uint64_t)n;
		if (total > LIMIT_UPLOAD_BYTES)
			return err_set(e, E_LIMIT, "want at most %zu bytes",
			    LIMIT_UPLOAD_BYTES);
		if (fd_write(to, piece, (size_t)n, e) < 0)
			return -1;
	}
	return n < 0 ? err_sys(e, E_INTERNAL, "cannot read the file") : 0;
}

int
local_memfd(const char *path, int *out, struct err *e)
{
	CLEANUP(fd_closep) int file = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_closep) int mem = -1;

	if (file < 0)
		return err_sys(e, E_NOT_FOUND, "cannot open %.200s", path);
	if (memfd_new("file", &mem, e) < 0 || copy(file, mem, e) < 0 ||
	    memfd_seal(mem, e) < 0)
		return err_wrap(e, "%s", path);
	*out = TAKE_FD(mem);
	return 0;
}

int
local_write(const char *path, struct slice bytes, struct err *e)
{
	if (strcmp(path, "-") != 0)
		return fs_write(AT_FDCWD, path, bytes, 0644, e);
	if (fwrite(bytes.p, 1, bytes.n, stdout) != bytes.n)
		return err_sys(e, E_INTERNAL, "cannot write the output");
	return 0;
}

int
local_day(
    const struct cli *c, const char *text, struct jday *out, struct err *e)
{
	struct date_reading r;

	date_read(slice_str(text), &r);
	if (!r.ok)
		return err_set(
		    e, E_USAGE, "not a date: %.60s (%s)", text, r.reason);
	if (r.era_ended)
		cli_note(c, "%s",
		    cli_say(c, "注意: 元号が改められた後の日付です。",
			"Note: the date is written in an era that had ended."));
	*out = r.day;
	return 0;
}
