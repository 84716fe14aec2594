/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_history HOME CASES: fill the store of a fresh development home with
 * the events of so many cases, four each (submit, pay, accept, withdraw), as
 * an office would write them: legal, signed by the signer of that home, a
 * thousand cases at a time.  Prints the number of events and the seconds.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/scheme.h"
#include "nintei/signing.h"
#include "nintei/store.h"
#include "nintei/term.h"
#include "nintei/workflow.h"
#include "timing.h"

#define SCHEME "iaas-paas-iot"
#define WINDOW 1000 /* cases under way at once */
#define STEPS 4

static const char *home;
static uint64_t cases;
static struct scheme_set *schemes;
static struct store *store;

/* --- commits, signed by the signer of the home, in this process --- */

static int
sign(void *arg, const struct store_commit_text *group, size_t n,
    struct buf *armour, struct store_id *last, struct err *e)
{
	CLEANUP(freep) struct sign_group *m = xcalloc(1, sizeof(*m));
	struct signer_link link = signer_local(arg);

	m->n = n;
	for (size_t i = 0; i < n; i++) {
		m->commits[i].text = group[i].text;
		memcpy(m->commits[i].event_hash, group[i].event_hash,
		    sizeof(group[i].event_hash));
	}
	if (signer_sign_commits(&link, m, armour, last->b, e) < 0)
		return -1;
	last->n = SIGN_COMMIT_ID;
	return signer_settle(arg, false, e);
}

static void
durable(void *arg, const struct store_id *commit)
{
	struct signer_link link = signer_local(arg);
	struct err e = ERR_INIT;

	ck_ok(signer_durable(&link, commit->b, &e), &e);
}

/* --- events --- */

static uint64_t noise = 88172645463325252U;

static void
salt_make(char out[33])
{
	for (int i = 0; i < 2; i++) {
		noise ^= noise << 13;
		noise ^= noise >> 7;
		noise ^= noise << 17;
		snprintf(out + 16 * i, 17, "%016" PRIx64, noise);
	}
}

/* The end of the civil day that the scheme gives for the fee. */
static int64_t
fee_due(int64_t now)
{
	const struct scheme *s = scheme_find(schemes, SCHEME);

	return instant_of_jday(jday_add_days(
	    jday_of_instant(now), (int)s->params.fee_due_days + 1));
}

static struct json *
data_of(int step, int64_t now)
{
	static const char *const text[STEPS] = {
		"{\"bundle\":{\"instance\":1,\"level\":1,\"sha256\":"
		"\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
		"7852b855\",\"size\":1000},\"complete\":true,\"findings\":"
		"{\"correct\":0,\"refuse\":0,\"warn\":0},\"kind\":\"new\"}",
		"{\"amount\":165000,\"paid_on\":\"2026-07-15\"}",
		"{\"reviewers\":[\"secretary-1\"]}",
		"{}",
	};
	const struct scheme *s = scheme_find(schemes, SCHEME);
	struct jday today = jday_of_instant(now);
	int64_t amount = 0;
	struct json *j, *fee;
	struct err e = ERR_INIT;
	char at[INSTANT_TEXT];

	ck_ok(jsonx_parse(slice_str(text[step]), KIB(4), &j, &e), &e);
	scheme_fee_at(s, DOSSIER_NEW, false, today, &amount);
	if (step == 1)
		jsonx_set_int(j, "amount", amount);
	if (step > 0)
		return j;
	jsonx_set_str(j, "received_at", instant_format(now, at));
	fee = jsonx_object();
	jsonx_set_int(fee, "amount", amount);
	jsonx_set_str(fee, "due_at", instant_format(fee_due(now), at));
	jsonx_set(j, "fee", fee);
	return j;
}

static const struct {
	enum machine machine;
	const char *event;
	enum flow_role role;
	const char *actor;
} acts[STEPS] = {
	{ M_APPLICATION, "submit", ROLE_APPLICANT, "applicant-1" },
	{ M_FEE, "pay", ROLE_SECRETARIAT, "secretary-1" },
	{ M_APPLICATION, "accept", ROLE_SECRETARIAT, "secretary-1" },
	{ M_APPLICATION, "withdraw", ROLE_APPLICANT, "applicant-1" },
};

