/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_INT_H
#define NINTEI_OFFICE_INT_H
/* office_int: what the files of this module share, a header for each theme. */
#include "case_int.h"
#include "decisions_int.h"
#include "endpoints_int.h"
#include "office_state_int.h"
#include "public_int.h"
#include "reply_int.h"
#include "upkeep_int.h"

#endif
