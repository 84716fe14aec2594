/* SPDX-License-Identifier: Apache-2.0 */
/* form-a.yaml, tags.yaml and registry.yaml. */
#include "scheme_int.h"

#include <string.h>
#include <strings.h>

static const char *const type_names[FORM_MAX] = { [FORM_NONE] = "",
	[FORM_TEXT] = "text",
	[FORM_DATE] = "date",
	[FORM_URL] = "url",
	[FORM_EMAIL] = "email",
	[FORM_PHONE] = "phone",
	[FORM_CORPORATE_NUMBER] = "corporate_number",
	[FORM_CERT_NUMBER] = "cert_number",
	[FORM_YES_NO] = "yes_no",
	[FORM_KIND] = "kind",
	[FORM_CLASS] = "class" };

const char *
form_type_name(enum form_type t)
{
	return t < FORM_MAX ? type_names[t] : "";
}

static enum form_type
type_parse(const char *name)
{
	enum form_type t;

	for (t = FORM_TEXT; t < FORM_MAX; t++)
		if (strcmp(type_names[t], name) == 0)
			return t;
	return FORM_NONE;
}

static int
build_field(const struct field_yaml *y, struct form_field *out, struct err *e)
{
	static const char *const tags[] = { "public", "internal", "secret",
		"personal", NULL };
	int64_t max;

	out->id = y->id;
	out->label_ja = y->label_ja;
	out->label_en = y->label_en;
	out->tag = y->tag;
	out->type = type_parse(y->type);
	if (out->type == FORM_NONE)
		return err_set(e, E_CONFIG, "field %s: unknown type %.40s",
		    y->id, y->type);
	if (!word_known(y->tag, tags))
		return err_set(
		    e, E_CONFIG, "field %s: unknown tag %.40s", y->id, y->tag);
	if (conf_int(y->max_chars, "max_chars", 1, 4000, &max, e) < 0)
		return err_wrap(e, "field %s", y->id);
	out->max_chars = (unsigned)max;
	return kinds_of(&y->required, "required", &out->required, e);
}

int
build_form(struct scheme_box *b, struct err *e)
{
	const struct form_yaml *y = b->yaml[PART_FORM_A];
	const struct field_yaml *rows = y->fields.items;
	struct form_field *out = box_calloc(b, y->fields.n, sizeof(*out));
	size_t i, n;

	b->s.form_a = out;
	for (i = 0; i < y->fields.n; i++) {
		n = strspn(rows[i].id, "abcdefghijklmnopqrstuvwxyz_0123456789");
		if (n == 0 || n > SCHEME_ID_MAX || rows[i].id[n] != '\0' ||
		    scheme_form_field(&b->s, rows[i].id) != NULL)
			return err_set(e, E_CONFIG,
			    "field %.40s: no id, or it stands twice",
			    rows[i].id);
		if (build_field(&rows[i], &out[i], e) < 0)
			return -1;
		b->s.n_form_a = i + 1;
	}
	return 0;
}

static const char *const levels[] = { "public", "confidential", "secret",
	"top_secret", "ask", "none", NULL };

/* 8-4-4-4-12 hex digits, in any case. */
static bool
guid_valid(const char *guid)
{
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (guid[i] == '\0' ||
		    strchr(dash ? "-" : "0123456789abcdefABCDEF", guid[i]) ==
			NULL)
			return false;
	}
	return guid[36] == '\0';
}

static int
build_labels(struct scheme_box *b, struct err *e)
{
	const struct tags_yaml *y = b->yaml[PART_TAGS];
	const struct label_yaml *rows = y->labels.items;
	struct scheme_label *out = box_calloc(b, y->labels.n, sizeof(*out));
	size_t i, k;

	for (i = 0; i < y->labels.n; i++) {
		if (!guid_valid(rows[i].guid) ||
		    !word_known(rows[i].level, levels))
			return err_set(e, E_CONFIG,
			    "label %zu: no GUID, or unknown level %.40s", i + 1,
			    rows[i].level);
		for (k = 0; k < i; k++)
			if (strcasecmp(rows[k].guid, rows[i].guid) == 0)
				return err_set(e, E_CONFIG,
				    "label %zu: the GUID stands twice", i + 1);
		out[i] = (struct scheme_label){ rows[i].guid,
			text_of(rows[i].name), rows[i].level };
	}
	b->s.labels = out;
	b->s.n_labels = y->labels.n;
	return 0;
}

