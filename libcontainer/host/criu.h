/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * criu as a process that serves one request of ours.
 *
 * Theory. criu can be had as a library (libcriu), by its command line, or by its RPC:
 * `criu swrk 3` reads requests from the socket that is its fd 3. The library does not
 * exist on every distribution (Debian 12 has none) and would be linked into a program
 * that seldom needs it. The command line cannot do three things that containers need: a
 * terminal whose master is outside comes back as an fd only in the notification
 * "orphan-pts-master"; the restored init becomes our child only with rst_sibling; and
 * hooks have to run, with the pid in their state, between two steps of a restore. So it
 * is the RPC. Its messages are protocol buffers, of which numbers, strings and nested
 * messages are used: criu_wire.c is smaller than a generator and its library.
 *
 * criu is looked for when it is needed, in PATH and in the usual directories (podman
 * gives us no PATH). One process answers what version it is, what it can do, and then the
 * request. For a restore it gets a mount namespace of its own, where the root file system
 * is mounted on a directory of the box: criu wants the new root to be a mount point that
 * nothing covers. The mount ends with it, so there is none to be undone on the host. criu
 * takes directories as fds of the process that made the socket, and mounts in them: so
 * that they belong to its mount namespace, the child opens them again, and makes the
 * socket.
 *
 * Signals of a terminal do not reach criu: killed in the middle of a dump it would leave
 * its code inside the container's processes. It ends by itself when we do: its next
 * notification finds no reader, and it undoes what it did.
 *
 * Runs in the program.
 */
#ifndef HOST_CRIU_H
#define HOST_CRIU_H

#include "base/arena.h"
#include "base/err.h"
#include "libcontainer/host/criu_msg.h"
#include "libcontainer/host/spawn.h"

#define CRIU_OLDEST	31700 /* 3.17 */
#define CRIU_LOCK_SKIPS 31800 /* the first that has --network-lock skip */

/* The path of criu: in `search` (as PATH; NULL: none), then in the usual directories.
 * ENOENT: "criu is not installed ...". In the arena. */
char *criu_find(const char *search, struct arena *a, struct err *e);

/* Whether criu would find a program that it calls: its PATH has the usual directories */
bool criu_has(const char *program, struct arena *a);

struct criu {
	const char *path;
	struct child child; /* its socket is child.sync */
	unsigned version;
	const char *log; /* path of its log, for errors; NULL: none yet */
	struct arena *arena;
};
#define CRIU_NONE                                                                        \
	{                                                                                \
		.child = CHILD_NONE                                                      \
	}

/* How it is born */
struct criu_birth {
	const char *rootfs;  /* restore: mounted, with all below, */
	const char *root_at; /* on this directory, in a mount namespace of its own */
	int cgroup;	     /* directory of the cgroup that it begins in; -1: ours */
	int images;	     /* a directory, which it gets as CRIU_IMAGES_FD */
	int work;	     /* CRIU_WORK_FD; -1: the same */
	const int *files;    /* fds of ours, from CRIU_FIRST_FILE on; lent */
	size_t n;
};
enum { CRIU_SOCKET_FD = 3, CRIU_IMAGES_FD, CRIU_WORK_FD, CRIU_FIRST_FILE };
#define CRIU_FILES_MAX 8

/* Start it. It inherits stdin, stdout and stderr. */
int criu_start(struct criu *c, const char *path, const struct criu_birth *how,
	       struct arena *a, struct err *e);

/* Ask for its version; EINVAL: it is older than CRIU_OLDEST */
int criu_check(struct criu *c, struct err *e);

/* Ask whether it and the kernel can do that; ENOSYS with `what` when not */
int criu_need(struct criu *c, enum criu_feature feature, const char *what, struct err *e);

/* Told of each step that criu tells; *fd (-1: none came) is the callee's to take. -1
 * with e set: criu shall give up and undo. */
typedef int (*criu_step)(void *to, const char *script, int pid, int *fd, struct err *e);

/* Make the request, and answer notifications until it is done; then criu ends. The error
 * has criu's own words and the path of its log. At most 10 minutes from one message to
 * the next, unless `slow`: who serves pages waits until they are fetched. */
int criu_serve(struct criu *c, enum criu_type type, const struct criu_opts *o, bool slow,
	       criu_step step, void *to, struct criu_answer *out, struct err *e);

/* Kill it if it has not ended */
void criu_done(struct criu *c);
#define autocriu __attribute__((cleanup(criu_done))) struct criu

/* In the network namespace of the process: bring the loopback device up */
int criu_loopback(int pid, struct err *e);

#endif
