/* SPDX-License-Identifier: Apache-2.0 */
/* The folders of a home, its policies, and nintei.yaml with comments. */
#include "authority_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLICY_FILE_BYTES MIB(1)

static void
dir_closep(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

/* INTERFACE 2: never overwrite. */
int
home_refuse(const struct making *m, struct err *e)
{
	static const char *const marks[] = { "nintei.yaml", "keys/root",
		"keys/master.key", "keys/signer.journal", "store/audit.git" };
	struct stat st;

	for (size_t i = 0; i < NELEM(marks); i++)
		if (fstatat(m->home_fd, marks[i], &st, AT_SYMLINK_NOFOLLOW) ==
		    0)
			return err_set(e, E_STORE_CONFLICT,
			    "%s exists: there is an authority here already",
			    marks[i]);
	return 0;
}

int
secret_file(
    const struct making *m, const char *path, struct slice bytes, struct err *e)
{
	return fs_create(m->home_fd, path, bytes, 0600, e);
}

int
public_file(
    const struct making *m, const char *path, struct slice bytes, struct err *e)
{
	return fs_create(m->home_fd, path, bytes, 0644, e);
}

static int
folders_make(const struct making *m, struct err *e)
{
	static const struct {
		const char *path;
		mode_t mode;
	} folders[] = {
		{ "keys", 0700 },
		{ "keys/ca", 0700 },
		{ "keys/commit", 0700 },
		{ "keys/tls", 0700 },
		{ "keys/roster", 0700 },
		{ "policies", 0755 },
		{ "store", 0700 },
		{ "store/intake", 0700 },
		{ "store/casekeys", 0700 },
		{ "run", 0755 },
	};

	for (size_t i = 0; i < NELEM(folders); i++)
		if (fs_mkdirs(m->home_fd, folders[i].path, folders[i].mode, e) <
		    0)
			return -1;
	return 0;
}

static bool
name_is_plain(const char *name)
{
	return name[0] != '.' && strchr(name, '/') == NULL;
}

static int
file_copy(
    const struct making *m, const char *from, const char *to, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(POLICY_FILE_BYTES);

	if (fs_read(AT_FDCWD, from, POLICY_FILE_BYTES - 1, &bytes, e) < 0)
		return -1;
	return public_file(m, to, buf_slice(&bytes), e);
}

/* The files of one scheme, or of a version; what is there already stays. */
static int
scheme_copy(
    const struct making *m, const char *from, const char *to, struct err *e)
{
	CLEANUP(dir_closep) DIR *dir = opendir(from);
	struct dirent *d;

	if (dir == NULL)
		return err_sys(e, E_CONFIG, "policies");
	if (fs_mkdirs(m->home_fd, to, 0755, e) < 0)
		return -1;
	while ((d = readdir(dir)) != NULL) {
		CLEANUP(freep) char *source = fs_join(from, d->d_name);
		CLEANUP(freep) char *target = fs_join(to, d->d_name);
		struct stat st;

		if (!name_is_plain(d->d_name) || stat(source, &st) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (file_copy(m, source, target, e) < 0)
			return err_wrap(e, "policies");
	}
	return 0;
}

/* Coming and earlier versions: a folder each. */
static int
versions_copy(
    const struct making *m, const char *from, const char *own, struct err *e)
{
	CLEANUP(freep) char *folder = fs_join(from, "versions");
	CLEANUP(dir_closep) DIR *dir = opendir(folder);
	struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		CLEANUP(freep) char *source = fs_join(folder, d->d_name);
		CLEANUP(freep)
		char *target = xasprintf("%s/versions/%s", own, d->d_name);

		if (name_is_plain(d->d_name) &&
		    scheme_copy(m, source, target, e) < 0)
			return -1;
	}
	return 0;
}

/* What the notices say stands beside the schemes. */
static int
notices_copy(const struct making *m, struct err *e)
{
	CLEANUP(freep) char *from = fs_join(m->o->policies, "notices.yaml");
	struct stat st;

	if (fstatat(m->home_fd, "policies/notices.yaml", &st, 0) == 0)
		return 0;
	return file_copy(m, from, "policies/notices.yaml", e);
}

static bool
has_scheme(int at, const char *folder)
{
	CLEANUP(freep) char *file = fs_join(folder, "scheme.yaml");
	struct stat st;

	return fstatat(at, file, &st, 0) == 0;
}

static int
policies_copy(const struct making *m, struct err *e)
{
	CLEANUP(dir_closep) DIR *dir = opendir(m->o->policies);
	struct dirent *d;

	if (dir == NULL)
		return err_sys(e, E_CONFIG, "policies");
	while ((d = readdir(dir)) != NULL) {
		CLEANUP(freep) char *from = fs_join(m->o->policies, d->d_name);
		CLEANUP(freep) char *own = xasprintf("policies/%s", d->d_name);

		if (!name_is_plain(d->d_name) || !has_scheme(AT_FDCWD, from) ||
		    has_scheme(m->home_fd, own))
			continue;
		if (scheme_copy(m, from, own, e) < 0 ||
		    versions_copy(m, from, own, e) < 0)
			return -1;
	}
	return notices_copy(m, e);
}

/* A YAML string in double quotes. */
static void
quoted(struct buf *b, const char *text)
{
	buf_putc(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(b, '\\');
		buf_putc(b, *text);
	}
	buf_putc(b, '"');
}

static const char yaml_head[] =
    "# nintei.yaml: settings of this authority.  Strict: an unknown key is an\n"
    "# error.  `ninteid -C . --check` validates, `ninteid -T` prints all\n"
    "# settings in force, defaults included.\n"
    "authority: # the certification body, as printed in certificates\n";
static const char yaml_listen[] =
    "listen:\n"
    "  https: \"127.0.0.1:8443\"\n"
    "  http: \"127.0.0.1:8080\" # only what is signed in itself: /pki/\n"
    "urls: # as printed in certificates: they cannot be changed afterwards\n";
static const char yaml_tail[] = "crl: # certificate revocation lists\n"
				"  every_hours: \"24\"\n"
				"  valid_hours: \"48\"\n";
static const char yaml_clock[] =
    "# Development only: a clock that stands still, or is off by seconds.\n"
    "# Read again on SIGHUP.\n"
    "# clock:\n"
    "#   fixed: \"2026-07-01T15:00:00+09:00\"\n";

/* What certificates print and init cannot take back. */
static void
yaml_forever(const struct authority_options *o, struct buf *b)
{
	buf_puts(b, "  https: ");
	quoted(b, o->https == NULL ? "https://127.0.0.1:8443" : o->https);
	buf_puts(b, "\n  http: ");
	quoted(b, o->http == NULL ? "http://127.0.0.1:8080" : o->http);
	buf_puts(b,
	    "\n# In certificates too.  2.999.1 is an example: nobody's arc.\n");
	buf_puts(b, "oid_base: ");
	quoted(b, o->oid_base == NULL ? "2.999.1" : o->oid_base);
	buf_putc(b, '\n');
}

static void
yaml_write(const struct making *m, struct buf *b)
{
	const struct authority_options *o = m->o;
	const struct scheme *s;

	buf_puts(b, yaml_head);
	buf_puts(b, "  name: ");
	quoted(b, o->name == NULL ? "認定機関（開発用）" : o->name);
	buf_puts(b, "\n  name_en: ");
	quoted(b, o->name_en == NULL ? "Certification Body" : o->name_en);
	buf_putc(b, '\n');
	buf_puts(b, yaml_listen);
	yaml_forever(o, b);
	buf_puts(b, "schemes: [");
	for (size_t i = 0; (s = scheme_at(m->schemes, i)) != NULL; i++)
		buf_putf(b, "%s%s", i == 0 ? "" : ", ", s->id);
	buf_puts(b, "] # folders under policies/\n");
	buf_puts(b, yaml_tail);
	if (o->development)
		buf_puts(b, yaml_clock);
}

static int
settings_make(struct making *m, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(64));

	yaml_write(m, &text);
	if (!buf_ok(&text))
		return err_set(e, E_CONFIG, "a name is too long");
	/* Judged before it is written: a bad name leaves no file behind. */
	if (config_parse(m->o->home, buf_slice(&text), &m->conf, e) < 0)
		return -1;
	return public_file(m, "nintei.yaml", buf_slice(&text), e);
}

int
home_make(struct making *m, struct err *e)
{
	CLEANUP(freep) char *dir = fs_join(m->o->home, "policies");

	if (folders_make(m, e) < 0 || policies_copy(m, e) < 0 ||
	    scheme_set_load(dir, NULL, 0, &m->schemes, e) < 0)
		return -1;
	return settings_make(m, e);
}
