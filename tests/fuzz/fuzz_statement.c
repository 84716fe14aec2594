/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: signer_dispatch (sign-statement) */
#include <string.h>

#include "nintei/conf.h"
#include "nintei/enc.h"
#include "nintei/instant.h"
#include "nintei/jsonx.h"
#include "nintei/statement.h"
#include "signer_fuzz.h"

static void
log_set(struct json *j)
{
	static struct sign_hello hello;
	CLEANUP(buf_free) struct buf reply = BUF_INIT(KIB(4));
	struct json *log = jsonx_object();
	struct err e = ERR_INIT;
	struct rd r;
	char hex[65];

	if (signer_dispatch(signer_get(), SIGNER_SERVING, OP_SIGN_HELLO,
		slice_of(NULL, 0), &reply, &e) < 0)
		abort();
	r = rd_init(buf_slice(&reply));
	if (sign_hello_decode(&r, &hello, &e) < 0)
		abort();
	jsonx_set_int(log, "size", (int64_t)hello.size);
	jsonx_set_str(log, "root", hex_encode(hello.root, 32, hex));
	jsonx_set(j, "log", log);
}

static const char *
authority_name(void)
{
	static struct config *c;
	struct err e = ERR_INIT;

	if (c == NULL && config_load(home, &c, &e) < 0)
		abort();
	return c->authority.name;
}

/* What no input can guess, where it has the member. */
static void
fill(struct json *j)
{
	struct clock clock = clock_system();
	int64_t now = clock_now(&clock);
	char text[INSTANT_TEXT];

	if (jsonx_get(j, "authority") != NULL)
		jsonx_set_str(j, "authority", authority_name());
	if (jsonx_get(j, "at") != NULL)
		jsonx_set_str(j, "at", instant_format(now, text));
	if (jsonx_get(j, "not_after") != NULL)
		jsonx_set_str(j, "not_after", instant_format(now + 60, text));
	if (jsonx_get(j, "log") != NULL)
		log_set(j);
}

/* One who has issued nothing can say of nothing that it is there. */
static void
judged(const struct json *j)
{
	const char *schema = jsonx_get_str(j, "schema");

	if (strcmp(schema, STATEMENT_ABSENCE) != 0 &&
	    (strcmp(schema, STATEMENT_EXPORT) != 0 ||
		jsonx_len(jsonx_get(j, "entries")) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(256));
	CLEANUP(buf_free) struct buf request = BUF_INIT(KIB(256));
	CLEANUP(buf_free) struct buf reply = BUF_INIT(KIB(64));
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err e = ERR_INIT;

	signer_get();
	if (jsonx_parse(slice_of(data, n), KIB(64), &j, &e) < 0 ||
	    jsonx_kind(j) != JSON_KIND_OBJECT)
		return 0;
	fill(j);
	jsonx_canonical(j, &text);
	wr_bytes(&request, buf_slice(&text));
	e = (struct err)ERR_INIT;
	if (signer_dispatch(signer_get(), SIGNER_SERVING, OP_SIGN_STATEMENT,
		buf_slice(&request), &reply, &e) == 0)
		judged(j);
	else if (e.code == E_OK)
		abort();
	return 0;
}
