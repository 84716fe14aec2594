/* SPDX-License-Identifier: Apache-2.0 */
/* What a member is by its name: EN 319 162-1 4.4.3 and annex A. */
#include "asic_int.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#define META "META-INF/"

static const struct {
	const char *pattern; /* of the whole path */
	enum asic_part part;
} parts[] = {
	{ "mimetype", ASIC_TYPE },
	{ META "ASiCManifest*.xml", ASIC_MANIFEST },
	{ META "ASiCArchiveManifest*.xml", ASIC_TIMESTAMP },
	{ META "*.tst", ASIC_TIMESTAMP },
	{ META "*.p7s", ASIC_SIGNATURE },
	{ META "*signatures*.xml", ASIC_XADES },
};

enum asic_part
asic_part_of(const char *path)
{
	for (size_t i = 0; i < NELEM(parts); i++)
		if (fnmatch(parts[i].pattern, path, FNM_PATHNAME) == 0)
			return parts[i].part;
	return strncasecmp(path, META, sizeof(META) - 1) == 0 ? ASIC_FOREIGN
							      : ASIC_DATA;
}