static void
plan_make(const struct dossier *d, int step, const struct json *data,
    int64_t now, struct flow_plan *out)
{
	static const struct flow_link links[] = {
		{ M_BUNDLE, "1", "open" },
		{ M_BUNDLE, "1", "seal" },
		{ M_BUNDLE, "1", "unpack_ok" },
		{ M_BUNDLE, "1", "examine_done" },
		{ M_APPLICATION, "1", "open_new" },
		{ M_APPLICATION, "1", "submit" },
	};
	struct flow_facts facts = { .scheme = scheme_find(schemes, SCHEME),
		.quota_ok = true,
		.hash_matches = true,
		.archive_safe = true,
		.may_apply = true,
		.complete = true };
	struct flow_act act = { .machine = acts[step].machine,
		.event = acts[step].event,
		.roles = (unsigned)acts[step].role,
		.person = acts[step].actor,
		.now = now,
		.data = data };
	struct flow_refusal refusal;
	struct err e = ERR_INIT;

	if (step == 0)
		ck_ok(flow_chain(d, &act, &facts, links, NELEM(links),
			  NELEM(links) - 1, out, &refusal, &e),
		    &e);
	else
		ck_ok(flow_decide(d, &act, &facts, out, &refusal, &e), &e);
}

static void
done(const struct store_done *out, const struct err *why, void *arg)
{
	(void)arg;
	if (out == NULL)
		fprintf(stderr, "append: %s\n", why->detail);
}

static void
event_write(struct dossier *d, int step)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct clock clock = clock_system();
	int64_t now = clock_now(&clock);
	const struct scheme_version *v =
	    scheme_rule_at(scheme_find(schemes, SCHEME), now);
	CLEANUP(jsonx_freep) struct json *data = data_of(step, now);
	char salt[33];
	struct flow_plan plan;
	struct event_head h = { .actor = acts[step].actor,
		.rule_version = v->rule_version,
		.policy_version = v->policy_version,
		.recorded_at = now,
		.effective_at = now,
		.salt = salt };
	struct store_tx tx = { .dossier = d->id,
		.seq = (uint64_t)d->seq + 1,
		.machine = machine_name(acts[step].machine),
		.event = acts[step].event,
		.role = role_name(acts[step].role) };
	struct err e = ERR_INIT;

	salt_make(salt);
	plan_make(d, step, data, now, &plan);
	ck_ok(event_build(d, &plan, &h, data, NULL, &text, &e), &e);
	ck_ok(hex_decode(d->head, tx.expected, sizeof(tx.expected), &e), &e);
	tx.text = buf_slice(&text);
	ck_ok(store_submit(store, &tx, done, NULL, &e), &e);
	ck_ok(dossier_apply(d, tx.text, &e), &e);
}

static void
window_write(uint64_t first, uint64_t n)
{
	struct dossier **d = xcalloc(n, sizeof(struct dossier *));

	for (uint64_t i = 0; i < n; i++) {
		CLEANUP(freep)
		char *id = xasprintf("c%016" PRIx64,
		    (first + i + 1) * UINT64_C(0x9e3779b97f4a7c15));

		d[i] = dossier_new(id);
		snprintf(d[i]->scheme, sizeof(d[i]->scheme), SCHEME);
	}
	for (int step = 0; step < STEPS; step++)
		for (uint64_t i = 0; i < n; i++)
			event_write(d[i], step);
	for (uint64_t i = 0; i < n; i++)
		dossier_free(d[i]);
	free(d);
}

START_TEST(history)
{
	CLEANUP(freep) char *dir = fs_join(home, "store");
	CLEANUP(freep) char *policies = fs_join(home, "policies");
	struct signer_options so = { .home = home };
	struct store_opts opts = { .clock = clock_system(),
		.signer = { sign, durable, NULL } };
	struct signer *signer;
	struct err e = ERR_INIT;
	double from;

	ck_ok(signer_open(&so, &signer, &e), &e);
	opts.signer.arg = signer;
	ck_ok(scheme_set_load(policies, NULL, 0, &schemes, &e), &e);
	ck_ok(store_open(dir, &opts, NULL, &store, &e), &e);
	from = seconds();
	for (uint64_t i = 0; i < cases; i += WINDOW)
		window_write(i, cases - i < WINDOW ? cases - i : WINDOW);
	store_close(store);
	printf("%" PRIu64 " %.3f\n", cases * STEPS, seconds() - from);
	scheme_set_free(schemes);
	ck_ok(signer_settle(signer, true, &e), &e);
	signer_close(signer);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("history");
	TCase *all = tcase_create("history");
	struct err e = ERR_INIT;

	if (argc != 3 || dec_parse(argv[2], 10000000, &cases, &e) < 0) {
		fprintf(stderr, "usage: bench_history HOME CASES\n");
		return 2;
	}
	home = argv[1];
	return suite_time(suite, all, history);
}
