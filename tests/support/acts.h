/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_ACTS_H
#define NINTEI_TESTS_ACTS_H
/*
 * Acts that a sandbox refuses: each is tried in a child, whose exit status
 * says OK or FAILED, or whose signal KILLED.
 */
#include <signal.h>
#include <stdbool.h>

#define OK 0
#define FAILED 9
#define NOT_CONFINED 10
#define KILLED (-SIGSYS)

int act_result(long rv); /* of a system call */
int act_read_passwd(void);
int act_inet(void);
int act_inet6(void);
int act_unix(void);
int act_ptrace(void);
int act_vm_readv(void);
int act_kill(void);
int act_unshare(void);
int act_io_uring(void);

bool has_landlock(void); /* of this kernel */

#endif
