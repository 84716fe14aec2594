/* SPDX-License-Identifier: Apache-2.0 */
/* nintei receipt verify: what a receipt proves, offline and in words. */
#include "cli_int.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/instant.h"
#include "nintei/limits.h"
#include "nintei/receipt_verify.h"
#include "trust_int.h"

static const char *const verdict_names[] = { "skipped", "ok", "failed" };

/* The SHA-256 of the archive that the applicant kept. */
static int
bundle_read(const struct cli *c, struct receipt_trust *t, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;
	uint64_t size;

	if (c->a.n_pos < 2)
		return 0;
	if ((fd = open(c->a.pos[1], O_RDONLY | O_CLOEXEC)) < 0)
		return err_sys(e, E_NOT_FOUND, "%.200s", c->a.pos[1]);
	t->has_bundle = true;
	return digest_fd(fd, t->bundle, &size, e);
}

static int
report_make(struct cli *c, const struct trust *have,
    struct receipt_report **out, struct err *e)
{
	CLEANUP(buf_free) struct buf file = BUF_INIT(RECEIPT_FILE_BYTES);
	const struct cert *roots[TRUST_MAX];
	const struct crl *crls[TRUST_MAX];
	struct receipt_trust t = { .roots = roots,
		.crls = crls,
		.ncrls = have->n_crls,
		.keys = have->keys,
		.nkeys = have->n_keys };

	for (size_t i = 0; i < have->n_certs; i++)
		if (have->anchor[i] && cert_is_ca(have->certs[i]))
			roots[t.nroots++] = have->certs[i];
	for (size_t i = 0; i < have->n_crls; i++)
		crls[i] = have->crls[i];
	if (bundle_read(c, &t, e) < 0 ||
	    fs_read(AT_FDCWD, c->a.pos[0], RECEIPT_FILE_BYTES - 1, &file, e) <
		0)
		return -1;
	return receipt_verify(buf_slice(&file), &t, out, e);
}

static struct json *
checks_json(const struct receipt_report *r)
{
	struct json *list = jsonx_array();

	for (enum receipt_check i = 0; i < RECEIPT_CHECKS; i++) {
		struct json *o = jsonx_object();

		jsonx_set_str(o, "check", receipt_check_name(i));
		jsonx_set_str(o, "verdict", verdict_names[r->verdict[i]]);
		jsonx_set_str(
		    o, "text_ja", receipt_check_text(i, r->verdict[i], true));
		jsonx_set_str(
		    o, "text_en", receipt_check_text(i, r->verdict[i], false));
		if (r->why[i][0] != '\0')
			jsonx_set_str(o, "detail", r->why[i]);
		jsonx_add(list, o);
	}
	return list;
}

static void
instant_set(struct json *o, const char *key, int64_t t)
{
	char text[INSTANT_TEXT];

	if (t != 0)
		jsonx_set_str(o, key, instant_format(t, text));
}

static void
report_json(const struct receipt_report *r)
{
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();

	jsonx_set_bool(o, "ok", r->ok);
	if (r->body != NULL) {
		jsonx_set_str(o, "case", r->body->dossier);
		instant_set(o, "received_at", r->body->received_at);
		if (r->body->development)
			jsonx_set_bool(o, "development", true);
	}
	instant_set(o, "sealed_at", r->sealed_at);
	instant_set(o, "stamped_at", r->stamped_at);
	if (r->verdict[RECEIPT_LOG] == RECEIPT_OK) {
		jsonx_set_int(o, "log_index", (int64_t)r->index);
		jsonx_set_int(o, "log_size", (int64_t)r->log_size);
		jsonx_set_int(o, "witnesses", r->witnesses);
	}
	jsonx_set(o, "checks", checks_json(r));
	print_json(o);
}

/* What it says, once it is known to be the body's word. */
static void
print_facts(const struct cli *c, const struct receipt_report *r)
{
	const struct json *members = jsonx_get(r->body->doc, "members");
	char at[INSTANT_TEXT], hex[65], size[64];

	print_row(c, "件", "case", r->body->dossier);
	print_row(c, "受け付けた時刻", "received at",
	    instant_format(r->body->received_at, at));
	if (r->stamped_at != 0)
		print_row(c, "タイムスタンプ", "stamped at",
		    instant_format(r->stamped_at, at));
	print_row(c, "書類一式の SHA-256", "SHA-256 of the archive",
	    hex_encode(r->body->bundle, 32, hex));
	snprintf(size, sizeof(size), "%" PRId64 " %s, %zu %s",
	    r->body->bundle_size, cli_say(c, "バイト", "bytes"),
	    jsonx_len(members), cli_say(c, "件の書類", "documents"));
	print_row(c, "大きさ", "size", size);
	if (r->body->development)
		printf("%s\n",
		    cli_say(c,
			"開発用の認定機関の受領証です。効力はありません。",
			"A receipt of a development authority: it has no "
			"force."));
}

static void
print_checks(const struct cli *c, const struct receipt_report *r)
{
	static const char *const marks[] = { "-", "OK", "NG" };
	char safe[512];

	for (enum receipt_check i = 0; i < RECEIPT_CHECKS; i++) {
		if (i > RECEIPT_FORM && r->body == NULL)
			break;
		printf("%-2s %s\n", marks[r->verdict[i]],
		    receipt_check_text(i, r->verdict[i], c->ja));
		if (r->why[i][0] != '\0')
			printf("   %s\n",
			    text_show(safe, sizeof(safe), r->why[i],
				strlen(r->why[i])));
	}
}

static void
print_report(const struct cli *c, const struct receipt_report *r)
{
	if (r->ok)
		print_facts(c, r);
	print_checks(c, r);
	printf("%s\n",
	    r->ok
		? cli_say(c,
		      "この受領証は有効です。上の「OK」の行がそれぞれ証明されて"
		      "います。",
		      "This receipt is valid; each line marked OK is proved "
		      "by it.")
		: cli_say(c, "この受領証は信頼できません。",
		      "This receipt cannot be relied on."));
}

int
receipt_verify_verb(struct cli *c, struct err *e)
{
	CLEANUP(trust_free) struct trust t = { 0 };
	CLEANUP(receipt_report_freep) struct receipt_report *r = NULL;

	if (trust_load(c, &t, e) < 0 || report_make(c, &t, &r, e) < 0)
		return -1;
	if (!r->ok)
		c->status = err_exit(E_INVALID);
	if (c->a.json)
		report_json(r);
	else
		print_report(c, r);
	return 0;
}
