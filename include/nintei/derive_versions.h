/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DERIVE_VERSIONS_H
#define NINTEI_DERIVE_VERSIONS_H
/*
 * derive_versions: under which version of its scheme a case is dealt with.
 * Core acts by it and an audit checks by it.  Module: derive.  Pure.
 * Runs in: core, nintei.
 * Rules: REGULATION 7 (3, 22): rule_for_open_cases, criteria_version_at.
 */
#include "nintei/dossier.h"
#include "nintei/scheme.h"

/*
 * The rule for an act at `now`, d as it stands before it: the version in force
 * then, or, while the application is pending and the policy says at_received,
 * the one in force at its receipt.  A certified service follows the rules in
 * force at each act.  Before the first version: what is installed; NULL: no
 * such scheme.
 */
const struct scheme *derive_scheme(
    const struct scheme_set *s, const struct dossier *d, int64_t now);
/* Whose criteria and forms judge the application of d. */
const struct scheme *derive_criteria(
    const struct scheme_set *s, const struct dossier *d, int64_t now);

#endif
