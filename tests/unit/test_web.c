/* SPDX-License-Identifier: Apache-2.0 */
/* GCRA by the clock, and addresses that share a limit. */
#include <stdio.h>
#include <stdlib.h>

#include "support/support.h"
#include "web_int.h"

static struct rate *
rate_make(unsigned count, unsigned period, unsigned burst)
{
	struct rate *r = calloc(1, sizeof(*r));
	struct web_config c;
	struct err e = ERR_INIT;

	web_config_default(&c);
	c.reads = (struct web_rate){ count, period, burst };
	ck_ok(rate_init(r, &c, &e), &e);
	return r;
}

static unsigned
take(struct rate *r, const char *peer, int64_t ms)
{
	return rate_take(r, RATE_READ, peer, false, ms);
}

START_TEST(a_burst_then_the_rate)
{
	struct rate *r = rate_make(2, 1, 5);
	int64_t t = 1000000;

	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(take(r, "192.0.2.1", t), 0);
	ck_assert_uint_eq(take(r, "192.0.2.1", t), 1);
	ck_assert_uint_eq(take(r, "192.0.2.1", t + 499), 1);
	ck_assert_uint_eq(take(r, "192.0.2.1", t + 500), 0);
	ck_assert_uint_eq(take(r, "192.0.2.1", t + 500), 1);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(take(r, "192.0.2.1", t + 10000), 0);
	free(r);
}
END_TEST

START_TEST(looking_does_not_count)
{
	struct rate *r = rate_make(1, 60, 1);

	for (unsigned i = 0; i < 9; i++)
		ck_assert_uint_eq(
		    rate_take(r, RATE_READ, "192.0.2.1", true, 5000), 0);
	ck_assert_uint_eq(take(r, "192.0.2.1", 5000), 0);
	ck_assert_uint_eq(rate_take(r, RATE_READ, "192.0.2.1", true, 5000), 60);
	free(r);
}
END_TEST

START_TEST(addresses_are_apart_but_a_prefix_is_one)
{
	struct rate *r = rate_make(1, 60, 1);

	ck_assert_uint_eq(take(r, "192.0.2.1", 5000), 0);
	ck_assert_uint_eq(take(r, "192.0.2.2", 5000), 0);
	ck_assert_uint_ne(take(r, "192.0.2.1", 5000), 0);
	ck_assert_uint_eq(take(r, "2001:db8:1:2::1", 5000), 0);
	ck_assert_uint_ne(take(r, "2001:db8:1:2:ffff::9", 5000), 0);
	ck_assert_uint_eq(take(r, "2001:db8:1:3::1", 5000), 0);
	free(r);
}
END_TEST

START_TEST(no_count_means_no_limit)
{
	struct rate *r = rate_make(0, 1, 0);

	for (unsigned i = 0; i < 1000; i++)
		ck_assert_uint_eq(take(r, "192.0.2.1", 5000), 0);
	free(r);
}
END_TEST

START_TEST(a_flood_of_addresses_keeps_the_worst)
{
	struct rate *r = rate_make(1, 3600, 1);
	char peer[32];

	for (unsigned i = 0; i < 20; i++)
		(void)take(r, "192.0.2.1", 5000);
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(peer, sizeof(peer), "10.%u.%u.1", i / 256, i % 256);
		(void)rate_take(r, RATE_READ, peer, true, 5000);
	}
	ck_assert_uint_ne(take(r, "192.0.2.1", 5000), 0);
	free(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("web");
	TCase *t = tcase_create("rate");

	tcase_add_test(t, a_burst_then_the_rate);
	tcase_add_test(t, looking_does_not_count);
	tcase_add_test(t, addresses_are_apart_but_a_prefix_is_one);
	tcase_add_test(t, no_count_means_no_limit);
	tcase_add_test(t, a_flood_of_addresses_keeps_the_worst);
	suite_add_tcase(s, t);
	return suite_main(s);
}
