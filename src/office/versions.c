/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of each scheme is in force: by the tree and its events. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"

#define POLICY_FILE MIB(1)

/* One folder schemes/<id>/<version>/ of the tree. */
struct folder {
	struct office *o;
	const char *id, *version;
};

static int
folder_read(void *arg, const char *name, struct buf *out, struct err *e)
{
	const struct folder *f = arg;
	CLEANUP(freep)
	char *path = xasprintf("schemes/%s/%s/%s", f->id, f->version, name);

	return store_file_get(f->o->store, NULL, path, out, e);
}

static int
folder_fn(const char *name, bool is_folder, void *arg, struct err *e)
{
	struct folder *f = arg;
	struct scheme_source from = { folder_read, f };
	const struct scheme *s;

	if (!is_folder)
		return 0;
	f->version = name;
	if (scheme_set_put(f->o->schemes, f->id, &from, e) < 0)
		return err_wrap(e, "schemes/%s/%s", f->id, name);
	s = scheme_of_version(f->o->schemes, f->id, name);
	return s != NULL ? 0
			 : err_set(e, E_STORE_CORRUPT,
			       "schemes/%s/%s is another version", f->id, name);
}

int
office_version_take(
    struct office *o, const char *id, const char *version, struct err *e)
{
	struct folder f = { .o = o, .id = id };

	return folder_fn(version, true, &f, e);
}

/* --- what the body's events say --- */

int
office_effect_day(const char *date, int64_t *out, struct err *e)
{
	struct jday day;

	if (jday_parse(date == NULL ? "" : date, &day, e) < 0)
		return -1;
	*out = instant_of_jday(day);
	return 0;
}

static int
enact(struct office *o, const char *id, const char *version, const char *date,
    struct err *e)
{
	int64_t from;

	if (office_effect_day(date, &from, e) < 0)
		return -1;
	return scheme_set_enact(o->schemes, id, version, from, e);
}

/* Was it adopted, and not taken back?  What is imported is installed. */
static bool
adopted(const struct dossier *d, const struct dossier_rules *r)
{
	enum state s = dossier_state(d, M_RULES, r->instance);

	return r->announced_at != 0 &&
	    (s == S_RULES_ANNOUNCED || s == S_RULES_IN_FORCE ||
		s == S_RULES_SUPERSEDED);
}

static int
amendments(struct office *o, const char *id, struct err *e)
{
	CLEANUP(freep) char *name = xasprintf("rules-%s", id);
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	struct err none = ERR_INIT;

	if (office_load(o, name, &d, &none) < 0) {
		if (none.code == E_NOT_FOUND)
			return 0;
		*e = none;
		return -1;
	}
	for (size_t i = 0; i < d->n_rules; i++) {
		const struct dossier_rules *r = &d->rules[i];

		if (adopted(d, r) &&
		    enact(o, id, r->policy_version, r->effective_from, e) < 0)
			return -1;
	}
	return 0;
}

/* The events `policy` of the case, oldest first. */
static int
policies(struct office *o, const char *id, struct err *e)
{
	CLEANUP(freep) char *name = xasprintf("policy-%s", id);
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct store_dossier_head head;

	if (store_dossier_head(o->store, name, &head, e) < 0)
		return -1;
	for (uint64_t seq = 1; seq <= head.seq; seq++) {
		CLEANUP(jsonx_freep) struct json *j = NULL;
		const struct json *data;

		buf_reset(&text);
		if (store_event_get(o->store, name, seq, &text, e) < 0 ||
		    jsonx_parse(buf_slice(&text), LIMIT_EVENT_BYTES, &j, e) < 0)
			return -1;
		if (strcmp(jsonx_get_str(j, "event"), "policy") != 0)
			continue;
		data = jsonx_get(j, "data");
		if (enact(o, id, jsonx_get_str(data, "policy_version"),
			jsonx_get_str(data, "effective_from"), e) < 0)
			return -1;
	}
	return 0;
}

/* Genesis alone brought a folder that no decision names. */
struct installed {
	struct office *o;
	const char *id;
	char version[DOSSIER_WORD];
	size_t n;
};

static bool
enacted(const struct office *o, const char *id, const char *version)
{
	const struct scheme *s;
	int64_t at = INT64_MIN, from = 0;

	while ((s = scheme_coming(o->schemes, id, at, &from)) != NULL) {
		if (strcmp(s->policy_version, version) == 0)
			return true;
		at = from;
	}
	return false;
}

/* Adopted and taken back again: its folder stays in the tree. */
static bool
withdrawn(const struct dossier *d, const char *version)
{
	for (size_t i = 0; d != NULL && i < d->n_rules; i++)
		if (d->rules[i].announced_at != 0 &&
		    strcmp(d->rules[i].policy_version, version) == 0)
			return true;
	return false;
}

static int
installed_fn(const char *name, bool is_folder, void *arg, struct err *e)
{
	struct installed *in = arg;
	CLEANUP(freep) char *rules = xasprintf("rules-%s", in->id);
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	struct err none = ERR_INIT;

	(void)e;
	if (office_load(in->o, rules, &d, &none) < 0)
		d = NULL;
	if (!is_folder || enacted(in->o, in->id, name) || withdrawn(d, name))
		return 0;
	snprintf(in->version, sizeof(in->version), "%s", name);
	in->n++;
	return 0;
}

static int
one_open(struct office *o, const char *id, struct err *e)
{
	struct folder f = { .o = o, .id = id };
	struct installed in = { .o = o, .id = id };
	CLEANUP(freep) char *path = xasprintf("schemes/%s", id);

	if (store_file_list(o->store, NULL, path, folder_fn, &f, e) < 0 ||
	    amendments(o, id, e) < 0 || policies(o, id, e) < 0 ||
	    store_file_list(o->store, NULL, path, installed_fn, &in, e) < 0)
		return -1;
	if (in.n != 1)
		return err_set(e, E_CONFIG,
		    "the history has %zu installed versions of %s", in.n, id);
	return scheme_set_install(o->schemes, id, in.version, e);
}

int
office_versions_open(struct office *o, struct err *e)
{
	const struct scheme *s;

	for (size_t i = 0; (s = scheme_at(o->schemes, i)) != NULL; i++)
		if (one_open(o, s->id, e) < 0)
			return -1;
	scheme_set_turn(o->schemes, clock_now(&o->clock));
	return 0;
}
