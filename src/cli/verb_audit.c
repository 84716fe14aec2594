/* SPDX-License-Identifier: Apache-2.0 */
/* nintei audit verify: the whole history of a clone, proved offline. */
#include "cli_int.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "nintei/audit.h"
#include "nintei/enc.h"

#define BAR 30
#define SHOWN 20 /* failures on a terminal; --json lists more */

static void
progress(void *arg, uint64_t done, uint64_t total)
{
	const struct cli *c = arg;
	int full = total == 0 ? BAR : (int)(done * BAR / total);

	fprintf(stderr, "\r%s [", cli_say(c, "検証", "verifying"));
	for (int i = 0; i < BAR; i++)
		(void)fputc(i < full ? '#' : ' ', stderr);
	fprintf(stderr, "] %" PRIu64 " / %" PRIu64 "%s", done, total,
	    done == total ? "\n" : "");
	(void)fflush(stderr);
}

static void
number_row(const struct cli *c, const char *ja, const char *en, uint64_t n)
{
	printf("%s: %" PRIu64 "\n", cli_say(c, ja, en), n);
}

static void
print_failure(const struct cli *c, const struct audit_finding *f)
{
	char safe[1024];
	const char *where = f->event[0] != '\0' ? f->event
	    : f->commit[0] != '\0'              ? f->commit
						: "-";

	printf("%s %s (%s): %s\n", audit_rule_id(f->rule),
	    audit_rule_word(f->rule), where,
	    cli_say(c, audit_rule_ja(f->rule), audit_rule_en(f->rule)));
	if (f->commit[0] != '\0')
		printf(
		    "  %s %s\n", cli_say(c, "コミット", "commit"), f->commit);
	text_show(safe, sizeof(safe), f->expected, strlen(f->expected));
	printf("  %s %s\n", cli_say(c, "期待", "expected"), safe);
	text_show(safe, sizeof(safe), f->found, strlen(f->found));
	printf("  %s %s\n", cli_say(c, "実際", "found   "), safe);
}

static void
print_failures(const struct cli *c, const struct audit_report *r)
{
	for (size_t i = 0; i < r->n_findings && i < SHOWN; i++)
		print_failure(c, &r->findings[i]);
	if (r->failures > SHOWN)
		printf("%s: %" PRIu64 "\n",
		    cli_say(c, "ほかの不一致", "further failures"),
		    r->failures - SHOWN);
}

static void
print_counts(const struct cli *c, const struct audit_report *r)
{
	char root[65];

	number_row(c, "出来事", "events", r->count[AUDIT_N_EVENTS]);
	number_row(c, "案件", "cases", r->count[AUDIT_N_CASES]);
	number_row(c, "コミットの署名", "commit signatures",
	    r->count[AUDIT_N_SIGNATURES]);
	number_row(c, "決定", "decisions", r->count[AUDIT_N_DECISIONS]);
	number_row(c, "決定への署名", "approvals", r->count[AUDIT_N_APPROVALS]);
	number_row(c, "認定証", "certificates", r->count[AUDIT_N_CERTIFICATES]);
	number_row(c, "失効リスト", "revocation lists", r->count[AUDIT_N_CRLS]);
	number_row(c, "名簿の変更", "roster changes", r->count[AUDIT_N_ROSTER]);
	printf("%s: %" PRIu64 " %s\n", cli_say(c, "ログ", "log"), r->log_size,
	    hex_encode(r->log_root, sizeof(r->log_root), root));
	print_row(c, "先頭", "head", r->head);
	print_row(
	    c, "登録簿のダイジェスト", "register digest", r->register_digest);
	print_row(c, "状態のダイジェスト", "state digest", r->state_digest);
}

