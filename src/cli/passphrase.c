/* SPDX-License-Identifier: Apache-2.0 */
/* The passphrase of a key: a file's first line, or the terminal. */
#include "sign_int.h"

#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/ossl.h"

#define TERMINAL "/dev/tty"

/* Without its line end; -1 when there is no room. */
static int
line_take(struct slice line, char *out, int cap)
{
	size_t n = 0;

	while (n < line.n && line.p[n] != '\n' && line.p[n] != '\r')
		n++;
	if (cap < 0 || n > (size_t)cap)
		return -1;
	memcpy(out, line.p, n);
	return (int)n;
}

static int
file_read(const char *path, char *out, int cap)
{
	CLEANUP(buf_wipe) struct buf line = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;

	if (fs_read(AT_FDCWD, path, KIB(4), &line, &e) < 0)
		return -1;
	return line_take(buf_slice(&line), out, cap);
}

static int
terminal_ask(int tty, const char *prompt, char *out, int cap)
{
	uint8_t line[1024];
	ssize_t n;
	int rv;

	if (write(tty, prompt, strlen(prompt)) < 0)
		return -1;
	n = read(tty, line, sizeof(line));
	(void)!write(tty, "\n", 1);
	rv = n <= 0 ? -1 : line_take(slice_of(line, (size_t)n), out, cap);
	secret_wipe(line, sizeof(line));
	return rv;
}

static int
terminal_read(const char *prompt, char *out, int cap)
{
	CLEANUP(fd_closep) int tty = open(TERMINAL, O_RDWR | O_CLOEXEC);
	struct termios was, quiet;
	int rv;

	if (tty < 0 || tcgetattr(tty, &was) < 0)
		return -1;
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(tty, TCSAFLUSH, &quiet) < 0)
		return -1;
	rv = terminal_ask(tty, prompt, out, cap);
	if (tcsetattr(tty, TCSAFLUSH, &was) < 0)
		return -1;
	return rv;
}

int
passphrase_read(char *out, int cap, void *arg)
{
	const struct passphrase *p = arg;

	return p->file != NULL ? file_read(p->file, out, cap)
			       : terminal_read(p->prompt, out, cap);
}
