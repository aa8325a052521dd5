/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a wish to a process: the calls that the verbs make. launch.c is the first file
 * to read. Runs in the program.
 */
#ifndef LIBCONTAINER_LAUNCH_H
#define LIBCONTAINER_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "cgroups/cgroup.h"
#include "libcontainer/box/box.h"
#include "libcontainer/plan/criu_wish.h"
#include "libcontainer/plan/facts.h"
#include "libcontainer/plan/plan.h"
#include "libcontainer/spec/check.h"
#include "libcontainer/spec/spec.h"

struct launch {
	struct request request;
	const char *root;	    /* state directory of all containers */
	const char *document;	    /* the document itself; NULL: a file has it */
	const char *config;	    /* file in the bundle; NULL: "config.json" */
	const char *console_socket; /* path; NULL: none */
	const char *pidfd_socket;   /* path; NULL: none */
	const char *pid_file;	    /* path; NULL: none */
	const char *manager; /* NOTIFY_SOCKET, for who calls notify_open(); or NULL */
	void (*warn)(void *to, const char *text); /* for warnings; may be NULL */
	void *warn_to;
};

/* A process that was launched; owned by the caller */
struct launched {
	pid_t pid;
	int pidfd; /* owned */
	int sync;  /* owned; not held: the socket on which launch_go() starts it */
	int tty;   /* owned: the master, when the caller is to proxy it; else -1 */
	/* owned; with annotation aril.init, when it is waited for: while anybody has it
	 * open the container lives; else -1 */
	int life;
};
#define LAUNCHED_NONE                                                                    \
	{                                                                                \
		.pid = 0, .pidfd = -1, .sync = -1, .tty = -1, .life = -1                 \
	}
void launched_done(struct launched *l); /* closes its fds; the process goes on */
#define autolaunched __attribute__((cleanup(launched_done))) struct launched

/*
 * Read and check the bundle, plan, prepare, clone, set up, save: the steps 2 to 10 of
 * libcontainer/README.md. On success the container is "created" and b is its box (kept).
 * Held (create): the process waits on start.sock and l->sync is -1. Not held (run): it
 * waits for launch_go(). On failure nothing is left. b is closed by the caller with
 * box_done().
 */
int launch_create(const struct launch *how, struct box *b, struct launched *l,
		  struct err *e);

/* Start a container that waits: startContainer hooks (in it), exec, poststart hooks. An
 * error of the exec is told here. EINVAL when it does not wait, or has no program. When
 * anything fails after that the container is killed, as the specification says. */
int launch_start(struct box *b, struct err *e);			 /* held */
int launch_go(struct box *b, struct launched *l, struct err *e); /* not held */

/* One more process in a running container, started when this returns. The caller proxies
 * l->tty and waits. `process` is the whole OCI process object. */
int launch_exec(const struct launch *how, struct box *b,
		const struct spec_process *process, struct launched *l, struct err *e);

/* Read, check and plan only: for `aril plan`. The text is in the arena. */
int launch_plan(const struct launch *how, struct arena *a, char **text, struct err *e);

/* The container's document, from the copy in its box. NULL-safe for boxes without one:
 * fails. */
int launch_box_spec(struct box *b, struct spec **spec, struct err *e);

/* Send a signal (0 to 64): to init, or to all of its processes. SIGKILL goes to all when
 * the end of init would not end them. ESRCH: "container not running". */
int launch_kill(struct box *b, int sig, bool all, struct err *e);

/* Stop all processes of a running container until launch_resume(), or until it is deleted
 * by force. At most 10 s: then all go on, ETIMEDOUT. "container not running", "container
 * paused", "container not paused" (EINVAL), or that it has no cgroup. */
int launch_pause(struct box *b, struct err *e);
int launch_resume(struct box *b, struct err *e);

/* Wait, for ever, until somebody resumes a paused container, or it ends */
int launch_wait_resumed(struct box *b, struct err *e);

/* Change the limits of a container that was created and has not stopped: what r names
 * (device rules too, if it has any), in the files and, with a systemd unit, in its
 * properties. how: warnings, --strict, where the user's systemd is. */
int launch_update(const struct launch *how, struct box *b, const struct resources *r,
		  struct err *e);

/* The schemata of linux.intelRdt for an update: NULL or "" for those that stay. A
 * container that has no group gets one of its own, with all its processes. The first one
 * looks at the options alone: EINVAL (plain). */
int launch_schemata_check(const char *l3, const char *bandwidth, struct err *e);
int launch_update_schemata(const struct launch *how, struct box *b, const char *l3,
			   const char *bandwidth, struct err *e);

/* Write the member "intel_rdt" of a container's statistics, if it has a group */
struct json_writer;
void launch_rdt_json(const struct box_state *s, struct arena *a, struct json_writer *j);

/* Add mounts to a container that was created and has not stopped: all of those of the
 * text, a JSON array, or none; they are remembered in the box, which is locked. EPERM
 * where an ordinary user may not do that. */
int launch_mounts_add(const struct launch *how, struct box *b, const char *text,
		      size_t len, struct err *e);

/* Take mounts away that were added, by their destinations: all or none. ENOENT: none was
 * added there. One that the container has unmounted itself is forgotten, with a
 * warning. */
int launch_mounts_remove(const struct launch *how, struct box *b,
			 const strings_t *destinations, struct err *e);

/* The device rules that are in force, but for the default ones: those of the last update
 * that had any, else of its document. Lent by the box. */
int launch_device_rules(struct box *b, res_devices_t *rules, struct err *e);

/* Open the box's cgroup, when it has one that is still there and still its own; else
 * c->fd stays -1. It is kept: only cgroup_remove() removes it. */
int launch_cgroup_open(struct box *b, struct cgroup *c, struct err *e);

/* SIGKILL to init, if there is one, without the box's lock: what holds it may be a start
 * that waits for a hook in the container, which never ends otherwise. Before a
 * launch_delete() by force. */
void launch_interrupt(const char *root, const char *id, struct arena *a);

/* Write a running (or paused) container to files, by criu; then it is stopped, unless
 * wish->leave_running or pre_dump. On failure it runs on. EPERM for others than root.
 * how: warnings. */
int launch_checkpoint(const struct launch *how, const struct criu_wish *wish,
		      struct box *b, struct err *e);

/* Make a container from such files and the bundle: as launch_create(), but that it runs
 * already. l->sync is -1. */
int launch_restore(const struct launch *how, const struct criu_wish *wish, struct box *b,
		   struct launched *l, struct err *e);

/* Undo a stopped (or created) container: processes, cgroup, state, poststop hooks. EBUSY
 * when it runs; with force it is killed first, and waited for at most 10 s, by pidfd. A
 * cgroup that was there before the container stays. how: warnings, where the user's
 * systemd is. */
int launch_delete(const struct launch *how, struct box *b, bool force, struct err *e);

/* Wait, for ever, for the process (a child of ours) to end. Its exit status, or 128 +
 * signal. */
int launched_wait(struct launched *l, struct err *e);

#endif
