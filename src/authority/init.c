/* SPDX-License-Identifier: Apache-2.0 */
/* `nintei init`: an authority made step by step, from nothing. */
#include "nintei/authority.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nintei/term.h"
#include "authority_int.h"

#define DEVELOPMENT_YEARS 3

void
say(const struct making *m, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (m->o->say != NULL)
		m->o->say(m->o->arg, line);
}

void
making_done(struct making *m)
{
	fd_closep(&m->home_fd);
	config_free(m->conf);
	scheme_set_free(m->schemes);
	roster_free(m->roster);
	jsonx_free(m->roster_hashes);
	pkey_free(m->root_key);
	cert_free(m->root_cert);
	pkey_free(m->commit_key);
}

static int64_t
begin_of(const struct authority_options *o, int64_t now)
{
	struct jday today = jday_of_instant(now);

	if (!o->development || o->begins_now)
		return now;
	return instant_of_jday(jday_add_years(today, -DEVELOPMENT_YEARS, NULL));
}

static int
home_open(struct making *m, struct err *e)
{
	if (fs_mkdirs(AT_FDCWD, m->o->home, 0755, e) < 0)
		return -1;
	m->home_fd = open(m->o->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->home_fd < 0)
		return err_sys(e, E_CONFIG, "home directory");
	return home_refuse(m, e);
}

static void
farewell(const struct making *m)
{
	say(m, "root key: keys/root/root.key%s",
	    m->o->development
		? ""
		: " (move it to offline storage now: the server does not need it)");
	if (m->o->development)
		say(m,
		    "development authority: people, tokens and keys are in "
		    "keys/development/; nothing it signs has force");
	else if (roster_len(m->roster) == 0)
		say(m,
		    "no roster: put nintei.roster/1 files of the first "
		    "officers into keys/roster/ before `nintei init`");
}

int
authority_init(const struct authority_options *o, struct err *e)
{
	CLEANUP(making_done)
	struct making m = { .o = o,
		.random = random_system(),
		.home_fd = -1,
		.now = clock_now(&o->clock) };

	if (o->name == NULL && !o->development)
		return err_set(e, E_USAGE,
		    "name the body: its certificates print it for ever");
	m.begins = begin_of(o, m.now);
	m.roster = roster_new();
	m.roster_hashes = jsonx_object();
	if (home_open(&m, e) < 0 || home_make(&m, e) < 0 ||
	    pki_make(&m, e) < 0 || people_make(&m, e) < 0 ||
	    genesis_make(&m, e) < 0)
		return err_wrap(e, "init");
	farewell(&m);
	return 0;
}
