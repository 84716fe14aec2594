/* SPDX-License-Identifier: Apache-2.0 */
/* Labels. */
#include "nintei/label.h"
