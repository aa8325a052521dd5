/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Talking to a process of a container without becoming known to it. Runs in the program.
 *
 * Theory. The kernel notes who connects, who listens and who sends on a unix socket, and
 * gives that process to the other end as a pidfd, whatever its PID namespace
 * (SO_PEERPIDFD, SO_PASSPIDFD: unix(7)); with CAP_SYS_PTRACE a pidfd gives all files that
 * the process has open (pidfd_getfd(2)). So this is done by a child that has nothing but
 * the socket, and is gone when we go on. It runs on the processor that we leave to it.
 */
#ifndef BASE_UNSEEN_H
#define BASE_UNSEEN_H

/* Call fn(arg) in a child that has our memory, and `dir` as its working directory unless
 * that is -1; of our files it has only sock and fd (-1: none), which stay the caller's.
 * fn makes system calls and nothing else; we stand still meanwhile. Returns what it
 * returned, 0 or -errno, or -errno of making the child. */
long unseen(long (*fn)(void *arg), void *arg, int sock, int fd, int dir);

#endif
