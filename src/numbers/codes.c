/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the columns and the codes that may stand in them. */
#include "nintei/numbers.h"

#include "numbers_int.h"

static const struct {
	enum number_column column;
	const char *code, *meaning;
} codes[] = {
#define CODE(column, code, meaning) { NUMBER_##column, #code, meaning },
#include "codes.inc"
#undef CODE
};

const char *
number_code_meaning(enum number_column c, const char *code)
{
	for (size_t i = 0; i < NELEM(codes); i++)
		if (codes[i].column == c &&
		    slice_eq_str(slice_str(code), codes[i].code))
			return codes[i].meaning;
	return NULL;
}

/* The same table for millions of rows, by the number that 1 and the code make.
 */
#define CODE_DIGITS 3
#define CODE_NUMBERS 2000
static const bool known[NUMBER_COLUMNS][CODE_NUMBERS] = {
#define CODE(column, code, meaning) [NUMBER_##column][1##code] = true,
#include "codes.inc"
#undef CODE
};

bool
number_code_is(enum number_column c, struct slice code)
{
	size_t v = 1;

	if (code.n > CODE_DIGITS)
		return false;
	for (size_t i = 0; i < code.n; i++) {
		if (code.p[i] < '0' || code.p[i] > '9')
			return false;
		v = v * 10 + (size_t)(code.p[i] - '0');
	}
	return v < CODE_NUMBERS && known[c][v];
}

static const char *const names[NUMBER_COLUMNS] = {
	[NUMBER_SEQUENCE] = "sequenceNumber",
	[NUMBER_NUMBER] = "corporateNumber",
	[NUMBER_PROCESS] = "process",
	[NUMBER_CORRECT] = "correct",
	[NUMBER_UPDATE_DATE] = "updateDate",
	[NUMBER_CHANGE_DATE] = "changeDate",
	[NUMBER_NAME] = "name",
	[NUMBER_NAME_IMAGE] = "nameImageId",
	[NUMBER_KIND] = "kind",
	[NUMBER_PREFECTURE] = "prefectureName",
	[NUMBER_CITY] = "cityName",
	[NUMBER_STREET] = "streetNumber",
	[NUMBER_ADDRESS_IMAGE] = "addressImageId",
	[NUMBER_PREFECTURE_CODE] = "prefectureCode",
	[NUMBER_CITY_CODE] = "cityCode",
	[NUMBER_POST_CODE] = "postCode",
	[NUMBER_OUTSIDE] = "addressOutside",
	[NUMBER_OUTSIDE_IMAGE] = "addressOutsideImageId",
	[NUMBER_CLOSE_DATE] = "closeDate",
	[NUMBER_CLOSE_CAUSE] = "closeCause",
	[NUMBER_SUCCESSOR] = "successorCorporateNumber",
	[NUMBER_CHANGE_CAUSE] = "changeCause",
	[NUMBER_ASSIGNMENT_DATE] = "assignmentDate",
	[NUMBER_LATEST] = "latest",
	[NUMBER_EN_NAME] = "enName",
	[NUMBER_EN_PREFECTURE] = "enPrefectureName",
	[NUMBER_EN_CITY] = "enCityName",
	[NUMBER_EN_OUTSIDE] = "enAddressOutside",
	[NUMBER_FURIGANA] = "furigana",
	[NUMBER_HIDDEN] = "hihyoji",
};

const char *
number_column_name(enum number_column c)
{
	return c < NUMBER_COLUMNS ? names[c] : "";
}
