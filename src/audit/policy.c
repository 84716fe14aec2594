/* SPDX-License-Identifier: Apache-2.0 */
/* The schemes as the tree has them, and the version in force at an act. */
#include "audit_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/jsonx.h"

/* The files of one folder schemes/<id>/<policy_version>/ of this commit. */
struct folder {
	struct item *it;
	char path[AUDIT_PATH];
};

static int
folder_read(void *arg, const char *name, struct buf *out, struct err *e)
{
	struct folder *f = arg;
	CLEANUP(freep) char *path = xasprintf("%s%s", f->path, name);
	const struct file *file = item_claim(f->it, path);

	if (file == NULL)
		return err_set(e, E_NOT_FOUND, "%.100s is missing", path);
	buf_put(out, file->bytes.p, file->bytes.n);
	return 0;
}

void
policy_take(struct audit *a, const char *id, const char *version)
{
	struct folder f = { .it = a->it };
	struct scheme_source from = { folder_read, &f };
	CLEANUP(freep) char *key = xasprintf("%s/%s", id, version);
	struct err why = ERR_INIT;

	if (keymap_get(&a->versions, key) != NULL)
		return;
	keymap_put(&a->versions, key, a);
	snprintf(f.path, sizeof(f.path), "schemes/%s/", key);
	if (scheme_set_put(a->schemes, id, &from, &why) < 0) {
		audit_say(
		    a, AUDIT_R36, "policies that load", "%.180s", why.detail);
		return;
	}
	if (scheme_of_version(a->schemes, id, version) == NULL)
		audit_say(a, AUDIT_R36, "a version that scheme.yaml names",
		    "%s", key);
}

/* Every folder schemes/<id>/<version>/ that this commit brings. */
void
policy_begin(struct audit *a)
{
	for (size_t i = 0; i < a->it->n_files; i++) {
		const struct file *f = &a->it->files[i];
		char id[LIMIT_ID_BYTES + 1], version[32];
		const char *at;
		size_t n;

		if (f->kind != FILE_SCHEME)
			continue;
		at = f->name + strlen("schemes/");
		n = strcspn(at, "/");
		if (n >= sizeof(id) || at[n] == '\0')
			continue;
		snprintf(id, sizeof(id), "%.*s", (int)n, at);
		at += n + 1;
		n = strcspn(at, "/");
		if (n >= sizeof(version) || at[n] == '\0')
			continue;
		snprintf(version, sizeof(version), "%.*s", (int)n, at);
		policy_take(a, id, version);
	}
}

/* The version that an act in a case goes by (rule_for_open_cases). */
const struct scheme *
policy_of(const struct audit *a, const struct trail *t)
{
	const char *id = jsonx_get_str(a->it->event, "scheme");

	return scheme_for_case(a->schemes, id, t->d->received_at,
	    event_instant(a->it, "recorded_at"));
}

/* AUDIT-35 and 36. */
void
policy_judge(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	const char *id = jsonx_get_str(j, "scheme");
	const struct scheme *s = policy_of(a, t);

	if (id[0] != '\0' && scheme_find(a->schemes, id) == NULL) {
		audit_say(a, AUDIT_R35, "a scheme of the tree", "%s", id);
		return;
	}
	audit_same(a, AUDIT_R35, "rule_version",
	    s == NULL ? "" : s->rule_version, jsonx_get_str(j, "rule_version"));
	audit_same(a, AUDIT_R35, "policy_version",
	    s == NULL ? "" : s->policy_version,
	    jsonx_get_str(j, "policy_version"));
}
