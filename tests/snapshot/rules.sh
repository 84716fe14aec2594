#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules.sh DIR: every rule of a dossier stands in docs/PROTOCOL.dossier with
# its severity, and in a test that rejects something by it.
set -eu
cd "$1"
rules=$(cat src/intake/rules.inc src/examine/rules.inc src/examine/run.c \
	src/asic/rules.inc src/bag/rules.inc |
	grep -oE '"(BUNDLE|MANIFEST|FORM|REGISTRY|TAG|LANG|RULE)-[A-Z_]+"' |
	tr -d '"' | sort -u)
bad=0
for rule in $rules; do
	if ! grep -qE "^   $rule +(refuse|correct|warn) " docs/PROTOCOL.dossier
	then
		echo "$rule: not in docs/PROTOCOL.dossier" >&2
		bad=1
	fi
	if ! grep -q "\"$rule\"" tests/unit/test_*.c \
	    tests/flow/containers.py tests/flow/renewal.py; then
		echo "$rule: no test rejects by it" >&2
		bad=1
	fi
done
exit $bad
