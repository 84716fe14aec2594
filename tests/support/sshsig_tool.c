/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our SSHSIG for scripts: keygen FILE; sign KEY NAMESPACE; verify PUB
 * NAMESPACE SIG.  The message comes on standard input.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/key.h"
#include "nintei/limits.h"
#include "nintei/sshsig.h"

static int
input_read(struct buf *out, struct err *e)
{
	uint8_t block[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0)
		buf_put(out, block, (size_t)n);
	return n < 0 ? err_sys(e, E_INPUT, "read") : 0;
}

static int
do_keygen(char **argv, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(buf_free) struct buf file = BUF_INIT(KIB(8));
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(1));
	CLEANUP(freep) char *pub = xasprintf("%s.pub", argv[0]);
	struct ssh_key key;

	if (pkey_generate(KEY_ED25519, &k, e) < 0 ||
	    ssh_key_of(k, &key, e) < 0 ||
	    ssh_private_encode(k, 7, "tool", &file, e) < 0)
		return -1;
	ssh_key_format(&key, &line);
	buf_puts(&line, " tool\n");
	if (fs_create(AT_FDCWD, argv[0], buf_slice(&file), 0600, e) < 0)
		return -1;
	return fs_create(AT_FDCWD, pub, buf_slice(&line), 0644, e);
}

static int
do_sign(char **argv, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(buf_free) struct buf file = BUF_INIT(KIB(8));
	CLEANUP(buf_free) struct buf message = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(8));

	if (fs_read(AT_FDCWD, argv[0], KIB(8) - 1, &file, e) < 0 ||
	    ssh_private_decode(buf_slice(&file), &k, e) < 0 ||
	    input_read(&message, e) < 0 ||
	    sshsig_sign(k, argv[1], buf_slice(&message), &armour, e) < 0)
		return -1;
	return fd_write(STDOUT_FILENO, armour.p, armour.n, e);
}

static int
do_verify(char **argv, struct err *e)
{
	CLEANUP(buf_free) struct buf pub = BUF_INIT(KIB(8));
	CLEANUP(buf_free) struct buf sig = BUF_INIT(KIB(8));
	CLEANUP(buf_free) struct buf message = BUF_INIT(MIB(1));
	struct ssh_key key;
	struct sshsig s;

	if (fs_read(AT_FDCWD, argv[0], KIB(8) - 1, &pub, e) < 0 ||
	    ssh_key_parse(buf_str(&pub), &key, e) < 0 ||
	    fs_read(AT_FDCWD, argv[2], KIB(8) - 1, &sig, e) < 0 ||
	    sshsig_parse(buf_slice(&sig), &s, e) < 0 ||
	    input_read(&message, e) < 0)
		return -1;
	if (!ssh_key_equal(&key, &s.key))
		return err_set(e, E_INVALID, "another key");
	return sshsig_verify(&s, argv[1], buf_slice(&message), e);
}

static const struct {
	const char *verb;
	int args;
	int (*run)(char **argv, struct err *e);
} verbs[] = {
	{ "keygen", 1, do_keygen },
	{ "sign", 2, do_sign },
	{ "verify", 3, do_verify },
};

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;

	for (size_t i = 0; argc > 1 && i < NELEM(verbs); i++) {
		if (strcmp(verbs[i].verb, argv[1]) != 0 ||
		    argc != 2 + verbs[i].args)
			continue;
		if (verbs[i].run(argv + 2, &e) == 0)
			return 0;
		fprintf(stderr, "%s: %s\n", err_name(e.code), e.detail);
		return err_exit(e.code);
	}
	return 2;
}
