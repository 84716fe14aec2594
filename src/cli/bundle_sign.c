/* SPDX-License-Identifier: Apache-2.0 */
/* nintei bundle make --sign: level 2, an ASiC-E container with CAdES. */
#include "sign_int.h"

#include <fcntl.h>
#include <stdlib.h>

#include "nintei/asic.h"
#include "nintei/cades.h"
#include "nintei/conf.h"
#include "nintei/ess.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/ossl.h"
#include "nintei/tag.h"

char *
sign_oid_base(const struct cli *c)
{
	CLEANUP(config_freep) struct config *conf = NULL;
	struct err ignored = ERR_INIT;

	if (c->a.oid_base != NULL)
		return xstrdup(c->a.oid_base);
	if (config_load(c->a.home, &conf, &ignored) < 0)
		return xstrdup(ESS_EXAMPLE_ARC);
	return xstrdup(conf->oid_base);
}

/* Certificates may stand in the key's own file. */
static int
signer_of(const struct cli *c, struct cades_signer **out, struct err *e)
{
	CLEANUP(buf_wipe) struct buf key = BUF_INIT(MIB(1));
	CLEANUP(buf_wipe) struct buf cert = BUF_INIT(MIB(1));
	const char *from = c->a.cert != NULL ? c->a.cert : c->a.sign;
	struct passphrase p = { c->a.passphrase_file,
		cli_say(c, "秘密鍵のパスフレーズ: ",
		    "Passphrase of the private key: ") };
	struct cades_files in = { .passphrase = passphrase_read, .arg = &p };

	if (fs_read(AT_FDCWD, c->a.sign, MIB(1), &key, e) < 0 ||
	    fs_read(AT_FDCWD, from, MIB(1), &cert, e) < 0)
		return -1;
	in.key = buf_slice(&key);
	in.certs = buf_slice(&cert);
	if (cades_signer_load(&in, out, e) == 0)
		return 0;
	if (c->a.cert == NULL && e->code == E_INPUT)
		return err_wrap(e, "no --cert, so %s must hold both", from);
	return -1;
}

/* As high as the manifest says, or higher: --label never lowers it. */
static int
level_of(
    const struct cli *c, struct slice manifest, enum tag *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	enum tag want = tag_parse(c->a.label), have;

	if (c->a.label != NULL && want == TAG_NONE)
		return err_set(e, E_USAGE,
		    "--label wants public, internal, secret or personal");
	if (jsonx_parse(manifest, LIMIT_MANIFEST_BYTES, &j, e) < 0)
		return -1;
	have = tag_level(tag_parse(jsonx_get_str(j, "tag")));
	*out = want == TAG_NONE ? have : tag_join(want, have);
	return 0;
}

int
sign_container(const struct cli *c, const struct folder *f,
    struct slice manifest, int fd, struct err *e)
{
	CLEANUP(cades_signer_freep) struct cades_signer *by = NULL;
	CLEANUP(freep) char *base = sign_oid_base(c);
	CLEANUP(freep) char *policy = xasprintf("%s" ESS_POLICY_ARC, base);
	CLEANUP(freep)
	struct bundle_source *all = xcalloc(f->n + 1, sizeof(*all));
	struct asic_label label = { .policy = policy };

	if (level_of(c, manifest, &label.level, e) < 0 ||
	    signer_of(c, &by, e) < 0)
		return -1;
	all[0] = (struct bundle_source){ "manifest.json", manifest };
	for (size_t i = 0; i < f->n; i++)
		all[i + 1] = (struct bundle_source){ f->items[i].path,
			buf_slice(&f->items[i].bytes) };
	return asic_write(all, f->n + 1, by, &label, local_now(c), fd, e);
}
