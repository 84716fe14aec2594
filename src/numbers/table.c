/* SPDX-License-Identifier: Apache-2.0 */
/* store/numbers.sqlite: its tables and statements. */
#include "numbers_int.h"

/*
 * One entry a row of the agency, append only: in the order of arrival, the
 * index is made when all are there.  digest: of kept, to tell rows apart.
 */
static const char layout[] =
    "CREATE TABLE files (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
    "kind TEXT NOT NULL, whole INTEGER NOT NULL, as_of TEXT NOT NULL, "
    "sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, rows INTEGER NOT NULL, "
    "bad INTEGER NOT NULL, signature TEXT NOT NULL, signer TEXT NOT NULL, "
    "imported_at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE entries (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, "
    "digest INTEGER NOT NULL, file INTEGER NOT NULL, "
    "seq INTEGER NOT NULL, kept BLOB NOT NULL) "
    "STRICT;";

static const char *const statements[NST_MAX] = {
#define ST(name, sql) [NST_##name] = (sql),
#include "statements.inc"
#undef ST
};

const struct sqlx_plan numbers_plan_read = { .mode = SQLX_READ,
	.version = NUMBERS_LAYOUT,
	.statements = statements,
	.n = NST_MAX };
const struct sqlx_plan numbers_plan_bulk = { .mode = SQLX_BULK,
	.layout = layout,
	.version = NUMBERS_LAYOUT,
	.statements = statements,
	.n = NST_MAX };

int64_t
numbers_key(const char *number)
{
	int64_t key = 0;

	for (int i = 0; i < CORPORATE_NUMBER_TEXT - 1; i++)
		key = key * 10 + (number[i] - '0');
	return key;
}

void
numbers_key_text(int64_t key, char out[CORPORATE_NUMBER_TEXT])
{
	out[CORPORATE_NUMBER_TEXT - 1] = '\0';
	for (int i = CORPORATE_NUMBER_TEXT - 2; i >= 0; i--, key /= 10)
		out[i] = (char)('0' + key % 10);
}
