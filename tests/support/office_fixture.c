/* SPDX-License-Identifier: Apache-2.0 */
/* A whole office in one process, and honest requests to it. */
#include "support/office_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/account.h"
#include "nintei/bundle.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/worker.h"
#include "support/dossier.h"

static int64_t
of_clock(void *arg)
{
	const struct of *f = arg;

	return f->sf.now;
}

static int
of_call(void *arg, uint32_t op, struct slice request, struct buf *reply,
    struct err *e)
{
	struct of *f = arg;

	bool away =
	    op == f->fail_op && f->fail_after >= 0 && f->fail_after-- == 0;

	if ((!away || f->fail_late) &&
	    f->sf.link.call(f->sf.link.arg, op, request, reply, e) < 0)
		return -1;
	return away ? err_set(e, E_UNAVAILABLE, "the test's signer is away")
		    : 0;
}

void
of_open(struct of *f)
{
	struct office_report report = { 0 };
	struct office_options o = {
		.home = f->sf.home,
		.config = f->config,
		.schemes = f->schemes,
		.clock = { of_clock, f },
		.random = random_system(),
		.signer = { of_call, f },
		.hosts = f->hosts,
	};
	struct err e = ERR_INIT;

	ck_ok(office_open(&o, &report, &f->office, &e), &e);
}

void
of_close(struct of *f)
{
	office_close(f->office);
	f->office = NULL;
}

void
of_init(struct of *f)
{
	struct err e = ERR_INIT;

	*f = (struct of){ .fail_after = -1 };
	ck_ok(
	    worker_host_local(bundle_worker_class(), &f->hosts.unpack, &e), &e);
	ck_ok(worker_host_local(examine_worker_class(), &f->hosts.examine, &e),
	    &e);
	answer_init(&f->a);
	sf_init(&f->sf);
	f->sf.now = DOSSIER_NOW;
	ck_ok(config_load(f->sf.home, &f->config, &e), &e);
	f->schemes = dossier_schemes();
	of_open(f);
}

void
of_done(struct of *f)
{
	of_close(f);
	jsonx_freep(&f->j);
	answer_done(&f->a);
	scheme_set_free(f->schemes);
	config_free(f->config);
	worker_host_free(f->hosts.unpack);
	worker_host_free(f->hosts.examine);
	sf_done(&f->sf);
}

static char *
token_path(const struct of *f, const char *who)
{
	return xasprintf("%s/keys/development/%s.token", f->sf.home, who);
}

void
of_token(struct of *f, const char *who, const char *person, const char *roles)
{
	CLEANUP(freep) char *path = token_path(f, who);
	CLEANUP(freep) char *db = fs_join(f->sf.home, "store/accounts.sqlite");
	CLEANUP(accounts_freep) struct accounts *a = NULL;
	struct account want = { .expires_at = f->sf.now + 86400 * 3650 };
	struct random random = random_system();
	uint8_t bytes[ACCOUNT_RANDOM_BYTES];
	char token[ACCOUNT_TOKEN_TEXT];
	struct err e = ERR_INIT;

	of_close(f);
	snprintf(want.person, sizeof(want.person), "%s", person);
	snprintf(want.roles, sizeof(want.roles), "%s", roles);
	ck_ok(random_fill(&random, bytes, sizeof(bytes), &e), &e);
	ck_ok(accounts_open(db, &a, &e), &e);
	ck_ok(account_token_create(a, &want, f->sf.now, bytes, token, &e), &e);
	ck_ok(fs_write(AT_FDCWD, path, slice_str(token), 0600, &e), &e);
	accounts_freep(&a);
	of_open(f);
}

static void
token_read(const struct of *f, const char *who, struct buf *out)
{
	CLEANUP(freep) char *path = token_path(f, who);
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, path, 200, out, &e), &e);
	while (out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
}

static struct slice
text_of(const char *text)
{
	return text == NULL ? slice_of(NULL, 0) : slice_str(text);
}

