/* SPDX-License-Identifier: Apache-2.0 */
/* The witnesses of the log: who they are, what they are shown, how they do. */
#include "office_int.h"

#include <inttypes.h>
#include <string.h>

#include "nintei/cosigners.h"
#include "nintei/fs.h"
#include "nintei/log.h"
#include "nintei/tiles.h"

#define LOG_FOLDER "store/log"

static int
prove(void *arg, uint64_t old, uint64_t now, struct tlog_proof *out,
    struct err *e)
{
	const struct office *o = arg;
	const struct tiles *t = store_log(o->store);

	if (t == NULL)
		return err_set(e, E_UNAVAILABLE, "there is no log");
	return tiles_consistency(t, old, now, out, e);
}

static void
say(void *arg, bool is_alarm, const char *event, const char *witness,
    const struct err *e)
{
	enum log_level level = is_alarm ? LOG_L_ERROR
	    : e != NULL                 ? LOG_L_WARN
					: LOG_L_INFO;

	(void)arg;
	log_ev(level, event, "witness", witness, "alarm",
	    is_alarm ? "yes" : "no", "why", e != NULL ? e->detail : "", "trail",
	    e != NULL ? e->trail : "", NULL);
}

static int
keys_read(
    const struct config *c, struct note_key out[COSIGNERS_MAX], struct err *e)
{
	for (size_t i = 0; i < c->log.n_witnesses; i++) {
		struct err why = ERR_INIT;

		if (i == COSIGNERS_MAX ||
		    note_key_parse(slice_str(c->log.witnesses[i].key), &out[i],
			&why) < 0 ||
		    out[i].type != NOTE_COSIGNATURE)
			return err_set(e, E_CONFIG,
			    "log.witnesses: %.100s is no witness's key",
			    c->log.witnesses[i].key);
	}
	return 0;
}

int
office_config_check(const struct config *c, struct err *e)
{
	CLEANUP(freep)
	struct note_key *keys = xcalloc(COSIGNERS_MAX, sizeof(*keys));

	return keys_read(c, keys, e);
}

int
office_cosign_open(
    struct office *o, const struct office_options *opts, struct err *e)
{
	CLEANUP(freep) char *dir = fs_join(o->home, LOG_FOLDER);
	CLEANUP(freep)
	struct note_key *keys = xcalloc(COSIGNERS_MAX, sizeof(*keys));
	struct cosigners_options co = { .witness = keys,
		.n = o->config->log.n_witnesses,
		.quorum = (unsigned)o->config->log.quorum,
		.log = o->log.key,
		.dir = dir,
		.clock = clock_system(),
		.post = opts->post,
		.post_arg = opts->post_arg,
		.prove = prove,
		.prove_arg = o,
		.publish = office_log_publish,
		.publish_arg = o,
		.say = say,
		.say_arg = o };

	if (co.n == 0 || co.post == NULL)
		return 0; /* nobody to show it to: published as it is signed */
	if (keys_read(o->config, keys, e) < 0)
		return -1;
	return cosigners_new(&co, &o->cosigners, e);
}

void
office_cosign_close(struct office *o)
{
	cosigners_free(o->cosigners);
	o->cosigners = NULL;
}

int
office_cosign_offer(struct office *o, struct slice note, struct err *e)
{
	if (o->cosigners != NULL)
		return cosigners_offer(o->cosigners, note, e);
	office_log_publish(o, note);
	return 0;
}

/* --- how they do --- */

static int64_t
seconds_since(uint64_t then)
{
	struct clock c = clock_system();

	return then == 0 ? -1 : clock_now(&c) - (int64_t)then;
}

/* A label of Prometheus; names hold no control characters. */
static void
label_put(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *name);
	}
}

static void
row_put(struct buf *out, const char *metric, const char *name, int64_t value)
{
	buf_putf(out, "nintei_witness_%s{witness=\"", metric);
	label_put(out, name);
	buf_putf(out, "\"} %" PRId64 "\n", value);
}

static void
witnesses_put(const struct cosigners_state *s, struct buf *out)
{
	static const char *const metrics[] = { "size", "seconds", "failures",
		"refuses" };

	for (size_t m = 0; m < NELEM(metrics); m++) {
		buf_putf(out, "# TYPE nintei_witness_%s gauge\n", metrics[m]);
		for (size_t i = 0; i < s->n; i++) {
			const struct cosigner_state *w = &s->witness[i];
			const int64_t values[] = { (int64_t)w->size,
				seconds_since(w->cosigned_at), w->failures,
				w->refuses };

			row_put(out, metrics[m], w->name, values[m]);
		}
	}
}

static int64_t
waiting(const struct cosigners_state *s)
{
	int64_t seconds = seconds_since(s->waiting_since);

	return seconds < 0 ? 0 : seconds;
}

void
office_cosign_metrics(struct office *o, struct buf *out)
{
	CLEANUP(freep) struct cosigners_state *s = NULL;

	if (o->cosigners == NULL)
		return;
	s = xcalloc(1, sizeof(*s));
	cosigners_state(o->cosigners, s);
	buf_putf(out,
	    "# TYPE nintei_log_signed gauge\nnintei_log_signed %" PRIu64
	    "\n# TYPE nintei_log_published gauge\nnintei_log_published %" PRIu64
	    "\n# TYPE nintei_log_waiting_seconds gauge\n"
	    "nintei_log_waiting_seconds %" PRId64 "\n",
	    s->offered, s->published, waiting(s));
	witnesses_put(s, out);
}

static struct json *
witness_json(const struct cosigner_state *w)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "name", w->name);
	jsonx_set_int(j, "size", (int64_t)w->size);
	jsonx_set_int(j, "seconds", seconds_since(w->cosigned_at));
	jsonx_set_bool(j, "refuses", w->refuses);
	return j;
}

void
office_cosign_ready(struct office *o, struct json *out)
{
	CLEANUP(freep) struct cosigners_state *s = NULL;
	struct json *log, *list;

	if (o->cosigners == NULL)
		return;
	s = xcalloc(1, sizeof(*s));
	cosigners_state(o->cosigners, s);
	log = jsonx_object();
	list = jsonx_array();
	jsonx_set_int(log, "signed", (int64_t)s->offered);
	jsonx_set_int(log, "published", (int64_t)s->published);
	jsonx_set_int(log, "waiting_seconds", waiting(s));
	jsonx_set_int(log, "quorum", s->quorum);
	for (size_t i = 0; i < s->n; i++)
		jsonx_add(list, witness_json(&s->witness[i]));
	jsonx_set(log, "witnesses", list);
	jsonx_set(out, "log", log);
}
