#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# docs/OPERATION.md, Restore: both folders of one moment serve; a store and a
# signer of different moments are read only, and /readyz says so.
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
	ninteid 2>"$work/log" &
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

# One older than the other, either way.
for old in store keys; do
	rm -rf "$NINTEI_HOME"
	cp -a "$work/now" "$NINTEI_HOME"
	rm -rf "${NINTEI_HOME:?}/$old"
	cp -a "$work/then/$old" "$NINTEI_HOME/$old"
	start
	want 503 "$(ready)" "old $old"
	if submit four >/dev/null; then
		echo "old $old: a write was taken"
		exit 1
	fi
	nintei case list --token-file \
		"$NINTEI_HOME/keys/development/secretary-1.token" >/dev/null
	stop
done
echo "restore: one moment serves, two do not write"
