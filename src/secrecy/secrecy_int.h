/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SECRECY_INT_H
#define NINTEI_SECRECY_INT_H
/* secrecy_int: the one place where both types are complete. */
#include "nintei/secrecy.h"

/* First bytes of a text ending in NUL; aligned as char is. */
struct sec_str {
	char text[1];
};
struct pub_str {
	char text[1];
};

#endif
