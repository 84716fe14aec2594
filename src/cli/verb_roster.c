/* SPDX-License-Identifier: Apache-2.0 */
/* nintei roster: propose whose key counts, for which role. */
#include "cli_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/instant.h"
#include "nintei/limits.h"

/* Roles rise in an entry, each once. */
static int
compare(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

#define ROLES_MAX 16

static struct json *
roles_json(const char *text)
{
	char *words[ROLES_MAX];
	struct json *list = jsonx_array();
	size_t n = 0;

	while (*text != '\0' && n < NELEM(words)) {
		size_t used = strcspn(text, ",");

		words[n++] = xstrndup(text, used);
		text += used + (text[used] == ',');
	}
	qsort(words, n, sizeof(words[0]), compare);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(words[i - 1], words[i]) != 0)
			jsonx_add_str(list, words[i]);
	}
	for (size_t i = 0; i < n; i++)
		free(words[i]);
	return list;
}

/* "ssh-ed25519 AAAA...": the first two words of the file, its comment not. */
static int
public_read(const char *path, char **out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));
	const char *p;
	size_t type, key;

	if (fs_read(AT_FDCWD, path, KIB(16), &text, e) < 0)
		return err_wrap(e, "the public key");
	p = buf_str(&text);
	type = strcspn(p, " \r\n");
	key = p[type] == ' ' ? strcspn(p + type + 1, " \r\n") : 0;
	if (key == 0 || strncmp(p, "-----", 5) == 0)
		return err_set(e, E_USAGE,
		    "%.100s: want a public key, as ssh-keygen writes to .pub",
		    path);
	*out = xstrndup(p, type + 1 + key);
	return 0;
}

static struct json *
entry_of(const struct cli *c, const char *public, const char *since)
{
	struct json *entry = jsonx_object();
	struct json *keys = jsonx_array();
	struct json *key = jsonx_object();

	jsonx_set_str(key, "id", "key-1");
	jsonx_set_str(key, "type", "ssh");
	jsonx_set_str(key, "public", public);
	jsonx_set_str(key, "valid_from", since);
	jsonx_add(keys, key);
	jsonx_set_str(entry, "schema", "nintei.roster/1");
	jsonx_set_str(entry, "person", c->a.pos[0]);
	jsonx_set(entry, "roles", roles_json(c->a.pos[1]));
	jsonx_set_str(entry, "valid_from", since);
	jsonx_set(entry, "keys", keys);
	return entry;
}

/* The head of the case "roster"; before the first change it has none. */
static int
head_of(struct cli *c, struct json *body, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	struct err why = ERR_INIT;

	if (remote_get(c, "/v1/cases/roster", &doc, &why) == 0) {
		jsonx_set_str(body, "if_head", jsonx_get_str(doc, "head"));
		return 0;
	}
	if (why.code != E_NOT_FOUND)
		return err_set(e, why.code, "%s", why.detail);
	jsonx_freep(&c->problem);
	jsonx_set_str(body, "if_head", CLI_NO_HEAD);
	return 0;
}

int
roster_enroll(struct cli *c, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *body = jsonx_object();
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_COMMAND_BYTES);
	CLEANUP(freep) char *public = NULL;
	char since[INSTANT_TEXT];
	struct json *data;

	if (public_read(c->a.pos[2], &public, e) < 0)
		return -1;
	instant_format(local_now(c), since);
	data = jsonx_object();
	jsonx_set_str(data, "kind", "roster");
	jsonx_set_str(data, "reasons",
	    cli_say(c, "名簿への登載", "to be put on the roster"));
	jsonx_set(data, "entry", entry_of(c, public, since));
	jsonx_set_str(body, "command", "decision.freeze");
	jsonx_set(body, "data", data);
	if (head_of(c, body, e) < 0)
		return -1;
	jsonx_canonical(body, &text);
	return command_post(c, "roster", buf_slice(&text), e);
}
