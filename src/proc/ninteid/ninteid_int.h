/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_NINTEID_INT_H
#define NINTEI_NINTEID_INT_H
/*
 * The supervisor's state: processes, edges between them, listening sockets.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "nintei/chan.h"
#include "nintei/conf.h"
#include "nintei/err.h"
#include "nintei/proc.h"

enum who {
#define PROGRAM(who, name, control, phase) who,
#define EDGE(a, a_fd, b, b_fd)
#include "peers.inc"
#undef PROGRAM
#undef EDGE
	WHO_MAX
};

struct program {
	const char *name;
	bool has_control;
	int phase;
};
extern const struct program programs[WHO_MAX];

struct edge_spec {
	enum who who[2];
	int fd[2]; /* number of the descriptor there */
};
enum {
#define PROGRAM(who, name, control, phase)
#define EDGE(a, a_fd, b, b_fd) EDGE_##a##_##b,
#include "peers.inc"
#undef PROGRAM
#undef EDGE
	EDGE_COUNT
};
extern const struct edge_spec edge_specs[EDGE_COUNT];

struct process {
	pid_t pid; /* 0: down */
	int control; /* -1: none */
	bool greeted;
	bool ready;
	unsigned failures; /* in a row */
	int64_t started_at; /* monotonic milliseconds, as all here */
	int64_t restart_at; /* while down */
};

struct edge {
	int pending[2]; /* end kept for a process that is down, or -1 */
	uint32_t generation;
	uint32_t told[2]; /* generation that each side knows; inherited: 0 */
	int64_t lost_at; /* a side gave it up; 0: no */
	enum who suspect;
};

enum {
	LISTEN_HTTPS,
	LISTEN_HTTP,
	LISTEN_METRICS,
	LISTEN_MAX
};
#define ADDRESS_TEXT 64

struct super {
	const char *home;
	char *bin; /* folder of the programs */
	int listen[LISTEN_MAX]; /* -1: not configured */
	char address[LISTEN_MAX][ADDRESS_TEXT]; /* as bound */
	struct process processes[WHO_MAX];
	struct edge edges[EDGE_COUNT];
	unsigned absent; /* bits of enum who: not installed, never started */
	bool wants_clam; /* nintei.yaml names a socket of clamd */
	int signals; /* signalfd */
	bool was_ready;
	bool draining;
	int64_t drain_began;
	int phase; /* of the drain */
	int64_t phase_ends_at;
	int64_t watchdog_at; /* 0: none wanted */
	int64_t watchdog_ms;
	int status; /* exit status */
	struct chan_msg msg;
};

/* listen.c */
int listen_open(
    const struct config *c, struct super *s, struct err *e) MUST_CHECK;

/* spawn.c: fork and exec with exactly these descriptors. */
#define SPAWN_FDS 12
#define EXEC_FAILED 127
struct spawn_fd {
	int from, to;
};
int spawn(const struct super *s, enum who who, const struct spawn_fd *fds,
    size_t n, pid_t *out, struct err *e) MUST_CHECK;

/* edges.c: start a set of processes (bits), wire them with the others. */
void edges_init(struct super *s);
int edges_start(struct super *s, unsigned set, struct err *e) MUST_CHECK;
void edges_died(struct super *s, enum who who);
void edges_lost(
    struct super *s, enum who by, const char *peer, uint32_t generation);
/* Ends the suspects whose time has come; the next time to look, or 0. */
int64_t edges_suspect(struct super *s);

/* super.c: the processes without which the server goes on. */
#define OPTIONAL (1u << WHO_PDFTEXT | 1u << WHO_CLAM)
int64_t super_now(void);
int super_run(struct super *s, struct err *e) MUST_CHECK;

/* notify.c: systemd's protocol; nothing without NOTIFY_SOCKET. */
void notify_send(const char *state);
int64_t notify_watchdog_ms(void); /* half of what is wanted; 0: none */

/* home.c: the folder of the programs; the lock and run/ninteid.pid. */
char *home_programs(void);
bool home_has_program(const char *bin, enum who who);
int home_lock(const char *home, int *out, struct err *e) MUST_CHECK;
void home_unlock(const char *home);
void home_raise_files(void);
int home_standard_fds(struct err *e) MUST_CHECK;

/* check.c: what --check looks at beside nintei.yaml. */
int check_home(
    const struct config *c, const char *bin, struct err *e) MUST_CHECK;

#endif
