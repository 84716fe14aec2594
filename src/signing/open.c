/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the signer: every file it will ever touch, before lock-down. */
#include "signing_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/fs.h"

int
signer_file_open(
    const char *home, const char *path, int flags, int *out, struct err *e)
{
	CLEANUP(freep) char *file = fs_join(home, path);
	int fd = open(file, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(e, E_CONFIG, "%s", path);
	*out = fd;
	return 0;
}

/* The record at which the head file was last anchored must still be there. */
struct replay {
	struct ledger *ledger;
	const struct head *head;
	bool anchored;
};

static int
replay_one(void *arg, const struct json *record, const struct journal_place *at,
    struct err *e)
{
	struct replay *r = arg;

	if (at->seq == r->head->journal_seq)
		r->anchored = memcmp(at->hash, r->head->journal_hash, 32) == 0;
	return ledger_apply(r->ledger, record, at, e);
}

/* JOURNAL-3: neither cut nor replaced behind the anchor. */
static int
state_load(struct signer *s, struct err *e)
{
	struct replay r = { &s->ledger, &s->head, s->head.journal_seq == 0 };
	int fd = s->journal.fd;

	if (head_load(&s->head_file, &s->head, e) < 0)
		return -1;
	r.anchored = s->head.journal_seq == 0;
	if (journal_open(fd, &s->journal, replay_one, &r, e) < 0)
		return -1;
	if (!r.anchored)
		return err_set(e, E_STORE_CORRUPT,
		    "signer's journal is not the one of its head file");
	if (!s->ledger.begun)
		return err_set(e, E_STORE_CORRUPT, "signer's journal is empty");
	chain_open(s);
	return 0;
}

static int
files_open(struct signer *s, const char *home, struct err *e)
{
	if (signer_file_open(home, "nintei.yaml", O_RDONLY, &s->conf_fd, e) <
		0 ||
	    signer_file_open(home, SIGNER_HEAD, O_RDWR, &s->head_file.fd, e) <
		0 ||
	    signer_file_open(home, SIGNER_JOURNAL, O_RDWR, &s->journal.fd, e) <
		0)
		return -1;
	return state_load(s, e);
}

static int
policies_open(struct signer *s, const char *home, struct err *e)
{
	CLEANUP(freep) char *dir = fs_join(home, "policies");
	CLEANUP(freep)
	const char **ids = xcalloc(s->conf->n_schemes + 1, sizeof(*ids));

	for (size_t i = 0; i < s->conf->n_schemes; i++)
		ids[i] = s->conf->schemes[i];
	return scheme_set_load(dir, ids, s->conf->n_schemes, &s->schemes, e);
}

int
signer_open(const struct signer_options *o, struct signer **out, struct err *e)
{
	CLEANUP(signer_freep) struct signer *s = xcalloc(1, sizeof(*s));

	s->conf_fd = s->head_file.fd = s->journal.fd = -1;
	ledger_init(&s->ledger);
	s->random = o->random.fill == NULL ? random_system() : o->random;
	if (config_load(o->home, &s->conf, e) < 0 ||
	    policies_open(s, o->home, e) < 0 || keys_open(s, o->home, e) < 0 ||
	    files_open(s, o->home, e) < 0 || rules_replay(s, e) < 0 ||
	    config_check(s->conf, s->ledger.development, e) < 0)
		return -1;
	s->clock = o->clock.now == NULL ? config_clock(s->conf) : o->clock;
	s->own_clock = o->clock.now == NULL;
	s->rates_off = o->rates_off;
	*out = TAKE(s);
	return 0;
}

void
signer_close(struct signer *s)
{
	struct err why = ERR_INIT;

	if (s == NULL)
		return;
	/* Whoever asked has its answer; what fails here, the next start sees.
	 */
	if (s->head_file.dirty)
		(void)!head_sync(&s->head_file, &why);
	keys_close(s);
	ledger_free(&s->ledger);
	scheme_set_free(s->schemes);
	config_free(s->conf);
	fd_closep(&s->conf_fd);
	fd_closep(&s->head_file.fd);
	fd_closep(&s->journal.fd);
	free(s);
}

void
signer_freep(struct signer **s)
{
	signer_close(*s);
	*s = NULL;
}

/* A replaced file cannot be opened any more: only its clock is read again. */
int
signer_reload(struct signer *s, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	CLEANUP(config_freep) struct config *conf = NULL;
	struct stat st;

	if (fstat(s->conf_fd, &st) < 0)
		return err_sys(e, E_INTERNAL, "nintei.yaml");
	if (st.st_nlink == 0)
		return err_set(e, E_UNAVAILABLE, "nintei.yaml was replaced");
	if (st.st_size <= 0 || (size_t)st.st_size > MIB(1))
		return err_set(e, E_CONFIG, "nintei.yaml: size");
	text.p = xcalloc(1, (size_t)st.st_size + 1);
	text.n = (size_t)st.st_size;
	if (fd_pread(s->conf_fd, text.p, text.n, 0, e) < 0 ||
	    config_parse(s->conf->home, buf_slice(&text), &conf, e) < 0 ||
	    config_check(conf, s->ledger.development, e) < 0)
		return -1;
	config_free(s->conf);
	s->conf = TAKE(conf);
	if (s->own_clock)
		s->clock = config_clock(s->conf);
	return 0;
}

int
signer_settle(struct signer *s, bool idle, struct err *e)
{
	if (s->head_file.may_wait && !idle)
		return 0;
	return head_sync(&s->head_file, e);
}

int64_t
signer_now(const struct signer *s)
{
	return clock_now(&s->clock);
}

const struct ssh_key *
signer_commit_key(const struct signer *s)
{
	return &s->commit_public;
}

const struct issuer *
issuer_find(const struct signer *s, const char *scheme)
{
	for (size_t i = 0; i < s->n_issuers; i++)
		if (strcmp(s->issuers[i].scheme, scheme) == 0)
			return &s->issuers[i];
	return NULL;
}

int
signer_record(struct signer *s, struct json *record, struct journal_place *out,
    struct err *e)
{
	if (journal_append(&s->journal, record, signer_now(s), out, e) < 0)
		return -1;
	if (ledger_apply(&s->ledger, record, out, e) < 0) {
		/* Written and not understood: nothing more until a restart. */
		s->journal.broken = true;
		return -1;
	}
	return 0;
}
