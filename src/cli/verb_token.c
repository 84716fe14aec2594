/* SPDX-License-Identifier: Apache-2.0 */
/* nintei token: who may ask the server, on the machine of the home. */
#include "cli_int.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "nintei/account.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/instant.h"
#include "nintei/ossl.h"

#define DAYS_MAX 90
#define DAY_SECONDS 86400

static int
accounts_of(const struct cli *c, struct accounts **out, struct err *e)
{
	CLEANUP(freep) char *store = fs_join(c->a.home, "store");
	CLEANUP(freep) char *path = fs_join(store, "accounts.sqlite");

	/* Only init makes a home: never an empty file beside a typing error. */
	if (access(path, F_OK) < 0)
		return err_set(e, E_NOT_FOUND,
		    "this is no home of an authority: use -C DIR");
	return accounts_open(path, out, e);
}

/* "secretariat,officer" as the words of an account. */
static int
roles_read(const char *text, struct account *a, struct err *e)
{
	static const char *const known[] = { "applicant", "secretariat",
		"officer", "member", "chair", "delegate", "auditor" };
	size_t used = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, ","), i = 0;

		while (i < NELEM(known) &&
		    (strlen(known[i]) != n || strncmp(known[i], text, n) != 0))
			i++;
		if (i == NELEM(known))
			return err_set(e, E_USAGE,
			    "want roles such as applicant or secretariat");
		if (used + n + 2 > sizeof(a->roles))
			return err_set(e, E_USAGE, "too many roles");
		used +=
		    (size_t)snprintf(a->roles + used, sizeof(a->roles) - used,
			"%s%s", used > 0 ? " " : "", known[i]);
		text += n;
		text += *text == ',';
	}
	return used > 0 ? 0 : err_set(e, E_USAGE, "want a role");
}

static int
days_read(const struct cli *c, int64_t *out, struct err *e)
{
	uint64_t days = DAYS_MAX;

	if (c->a.days != NULL &&
	    (dec_parse(c->a.days, DAYS_MAX, &days, e) < 0 || days == 0))
		return err_set(e, E_USAGE, "--days: want 1 to %d", DAYS_MAX);
	*out = (int64_t)days * DAY_SECONDS;
	return 0;
}

/* The only copy: into a new file of mode 0600, or to standard output. */
static int
token_give(const struct cli *c, const char *token, struct err *e)
{
	CLEANUP(freep) char *line = xasprintf("%s\n", token);
	int rv = 0;

	if (c->a.output == NULL)
		printf("%s", line);
	else
		rv = fs_create(AT_FDCWD, c->a.output, slice_str(line), 0600, e);
	secret_wipe(line, strlen(line));
	return rv;
}

int
token_make(struct cli *c, struct err *e)
{
	CLEANUP(accounts_freep) struct accounts *a = NULL;
	struct random r = random_system();
	struct account want = { 0 };
	uint8_t bytes[ACCOUNT_RANDOM_BYTES];
	char token[ACCOUNT_TOKEN_TEXT], until[INSTANT_TEXT];
	int64_t seconds;
	int rv;

	if (strlen(c->a.pos[0]) >= sizeof(want.person))
		return err_set(e, E_USAGE, "the person's id is too long");
	snprintf(want.person, sizeof(want.person), "%s", c->a.pos[0]);
	if (roles_read(c->a.pos[1], &want, e) < 0 ||
	    days_read(c, &seconds, e) < 0 || accounts_of(c, &a, e) < 0 ||
	    random_fill(&r, bytes, sizeof(bytes), e) < 0)
		return -1;
	want.expires_at = local_now(c) + seconds;
	rv = account_token_create(a, &want, local_now(c), bytes, token, e);
	if (rv == 0)
		rv = token_give(c, token, e);
	if (rv == 0)
		cli_note(c, "%s %.16s (%s %s)", cli_say(c, "トークン", "token"),
		    token + 8, cli_say(c, "期限", "until"),
		    instant_format(want.expires_at, until));
	secret_wipe(token, sizeof(token));
	secret_wipe(bytes, sizeof(bytes));
	return rv;
}

int
token_revoke(struct cli *c, struct err *e)
{
	CLEANUP(accounts_freep) struct accounts *a = NULL;

	if (accounts_of(c, &a, e) < 0 ||
	    account_token_revoke(a, c->a.pos[0], local_now(c), e) < 0)
		return -1;
	cli_note(c, "%s",
	    cli_say(c, "トークンを無効にしました", "the token is ended"));
	return 0;
}
