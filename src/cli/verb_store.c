/* SPDX-License-Identifier: Apache-2.0 */
/* nintei init and nintei index: the home of an authority. */
#include "cli_int.h"

#include <inttypes.h>

#include "nintei/authority.h"
#include "nintei/office.h"

static void
line(void *arg, const char *text)
{
	cli_note(arg, "%s", text);
}

int
verb_init(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *policies = NULL;
	CLEANUP(jsonx_freep) struct json *o = NULL;
	struct authority_options options = { .home = c->a.home,
		.name = c->a.name,
		.name_en = c->a.name_en,
		.https = c->a.https,
		.http = c->a.http,
		.oid_base = c->a.oid_base,
		.development = c->a.development,
		.clock = clock_system(),
		.say = line,
		.arg = c };

	if (local_policies(c, &policies, e) < 0)
		return -1;
	options.policies = policies;
	if (authority_init(&options, e) < 0)
		return -1;
	if (!c->a.json)
		return 0;
	o = jsonx_object();
	jsonx_set_str(o, "home", c->a.home);
	jsonx_set_bool(o, "development", c->a.development);
	print_json(o);
	return 0;
}

int
index_rebuild(struct cli *c, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	uint64_t events = 0;

	if (office_index_rebuild(c->a.home, &events, e) < 0)
		return -1;
	jsonx_set_int(o, "events", (int64_t)events);
	if (c->a.json)
		print_json(o);
	else
		printf("%" PRIu64 " %s\n", events,
		    cli_say(
			c, "件の出来事から作り直しました", "events replayed"));
	return 0;
}
