#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` lays down works by itself, from any folder: programs
# find each other and the policies, pages are where man looks.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check() {
	if "${@:2}" >"$work/out" 2>&1; then
		echo "ok   $1"
	else
		echo "FAIL $1"
		cat "$work/out"
		exit 1
	fi
}
check "cmake --install" cmake --install "$BUILD_DIR" --prefix "$work/usr"
cd "$work"
export PATH=/usr/bin:/bin
programs=(nintei ninteid nintei-front nintei-unpack nintei-examine
	nintei-core nintei-signer nintei-courier nintei-gitd nintei-clam)
# Not built without poppler.
[ -x "$BUILD_DIR/bin/nintei-pdftext" ] && programs+=(nintei-pdftext)
for p in "${programs[@]}"; do
	check "bin/$p" test -x "usr/bin/$p"
done
[ "$(find usr/bin -type f | wc -l)" -eq ${#programs[@]} ]
# Linked with poppler it is under the GPL, which must come with it.
if [ -x "$BUILD_DIR/bin/nintei-pdftext" ]; then
	check "licence of nintei-pdftext" \
		test -s usr/share/doc/nintei/LICENSE.nintei-pdftext
fi
for page in man1/nintei.1 man8/ninteid.8 man5/nintei.yaml.5; do
	check "$page" test -s "usr/share/man/$page"
done
for file in nginx.conf ninteid.service sysusers.conf openapi.json \
	policies/genai-saas/scheme.yaml; do
	check "$file" test -s "usr/share/nintei/$file"
done
# Each process that takes a user of its own has one there; gitd takes core's.
for p in "${programs[@]}"; do
	case $p in nintei | ninteid | nintei-gitd) continue ;; esac
	check "user $p" grep -q "^u *$p " usr/share/nintei/sysusers.conf
done
check "init finds the policies" \
	usr/bin/nintei init --development -C "$work/home"
check "ninteid finds its programs" usr/bin/ninteid --check -C "$work/home"
