/* SPDX-License-Identifier: Apache-2.0 */
/* The result of a check: its life, its look-ups, its report. */
#include "intake_int.h"
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>
#include "nintei/enc.h"

void
intake_free(struct intake *in)
{
	if (in == NULL)
		return;
	for (size_t i = 0; i < in->n_members; i++) {
		free(in->members[i].path);
		jsonx_free(in->members[i].document);
		jsonx_free(in->members[i].sources);
		if (in->members[i].fd >= 0)
			close(in->members[i].fd);
	}
	for (size_t i = 0; i < in->n_fields; i++)
		free(in->fields[i].withhold_reason);
	free(in->members);
	free(in->fields);
	free(in->number);
	free(in->applicant);
	free(in->service);
	free(in->service_url);
	free(in->guideline_version);
	jsonx_free(in->form_a);
	jsonx_free(in->form_b);
	jsonx_free(in->registry);
	jsonx_free(in->existence);
	jsonx_free(in->signatures);
	free(in);
}

const struct intake_member *
intake_member_of(const struct intake *in, enum intake_role role)
{
	for (size_t i = 0; i < in->n_members; i++)
		if (in->members[i].role == role && !in->members[i].ignored)
			return &in->members[i];
	return NULL;
}

static struct json *
member_json(const struct intake_member *m)
{
	struct json *o = jsonx_object();
	char hex[65];

	jsonx_set_str(o, "path", m->path);
	jsonx_set_str(o, "role", intake_role_name(m->role));
	jsonx_set_int(o, "size", (int64_t)m->size);
	jsonx_set_str(
	    o, "sha256", hex_encode(m->sha256, sizeof(m->sha256), hex));
	jsonx_set_str(o, "tag", tag_name(m->effective));
	return o;
}

/* Who signed, and what came of it: one row for each signer. */
static struct json *
signers_json(const struct json *signatures)
{
	static const char *const keys[] = { "subject", "issuer", "signature",
		"chain", "revocation" };
	struct json *list = jsonx_array();

	for (size_t i = 0; i < jsonx_len(signatures); i++) {
		const struct json *one = jsonx_at(signatures, i);
		const struct json *all = jsonx_get(one, "signers");

		for (size_t k = 0; k < jsonx_len(all); k++) {
			struct json *o = jsonx_object();

			jsonx_set_str(
			    o, "member", jsonx_get_str(one, "member"));
			for (size_t n = 0; n < NELEM(keys); n++)
				jsonx_set(o, keys[n],
				    jsonx_dup(
					jsonx_get(jsonx_at(all, k), keys[n])));
			jsonx_add(list, o);
		}
	}
	return list;
}

struct json *
intake_report(const struct intake *in, const struct findings *f)
{
	struct json *o = jsonx_object(), *members = jsonx_array();
	struct json *ignored = jsonx_array();

	for (size_t i = 0; i < in->n_members; i++)
		if (in->members[i].ignored)
			jsonx_add(ignored, jsonx_string(in->members[i].path));
		else
			jsonx_add(members, member_json(&in->members[i]));
	jsonx_set_bool(o, "ok", findings_worst(f) < SEV_CORRECT);
	if (in->scheme != NULL)
		jsonx_set_str(o, "scheme", in->scheme->id);
	else
		jsonx_set(o, "scheme", jsonx_null());
	jsonx_set_int(o, "level", in->level);
	if (in->level == 2)
		jsonx_set(o, "signers", signers_json(in->signatures));
	jsonx_set(o, "members", members);
	jsonx_set(o, "ignored", ignored);
	jsonx_set(o, "findings", jsonx_findings(f));
	return o;
}
