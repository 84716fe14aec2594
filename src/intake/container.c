/* SPDX-License-Identifier: Apache-2.0 */
/* Signed containers (level 2): form, signatures and their label. */
#include "intake_int.h"
#include <stdlib.h>
#include <string.h>
#include "nintei/asic.h"
#include "nintei/bag.h"
#include "nintei/ess.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/signature.h"
#include "trust_int.h"

static int
manifest_facts(struct check *c, const struct intake_member *m,
    struct json **out, struct err *e)
{
	CLEANUP(examined_freep) struct examined *x = NULL;
	CLEANUP(fd_closep) int none = -1;

	if (m->fd < 0 && memfd_of("empty", (struct slice){ 0 }, &none, e) < 0)
		return -1;
	if (examine_run(c->hosts->examine, EXAMINE_ASIC, m->path,
		m->fd < 0 ? none : m->fd, &x, c->f, e) < 0)
		return -1;
	*out = TAKE(x->json);
	return 0;
}

static struct asic_file
file_of(const struct intake_member *m)
{
	return (struct asic_file){ .path = m->path,
		.size = m->size,
		.sha256 = m->sha256,
		.fd = m->fd,
		.ignored = m->ignored };
}

/* The first manifests through the worker; their facts live in facts[]. */
static int
manifests_read(struct check *c, struct asic_file *files,
    struct json *facts[ASIC_MANIFESTS], struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < c->in->n_members && n < ASIC_MANIFESTS; i++) {
		if (files[i].ignored ||
		    asic_part_of(files[i].path) != ASIC_MANIFEST)
			continue;
		if (manifest_facts(c, &c->in->members[i], &facts[n], e) < 0)
			return -1;
		files[i].facts = facts[n++];
	}
	return 0;
}

static void
facts_free(struct json *(*facts)[ASIC_MANIFESTS])
{
	for (size_t i = 0; i < ASIC_MANIFESTS; i++)
		jsonx_free((*facts)[i]);
}

/* What makes the container one is no paper and stands in no manifest.json. */
static void
roles_take(struct check *c)
{
	for (size_t i = 0; i < c->in->n_members; i++) {
		struct intake_member *m = &c->in->members[i];

		if (!m->ignored && asic_part_of(m->path) != ASIC_DATA)
			m->role = INTAKE_ROLE_CONTAINER;
	}
}

int
container_check(struct check *c, int archive_fd, struct err *e)
{
	CLEANUP(facts_free) struct json *facts[ASIC_MANIFESTS] = { NULL };
	CLEANUP(freep)
	struct asic_file *files = xcalloc(c->in->n_members + 1, sizeof(*files));
	struct asic_container box = { archive_fd, files, c->in->n_members };

	for (size_t i = 0; i < c->in->n_members; i++)
		files[i] = file_of(&c->in->members[i]);
	if (!asic_is_container(&box))
		return 0;
	c->in->level = 2;
	roles_take(c);
	if (c->partial)
		return 0; /* what is covered cannot be told */
	if (manifests_read(c, files, facts, e) < 0)
		return -1;
	return asic_check(&box, c->f, c->pairs, &c->n_pairs, e);
}

/* What a signature is not good for, in the words of signature.h. */
static const char *
signer_fault(const struct json *signer)
{
	static const struct {
		const char *key, *good[4];
	} wants[] = {
		{ "signature", { "good" } },
		{ "chain", { "trusted", "untrusted", "not_checked" } },
		{ "revocation", { "good", "not_checked", "stale" } },
	};

	for (size_t i = 0; i < NELEM(wants); i++) {
		const char *is = jsonx_get_str(signer, wants[i].key);
		bool ok = false;

		for (size_t k = 0; is != NULL && wants[i].good[k] != NULL; k++)
			ok = ok || strcmp(is, wants[i].good[k]) == 0;
		if (!ok)
			return is == NULL ? "" : is;
	}
	return NULL;
}

