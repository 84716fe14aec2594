/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_STORE_FAULTS_H
#define NINTEI_TESTS_STORE_FAULTS_H
/*
 * store_faults: the store's file operations, of which the n-th does not do
 * what it should.
 */
#include <stdbool.h>

#include "nintei/store_files.h"

enum fault_kind {
	FAULT_ALL,
	FAULT_ROOM, /* what needs room: from `at` on, each fails */
	FAULT_SYNC,
};
struct faults {
	enum fault_kind kind; /* others are neither counted nor fail */
	_Atomic unsigned at; /* 0: none; counted from 1 */
	bool kill; /* the process, before the call */
	bool half; /* write half, then fail */
	int sys; /* errno */
	_Atomic unsigned count;
	_Atomic bool hit;
};
struct store_files fault_files(struct faults *f);

#endif
