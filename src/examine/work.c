/* SPDX-License-Identifier: Apache-2.0 */
/* What the confined child runs: one document to facts or findings. */
#include "examine_int.h"
#include <string.h>
#include "nintei/worker.h"

static const struct {
	unsigned kinds;
	struct finding_rule rule;
} rules[EXF_MAX] = {
#define KIND(k) EXF_KIND(k)
#define X(name, kinds, id, code, sev, article, ja, en) \
	[name] = { kinds, { id, code, sev, article, ja, en } },
#include "rules.inc"
#undef X
#undef KIND
};

const struct finding_rule *
exf_rule(unsigned code, enum examine_kind kind)
{
	if (code == EXF_NONE || code >= EXF_MAX ||
	    (rules[code].kinds & EXF_KIND(kind)) == 0)
		return NULL;
	return &rules[code].rule;
}

static const struct {
	size_t max;
	enum exf fault;
} json_kinds[EXAMINE_KIND_MAX] = {
	[EXAMINE_MANIFEST] = { LIMIT_MANIFEST_BYTES, EXF_MANIFEST_JSON },
	[EXAMINE_FORM] = { LIMIT_FORM_BYTES, EXF_FORM_JSON },
	[EXAMINE_REGISTRY] = { LIMIT_FORM_BYTES, EXF_REGISTRY_JSON },
};

/* The parser's message without what it quotes of the document. */
static void
cut_quote(char *detail)
{
	char *near = strstr(detail, " near '");

	if (near != NULL)
		*near = '\0';
}

static void
json_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err e = ERR_INIT;

	if (jsonx_parse(in, json_kinds[w->kind].max, &j, &e) < 0) {
		cut_quote(e.detail);
		xd_finding(w, json_kinds[w->kind].fault, e.detail);
		return;
	}
	xd_tree(w, j);
}

static void (*const readers[EXAMINE_KIND_MAX])(
    struct slice in, struct xd_writer *w) = {
	[EXAMINE_MANIFEST] = json_examine,
	[EXAMINE_FORM] = json_examine,
	[EXAMINE_REGISTRY] = json_examine,
	[EXAMINE_CSR] = csr_examine,
	[EXAMINE_XLSX] = office_examine,
	[EXAMINE_DOCX] = office_examine,
	[EXAMINE_PDF] = pdf_examine,
	[EXAMINE_RUNS] = pdf_examine,
	[EXAMINE_PLAIN] = plain_examine,
	[EXAMINE_SIGNATURE] = signature_examine,
	[EXAMINE_ASIC] = asic_examine,
	[EXAMINE_BAG] = bag_examine,
};

int
examine_work(uint32_t kind, struct slice in, int out_fd)
{
	struct xd_writer w = { .kind = (enum examine_kind)kind,
		.fd = out_fd,
		.pending = BUF_INIT(KIB(80)) };

	if (kind >= EXAMINE_KIND_MAX || readers[kind] == NULL)
		return 2;
	readers[kind](in, &w);
	return xd_finish(&w);
}

const struct worker_class *
examine_worker_class(void)
{
	static const struct worker_class class = {
		.name = "examine",
		.run = examine_work,
		.warm = examine_warm,
		.limits = { .cpu_seconds = LIMIT_EXAMINE_CPU_SECONDS,
		    .wall_seconds = LIMIT_EXAMINE_WALL_SECONDS,
		    .data_bytes = LIMIT_WORKER_DATA_BYTES },
	};

	return &class;
}
