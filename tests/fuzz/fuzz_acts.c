/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: acts_command_check acts_event_check acts_signed_part */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/acts.h"

#define CANON KIB(256)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What a signature covers is the same for the command and for its event. */
static void
signed_part_holds(enum machine m, const char *event, const struct json *data)
{
	CLEANUP(buf_free) struct buf once = BUF_INIT(CANON);
	CLEANUP(buf_free) struct buf again = BUF_INIT(CANON);
	CLEANUP(jsonx_freep) struct json *part = NULL;
	struct err e = ERR_INIT;

	acts_signed_part(m, event, data, &once);
	if (!buf_ok(&once))
		return;
	if (jsonx_parse_canonical(buf_slice(&once), CANON, &part, &e) < 0 ||
	    jsonx_get(part, "signature") != NULL)
		abort();
	acts_signed_part(m, event, part, &again);
	if (!slice_eq(buf_slice(&once), buf_slice(&again)))
		abort();
}

/* A client writes no member that is the server's, nor one of no table. */
static void
members_hold(enum machine m, const char *event, const struct json *data)
{
	const char *key;
	const struct json *v;

	for (size_t i = 0; jsonx_member(data, i, &key, &v); i++) {
		const struct flow_member *f = acts_member(m, event, key);

		if (f == NULL || f->server)
			abort();
	}
}

/* {"data", "event", "machine"} */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	const struct json *data;
	const char *event, *machine;
	enum machine m;
	struct err e = ERR_INIT;

	if (jsonx_parse(slice_of(p, n), KIB(64), &j, &e) < 0)
		return 0;
	event = jsonx_get_str(j, "event");
	machine = jsonx_get_str(j, "machine");
	data = jsonx_get(j, "data");
	if (event == NULL || machine == NULL)
		return 0;
	if (acts_event_check(machine, event, data, &e) < 0 && e.code != E_INPUT)
		abort();
	if ((m = machine_parse(machine)) == M_NONE)
		return 0;
	e = (struct err)ERR_INIT;
	if (acts_command_check(m, event, data, &e) == 0)
		members_hold(m, event, data);
	else if (e.code != E_INPUT)
		abort();
	signed_part_holds(m, event, data);
	return 0;
}
