/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei: the program people type.  It holds what its user may read and
 * nothing else; the server trusts it no more than any other client.
 */
#include "nintei/cli.h"

int
main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
