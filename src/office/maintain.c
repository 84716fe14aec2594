/* SPDX-License-Identifier: Apache-2.0 */
/* Maintenance of the repository on its schedule, by a child of gitd. */
#include "office_int.h"

#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/gitserve.h"
#include "nintei/log.h"
#include "nintei/worker.h"

#define RETRY_SECONDS 3600
#define HOUR 3600

/* When a file below store/ was last changed; 0: it is not there. */
static int64_t
changed_at(const struct office *o, const char *name)
{
	CLEANUP(freep) char *dir = fs_join(o->home, "store");
	CLEANUP(freep) char *path = fs_join(dir, name);
	struct stat st;

	return stat(path, &st) < 0 ? 0 : (int64_t)st.st_mtime;
}

static bool
is_due(const struct office *o, const char *name, uint64_t hours, int64_t now)
{
	return hours != 0 && changed_at(o, name) + (int64_t)hours * HOUR <= now;
}

static void
begin(struct office *o, int64_t now)
{
	const struct config_limits *l = &o->config->limits;
	const struct gitserve_kind k = { .act = GITSERVE_MAINTAIN,
		.bundle = is_due(o, GITSERVE_BUNDLE, l->bundle_hours, now) };
	CLEANUP(fd_closep) int none = -1;
	struct err e = ERR_INIT;

	o->maintain_again = now + RETRY_SECONDS;
	if (store_seal(o->store, &e) < 0 || memfd_new("empty", &none, &e) < 0 ||
	    worker_start(
		o->git, gitserve_encode(&k), none, &o->maintenance, &e) < 0) {
		log_err("store.maintain", &e, NULL);
		return;
	}
	o->maintaining = true;
	log_ev(LOG_L_INFO, "store.maintaining", "bundle",
	    k.bundle ? "yes" : "no", NULL);
}

/* Its report is small and all there once it has ended. */
static void
finish(struct office *o)
{
	CLEANUP(buf_free) struct buf report = BUF_INIT(KIB(4));
	enum worker_end end = WORKER_NONE;
	struct err e = ERR_INIT;
	char piece[KIB(4)];
	size_t n = 0;

	if (worker_read(&o->maintenance, piece, sizeof(piece), &n, &e) == 0)
		buf_put(&report, piece, n);
	o->maintaining = false;
	if (worker_finish(&o->maintenance, &end, &e) == 0 && end == WORKER_OK)
		log_ev(LOG_L_INFO, "store.maintained", "report",
		    n == 0 ? "" : buf_str(&report), NULL);
	else /* gitd has logged why; it is tried again in an hour */
		log_ev(LOG_L_WARN, "store.maintain.failed", NULL);
}

void
office_maintain(struct office *o)
{
	int64_t now = (int64_t)time(NULL);

	if (o->git == NULL)
		return;
	if (o->maintaining) {
		struct pollfd p = { o->maintenance.status_fd, POLLIN, 0 };

		if (poll(&p, 1, 0) > 0)
			finish(o);
	} else if (now >= o->maintain_again &&
	    is_due(
		o, GITSERVE_LOCK, o->config->limits.maintenance_hours, now)) {
		begin(o, now);
	}
}
