#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# docs/OPERATION.md, Restore: both folders of one moment serve; a store older
# than the signer is read only, and /readyz says so.  A signer that lost one
# group, as by power, is shown it; one that lost more is not believed.
set -eu
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
export NINTEI_HOME=$work/home NINTEI_POLICIES=$SOURCE_DIR/policies
papers=$SOURCE_DIR/tests/fixtures/dossier/iaas-paas-iot

nintei init --development 2>/dev/null
ports=$(python3 -c 'import socket
a, b = socket.socket(), socket.socket()
a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
sed -i "s/127.0.0.1:8443/127.0.0.1:${ports% *}/g
	s/127.0.0.1:8080/127.0.0.1:${ports#* }/g" "$NINTEI_HOME/nintei.yaml"

ready() {
	curl -s -o "$work/ready" -w '%{http_code}' \
		--cacert "$NINTEI_HOME/keys/root/root.pem" \
		"https://127.0.0.1:${ports% *}/readyz"
}
start() {
	: >"$work/log" # not by the child: an old "ready" would be seen
	ninteid 2>>"$work/log" &
	server=$!
	for _ in $(seq 200); do
		grep -q '"event":"ready"' "$work/log" && return
		sleep 0.1
	done
	cat "$work/log"
	exit 1
}
stop() {
	kill "$server"
	wait "$server"
	server=
}
submit() {
	rm -rf "$work/papers"
	cp -r "$papers" "$work/papers"
	echo "$1" >"$work/papers/note.txt"
	nintei bundle make "$work/papers" -o "$work/d.zip" \
		--scheme iaas-paas-iot >/dev/null 2>&1
	nintei dossier submit "$work/d.zip" --token-file \
		"$NINTEI_HOME/keys/development/applicant-1.token" 2>"$work/err"
}
want() {
	[ "$1" = "$2" ] || { echo "$3: want $1, have $2"; cat "$work/ready"; exit 1; }
}

start
submit one >/dev/null
want 200 "$(ready)" "as it runs"
stop
cp -a "$NINTEI_HOME" "$work/then"
start
submit two >/dev/null
stop
cp -a "$NINTEI_HOME" "$work/now"

# Both of one moment.
rm -rf "$NINTEI_HOME"
cp -a "$work/then" "$NINTEI_HOME"
start
want 200 "$(ready)" "both old"
submit three >/dev/null
stop

mixed() { # which folder is the old one
	rm -rf "$NINTEI_HOME"
	cp -a "$work/now" "$NINTEI_HOME"
	rm -rf "${NINTEI_HOME:?}/$1"
	cp -a "$work/then/$1" "$NINTEI_HOME/$1"
}
read_only() {
	start
	want 503 "$(ready)" "$1"
	grep -q '"event":"store.history".*E_STORE_CORRUPT' "$work/log"
	if submit four >/dev/null; then
		echo "$1: a write was taken"
		exit 1
	fi
	nintei case list --token-file \
		"$NINTEI_HOME/keys/development/secretary-1.token" >/dev/null
	stop
}

# The store is of an earlier moment.
mixed store
read_only "old store"

# The signer is one event behind: it signed that, and sees so.
mixed keys
start
want 200 "$(ready)" "one event behind"
grep -q '"event":"signer.caught_up"' "$work/log"
submit four >/dev/null
stop

# The signer is of a moment before a list of revocations: its journal lacks
# it, so nothing is signed.  A clock a day later makes the list.
rm -rf "$NINTEI_HOME"
cp -a "$work/now" "$NINTEI_HOME"
printf 'clock:\n  offset: "172800"\n' >>"$NINTEI_HOME/nintei.yaml"
start
want 200 "$(ready)" "two days later"
stop
rm -rf "$work/now"
cp -a "$NINTEI_HOME" "$work/now"
mixed keys
read_only "a list behind"
echo "restore: one moment serves, a lost group is shown, the rest read only"
