#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# spin looks at every state of the composed machines, from the same tables as
# the explorer but with none of its code; and it finds the mutants.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
print="$BUILD_DIR/tests/model_print"
failed=0

# errors NAME MODEL [WHICH]: how many spin reports.
errors() {
	mkdir "$dir/$1"
	"$print" "$2" ${3:+"$3"} >"$dir/$1/model.pml"
	(cd "$dir/$1" && spin -a model.pml >spin.out 2>&1 &&
		cc -O0 -w -DSAFETY -DNOREDUCE -DMEMLIM=1024 -o pan pan.c &&
		./pan -m100000 -w22 >pan.out 2>&1) || {
		echo "FAIL $1: spin does not run" >&2
		cat "$dir/$1"/*.out >&2
		exit 1
	}
	grep -q 'max search depth too small\|out of memory' "$dir/$1/pan.out" &&
		echo "incomplete" && return
	sed -n 's/.*errors: \([0-9]*\).*/\1/p' "$dir/$1/pan.out"
}

for model in $("$print" | sed -n 's/^model\t//p'); do
	n=$(errors "$model" "$model")
	states=$(sed -n 's/ *\([0-9]*\) states, stored.*/\1/p' \
		"$dir/$model/pan.out")
	echo "$model: $states states, $n errors"
	if [ "$n" != 0 ]; then
		failed=1
		cat "$dir/$model/pan.out"
	fi
done
# One mutant of each model: the assertions are asserted.
for model in $("$print" | sed -n 's/^model\t//p'); do
	i=$("$print" | sed -n "s/^mutant\t$model\t//p" | tail -1)
	n=$(errors "mutant-$i" "$model" "$i")
	echo "mutant $i of $model: $n errors"
	if [ "$n" = 0 ] || [ "$n" = incomplete ]; then
		echo "FAIL spin does not find mutant $i"
		failed=1
	fi
done
exit $failed
