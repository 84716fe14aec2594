#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Kill, tear or fail every call of one append that changes the disk; after
# each, recovery finds what was acknowledged and git finds nothing wrong.
set -eu
driver=$BUILD_DIR/tests/store_driver
shim=$BUILD_DIR/tests/libfault_shim.so
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
store=$work/store
mkdir "$store"
"$driver" init "$store"
touch "$work/acks"

total=0
for mode in before after short eio enospc; do
	n=0
	while :; do
		n=$((n + 1))
		rv=0
		# A case of its own each time: no object is there already.
		(FAULT_AT=$n FAULT_MODE=$mode LD_PRELOAD=$shim \
		    exec "$driver" one "$store" "$mode-$n" >>"$work/acks") \
		    2>"$work/err" || rv=$?
		"$driver" check "$store" "$work/acks" >"$work/out" || {
			echo "$mode at call $n: not recovered"; exit 1; }
		# 0: there are fewer calls; 137: killed there; 7: refused;
		# 8: an acknowledgement in spite of a failure, right only when
		# the disk was full ahead of what was to be written.
		case $mode-$rv in
		*-0) break ;;
		before-137|after-137|short-137|eio-7|enospc-7|enospc-8)
			total=$((total + 1)) ;;
		*) echo "$mode at call $n: exit $rv"
			cat "$work/err"; exit 1 ;;
		esac
		[ "$n" -lt 400 ] || { echo "endless"; exit 1; }
	done
	git -C "$store/audit.git" fsck --full --strict --no-dangling
	[ ! -e "$store/audit.git/refs/heads/main.lock" ]
	echo "$mode: $n calls; $(cat "$work/out")"
done
[ "$total" -ge 200 ] || { echo "only $total faults hit"; exit 1; }
echo "$total faults, none lost an acknowledged event"
