/* SPDX-License-Identifier: Apache-2.0 */
/* Names of companies as papers write them: same, look alike or different. */
#include "nintei/registry.h"
#include "registry_int.h"

const char *
name_verdict_name(enum name_verdict v)
{
	static const char *const names[NAME_VERDICT_MAX] = {
		[NAME_NONE] = "none",
		[NAME_SAME] = "same",
		[NAME_LOOK_ALIKE] = "look_alike",
		[NAME_DIFFERENT] = "different",
	};

	return v < NAME_VERDICT_MAX ? names[v] : "none";
}

enum name_verdict
registry_name_compare(const char *a, const char *b)
{
	CLEANUP(runes_free) struct runes ia = { 0 }, ib = { 0 };
	CLEANUP(runes_free) struct runes la = { 0 }, lb = { 0 };

	if (!fold_identity(a, &ia) || !fold_identity(b, &ib))
		return NAME_DIFFERENT;
	if (runes_eq(&ia, &ib))
		return NAME_SAME;
	fold_look_alike(&ia, &la);
	fold_look_alike(&ib, &lb);
	return la.n > 0 && runes_eq(&la, &lb) ? NAME_LOOK_ALIKE
					      : NAME_DIFFERENT;
}

static bool
has_any(const char *text, bool (*is)(uint32_t))
{
	CLEANUP(runes_free) struct runes r = { 0 };

	if (!runes_decode(text, &r))
		return false;
	for (size_t i = 0; i < r.n; i++)
		if (is(r.p[i]))
			return true;
	return false;
}

bool
registry_name_has_invisible(const char *name)
{
	return has_any(name, rune_is_invisible);
}

bool
registry_name_is_refused(const char *name)
{
	return has_any(name, rune_is_refused);
}