/* What nothing was said about, in words. */
static void
print_limits(const struct cli *c, const struct audit_report *r)
{
	if (r->cases_shredded > 0)
		printf("%s: %" PRIu64 " (%s: %" PRIu64 ")\n",
		    cli_say(c, "決定により破棄された書類（暗号文のまま検証）",
			"documents destroyed by decision (proved as "
			"ciphertext)"),
		    r->documents_destroyed, cli_say(c, "案件", "cases"),
		    r->cases_shredded);
	if (r->documents_missing > 0)
		printf("%s: %" PRIu64 "\n",
		    cli_say(c, "確認していない書類（クローンにない暗号文）",
			"documents not checked (ciphertexts that the clone "
			"lacks)"),
		    r->documents_missing);
	if (r->commits_before > 0)
		printf("%s: %" PRIu64 "\n",
		    cli_say(c,
			"署名を確認せずに読み直したコミット（--since まで）",
			"commits replayed without signatures (up to --since)"),
		    r->commits_before);
	if (r->pinned_root && r->pinned_genesis)
		return;
	if (!r->pinned_root && !r->pinned_genesis)
		printf("%s\n",
		    cli_say(c,
			"手元の基準（--trust）なし：このクローンの最初の記録が"
			"本物であることは確かめていません。次の値を別の経路で"
			"確かめてください。",
			"nothing was pinned (--trust): that the first record "
			"of this clone is the true one was not checked. "
			"Compare these by another way:"));
	else
		printf("%s\n",
		    cli_say(c, "基準の一部だけを確かめました。残りの値:",
			"only part was pinned; the other values:"));
	print_row(c, "  最初のコミット", "  first commit", r->genesis);
	print_row(c, "  genesis.json の SHA-256", "  SHA-256 of genesis.json",
	    r->genesis_sha256);
	print_row(c, "  ルート証明書の SHA-256", "  SHA-256 of the root",
	    r->root_sha256);
	print_row(c, "  最初の名簿の SHA-256", "  SHA-256 of the first roster",
	    r->roster_sha256);
	print_row(c, "  ログの鍵", "  key of the log", r->log_key);
}

static void
print_verdict(const struct cli *c, const struct audit_report *r)
{
	double rate =
	    r->seconds > 0 ? (double)r->count[AUDIT_N_EVENTS] / r->seconds : 0;

	if (r->development)
		printf("%s\n",
		    cli_say(c, "開発用の認定機関です。",
			"This is a development authority."));
	printf("%s\n",
	    r->ok ? cli_say(c, "履歴は正しい。", "The history is good.")
		  : cli_say(c, "履歴に不一致があります。",
			"The history is not good."));
	printf("%.2f %s, %.0f %s\n", r->seconds, cli_say(c, "秒", "s"), rate,
	    cli_say(c, "件/秒", "events/s"));
}

static int
jobs_of(const struct cli *c, unsigned *out, struct err *e)
{
	uint64_t n = 0;

	if (c->a.jobs != NULL && dec_parse(c->a.jobs, 64, &n, e) < 0)
		return err_set(e, E_USAGE, "--jobs: want 1 to 64");
	*out = (unsigned)n;
	return 0;
}

int
audit_verify(struct cli *c, struct err *e)
{
	CLEANUP(audit_report_freep) struct audit_report *r = NULL;
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct audit_opts o = { .gitdir = c->a.pos[0],
		.trust = c->a.trust,
		.since = c->a.since,
		.checkpoint = c->a.checkpoint,
		.arg = c };

	if (jobs_of(c, &o.jobs, e) < 0)
		return -1;
	if (c->a.progress || (!c->a.json && isatty(STDERR_FILENO)))
		o.progress = progress;
	if (audit_run(&o, &r, e) < 0)
		return -1;
	c->status = r->ok ? 0 : err_exit(E_INVALID);
	if (c->a.json) {
		j = audit_report_json(r);
		print_json(j);
		return 0;
	}
	print_failures(c, r);
	print_counts(c, r);
	print_limits(c, r);
	print_verdict(c, r);
	return 0;
}
