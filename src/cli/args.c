/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: options by table, then noun, verb and arguments. */
#include "cli_int.h"

#include <string.h>

const struct verb verbs[] = {
#define VERB(noun, verb, args, least, most, options, run, ja, en) \
	{ noun, verb, args, least, most, options, run, ja, en },
#include "verbs.inc"
#undef VERB
};
const size_t verbs_n = NELEM(verbs);

struct option_row {
	const char *name;
	unsigned bit;
	enum {
		TEXT,
		FLAG, /* takes no value */
		MANY /* a struct cli_list */
	} kind;
	size_t at; /* in struct cli_args */
	const char *meta, *ja, *en;
};

#define AT(field) offsetof(struct cli_args, field)
static const struct option_row options[] = {
	/* clang-format off */
	{ "-C", OPT_GLOBAL, TEXT, AT(home), "DIR", "home（既定は NINTEI_HOME、または現在のフォルダ）", "home directory (default: NINTEI_HOME, or this folder)" },
	{ "--json", OPT_GLOBAL, FLAG, AT(json), "", "JSON を一つ標準出力に書く", "print one JSON document" },
	{ "--lang", OPT_GLOBAL, TEXT, AT(lang), "ja|en", "言語（既定は LANG）", "language of messages (default: LANG)" },
	{ "--help", OPT_GLOBAL, FLAG, AT(help), "", "使い方", "this help" },
	{ "--version", OPT_GLOBAL, FLAG, AT(version), "", "版", "print the version" },
	{ "--server", OPT_SERVER, TEXT, AT(server), "URL", "サーバ（既定は NINTEI_SERVER、または nintei.yaml）", "server (default: NINTEI_SERVER, or nintei.yaml)" },
	{ "--token-file", OPT_SERVER, TEXT, AT(token_file), "FILE", "トークンのファイル（既定は NINTEI_TOKEN_FILE）", "file with your token (default: NINTEI_TOKEN_FILE)" },
	{ "--cacert", OPT_SERVER, TEXT, AT(cacert), "FILE", "サーバの証明書のルート（既定は home の root.pem）", "root of the server's certificate (default: root.pem of the home)" },
	{ "--scheme", OPT_SCHEME, TEXT, AT(scheme), "SCHEME", "制度", "scheme" },
	{ "--kind", OPT_DOSSIER, TEXT, AT(kind), "KIND", "new, renewal, change, termination", "new, renewal, change or termination" },
	{ "--number", OPT_DOSSIER, TEXT, AT(number), "NUMBER", "認定番号", "certification number" },
	{ "--case", OPT_CASE, TEXT, AT(dossier), "ID", "補正する件", "the case that this corrects" },
	{ "--receipt", OPT_RECEIPT, TEXT, AT(receipt), "FILE", "受領証の保存先", "where to save the receipt" },
	{ "-o", OPT_OUTPUT, TEXT, AT(output), "FILE", "出力先", "output file" },
	{ "--output", OPT_OUTPUT, TEXT, AT(output), "FILE", "-o と同じ", "the same as -o" },
	{ "--data", OPT_DATA, TEXT, AT(data), "JSON", "手続のデータ（@FILE も可。項目は nintei help case do COMMAND）", "data of the command, or @FILE; its members: nintei help case do COMMAND" },
	{ "--instance", OPT_DATA, TEXT, AT(instance), "N", "複数ある手続のどれか", "which of several machines" },
	{ "--if-head", OPT_DATA, TEXT, AT(if_head), "HASH", "件の先頭（既定は現在のもの）", "head of the case (default: the present one)" },
	{ "--sign", OPT_SIGN, TEXT, AT(sign), "KEY", "この秘密鍵（PEM）で署名した容器（ASiC-E、CAdES）にする", "a container signed with this private key, PEM (ASiC-E with CAdES)" },
	{ "--cert", OPT_SIGN, TEXT, AT(cert), "FILE", "署名者の証明書（PEM、続けて中間証明書。既定は鍵のファイルの中）", "certificate of the signer, PEM, then those above it (default: in the key's file)" },
	{ "--passphrase-file", OPT_SIGN, TEXT, AT(passphrase_file), "FILE", "鍵のパスフレーズのファイル（既定は端末で入力）", "file with the key's passphrase (default: asked on the terminal)" },
	{ "--label", OPT_SIGN, TEXT, AT(label), "LEVEL", "署名に入れる秘密区分（既定は manifest の最も高い区分）", "confidentiality label of the signature (default: the highest tag of the manifest)" },
	{ "--raw", OPT_RAW, FLAG, AT(raw), "", "署名されるバイト列そのもの", "the exact bytes to be signed" },
	{ "--key", OPT_KEY, TEXT, AT(key), "FILE", "署名する秘密鍵（ssh-agent の鍵なら公開鍵）", "sign with this private key, or public key of one in ssh-agent" },
	{ "--object", OPT_OBJECT, FLAG, AT(object), "", "承認せず異議を述べる", "object instead of approving" },
	{ "--trust", OPT_TRUST, TEXT, AT(trust), "DIR", "信頼するもの（root など）のフォルダ（audit 以外の既定は home の keys）", "folder with what you trust: root and more (default, but for audit: keys of the home)" },
	{ "--at", OPT_AT, TEXT, AT(at), "TIME", "検証の時点（RFC 3339、既定は現在）", "instant of the check, RFC 3339 (default: now)" },
	{ "--seen", OPT_SEEN, TEXT, AT(seen), "FILE", "最後に確かめた登録簿の版を覚えるファイル（古い版を見破る）", "file that remembers the last register seen, against older ones" },
	{ "--days", OPT_DAYS, TEXT, AT(days), "N", "有効日数（1 から 90、既定は 90）", "days until it expires: 1 to 90, default 90" },
	{ "--fsck", OPT_MAINTAIN, FLAG, AT(fsck), "", "git fsck も行う（疑いは二度目で信じる）", "git fsck too; a fault counts when found twice" },
	{ "--bundle", OPT_MAINTAIN, FLAG, AT(bundle), "", "clone 用の bundle も作り直す", "make the clone bundle anew too" },
	{ "--since", OPT_AUDIT | OPT_SINCE, TEXT, AT(since), "COMMIT|DATE", "audit: 検証済みのコミット（その先だけ署名を検証する）／number: この日から", "audit: a commit verified before, signatures are checked after it; number: from this day on" },
	{ "--table", OPT_REPORT, FLAG, AT(table), "", "指摘を表計算ソフトに貼り付けられる表で示す", "the findings as a table that pastes into a spreadsheet" },
	{ "--sarif", OPT_REPORT, FLAG, AT(sarif), "", "指摘を SARIF 2.1.0 で示す", "the findings as SARIF 2.1.0" },
	{ "--full", OPT_IMPORT, FLAG, AT(full), "", "全件ファイルとして読む（既定は名前による）", "the files are full ones (default: by their names)" },
	{ "--diff", OPT_IMPORT, FLAG, AT(diff), "", "差分ファイルとして読む（既定は名前による）", "the files are differences (default: by their names)" },
	{ "--as-of", OPT_IMPORT | OPT_DAY, TEXT, AT(as_of), "DATE", "その日 YYYY-MM-DD の内容（number import: データの日付、既定は名前による）", "as of that day, YYYY-MM-DD (number import: day of the data, default: by the name)" },
	{ "--jobs", OPT_AUDIT, TEXT, AT(jobs), "N", "並列数（既定は CPU の数）", "threads (default: one for each processor)" },
	{ "--checkpoint", OPT_AUDIT, TEXT, AT(checkpoint), "FILE", "別の経路で得たログのチェックポイント", "a checkpoint of the log from elsewhere" },
	{ "--progress", OPT_AUDIT, FLAG, AT(progress), "", "端末でなくても進みを示す", "show progress, on a terminal or not" },
	{ "--explain", OPT_EXPLAIN, FLAG, AT(explain), "", "計算の理由も示す", "with the reasoning" },
	{ "--first-day-counts", OPT_CALENDAR, FLAG, AT(first_day_counts), "", "初日を算入する", "count the first day" },
	{ "--include-anniversary", OPT_CALENDAR, FLAG, AT(include_anniversary), "", "応当日を含める", "the anniversary bars too" },
	{ "--document", OPT_DOCUMENT, MANY, AT(documents), "ROLE=FILE", "添える書類（繰り返し可、暗号化して保管される）", "a document that goes with it, kept encrypted; may be repeated" },
	{ "--ics", OPT_ICS, FLAG, AT(ics), "", "iCalendar で書く", "as iCalendar" },
	{ "--csv", OPT_LEDGER, FLAG, AT(csv), "", "CSV で書く", "as CSV" },
	{ "--development", OPT_INIT, FLAG, AT(development), "", "開発用の人、トークン、鍵も作る", "with people, tokens and keys for development" },
	{ "--state", OPT_WITNESS | OPT_STATE, TEXT, AT(state), "DIR|STATE", "証人の状態のフォルダ／一覧に出す状態", "folder of the witness's state; of a list: the state to show" },
	{ "--listen", OPT_WITNESS, TEXT, AT(listen), "ADDRESS:PORT", "待ち受けるアドレス", "where to listen" },
	{ "--log", OPT_WITNESS, MANY, AT(logs), "VKEY", "署名するログの検証鍵（繰り返し可）", "verifier key of a log to cosign; may be repeated" },
	{ "--tls-key", OPT_WITNESS, TEXT, AT(tls_key), "FILE", "TLS の秘密鍵（PEM）", "private key of TLS, PEM" },
	{ "--tls-cert", OPT_WITNESS, TEXT, AT(tls_cert), "FILE", "TLS の証明書の連鎖（PEM）", "certificate chain of TLS, PEM" },
	{ "--name", OPT_INIT | OPT_NAME, TEXT, AT(name), "NAME", "認定機関または証人の名称", "name of the body, or of the witness" },
	{ "--name-en", OPT_INIT, TEXT, AT(name_en), "NAME", "認定機関の英語の名称", "its English name" },
	{ "--https", OPT_INIT, TEXT, AT(https), "URL", "証明書に記す https の URL（後から変えられない）", "https URL printed in certificates, for ever" },
	{ "--http", OPT_INIT, TEXT, AT(http), "URL", "証明書に記す http の URL（後から変えられない）", "http URL printed in certificates, for ever" },
	{ "--oid-base", OPT_INIT | OPT_SIGN | OPT_LABEL, TEXT, AT(oid_base), "OID", "制度の方針を置く OID の弧（後から変えられない）", "arc of the policies in certificates, for ever" },
	/* clang-format on */
};

