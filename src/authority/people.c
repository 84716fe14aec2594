/* SPDX-License-Identifier: Apache-2.0 */
/* The first roster; in development also five people with keys and tokens. */
#include "authority_int.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/account.h"
#include "nintei/enc.h"

#define TOKEN_SECONDS (INT64_C(10) * 365 * 86400)
#define ENTRY_BYTES KIB(16)

static const struct {
	const char *person;
	const char *role;
} people[] = {
	{ "officer-1", "officer" },
	{ "officer-2", "officer" },
	{ "secretary-1", "secretariat" },
	{ "applicant-1", "applicant" },
	{ "auditor-1", "auditor" },
};

static struct json *
key_json(const struct ssh_key *k, const char *from)
{
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(1));
	struct json *j = jsonx_object();

	ssh_key_format(k, &line);
	jsonx_set_str(j, "id", "key-1");
	jsonx_set_str(j, "type", "ssh");
	jsonx_set_str(j, "public", buf_str(&line));
	jsonx_set_str(j, "valid_from", from);
	return j;
}

static int
entry_make(
    const struct making *m, size_t i, const struct ssh_key *k, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	CLEANUP(buf_free) struct buf text = BUF_INIT(ENTRY_BYTES);
	CLEANUP(freep)
	char *path = xasprintf("keys/roster/%s.json", people[i].person);
	struct json *roles = jsonx_array(), *keys = jsonx_array();
	char from[INSTANT_TEXT];

	instant_format(m->begins, from);
	jsonx_add_str(roles, people[i].role);
	jsonx_add(keys, key_json(k, from));
	jsonx_set_str(j, "schema", "nintei.roster/1");
	jsonx_set_str(j, "person", people[i].person);
	jsonx_set(j, "roles", roles);
	jsonx_set_str(j, "valid_from", from);
	jsonx_set(j, "keys", keys);
	jsonx_canonical(j, &text);
	return public_file(m, path, buf_slice(&text), e);
}

static int
key_files(const struct making *m, const char *person, const struct pkey *key,
    const struct ssh_key *public, struct err *e)
{
	CLEANUP(buf_wipe) struct buf file = BUF_INIT(KIB(8));
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(1));
	CLEANUP(freep)
	char *path = xasprintf("keys/development/%s.key", person);
	CLEANUP(freep) char *pub = xasprintf("%s.pub", path);
	uint32_t check;

	if (random_fill(&m->random, &check, sizeof(check), e) < 0 ||
	    ssh_private_encode(key, check, person, &file, e) < 0 ||
	    secret_file(m, path, buf_slice(&file), e) < 0)
		return -1;
	ssh_key_format(public, &line);
	buf_putf(&line, " %s\n", person);
	return public_file(m, pub, buf_slice(&line), e);
}

static int
token_make(const struct making *m, struct accounts *a, size_t i, struct err *e)
{
	CLEANUP(freep)
	char *path = xasprintf("keys/development/%s.token", people[i].person);
	struct account want = { .expires_at = m->now + TOKEN_SECONDS };
	uint8_t random[ACCOUNT_RANDOM_BYTES];
	char token[ACCOUNT_TOKEN_TEXT], line[ACCOUNT_TOKEN_TEXT + 1];

	snprintf(want.person, sizeof(want.person), "%s", people[i].person);
	snprintf(want.roles, sizeof(want.roles), "%s", people[i].role);
	if (random_fill(&m->random, random, sizeof(random), e) < 0 ||
	    account_token_create(a, &want, m->now, random, token, e) < 0)
		return -1;
	snprintf(line, sizeof(line), "%s\n", token);
	return secret_file(m, path, slice_str(line), e);
}

static int
person_make(const struct making *m, struct accounts *a, size_t i, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	struct ssh_key public;

	if (pkey_generate(KEY_ED25519, &key, e) < 0 ||
	    ssh_key_of(key, &public, e) < 0 ||
	    key_files(m, people[i].person, key, &public, e) < 0 ||
	    entry_make(m, i, &public, e) < 0 || token_make(m, a, i, e) < 0)
		return err_wrap(e, "%s", people[i].person);
	return 0;
}

static int
accounts_make(const struct making *m, struct accounts **out, struct err *e)
{
	CLEANUP(freep)
	char *path = fs_join(m->o->home, "store/accounts.sqlite");

	return accounts_open(path, out, e);
}

static int
development_make(const struct making *m, struct accounts *a, struct err *e)
{
	if (fs_mkdirs(m->home_fd, "keys/development", 0700, e) < 0)
		return -1;
	for (size_t i = 0; i < NELEM(people); i++)
		if (person_make(m, a, i, e) < 0)
			return -1;
	return 0;
}

/* Take one file of keys/roster/ into the first roster. */
static int
roster_take(struct making *m, const char *name, struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("keys/roster/%s", name);
	CLEANUP(buf_free) struct buf text = BUF_INIT(ENTRY_BYTES);
	CLEANUP(freep)
	struct roster_entry *entry = xcalloc(1, sizeof(*entry));
	char hex[SHA256_HEX], want[64];

	if (fs_read(m->home_fd, path, ENTRY_BYTES - 1, &text, e) < 0 ||
	    roster_entry_decode(buf_slice(&text), entry, e) < 0 ||
	    roster_put(m->roster, buf_slice(&text), e) < 0)
		return err_wrap(e, "roster/%s", name);
	snprintf(want, sizeof(want), "%s.json", entry->person);
	if (strcmp(want, name) != 0)
		return err_set(e, E_CONFIG, "keys/roster: want %s", want);
	jsonx_set_str(m->roster_hashes, entry->person,
	    hex_encode(entry->sha256, sizeof(entry->sha256), hex));
	return 0;
}

static int
roster_load(struct making *m, struct err *e)
{
	CLEANUP(freep) char *folder = fs_join(m->o->home, "keys/roster");
	struct dirent **names = NULL;
	int n = scandir(folder, &names, NULL, alphasort);
	int rv = n < 0 ? err_sys(e, E_CONFIG, "keys/roster") : 0;

	for (int i = 0; i < n; i++) {
		if (rv == 0 && names[i]->d_name[0] != '.')
			rv = roster_take(m, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	return rv;
}

int
people_make(struct making *m, struct err *e)
{
	CLEANUP(accounts_freep) struct accounts *a = NULL;

	if (accounts_make(m, &a, e) < 0)
		return -1;
	if (m->o->development && development_make(m, a, e) < 0)
		return -1;
	if (roster_load(m, e) < 0)
		return -1;
	say(m, "roster: %zu people", roster_len(m->roster));
	return 0;
}