static void
answer_take(struct of *f)
{
	const char *type = f->a.header[FR_CONTENT_TYPE];
	struct err e = ERR_INIT;

	if (type != NULL && strstr(type, "json") != NULL && f->a.body.n > 0)
		ck_ok(
		    jsonx_parse(buf_slice(&f->a.body), MIB(32), &f->j, &e), &e);
}

unsigned
of_serve(struct of *f, const struct of_request *r)
{
	CLEANUP(buf_free) struct buf token = BUF_INIT(256);
	CLEANUP(freep)
	struct front_request *q = xcalloc(1, sizeof(*q));

	q->route = r->route;
	q->method =
	    r->method != METHOD_NONE ? r->method : route_get(r->route)->method;
	q->tls = true;
	snprintf(q->instance, sizeof(q->instance), "urn:nintei:req:test");
	snprintf(
	    q->param[0], sizeof(q->param[0]), "%s", r->p0 == NULL ? "" : r->p0);
	snprintf(
	    q->param[1], sizeof(q->param[1]), "%s", r->p1 == NULL ? "" : r->p1);
	if (r->who != NULL) {
		token_read(f, r->who, &token);
		q->header[FH_AUTHORIZATION] = buf_slice(&token);
	}
	q->header[FH_IDEMPOTENCY_KEY] = text_of(r->key);
	q->header[FH_IF_MATCH] = text_of(r->if_match);
	q->header[FH_IF_NONE_MATCH] = text_of(r->none_match);
	q->body = text_of(r->body);
	q->has_fd = r->fd > 0;
	for (size_t i = 0; i < 2 && r->query[i][0] != NULL; i++) {
		q->query[i].name = slice_str(r->query[i][0]);
		q->query[i].value = slice_str(r->query[i][1]);
		q->nquery++;
	}
	jsonx_freep(&f->j);
	answer_done(&f->a);
	answer_init(&f->a);
	office_serve(f->office, q, r->fd > 0 ? r->fd : -1, &f->a);
	answer_take(f);
	return f->a.status;
}

void
of_want(struct of *f, unsigned status, const struct of_request *q)
{
	unsigned have = of_serve(f, q);

	ck_assert_msg(have == status, "want %u, have %u: %.*s", status, have,
	    (int)f->a.body.n, f->a.body.p == NULL ? "" : (char *)f->a.body.p);
}

const char *
of_text(const struct of *f, const char *key)
{
	return jsonx_get_str(f->j, key);
}

int
of_zip(struct of *f, const char *scheme, const char *service)
{
	struct dossier d;
	CLEANUP(freep) char *json = NULL;
	int fd;

	dossier_load(&d, scheme);
	if (service != NULL) {
		json = xasprintf("\"%s\"", service);
		dossier_field(&d, "form-a.json", "service_name", json);
		if (strcmp(scheme, OF_IAAS) == 0) /* form B says it too */
			dossier_field(&d, "form-b.json", "27", json);
		dossier_put(&d, "request.csr", (struct slice){ 0 });
	}
	dossier_describe(&d, f->schemes);
	fd = dossier_zip(&d);
	dossier_done(&d);
	return fd;
}

static void
copy_id(char out[OF_ID], const char *text)
{
	ck_assert_ptr_nonnull(text);
	snprintf(out, OF_ID, "%s", text);
}

void
of_submit(struct of *f, const char *key, const char *service, char out[OF_ID])
{
	CLEANUP(fd_closep) int fd = of_zip(f, OF_IAAS, service);

	of_want(f, 201,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = key });
	copy_id(out, of_text(f, "case"));
}

void
of_head(struct of *f, const char *dossier, char out[65])
{
	of_want(f, 200,
	    &(struct of_request){
		.route = ROUTE_CASE, .who = "secretary-1", .p0 = dossier });
	snprintf(out, 65, "%s", of_text(f, "head"));
}

unsigned
of_command(struct of *f, const char *who, const char *dossier,
    const char *command, const char *data)
{
	CLEANUP(freep) char *body = NULL;
	char head[65];

	of_head(f, dossier, head);
	body = xasprintf("{\"command\":\"%s\",\"if_head\":\"%s\",\"data\":%s}",
	    command, head, data == NULL ? "{}" : data);
	return of_serve(f,
	    &(struct of_request){ .route = ROUTE_CASE_COMMAND,
		.who = who,
		.p0 = dossier,
		.body = body });
}

