/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What host and init say to each other, on a SOCK_SEQPACKET socket: one datagram is
 * one message, with at most one fd.
 *
 *	host				init
 *	 | ---- clone3, execveat -------> |
 *	 | ---- SYNC_GO ----------------> |	unit of a user's systemd: init is in its
 *	 |				  |	cgroup
 *	 | <----------- SYNC_LINE + fd -- |	shape JOIN: the middle process made a new
 *	 |				  |	socket for the true init: see init/join.c
 *	 | <------------ SYNC_PID + fd -- |	on it, the true init: its own pidfd
 *	 | ---- SYNC_GO ----------------> |	new user namespace: its maps are written
 *	 | <------------ SYNC_NET ------- |	only if it gets network devices: init is
 *	 | ---- SYNC_GO ----------------> |	in its namespace; they are made
 *	 | <------------ SYNC_MOUNTED --- |	only if the create phase has hooks
 *	 | ---- SYNC_GO + fd -----------> |	host hooks have run; fd: a memory file
 *	 |				  |	with the state for createContainer hooks
 *	 | <------------ SYNC_TTY + fd -- |	terminal only: the master
 *	 | <------------ SYNC_READY ----- |	host sets rlimits, writes "created"
 *	 | ---- SYNC_GO [+ fd] ---------> |	held: it is written, wait for start;
 *	 |				  |	not held: start
 *	 | ---- SYNC_GO [+ fd] ---------> |	held only: start, over the accepted
 *	 |				  |	start socket; fd: state for
 *	 |				  |	startContainer hooks
 *	 | <------------ SYNC_BEGIN ----- |	next is the program
 *	 | <------- SYNC_LISTENER + fd -- |	a filter that notifies: its listener, for
 *	 |				  |	the host to pass on
 *	 | <------------ end of file ---- |	execve closed the socket: it runs
 *
 * In place of any of its messages init may send SYNC_ERROR and exit. A message that
 * is not expected is an error, never skipped. A peer that is gone reads as end of
 * file, so neither side outlives the other unknowingly.
 *
 * sync.c runs on both sides: raw system calls only.
 */
#ifndef PLAN_SYNC_H
#define PLAN_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum sync_kind {
	SYNC_ERROR = 1,
	SYNC_LINE,
	SYNC_PID,
	SYNC_GO,
	SYNC_NET,
	SYNC_MOUNTED,
	SYNC_TTY,
	SYNC_READY,
	SYNC_BEGIN,
	SYNC_LISTENER,
	SYNC_KINDS
};

struct sync_msg {
	uint32_t kind;
	int32_t pid;	/* a number that tests send; nobody believes it */
	struct err err; /* SYNC_ERROR only */
};

/* Wait at most timeout_ms for a message of that kind (-1: for ever). The fd that
 * comes with it, if any, goes to *fd, which the caller then owns (-1: none came);
 * with fd == NULL one that comes is an error. pid may be NULL. If the peer sent
 * SYNC_ERROR, its error becomes *e. Fails with ECONNRESET when the peer is gone,
 * ETIMEDOUT, EPROTO. */
int sync_expect(int sock, enum sync_kind kind, int timeout_ms, int *fd, int32_t *pid,
		struct err *e);

/* Send a message; fd is lent, -1: none. No SIGPIPE: a peer that is gone is EPIPE. */
int sync_send(int sock, enum sync_kind kind, int fd, int32_t pid, struct err *e);

/* Send an error; nothing is reported when that does not work either */
void sync_fail(int sock, const struct err *why);

/* Wait until the peer has closed its end. 0: it said SYNC_BEGIN before, so that execve(2)
 * closed it. A SYNC_ERROR becomes *e; without a word it was killed: ECONNRESET. */
int sync_begun(int sock, int timeout_ms, struct err *e);

/* The same where SYNC_BEGIN has been received: 0 also when nothing more was said */
int sync_ended(int sock, int timeout_ms, struct err *e);

#endif
