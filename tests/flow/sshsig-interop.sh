#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What we sign, ssh-keygen verifies; what it signs, we verify; both refuse
# another namespace and another document.
set -eu
tool=$BUILD_DIR/tests/sshsig_tool
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"kind":"certify"}' >message
printf '{"kind":"decline"}' >other

refuse() {
	if "$@" >out 2>&1; then
		echo "accepted: $*"
		exit 1
	fi
}

# Our key file, our signature, their verification.
"$tool" keygen ours
ssh-keygen -y -f ours >derived
[ "$(cut -d' ' -f1,2 derived)" = "$(cut -d' ' -f1,2 ours.pub)" ]
"$tool" sign ours decision@nintei <message >ours.sig
printf 'officer-1 namespaces="decision@nintei" %s\n' "$(cat ours.pub)" >allowed
ssh-keygen -q -Y verify -f allowed -I officer-1 -n decision@nintei \
	-s ours.sig <message
refuse sh -c 'ssh-keygen -q -Y verify -f allowed -I officer-1 \
	-n decision@nintei -s ours.sig <other'
refuse sh -c 'ssh-keygen -q -Y verify -f allowed -I officer-1 \
	-n objection@nintei -s ours.sig <message'

# Their signature with our key file, byte for byte: Ed25519 has no chance.
cp message message-theirs
ssh-keygen -q -Y sign -n decision@nintei -f ours message-theirs
cmp ours.sig message-theirs.sig

# Their keys and hashes, our verification.
for type in ed25519 ecdsa; do
	ssh-keygen -q -t $type -b 256 -N '' -f "$type"
	for hash in sha256 sha512; do
		ssh-keygen -q -Y sign -n decision@nintei -O hashalg=$hash \
			-f "$type" <message >"$type-$hash.sig"
		"$tool" verify "$type.pub" decision@nintei \
			"$type-$hash.sig" <message
		refuse sh -c "'$tool' verify $type.pub decision@nintei \
			$type-$hash.sig <other"
		refuse sh -c "'$tool' verify $type.pub objection@nintei \
			$type-$hash.sig <message"
		refuse sh -c "'$tool' verify ours.pub decision@nintei \
			$type-$hash.sig <message"
	done
done
# Their key file signs here too.
"$tool" sign ed25519 opinion@nintei <message >by-theirs.sig
"$tool" verify ed25519.pub opinion@nintei by-theirs.sig <message
# Encrypted key files are named as such.
ssh-keygen -q -t ed25519 -N 'a passphrase' -f encrypted
refuse sh -c "'$tool' sign encrypted decision@nintei <message"
grep -q 'encrypted' out
# RSA is not accepted.
ssh-keygen -q -t rsa -b 2048 -N '' -f rsa
ssh-keygen -q -Y sign -n decision@nintei -f rsa <message >rsa.sig
refuse sh -c "'$tool' verify rsa.pub decision@nintei rsa.sig <message"
echo "sshsig: ssh-keygen and we agree"
