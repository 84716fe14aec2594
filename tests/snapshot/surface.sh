#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# surface.sh NAME FILE COMPILER: what a program imports is what its committed
# list says, and nothing that its process must never call (STYLE 2).
# gcc's imports are in surface/NAME.txt; clang's may differ by compilers.txt.
# UPDATE=1 under gcc writes the list anew; its diff is reviewed like code.
set -eu
name=$1 file=$2 compiler=$3
here=$(dirname "$0")/surface
list=$here/$name.txt
LC_ALL=C
export LC_ALL

# The functions of a kind have one pattern; the list beside it is the whole.
exec_='exec(v|ve|vp|vpe|l|le|lp)|fexecve|posix_spawnp?|system|popen'
crypto='(EVP|CMS|X509|PEM|PKCS7|d2i|i2d|RSA|EC)_.*'
case $name in
nintei-unpack) never="socket|socketpair|connect|$exec_|$crypto|git_.*" ;;
nintei-examine) never="socket|socketpair|connect|$exec_|archive_.*|git_.*" ;;
nintei-clam) never="bind|listen|accept4?|$exec_|$crypto|archive_.*|git_.*" ;;
nintei-signer) never='socket|connect|archive_.*|git_.*|curl_.*' ;;
nintei-front) never="$exec_|git_.*|archive_.*|CMS_.*" ;;
nintei-core) never='archive_.*|curl_.*|MHD_.*' ;;
ninteid) never="$crypto|archive_.*|git_.*" ;;
nintei-pdftext) never="socket|socketpair|connect|$exec_|$crypto|archive_.*|git_.*" ;;
nintei-gitd) never="socket|socketpair|connect|$crypto|archive_.*|git_.*" ;;
nintei-courier)
	never="listen|accept4?|bind|$exec_|CMS_.*|archive_.*|git_.*" ;;
nintei) never='' ;;
*)
	echo "$name: say what it must never import" >&2
	exit 1
	;;
esac
# The database is core's; nintei rebuilds it.
case $name in
nintei-core | nintei) ;;
*) never="$never|sqlite3_.*" ;;
esac
# The HTTP server is front's; nintei has it as a witness of other logs.
case $name in
nintei-front | nintei) ;;
*) never="$never|MHD_.*" ;;
esac

have=$(mktemp)
trap 'rm -f "$have"' EXIT
# The checked forms of libc's functions count as what they check.
nm -D --undefined-only "$file" | awk '$1 == "U" { print $2 }' |
	sed -e 's/@.*//' -e 's/^__\(.*\)_chk$/\1/' -e 's/^__isoc99_//' |
	grep -v '^__' | sort -u >"$have"
[ -s "$have" ] || {
	echo "$name: no imports at all: wrong file?" >&2
	exit 1
}

if grep -Ex "$never" "$have"; then
	echo "$name: the functions above must never be imported" >&2
	exit 1
fi
if [ -n "${UPDATE:-}" ] && [ "$compiler" = GNU ]; then
	cp "$have" "$list"
	exit 0
fi
[ -s "$list" ] || {
	echo "$name: no list; UPDATE=1 makes it" >&2
	exit 1
}
if [ "$compiler" != GNU ]; then
	if sort -u "$list" "$here/compilers.txt" | comm -13 - "$have" | grep .; then
		echo "$name: the imports above are not listed" >&2
		exit 1
	fi
	exit 0
fi
diff -u "$list" "$have" || {
	echo "$name: the imports differ; UPDATE=1 to accept" >&2
	exit 1
}
