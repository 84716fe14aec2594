#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `nintei init`: what it makes satisfies stock git, openssl and ssh-keygen;
# a second one is refused and changes nothing.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
home=$dir/home
export NINTEI_POLICIES="$SOURCE_DIR/policies"
nintei init --development --name 見本認定機関 -C "$home" >"$dir/out" 2>&1

# git: a clean repository whose first commit is signed.
git=$home/store/audit.git
git --git-dir="$git" fsck --strict
git --git-dir="$git" show main:allowed_signers >"$dir/allowed_signers"
for commit in $(git --git-dir="$git" rev-list main); do
	git --git-dir="$git" \
		-c gpg.ssh.allowedSignersFile="$dir/allowed_signers" \
		verify-commit "$commit"
done
git --git-dir="$git" show main:genesis.json | grep -q '"development":true'
git --git-dir="$git" show main:schemes/genai-saas/2026-07-01.1/rule.txt |
	cmp - "$home/policies/genai-saas/rule.txt"

# openssl: root, issuers, server, and the root's list.
pki=$home/keys
for leaf in ca/iaas-paas-iot/ca ca/genai-saas/ca tls/chain seal/cert tsa/cert; do
	openssl verify -x509_strict -CAfile "$pki/root/root.pem" \
		-crl_check -CRLfile "$pki/root/root.crl" "$pki/$leaf.pem"
done
openssl crl -in "$pki/root/root.crl" -CAfile "$pki/root/root.pem" -noout
openssl pkey -in "$pki/tls/key.pem" -noout
# Purposes as openssl sees them: receipts, and the time alone.
openssl verify -purpose smimesign -CAfile "$pki/root/root.pem" \
	"$pki/seal/cert.pem"
openssl verify -purpose timestampsign -CAfile "$pki/root/root.pem" \
	"$pki/tsa/cert.pem"

# The clone alone brings every certificate and the log's key.
for name in root seal tsa iaas-paas-iot genai-saas; do
	git --git-dir="$git" show "main:pki/$name.cer" |
		openssl x509 -inform DER -noout
done
git --git-dir="$git" show main:pki/log.vkey | cmp - "$pki/log/log.vkey"

# ssh-keygen: each person's key, in the roster's allowed_signers.
printf x >"$dir/message"
for person in officer-1 officer-2 secretary-1 applicant-1 auditor-1; do
	key=$pki/development/$person.key
	ssh-keygen -y -f "$key" >"$dir/pub"
	[ "$(cut -d' ' -f1,2 "$dir/pub")" = "$(cut -d' ' -f1,2 "$key.pub")" ]
	ssh-keygen -q -Y sign -n decision@nintei -f "$key" \
		<"$dir/message" >"$dir/sig"
	ssh-keygen -q -Y verify -f "$dir/allowed_signers" -I "$person" \
		-n decision@nintei -s "$dir/sig" <"$dir/message"
	# A person's key is no key of the store.
	if ssh-keygen -q -Y verify -f "$dir/allowed_signers" -I "$person" \
		-n git -s "$dir/sig" <"$dir/message" 2>/dev/null; then
		echo "accepted for git"
		exit 1
	fi
	grep -q '^nin_pat_' "$pki/development/$person.token"
done

# Nobody else reads the keys.
[ -z "$(find "$pki" -name '*key*' -type f ! -name '*.pub' \
	! -name '*.vkey' -perm /077)" ]
[ -z "$(find "$pki" -name '*.token' -perm /077)" ]

# Never twice.
before=$(find "$home" -type f -exec sha256sum {} + | sort)
if nintei init --development -C "$home" 2>"$dir/err"; then
	echo "overwrote"
	exit 1
fi
[ "$before" = "$(find "$home" -type f -exec sha256sum {} + | sort)" ]

# In production: the body's own addresses, for ever, and a roster that is
# there already.  What cannot be used is refused and can be said better.
body=$dir/body
mkdir -p "$body/keys/roster"
chmod 700 "$body/keys" "$body/keys/roster"
cp "$home/keys/roster/officer-1.json" "$body/keys/roster/"
if nintei init -C "$body" --name 見本認定機関 --https http://body.example 2>"$dir/err"; then
	echo "took a wrong address"
	exit 1
fi
nintei init -C "$body" --name 見本認定機関 --https https://body.example \
	--http http://body.example --oid-base 2.999.7
openssl x509 -in "$body/keys/ca/genai-saas/ca.pem" -noout -text >"$dir/ca"
grep -q 'URI:http://body.example/pki/root.crl' "$dir/ca"
grep -q 'Policy: 2.999.7.1' "$dir/ca"
openssl x509 -in "$body/keys/tls/chain.pem" -noout -checkhost body.example |
	grep -q 'does match'
[ ! -e "$body/keys/development" ]
git --git-dir="$body/store/audit.git" show main:genesis.json |
	grep -q '"development":false'
git --git-dir="$body/store/audit.git" show main:allowed_signers |
	grep -q '^officer-1 '
rm "$body/keys/root/root.key"
ninteid -C "$body" --check
echo "init: the home satisfies stock tools"
