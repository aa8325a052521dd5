/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The seccomp agent's socket (linux.seccomp.listenerPath): the host connects to it before
 * the program begins, and sends it the listener. Runs in the program.
 */
#ifndef HOST_LISTENER_H
#define HOST_LISTENER_H

#include "base/err.h"

/* Connect to the agent at an absolute path. At most 10 s, should its queue be full. The
 * fd is the caller's. */
int listener_connect(const char *path, struct err *e);

/* Send the ContainerProcessState of runtime-spec (config-linux.md) with the fd, as one
 * message; what of a long text does not fit follows without. At most 10 s. */
int listener_send(int sock, const char *path, int fd, const char *json, struct err *e);

#endif