int
build_tags(struct scheme_box *b, struct err *e)
{
	const struct tags_yaml *y = b->yaml[PART_TAGS];
	const struct mark_yaml *rows = y->marks.items;
	struct scheme_mark *out = box_calloc(b, y->marks.n, sizeof(*out));
	size_t i;

	/* A missing tag counts as secret: no policy lowers that. */
	if (strcmp(y->otherwise, "secret") != 0)
		return err_set(e, E_CONFIG, "default: want secret");
	for (i = 0; i < y->marks.n; i++) {
		if (!word_known(rows[i].level, levels) ||
		    rows[i].text[0] == '\0')
			return err_set(e, E_CONFIG,
			    "mark %zu: no text, or unknown level %.40s", i + 1,
			    rows[i].level);
		out[i] = (struct scheme_mark){ rows[i].text, rows[i].level,
			text_of(rows[i].handling) };
	}
	b->s.marks = out;
	b->s.n_marks = y->marks.n;
	return build_labels(b, e);
}

/* A period, or "policy": registry_paper_max_age of params.yaml. */
static int
build_age(const struct proof_yaml *y, const struct params *p,
    struct period *out, struct err *e)
{
	struct err why = ERR_INIT;

	if (y->max_age == NULL)
		return 0;
	if (strcmp(y->max_age, "policy") == 0) {
		*out = p->registry_paper_max_age;
		return 0;
	}
	if (period_parse(y->max_age, out, &why) < 0)
		return err_set(
		    e, E_CONFIG, "proof %.40s: %s", y->form, why.detail);
	return 0;
}

static int
build_proof(const struct proof_yaml *y, const struct params *p,
    struct scheme_proof *out, struct err *e)
{
	static const char *const grades[] = { "strong", "medium", "weak",
		NULL };
	static const char *const forms[] = { "electronic_certificate",
		"signed_paper", "inquiry_number", "extract", "paper",
		"public_paper", NULL };

	out->role = y->role;
	out->form = y->form;
	out->grade = y->grade;
	if (!role_known(y->role) || !word_known(y->grade, grades))
		return err_set(
		    e, E_CONFIG, "proof %.40s: unknown role or grade", y->form);
	if (!word_known(y->form, forms))
		return err_set(
		    e, E_CONFIG, "proof %.40s: unknown form", y->form);
	return build_age(y, p, &out->max_age, e);
}

int
build_registry(struct scheme_box *b, struct err *e)
{
	const struct registry_yaml *y = b->yaml[PART_REGISTRY];
	const struct proof_yaml *proofs = y->proofs.items;
	const struct anchor_yaml *anchors = y->anchors.items;
	struct scheme_proof *proof = box_calloc(b, y->proofs.n, sizeof(*proof));
	struct scheme_anchor *anchor =
	    box_calloc(b, y->anchors.n, sizeof(*anchor));
	size_t i;

	for (i = 0; i < y->proofs.n; i++)
		if (build_proof(&proofs[i], &b->s.params, &proof[i], e) < 0)
			return -1;
	if (y->anchors.n > SCHEME_TRUST_PARTS ||
	    y->crls.n > SCHEME_TRUST_PARTS || y->ocsp.n > SCHEME_TRUST_PARTS)
		return err_set(e, E_CONFIG, "want at most %d files of a kind",
		    SCHEME_TRUST_PARTS);
	for (i = 0; i < y->anchors.n; i++)
		anchor[i] = (struct scheme_anchor){ anchors[i].name,
			anchors[i].file, anchors[i].sha256 };
	b->s.proofs = proof;
	b->s.n_proofs = y->proofs.n;
	b->s.anchors = anchor;
	b->s.n_anchors = y->anchors.n;
	b->s.crls = texts_of(&y->crls);
	b->s.n_crls = y->crls.n;
	b->s.ocsp = texts_of(&y->ocsp);
	b->s.n_ocsp = y->ocsp.n;
	return 0;
}
