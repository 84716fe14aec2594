/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd wants to hear: sd_notify(3) without its library. */
#include "ninteid_int.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "nintei/cc.h"

void
notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	CLEANUP(fd_closep) int fd = -1;
	size_t n;

	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    (n = strlen(path)) >= sizeof(a.sun_path))
		return;
	for (size_t i = 0; i < n; i++)
		a.sun_path[i] = path[i];
	if (path[0] == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		    (struct sockaddr *)&a,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
}

int64_t
notify_watchdog_ms(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	struct err e = ERR_INIT;
	int64_t usec;

	if (text == NULL ||
	    conf_int(text, "WATCHDOG_USEC", 1000, INT64_MAX, &usec, &e) < 0)
		return 0;
	return usec / 2000;
}