void
usage_options(const struct cli *c, unsigned bits, FILE *to)
{
	const struct option_row *o;

	for (o = options; o < options + NELEM(options); o++)
		if (o->bit == OPT_GLOBAL || (o->bit & bits) != 0)
			fprintf(to, "  %s%s%s\n      %s\n", o->name,
			    o->kind == FLAG ? "" : " ", o->meta,
			    cli_say(c, o->ja, o->en));
}

/* The row that arg names; *value is what follows "=", or NULL. */
static const struct option_row *
option_find(const char *arg, const char **value)
{
	const struct option_row *o;
	size_t n;

	*value = NULL;
	for (o = options; o < options + NELEM(options); o++) {
		n = strlen(o->name);
		if (strncmp(arg, o->name, n) != 0)
			continue;
		if (arg[n] == '\0')
			return o;
		if (arg[n] == '=' && arg[1] == '-' && o->kind != FLAG) {
			*value = arg + n + 1;
			return o;
		}
	}
	return NULL;
}

static int
option_set(struct cli_args *a, const struct option_row *o, const char *value,
    struct err *e)
{
	void *at = (char *)a + o->at;
	struct cli_list *list = at;

	if (o->kind == FLAG) {
		*(bool *)at = true;
	} else if (o->kind == TEXT) {
		*(const char **)at = value;
	} else {
		if (list->n == NELEM(list->text))
			return err_set(e, E_USAGE, "too many %s", o->name);
		list->text[list->n++] = value;
	}
	return 0;
}