void
of_state(struct of *f, const char *dossier, const char *machine,
    const char *instance, char out[OF_ID])
{
	const struct json *list;
	char head[65];

	of_head(f, dossier, head);
	list = jsonx_get(f->j, "machines");
	out[0] = '\0';
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct json *m = jsonx_at(list, i);

		if (strcmp(jsonx_get_str(m, "machine"), machine) == 0 &&
		    strcmp(jsonx_get_str(m, "instance"), instance) == 0)
			copy_id(out, jsonx_get_str(m, "state"));
	}
}

static void
command_ok(struct of *f, const char *who, const char *dossier,
    const char *command, const char *data)
{
	unsigned have = of_command(f, who, dossier, command, data);

	ck_assert_msg(have == 200, "%s: %u %.*s", command, have,
	    (int)f->a.body.n, (char *)f->a.body.p);
}

void
of_accept(struct of *f, const char *dossier)
{
	command_ok(f, "secretary-1", dossier, "fee.pay",
	    "{\"amount\":165000,\"paid_on\":\"2026-07-15\"}");
	command_ok(f, "secretary-1", dossier, "application.accept",
	    "{\"reviewers\":[\"secretary-1\"]}");
}

/* The newest decision of the case document that was just answered. */
static void
last_decision(struct of *f, char out[OF_ID])
{
	const struct json *list = jsonx_get(f->j, "decisions");

	ck_assert_uint_gt(jsonx_len(list), 0);
	copy_id(out,
	    jsonx_get_str(jsonx_at(list, jsonx_len(list) - 1), "decision_id"));
}

void
of_propose(struct of *f, const char *dossier, char out[OF_ID])
{
	const struct scheme *s = scheme_find(f->schemes, OF_IAAS);
	CLEANUP(buf_free) struct buf data = BUF_INIT(KIB(64));

	buf_puts(&data, "{\"review\":{");
	for (size_t i = 0; i < s->n_criteria; i++)
		buf_putf(&data, "%s\"%s\":{\"met\":true}", i == 0 ? "" : ",",
		    s->criteria[i].id);
	buf_puts(&data, "}}");
	command_ok(f, "secretary-1", dossier, "application.propose_certify",
	    buf_str(&data));
	last_decision(f, out);
}

unsigned
of_sign(struct of *f, int who, const char *decision, const char *ns)
{
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(8));
	struct err e = ERR_INIT;

	of_want(f, 200,
	    &(struct of_request){ .route = ROUTE_DECISION_DOCUMENT,
		.who = "secretary-1",
		.p0 = decision });
	ck_ok(sshsig_sign(
		  f->sf.keys[who], ns, buf_slice(&f->a.body), &armour, &e),
	    &e);
	return of_serve(f,
	    &(struct of_request){ .route = ROUTE_DECISION_SIGN,
		.who = sf_people[who],
		.p0 = decision,
		.body = buf_str(&armour) });
}

static void
sign_both(struct of *f, const char *decision)
{
	ck_assert_uint_eq(
	    of_sign(f, SF_OFFICER_1, decision, SSH_NS_DECISION), 200);
	ck_assert_uint_eq(
	    of_sign(f, SF_OFFICER_2, decision, SSH_NS_DECISION), 200);
}

void
of_certify(struct of *f, const char *dossier, char out[OF_ID])
{
	char decision[OF_ID], head[65];

	of_accept(f, dossier);
	of_propose(f, dossier, decision);
	sign_both(f, decision);
	of_head(f, dossier, head);
	copy_id(out, of_text(f, "number"));
}

void
of_revoke(struct of *f, const char *dossier)
{
	char decision[OF_ID];

	command_ok(f, "secretary-1", dossier, "compliance.propose_revocation",
	    "{\"grounds\":\"1\",\"evidence\":[{\"ground\":1,\"event\":1}],"
	    "\"reasons\":\"理由\"}");
	last_decision(f, decision);
	sign_both(f, decision);
}
