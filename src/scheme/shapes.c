/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of each policy file (INTERFACE 7, ARCHITECTURE 5). */
#include "scheme_int.h"

#define TEXT(type, field, need)                                             \
	{                                                                   \
#field, CONF_TEXT, need, offsetof(struct type, field), NULL \
	}
#define LIST(type, field, need, of)                                       \
	{                                                                 \
#field, CONF_LIST, need, offsetof(struct type, field), of \
	}
#define SHAPE(type, rows)                              \
	{                                              \
		rows, NELEM(rows), sizeof(struct type) \
	}

static const struct conf_field guideline_fields[] = {
	TEXT(guideline_yaml, name, true),
	TEXT(guideline_yaml, publisher, true),
	TEXT(guideline_yaml, date, true),
};
static const struct conf_shape guideline_shape =
    SHAPE(guideline_yaml, guideline_fields);

static const struct conf_field version_fields[] = {
	TEXT(version_yaml, rule_version, true),
	TEXT(version_yaml, policy, false),
	TEXT(version_yaml, text, false),
	TEXT(version_yaml, sha256, false),
};
static const struct conf_shape version_shape =
    SHAPE(version_yaml, version_fields);

static const struct conf_field slip_fields[] = {
	TEXT(slip_yaml, article, true),
	TEXT(slip_yaml, text, true),
	TEXT(slip_yaml, note, true),
};
static const struct conf_shape slip_shape = SHAPE(slip_yaml, slip_fields);

static const struct conf_field remark_fields[] = {
	TEXT(remark_yaml, about, true),
	TEXT(remark_yaml, known, true),
	TEXT(remark_yaml, source, false),
	TEXT(remark_yaml, note, true),
};
static const struct conf_shape remark_shape = SHAPE(remark_yaml, remark_fields);

static const struct conf_field slot_fields[] = {
	TEXT(slot_yaml, role, true),
	TEXT(slot_yaml, alternative, false),
	TEXT(slot_yaml, required, true),
	LIST(slot_yaml, kinds, true, NULL),
	TEXT(slot_yaml, article, true),
};
static const struct conf_shape slot_shape = SHAPE(slot_yaml, slot_fields);

static const struct conf_field fee_fields[] = {
	TEXT(fee_yaml, kind, true),
	TEXT(fee_yaml, member, true),
	TEXT(fee_yaml, amount, true),
	TEXT(fee_yaml, from, true),
};
static const struct conf_shape fee_shape = SHAPE(fee_yaml, fee_fields);

static const struct conf_field scheme_fields[] = {
	TEXT(scheme_yaml, id, true),
	TEXT(scheme_yaml, name_ja, true),
	TEXT(scheme_yaml, name_en, true),
	LIST(scheme_yaml, classes, true, NULL),
	{ "guideline", CONF_MAP, true, offsetof(struct scheme_yaml, guideline),
	    &guideline_shape },
	LIST(scheme_yaml, versions, true, &version_shape),
	TEXT(scheme_yaml, number_prefix, true),
	TEXT(scheme_yaml, term_years, true),
	TEXT(scheme_yaml, renewal_opens_days, true),
	TEXT(scheme_yaml, renewal_closes_days, true),
	TEXT(scheme_yaml, bar_years, true),
	LIST(scheme_yaml, publish_items, true, NULL),
	TEXT(scheme_yaml, mark_other_scope, true),
	LIST(scheme_yaml, mark_media, true, NULL),
	TEXT(scheme_yaml, papers_to, true),
	LIST(scheme_yaml, users, false, NULL),
	TEXT(scheme_yaml, compares, false),
	TEXT(scheme_yaml, delegate_knowledge, false),
	LIST(scheme_yaml, slips, false, &slip_shape),
	LIST(scheme_yaml, slots, true, &slot_shape),
	LIST(scheme_yaml, fees, true, &fee_shape),
	LIST(scheme_yaml, remarks, false, &remark_shape),
};
static const struct conf_shape scheme_shape = SHAPE(scheme_yaml, scheme_fields);

static const struct conf_field item_fields[] = {
	TEXT(item_yaml, id, true),
	TEXT(item_yaml, group, true),
	TEXT(item_yaml, item, true),
	TEXT(item_yaml, written, true),
	TEXT(item_yaml, requirement, true),
	TEXT(item_yaml, check, false),
	TEXT(item_yaml, op, false),
	TEXT(item_yaml, value, false),
	TEXT(item_yaml, unit, false),
	LIST(item_yaml, choices, false, NULL),
	TEXT(item_yaml, provenance, true),
};
static const struct conf_shape item_shape = SHAPE(item_yaml, item_fields);
static const struct conf_field criteria_fields[] = {
	LIST(criteria_yaml, items, true, &item_shape),
};
static const struct conf_shape criteria_shape =
    SHAPE(criteria_yaml, criteria_fields);

