/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files that init gives us, and we give away: to an engine, to a seccomp agent, to
 * the loop that copies a terminal.
 *
 * Theory. With CAP_SYS_PTRACE a process of a container may take over the init of an exec
 * and speak for it (plan/sync.h). What it sends then is any file it has: one of its own
 * FUSE, where who reads waits for it; a directory; a file that checks who writes, not who
 * opened it. So a file must be what it is said to be, by what the kernel alone says of
 * it: fstat(2) would ask a FUSE server.
 *
 * What is refused is closed, and close(2) may wait: for the server of a file of FUSE, and
 * for the other end of a TCP socket with SO_LINGER. There is no way to be rid of a file
 * without that, not even by ending. It is borne: who waits is an exec, which holds no
 * lock, so others can end the container, and with it the server; and who lingers ends by
 * a signal.
 */
#ifndef HOST_GIVEN_H
#define HOST_GIVEN_H

#include "base/err.h"

/* Wait at most timeout_ms (-1: for ever) for SYNC_TTY: *master becomes the master of a
 * terminal, which the caller owns. Fails as sync_expect(), and with EPROTO. */
int given_terminal(int sock, int timeout_ms, int *master, struct err *e);

/* The same for SYNC_LISTENER: the listener of a seccomp filter */
int given_listener(int sock, int timeout_ms, int *listener, struct err *e);

#endif
