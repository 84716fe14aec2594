/* SPDX-License-Identifier: Apache-2.0 */
/* What front makes of its listeners and its edge to core. */
#include "nintei/web.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "web_int.h"

int64_t
web_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
system_random(void *out, size_t n)
{
	return getrandom(out, n, 0) == (ssize_t)n ? 0 : -1;
}

void
web_config_default(struct web_config *out)
{
	static const struct web_config defaults = {
		.url = "https://127.0.0.1:8443",
		.upload_bytes = LIMIT_UPLOAD_BYTES,
		.body_bytes = MIB(1024),
		.uploads_per_address = 64,
		.core_seconds = 60,
		.upload_seconds = 300,
		.memory_seconds = 180,
		.reads = { 20, 1, 100 },
		.preflights = { 30, 60, 30 },
		.failures = { 10, 60, 20 },
		.random = system_random,
	};

	*out = defaults;
	out->clock = clock_system();
}

int
web_new(const struct web_config *c, struct web **out, struct err *e)
{
	struct web *w = xcalloc(1, sizeof(*w));

	w->c = *c;
	w->url = xstrdup(c->url);
	w->c.url = w->url;
	for (unsigned i = 0; i < WEB_MAX; i++)
		w->listener[i] = (struct listener){ w, (enum web_listener)i };
	own_init(w);
	pthread_mutex_init(&w->room.lock, NULL);
	if (rate_init(&w->rate, c, e) < 0 || link_init(w, e) < 0) {
		free(w->url);
		free(w);
		return -1;
	}
	*out = w;
	return 0;
}

void
web_free(struct web *w)
{
	if (w == NULL)
		return;
	link_done(w);
	pthread_mutex_destroy(&w->room.lock);
	pthread_mutex_destroy(&w->rate.lock);
	free(w->url);
	free(w);
}

void
web_attach(struct web *w, enum web_listener which, struct http_config *c)
{
	c->handler = (struct http_handler){ visit_head, visit_refused,
		visit_body, visit_end, visit_resumed, visit_done, visit_ended };
	c->arg = &w->listener[which];
}

void
web_core(struct web *w, int fd)
{
	link_up(w, fd);
}

void
web_abandon(struct web *w)
{
	link_abandon(w);
}