static const struct verb *
verb_find(const char *noun, const char *verb)
{
	size_t i;

	for (i = 0; i < verbs_n; i++)
		if (strcmp(verbs[i].noun, noun) == 0 &&
		    strcmp(verbs[i].verb, verb) == 0)
			return &verbs[i];
	return NULL;
}

/* What was seen of the command line so far. */
struct line {
	const char *words[CLI_POSITIONS + 2];
	int n;
	const struct option_row *given[128]; /* but the global ones */
	unsigned n_given;
};

static int
line_option(struct line *l, struct cli_args *a, char **argv, int argc, int *i,
    struct err *e)
{
	const char *value;
	const struct option_row *o = option_find(argv[*i], &value);

	if (o == NULL)
		return err_set(e, E_USAGE, "unknown option %.60s", argv[*i]);
	if (o->kind != FLAG && value == NULL) {
		if (*i + 1 >= argc)
			return err_set(
			    e, E_USAGE, "%s wants %s", o->name, o->meta);
		value = argv[++*i];
	}
	if (option_set(a, o, value, e) < 0)
		return -1;
	if (o->bit == OPT_GLOBAL)
		return 0;
	if (l->n_given == NELEM(l->given))
		return err_set(e, E_USAGE, "too many options");
	l->given[l->n_given++] = o;
	return 0;
}

