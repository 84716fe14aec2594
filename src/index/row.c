/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as tables of members: binding, reading, copying. */
#include "nintei/index.h"

#include <stddef.h>
#include <stdlib.h>

#include "index_int.h"

#define TEXT(type, name)                           \
	{                                          \
		false, offsetof(struct type, name) \
	}
#define INT(type, name)                           \
	{                                         \
		true, offsetof(struct type, name) \
	}

/* clang-format off */
static const struct member dossier[] = {
	TEXT(index_dossier, id), TEXT(index_dossier, scheme),
	TEXT(index_dossier, kind), TEXT(index_dossier, applicant),
	TEXT(index_dossier, applicant_name),
	TEXT(index_dossier, corporate_number),
	TEXT(index_dossier, service_name), TEXT(index_dossier, service_url),
	TEXT(index_dossier, state), INT(index_dossier, received_at),
	TEXT(index_dossier, number), TEXT(index_dossier, base),
	TEXT(index_dossier, head), INT(index_dossier, seq),
	INT(index_dossier, next_clock), TEXT(index_dossier, view),
};
static const struct member machine[] = {
	TEXT(index_machine, dossier), TEXT(index_machine, machine),
	TEXT(index_machine, instance), TEXT(index_machine, state),
	TEXT(index_machine, flags),
};
static const struct member event[] = {
	TEXT(index_event, dossier), INT(index_event, seq),
	TEXT(index_event, machine), TEXT(index_event, event),
	INT(index_event, recorded_at), TEXT(index_event, actor),
	TEXT(index_event, role), TEXT(index_event, article),
	TEXT(index_event, hash),
};
static const struct member document[] = {
	TEXT(index_document, dossier), INT(index_document, n),
	TEXT(index_document, role), INT(index_document, size),
	TEXT(index_document, tag), TEXT(index_document, commitment),
	TEXT(index_document, blob),
};
static const struct member decision[] = {
	TEXT(index_decision, id), TEXT(index_decision, dossier),
	TEXT(index_decision, kind), TEXT(index_decision, outcome),
	TEXT(index_decision, state), INT(index_decision, expires_at),
};
static const struct member certification[] = {
	TEXT(index_certification, number), TEXT(index_certification, dossier),
	TEXT(index_certification, scheme), TEXT(index_certification, state),
	TEXT(index_certification, service),
	TEXT(index_certification, operator_name),
	TEXT(index_certification, corporate_number),
	TEXT(index_certification, certified_on),
	TEXT(index_certification, valid_through),
	TEXT(index_certification, serial), TEXT(index_certification, search),
	TEXT(index_certification, view), INT(index_certification, changed),
};
static const struct member version[] = {
	TEXT(index_version, number), INT(index_version, n),
	INT(index_version, at), INT(index_version, recorded_at),
	TEXT(index_version, view),
};
static const struct member publication[] = {
	INT(index_publication, log_index), TEXT(index_publication, dossier),
	TEXT(index_publication, kind), TEXT(index_publication, instance),
	TEXT(index_publication, scheme), TEXT(index_publication, number),
	TEXT(index_publication, view),
};
static const struct member owed[] = {
	TEXT(index_owed, cause), TEXT(index_owed, dossier),
	TEXT(index_owed, machine), TEXT(index_owed, event),
	TEXT(index_owed, source), INT(index_owed, seq),
};
static const struct member deadline[] = {
	TEXT(index_deadline, dossier), INT(index_deadline, n),
	TEXT(index_deadline, date), TEXT(index_deadline, what),
	TEXT(index_deadline, article),
};

static const struct member fee[] = {
	TEXT(index_fee, dossier), INT(index_fee, seq), INT(index_fee, n),
	TEXT(index_fee, date), INT(index_fee, recorded_at),
	TEXT(index_fee, scheme), TEXT(index_fee, kind), TEXT(index_fee, what),
	INT(index_fee, amount),
};

#define SHAPE(name) \
	const struct row_shape shape_##name = { name, NELEM(name), \
		sizeof(struct index_##name) }
SHAPE(dossier);
SHAPE(machine);
SHAPE(event);
SHAPE(document);
SHAPE(decision);
SHAPE(certification);
SHAPE(version);
SHAPE(publication);
SHAPE(owed);
SHAPE(deadline);
SHAPE(fee);
/* clang-format on */

static const char *
text_at(const void *row, const struct member *m)
{
	const void *at = (const uint8_t *)row + m->at;
	const char *const *text = at;

	return *text;
}

static void
text_set(void *row, const struct member *m, const char *text)
{
	void *at = (uint8_t *)row + m->at;
	const char **to = at;

	*to = text;
}

static int64_t
int_at(const void *row, const struct member *m)
{
	const void *at = (const uint8_t *)row + m->at;
	const int64_t *value = at;

	return *value;
}

static void
int_set(void *row, const struct member *m, int64_t value)
{
	void *at = (uint8_t *)row + m->at;
	int64_t *to = at;

	*to = value;
}

struct sqlx_args
row_bind(
    const struct row_shape *shape, const void *row, struct sqlx_value *values)
{
	for (unsigned i = 0; i < shape->n; i++) {
		const struct member *m = &shape->members[i];

		values[i] = m->is_int ? sqlx_int(int_at(row, m))
				      : sqlx_text(text_at(row, m));
	}
	return (struct sqlx_args){ values, shape->n };
}

void
row_read(const struct row_shape *shape, const struct sqlx_row *from, void *row)
{
	for (unsigned i = 0; i < shape->n; i++) {
		const struct member *m = &shape->members[i];

		if (m->is_int)
			int_set(row, m, sqlx_row_int(from, (int)i));
		else
			text_set(row, m, sqlx_row_text(from, (int)i));
	}
}

/* Two passes: hold moves while it grows. */
int
row_hold(
    const struct row_shape *shape, void *row, struct buf *hold, struct err *e)
{
	size_t at[ROW_COLUMNS_MAX];

	for (unsigned i = 0; i < shape->n; i++) {
		const struct member *m = &shape->members[i];

		at[i] = hold->n;
		if (m->is_int || text_at(row, m) == NULL)
			continue;
		buf_puts(hold, text_at(row, m));
		buf_putc(hold, '\0');
	}
	if (!buf_ok(hold))
		return err_set(e, E_LIMIT, "row too long");
	for (unsigned i = 0; i < shape->n; i++) {
		const struct member *m = &shape->members[i];

		if (!m->is_int && text_at(row, m) != NULL)
			text_set(row, m, (const char *)hold->p + at[i]);
	}
	return 0;
}
