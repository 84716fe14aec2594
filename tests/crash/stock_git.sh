#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Stock git and ssh-keygen accept what the store writes.
set -eu
driver=$BUILD_DIR/tests/store_driver
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=$work
mkdir "$work/store"
"$driver" init "$work/store"
"$driver" fill "$work/store" 12 >"$work/acks"
bare=$work/store/audit.git

out=$(git -C "$bare" fsck --full --strict 2>&1)
[ -z "$out" ] || { echo "fsck: $out"; exit 1; }
git clone -q "file://$bare" "$work/clone"
cd "$work/clone"
[ "$(git rev-list --count HEAD)" = 13 ]
for commit in $(git rev-list HEAD); do
	git -c gpg.ssh.allowedSignersFile=allowed_signers \
	    verify-commit "$commit" 2>"$work/said"
	grep -q 'Good "git" signature for store@nintei' "$work/said"
done
# One byte changed: no longer good.
git cat-file commit HEAD | sed 's/ +0900/ +0800/' >"$work/forged"
forged=$(git hash-object -t commit -w "$work/forged")
if git -c gpg.ssh.allowedSignersFile=allowed_signers \
    verify-commit "$forged" 2>/dev/null; then
	echo "a forged commit verifies"; exit 1
fi
# Author, committer, subject and trailer as INTERFACE 7 says.
git log -1 --format='%an <%ae>|%cn <%ce>|%ci' >"$work/who"
grep -Eq '^secretariat <secretariat@nintei>\|store <store@nintei>\|.* \+0900$' \
    "$work/who"
git log --format=%s | grep -Evc '^(case-[0-9]|authority) [0-9]+ [a-z]+\.[a-z]+$' \
    >"$work/odd" || true
[ "$(cat "$work/odd")" = 0 ]
git log -1 --format='%(trailers:key=Nintei-Log,valueonly)' |
    grep -Eq '^13 [0-9a-f]{64}$'
# Names: the folder is the first digits of SHA-256 of the case id.
git log --diff-filter=MD --format=%h -- cases | grep . && {
	echo "a file in a case was changed"; exit 1; }
git ls-files cases | while IFS=/ read -r _ a b c d case rest; do
	want=$(printf %s "$case" | sha256sum | cut -c1-4)
	[ "$a$b$c$d" = "$want" ] || { echo "$case/$rest: $a$b$c$d"; exit 1; }
done
# An event's hash is the "prev" of the next one of its case.
case=$(git ls-files 'cases/*/0002-*' | head -n 1)
first=$(git ls-files "$(dirname "$case")/0001-*")
grep -q "\"prev\":\"$(sha256sum <"$first" | cut -d' ' -f1)\"" "$case"
# Documents are whole.
git ls-files 'cases/*/docs/*.cms' | while read -r doc; do
	[ "$(sha256sum <"$doc" | cut -d' ' -f1)" = \
	    "$(basename "$doc" .cms | cut -d- -f2)" ]
done
git config -f "$bare/config" core.bigFileThreshold | grep -qx 64k
[ "$(ls "$bare/objects" | grep -cE '^[0-9a-f]{2}$')" = 256 ]
echo "13 commits good"
