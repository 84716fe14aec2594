/* SPDX-License-Identifier: Apache-2.0 */
/* Text of documents. */
#include "nintei/document.h"