static const struct conf_field field_fields[] = {
	TEXT(field_yaml, id, true),
	TEXT(field_yaml, label_ja, true),
	TEXT(field_yaml, label_en, true),
	TEXT(field_yaml, type, true),
	LIST(field_yaml, required, true, NULL),
	TEXT(field_yaml, max_chars, true),
	TEXT(field_yaml, tag, true),
};
static const struct conf_shape field_shape = SHAPE(field_yaml, field_fields);
static const struct conf_field form_fields[] = {
	LIST(form_yaml, fields, true, &field_shape),
};
static const struct conf_shape form_shape = SHAPE(form_yaml, form_fields);

static const struct conf_field profile_fields[] = {
	TEXT(profile_yaml, policy_oid, true),
	TEXT(profile_yaml, ca_name, true),
	TEXT(profile_yaml, ca_years, true),
	TEXT(profile_yaml, cps_path, true),
	TEXT(profile_yaml, user_notice, false),
	TEXT(profile_yaml, guideline, true),
	TEXT(profile_yaml, designated_path, true),
	TEXT(profile_yaml, mark_path, true),
	TEXT(profile_yaml, document_signing, true),
};
static const struct conf_shape profile_shape =
    SHAPE(profile_yaml, profile_fields);

static const struct conf_field mark_fields[] = {
	TEXT(mark_yaml, text, true),
	TEXT(mark_yaml, level, true),
	TEXT(mark_yaml, handling, false),
};
static const struct conf_shape mark_shape = SHAPE(mark_yaml, mark_fields);
static const struct conf_field label_fields[] = {
	TEXT(label_yaml, guid, true),
	TEXT(label_yaml, name, false),
	TEXT(label_yaml, level, true),
};
static const struct conf_shape label_shape = SHAPE(label_yaml, label_fields);
static const struct conf_field tags_fields[] = {
	{ "default", CONF_TEXT, true, offsetof(struct tags_yaml, otherwise),
	    NULL },
	LIST(tags_yaml, marks, true, &mark_shape),
	LIST(tags_yaml, labels, false, &label_shape),
};
static const struct conf_shape tags_shape = SHAPE(tags_yaml, tags_fields);

static const struct conf_field proof_fields[] = {
	TEXT(proof_yaml, role, true),
	TEXT(proof_yaml, form, true),
	TEXT(proof_yaml, grade, true),
	TEXT(proof_yaml, max_age, false),
};
static const struct conf_shape proof_shape = SHAPE(proof_yaml, proof_fields);
static const struct conf_field anchor_fields[] = {
	TEXT(anchor_yaml, name, true),
	TEXT(anchor_yaml, file, true),
	TEXT(anchor_yaml, sha256, true),
};
static const struct conf_shape anchor_shape = SHAPE(anchor_yaml, anchor_fields);
static const struct conf_field registry_fields[] = {
	LIST(registry_yaml, proofs, true, &proof_shape),
	LIST(registry_yaml, anchors, true, &anchor_shape),
	LIST(registry_yaml, crls, false, NULL),
	LIST(registry_yaml, ocsp, false, NULL),
};
static const struct conf_shape registry_shape =
    SHAPE(registry_yaml, registry_fields);

const struct conf_shape *const part_shapes[PART_MAX] = {
	[PART_SCHEME] = &scheme_shape,
	[PART_CRITERIA] = &criteria_shape,
	[PART_FORM_A] = &form_shape,
	[PART_PROFILES] = &profile_shape,
	[PART_TAGS] = &tags_shape,
	[PART_REGISTRY] = &registry_shape,
	[PART_PARAMS] = &params_shape,
};
const char *const part_names[PART_MAX] = {
	[PART_SCHEME] = "scheme.yaml",
	[PART_CRITERIA] = "criteria.yaml",
	[PART_FORM_A] = "form-a.yaml",
	[PART_PROFILES] = "profiles.yaml",
	[PART_TAGS] = "tags.yaml",
	[PART_REGISTRY] = "registry.yaml",
	[PART_PARAMS] = "params.yaml",
};
