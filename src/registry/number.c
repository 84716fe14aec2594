/* SPDX-License-Identifier: Apache-2.0 */
/* Corporate numbers: check digit, folding, structure (FACTS 7.1). */
#include "nintei/registry.h"
#include <string.h>
#include "registry_int.h"

#define DIGITS 13

/* 9 - (sum of Pn * Qn mod 9), n from the lowest digit, Qn 1 or 2. */
static int
check_digit(const char *base)
{
	int sum = 0;

	for (int n = 1; n < DIGITS; n++)
		sum += (base[DIGITS - 1 - n] - '0') * (n % 2 == 1 ? 1 : 2);
	return 9 - sum % 9;
}

enum number_fault
registry_number_check(const char *text)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (n == 0)
		return NUMBER_FAULT_EMPTY;
	if (strspn(text, "0123456789") != n)
		return NUMBER_FAULT_CHARACTER;
	if (n != DIGITS)
		return n == DIGITS - 1 ? NUMBER_FAULT_TWELVE
				       : NUMBER_FAULT_LENGTH;
	if (text[0] - '0' != check_digit(text + 1))
		return NUMBER_FAULT_CHECK_DIGIT;
	return NUMBER_FAULT_NONE;
}

/* A digit in ASCII or full width, else -1. */
static int
digit_of(uint32_t c)
{
	if (rune_is_digit(c))
		return (int)c;
	return c >= 0xFF10 && c <= 0xFF19 ? (int)(c - 0xFF10) + '0' : -1;
}

static bool
is_filler(uint32_t c)
{
	return c == ' ' || c == 0x3000 || rune_is_dash(c);
}

enum number_fault
registry_number_fold(const char *text, char out[CORPORATE_NUMBER_TEXT])
{
	CLEANUP(runes_free) struct runes r = { 0 };
	char folded[32] = "";
	enum number_fault fault;
	size_t n = 0, i = 0;

	if (text == NULL || text[0] == '\0')
		return NUMBER_FAULT_EMPTY;
	if (!runes_decode(text, &r) || r.n > 64)
		return NUMBER_FAULT_CHARACTER;
	while (is_filler(runes_at(&r, i)))
		i++;
	if (runes_at(&r, i) == 'T' || runes_at(&r, i) == 0xFF34)
		i++;
	for (; i < r.n; i++) {
		int d = digit_of(r.p[i]);

		if (d < 0 && !is_filler(r.p[i]))
			return NUMBER_FAULT_CHARACTER;
		if (d >= 0 && n < sizeof(folded) - 1)
			folded[n++] = (char)d;
	}
	folded[n] = '\0';
	if ((fault = registry_number_check(folded)) == NUMBER_FAULT_NONE)
		for (n = 0; n < CORPORATE_NUMBER_TEXT; n++)
			out[n] = folded[n];
	return fault;
}

/* Ranges of the base by its first digits, most special first. */
static const struct {
	const char *prefix;
	enum number_structure is;
} ranges[] = {
	{ "000011", NUMBER_LEGISLATIVE },
	{ "000012", NUMBER_ADMINISTRATIVE },
	{ "000013", NUMBER_JUDICIAL },
	{ "000020", NUMBER_LOCAL },
	{ "000030", NUMBER_LOCAL },
	{ "7", NUMBER_NOT_REGISTERED },
};

/* Registered: office 0100 to 5000, kind of organisation 01 to 05. */
static bool
is_registered(const char *base)
{
	char office[5] = { base[0], base[1], base[2], base[3], '\0' };

	return strcmp(office, "0100") >= 0 && strcmp(office, "5000") <= 0 &&
	    base[4] == '0' && base[5] >= '1' && base[5] <= '5';
}

enum number_structure
registry_number_structure(const char *number)
{
	if (registry_number_check(number) != NUMBER_FAULT_NONE)
		return NUMBER_NONE;
	number++;
	for (size_t i = 0; i < NELEM(ranges); i++)
		if (strncmp(number, ranges[i].prefix,
			strlen(ranges[i].prefix)) == 0)
			return ranges[i].is;
	return is_registered(number) ? NUMBER_REGISTERED : NUMBER_UNUSED;
}

const char *
number_structure_name(enum number_structure s)
{
	static const char *const names[NUMBER_STRUCTURE_MAX] = {
		[NUMBER_NONE] = "-",
		[NUMBER_LEGISLATIVE] = "legislative",
		[NUMBER_ADMINISTRATIVE] = "administrative",
		[NUMBER_JUDICIAL] = "judicial",
		[NUMBER_LOCAL] = "local",
		[NUMBER_REGISTERED] = "registered",
		[NUMBER_NOT_REGISTERED] = "not_registered",
		[NUMBER_UNUSED] = "unused",
	};

	return s < NUMBER_STRUCTURE_MAX ? names[s] : "-";
}

const char *
number_fault_name(enum number_fault f)
{
	static const char *const names[NUMBER_FAULT_MAX] = {
		[NUMBER_FAULT_NONE] = "ok",
		[NUMBER_FAULT_EMPTY] = "empty",
		[NUMBER_FAULT_CHARACTER] = "character",
		[NUMBER_FAULT_TWELVE] = "twelve_digits",
		[NUMBER_FAULT_LENGTH] = "length",
		[NUMBER_FAULT_CHECK_DIGIT] = "check_digit",
	};

	return f < NUMBER_FAULT_MAX ? names[f] : "character";
}