static int
line_read(
    struct line *l, struct cli_args *a, int argc, char **argv, struct err *e)
{
	bool options_end = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!options_end && strcmp(argv[i], "--") == 0) {
			options_end = true;
		} else if (!options_end && argv[i][0] == '-' &&
		    argv[i][1] != '\0') {
			if (line_option(l, a, argv, argc, &i, e) < 0)
				return -1;
		} else if (l->n == (int)NELEM(l->words)) {
			return err_set(e, E_USAGE, "too many words");
		} else {
			l->words[l->n++] = argv[i];
		}
	}
	return 0;
}

/* Noun and verb off the front; the rest are positions. */
static int
line_verb(const struct line *l, struct cli_args *a, const struct verb **out,
    struct err *e)
{
	const struct verb *v = NULL;
	int begin = 2;
	int i;

	if (l->n >= 2)
		v = verb_find(l->words[0], l->words[1]);
	if (v == NULL) {
		v = verb_find(l->words[0], "");
		begin = 1;
	}
	if (v == NULL)
		return err_set(e, E_USAGE, "no such command: %.40s %.40s",
		    l->words[0], l->n >= 2 ? l->words[1] : "");
	*out = v;
	for (i = begin; i < l->n && a->n_pos < CLI_POSITIONS; i++)
		a->pos[a->n_pos++] = l->words[i];
	if (a->help)
		return 0;
	if (l->n - begin < v->least || l->n - begin > v->most)
		return err_set(e, E_USAGE, "want: nintei %s %s %s", v->noun,
		    v->verb, v->args);
	for (unsigned k = 0; k < l->n_given; k++)
		if ((l->given[k]->bit & v->options) == 0)
			return err_set(e, E_USAGE, "%s %s takes no %s", v->noun,
			    v->verb, l->given[k]->name);
	return 0;
}

int
args_parse(int argc, char **argv, struct cli_args *a, const struct verb **out,
    struct err *e)
{
	struct line l = { .n = 0 };
	int i;

	*out = NULL;
	if (line_read(&l, a, argc, argv, e) < 0)
		return -1;
	if (a->version)
		return 0;
	if (l.n == 0)
		return a->help ? 0 : err_set(e, E_USAGE, "want a command");
	if (strcmp(l.words[0], "help") == 0) {
		a->help = true;
		for (i = 1; i < l.n && a->n_pos < CLI_POSITIONS; i++)
			a->pos[a->n_pos++] = l.words[i];
		if (l.n >= 3)
			*out = verb_find(l.words[1], l.words[2]);
		else if (l.n == 2)
			*out = verb_find(l.words[1], "");
		return 0;
	}
	return line_verb(&l, a, out, e);
}
