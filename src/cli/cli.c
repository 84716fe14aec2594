/* SPDX-License-Identifier: Apache-2.0 */
/* nintei: find the verb, run it, say how it ended. */
#include "nintei/cli.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "act_int.h"

static bool
wants_japanese(const char *lang)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value;
	size_t i;

	if (lang != NULL)
		return strcmp(lang, "ja") == 0;
	for (i = 0; i < NELEM(names); i++) {
		value = getenv(names[i]);
		if (value != NULL && value[0] != '\0')
			return strncmp(value, "ja", 2) == 0;
	}
	return false;
}

static void
set_defaults(struct cli_args *a)
{
	const char *home = getenv("NINTEI_HOME");

	if (a->home == NULL)
		a->home = home != NULL && home[0] != '\0' ? home : ".";
}

/* "help case do COMMAND". */
static int
help_act(const struct cli *c)
{
	struct err e = ERR_INIT;

	if (act_help(c, c->a.pos[2], &e) == 0)
		return 0;
	print_error(c, &e);
	return err_exit(e.code);
}

static int
help(const struct cli *c, const struct verb *v)
{
	const char *noun = c->a.n_pos > 0 ? c->a.pos[0] : NULL;
	size_t i;

	if (v != NULL && v->run == case_do && c->a.n_pos == 3 &&
	    strcmp(noun, "case") == 0)
		return help_act(c);
	if (v != NULL) {
		usage_verb(c, v, stdout);
		return 0;
	}
	for (i = 0; noun != NULL && i < verbs_n; i++)
		if (strcmp(verbs[i].noun, noun) == 0) {
			usage_noun(c, noun, stdout);
			return 0;
		}
	usage_all(c, noun == NULL ? stdout : stderr);
	return noun == NULL ? 0 : err_exit(E_USAGE);
}

static int
run(struct cli *c, const struct verb *v, struct err *e)
{
	if (v->run(c, e) < 0)
		return -1;
	if (fflush(stdout) != 0)
		return err_sys(e, E_INTERNAL, "cannot write the output");
	return 0;
}

static int
usage_error(const struct cli *c, const struct verb *v, const struct err *e)
{
	print_error(c, e);
	if (v != NULL)
		usage_verb(c, v, stderr);
	else
		usage_all(c, stderr);
	return err_exit(E_USAGE);
}

int
cli_main(int argc, char **argv)
{
	struct cli c = { .status = 0 };
	const struct verb *v = NULL;
	struct err e = ERR_INIT;
	int parsed = args_parse(argc, argv, &c.a, &v, &e);
	int status;

	(void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of ours */
	c.ja = wants_japanese(c.a.lang);
	set_defaults(&c.a);
	if (parsed < 0)
		return usage_error(&c, v, &e);
	if (c.a.lang != NULL && strcmp(c.a.lang, "ja") != 0 &&
	    strcmp(c.a.lang, "en") != 0) {
		(void)err_set(&e, E_USAGE, "--lang: want ja or en");
		return usage_error(&c, v, &e);
	}
	if (c.a.version) {
		printf("nintei %s\n", NINTEI_VERSION);
		return 0;
	}
	if (c.a.help)
		return help(&c, v);
	if (run(&c, v, &e) < 0) {
		print_error(&c, &e);
		status = err_exit(e.code);
	} else {
		status = c.status;
	}
	jsonx_free(c.problem);
	free(c.hint);
	return status;
}
