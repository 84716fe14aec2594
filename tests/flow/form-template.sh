#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `nintei form template`: the same bytes each time, never over a file that is
# there; an empty form is read, and each blank that must be filled is named by
# its cell.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export NINTEI_POLICIES="$SOURCE_DIR/policies"

for scheme in iaas-paas-iot genai-saas; do
	nintei form template --scheme $scheme -o "$dir/$scheme" >/dev/null
	nintei form template --scheme $scheme -o "$dir/again-$scheme" >/dev/null
	for form in A B; do
		cmp "$dir/$scheme/申請書$form.xlsx" \
			"$dir/again-$scheme/申請書$form.xlsx"
	done
	rc=0
	nintei form template --scheme $scheme -o "$dir/$scheme" \
		>/dev/null 2>"$dir/err" || rc=$?
	[ $rc -eq 2 ]
	rc=0
	nintei --json bundle check "$dir/$scheme" --scheme $scheme \
		>"$dir/report" || rc=$?
	[ $rc -eq 6 ]
	# No field is unknown, none of the names is lost.
	! grep -qE 'FORM-(UNKNOWN_FIELD|TEMPLATE|SHAPE|FORMAT)' "$dir/report"
	grep -q 'シート『申請書A』セル C7' "$dir/report"
	grep -q 'シート『申請書B』セル E' "$dir/report"
done
rc=0
nintei form template -o "$dir/none" 2>/dev/null || rc=$?
[ $rc -eq 2 ]
