/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of the office, and the offline rebuild of the read model. */
#include "office_int.h"

#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/log.h"

#define TICK_ROWS 100
#define LOG_SECONDS 2 /* witnesses see what is new within this */

struct due_list {
	char id[TICK_ROWS][LIMIT_ID_BYTES + 1];
	size_t n;
};

static int
due_fn(const struct index_dossier *row, void *arg, struct err *e)
{
	struct due_list *l = arg;
	struct slice s = slice_str(row->id);

	(void)e;
	for (size_t i = 0; i <= s.n && i < sizeof(l->id[0]); i++)
		l->id[l->n][i] = row->id[i];
	l->n++;
	return 0;
}

int
office_clock_round(struct office *o, int64_t now, struct err *e)
{
	struct due_list l = { .n = 0 };

	if (index_clock_due(o->index, now, TICK_ROWS, due_fn, &l, e) < 0)
		return -1;
	for (size_t i = 0; i < l.n; i++) {
		CLEANUP(dossier_freep) struct dossier *d = NULL;
		struct err why = ERR_INIT;

		/* One case in trouble must not hold up the others. */
		if (office_load_now(o, l.id[i], &d, &why) < 0)
			log_err("clock.failed", &why, l.id[i]);
	}
	return 0;
}

/* A reader never sees a state that the clock has already ended. */
int
office_catch_up(struct office *o, int64_t now, struct err *e)
{
	int64_t next;
	int rv;

	if (index_clock_next(o->index, &next, e) < 0)
		return -1;
	if (next == 0 || next > now)
		return 0;
	pthread_mutex_lock(&o->act);
	rv = office_clock_round(o, now, e);
	pthread_mutex_unlock(&o->act);
	return rv;
}

static int
tick_lists(struct office *o, int64_t now, struct err *e)
{
	for (size_t i = 0; i < o->n_pki; i++) {
		struct office_pki *p = &o->pki[i];

		if (p->crl_due != 0 && p->crl_due <= now &&
		    office_crl_refresh(o, p, NULL, e) < 0)
			return -1;
	}
	return 0;
}

/* What the signer could not do when it was asked. */
static int
tick_unfinished(struct office *o, struct err *e)
{
	unsigned done = 0;

	if (!o->unfinished)
		return 0;
	if (office_complete(o, &done, e) < 0)
		return -1;
	o->unfinished = false;
	return 0;
}

bool
office_failed(struct office *o)
{
	struct err why = ERR_INIT;

	if (!store_failed(o->store, &why))
		return false;
	log_err("store.failed", &why, NULL);
	return true;
}

int
office_tick(struct office *o)
{
	int64_t now = clock_now(&o->clock), next = 0;
	struct err e = ERR_INIT;
	int rv;

	scheme_set_turn(o->schemes, now);
	pthread_mutex_lock(&o->act);
	if (o->broken || atomic_load(&o->log.damaged)) {
		pthread_mutex_unlock(&o->act);
		log_ev(LOG_L_ERROR, "office.broken", NULL);
		return -1;
	}
	rv = office_owed_settle(o, &e);
	if (rv == 0)
		rv = office_clock_round(o, now, &e);
	if (rv == 0)
		rv = tick_unfinished(o, &e);
	if (rv == 0)
		rv = tick_lists(o, now, &e);
	if (rv == 0)
		rv = account_answer_purge(o->accounts, now, &e);
	if (rv == 0)
		rv = index_clock_next(o->index, &next, &e);
	pthread_mutex_unlock(&o->act);
	if (rv < 0)
		log_err("tick.failed", &e, NULL);
	office_maintain(o);
	office_log_renew(o);
	office_register_tick(o);
	if (o->cosigners != NULL && (next == 0 || next > now + LOG_SECONDS))
		return LOG_SECONDS;
	if (rv < 0 || next == 0 || next > now + 10)
		return 10;
	return next <= now ? 1 : (int)(next - now);
}

int
office_index_rebuild(const char *home, uint64_t *out_events, struct err *e)
{
	CLEANUP(freep) char *git = fs_join(home, "store/audit.git");
	CLEANUP(freep) char *path = fs_join(home, "store/index.sqlite");
	CLEANUP(store_freep) struct store *s = NULL;
	CLEANUP(index_freep) struct index *x = NULL;

	if (store_open_reader(git, &s, e) < 0 || index_open(path, &x, e) < 0 ||
	    index_clear(x, e) < 0)
		return -1;
	return office_replay(x, s, out_events, e);
}
