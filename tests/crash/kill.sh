#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 at random moments of opening and appending, then recovery.
set -eu
driver=$BUILD_DIR/tests/store_driver
times=${1:-200}
seed=${SEED:-$(date +%s)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/store"
"$driver" init "$work/store"
"$driver" kill "$work/store" "$seed" "$times" >"$work/out"
head -n 1 "$work/out"
tail -n 1 "$work/out"
git -C "$work/store/audit.git" fsck --full --strict --no-dangling
