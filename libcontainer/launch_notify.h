/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container that tells when it is ready (sd_notify(3)): between it and the service
 * manager that started us. ROOT/ID/notify/inside is /run/notify in it; while `start` or
 * `run` waits, there is a socket notify.sock, which the container's NOTIFY_SOCKET names.
 * Everybody in the container may write to it, and so nobody else may come to it: notify
 * is 0700. Only the word that it is ready is passed on: whose main process it is, and
 * where from, is ours to say. Runs in the program.
 */
#ifndef LIBCONTAINER_LAUNCH_NOTIFY_H
#define LIBCONTAINER_LAUNCH_NOTIFY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "libcontainer/launch.h"

/* In a container's directory */
#define NOTIFY_INSIDE "notify/inside"

struct notify {
	int container; /* what it tells comes here; owned; -1: nobody waits for it */
	int manager;   /* connected to the service manager; owned */
};
#define NOTIFY_NONE                                                                      \
	{                                                                                \
		.container = -1, .manager = -1                                           \
	}
void notify_done(struct notify *n);
#define autonotify __attribute__((cleanup(notify_done))) struct notify

/* Is it an address that a service manager may have: a path, or '@' and a name */
bool notify_address(const char *manager);

/* Make the directory that is /run/notify in the container */
int notify_make(const struct box *b, struct err *e);

/* Before the container starts: connect to the manager, and listen. Nothing is done, and
 * n->container stays -1, when the container was made without NOTIFY_SOCKET. Fails when
 * nobody listens at `manager`. */
int notify_open(struct notify *n, struct box *b, const char *manager, struct err *e);

/* Read some of what the container has told. True: READY=1 was among it. Does not wait;
 * what is left can be polled for. */
bool notify_heard(const struct notify *n);

/* Tell the manager READY=1, and then which process to watch */
int notify_ready(const struct notify *n, pid_t main, struct err *e);

/* Until the container `main` is ready, and the manager was told and has read it; or until
 * it ends (pidfd). A manager that takes longer than 30 s is a warning: it may ask the
 * kernel in vain whose message it was (sd_notify_barrier(3)). */
int notify_until_ready(const struct notify *n, int pidfd, pid_t main,
		       const struct launch *how, struct err *e);

#endif