static void
signer_check(struct check *c, const struct json *signer, const char *member)
{
	CLEANUP(freep)
	char *policy = xasprintf("%s" ESS_POLICY_ARC,
	    c->hint->oid_base == NULL ? ESS_EXAMPLE_ARC : c->hint->oid_base);
	const char *fault = signer_fault(signer);
	const char *chain = jsonx_get_str(signer, "chain");
	enum tag level;

	if (fault != NULL) {
		rule_add(c->f, IR_SIG_INVALID, member, NULL, fault);
		return;
	}
	level = asic_label_check(
	    jsonx_get(signer, "security_labels"), policy, member, c->f);
	if (level > c->label)
		c->label = level;
	if (chain == NULL || strcmp(chain, "trusted") != 0)
		rule_add(c->f, IR_SIG_UNKNOWN, member, NULL,
		    jsonx_get_str(signer, "subject"));
}

/* All signers of one signature must be good. */
static void
signers_check(struct check *c, struct json *answer, const char *member)
{
	const struct json *signers = jsonx_get(answer, "signers");

	if (!jsonx_get_bool(answer, "readable", false) ||
	    !jsonx_get_bool(answer, "detached", false) ||
	    jsonx_len(signers) == 0) {
		rule_add(c->f, IR_SIG_INVALID, member, NULL, "CMS");
		return;
	}
	for (size_t i = 0; i < jsonx_len(signers); i++)
		signer_check(c, jsonx_at(signers, i), member);
}

static int
signature_check(struct check *c, const struct asic_pair *pair,
    const struct signature_trust *trust, struct err *e)
{
	const struct intake_member *manifest = &c->in->members[pair->manifest];
	const struct intake_member *m = &c->in->members[pair->signature];
	CLEANUP(blob_unmap) struct blob cms = { 0 };
	CLEANUP(jsonx_freep) struct json *answer = NULL;
	struct signature_job job = { .purpose = SIGNATURE_CONTAINER,
		.at = c->hint->now,
		.trust = trust,
		.content_fd = manifest->fd };

	if (m->fd < 0 || m->size > LIMIT_CMS_BYTES) {
		rule_add(c->f, IR_SIG_INVALID, m->path, NULL, "CMS");
		return 0;
	}
	if (blob_map(m->fd, LIMIT_CMS_BYTES, &cms, e) < 0)
		return -1;
	job.cms = slice_of(cms.p, cms.n);
	if (signature_run(c->hosts->examine, &job, m->path, &answer, c->f, e) <
	    0)
		return -1;
	if (answer == NULL)
		return 0;
	signers_check(c, answer, m->path);
	jsonx_set_str(answer, "member", m->path);
	if (c->in->signatures == NULL)
		c->in->signatures = jsonx_array();
	jsonx_add(c->in->signatures, TAKE(answer));
	return 0;
}

/* By the anchors of the scheme that manifest.json names. */
int
container_signatures(struct check *c, struct err *e)
{
	CLEANUP(trust_done) struct trust t = { 0 };

	if (c->n_pairs == 0)
		return 0;
	if (c->in->scheme != NULL && trust_open(c->in->scheme, &t, e) < 0)
		return -1;
	for (size_t i = 0; i < c->n_pairs; i++)
		if (signature_check(c, &c->pairs[i], &t.lent, e) < 0)
			return -1;
	return 0;
}

/* The highest tag of the manifest, as it counts. */
static enum tag
declared_tag(const struct check *c)
{
	enum tag t = tag_parse(jsonx_get_str(c->manifest, "tag"));

	for (size_t i = 0; i < c->in->n_members; i++)
		if (c->in->members[i].declared > t)
			t = c->in->members[i].declared;
	return tag_level(t);
}

/*
 * The label speaks of the container as a whole: below its highest tag it says
 * nothing of a member, above it nobody knows which member is meant.
 */
void
container_label(struct check *c)
{
	if (c->label == TAG_NONE || c->label <= declared_tag(c))
		return;
	rule_add(c->f, IR_LABEL_CONTAINER, "manifest.json", "tag",
	    tag_name(c->label));
	for (size_t i = 0; i < c->in->n_members; i++)
		if (c->in->members[i].label < c->label)
			c->in->members[i].label = c->label;
}
