#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# surface.sh NAME FILE: what a program imports is on its committed list, and
# nothing that its process must never call (STYLE 2) is.  UPDATE=1 adds to the
# list what is new, so that it holds for both compilers.
set -eu
name=$1 file=$2
here=$(dirname "$0")
list=$here/surface/$name.txt

case $name in
nintei-unpack) never='socket|execve?|execv.*|EVP_.*|git_.*|sqlite3_.*' ;;
nintei-examine) never='socket|execve?|execv.*|archive_.*|git_.*|sqlite3_.*' ;;
nintei-signer) never='socket|archive_.*|git_.*|sqlite3_.*|curl_.*|MHD_.*' ;;
nintei-front) never='git_.*|sqlite3_.*|archive_.*|CMS_.*' ;;
nintei-core) never='archive_.*|curl_.*|MHD_.*' ;;
ninteid) never='EVP_.*|archive_.*|git_.*|sqlite3_.*' ;;
*) never='-' ;;
esac

have=$(mktemp)
trap 'rm -f "$have"' EXIT
# Compilers differ in the checked forms of libc's functions and in weak names.
nm -D --undefined-only "$file" | awk '$1 == "U" { print $2 }' |
	sed -e 's/@.*//' -e 's/^__\(.*\)_chk$/\1/' -e 's/^__isoc99_//' |
	grep -v '^__' | LC_ALL=C sort -u >"$have"

if grep -Ex "$never" "$have"; then
	echo "$name: the functions above must never be imported" >&2
	exit 1
fi
if [ -n "${UPDATE:-}" ]; then
	touch "$list"
	LC_ALL=C sort -u "$have" "$list" -o "$list"
	exit 0
fi
if LC_ALL=C comm -23 "$have" "$list" | grep .; then
	echo "$name: the imports above are new; UPDATE=1 to accept" >&2
	exit 1
fi
