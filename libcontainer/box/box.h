/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A box: a container on disk. A directory ROOT/ID (0711; ROOT is 0700) with
 *
 *	state.json	what delete, kill, exec and state must know; replaced by rename
 *	config.json	the bundle's document as it was at create: later edits are nothing
 *	start.sock	init listens here between create and start
 *	notify/		the container's /run/notify: see launch_notify.h
 *	lock		flock(2)ed by verbs that change the box
 *
 * What is in ROOT/.tmp is just being made or removed. Verbs but `list` and `state`
 * refuse a ROOT, a ROOT/ID and a state.json, config.json or lock in it (EPERM) that
 * belongs to another user or that others may write to: its owner would choose what hooks
 * they run. Modes are the same whatever the umask: files have 0600.
 *
 * state.json is written before anything that must be undone is made (with the cgroup's
 * path), and again when the container is created. The status is never stored beyond
 * "creating" and "created": start.sock's absence means started, a dead pid means
 * stopped.
 *
 * Runs in the program. Ids: [A-Za-z0-9_+.-]+ without a dot in front (ROOT keeps hidden
 * names for itself), at most 255 bytes. ROOT is never "/".
 */
#ifndef BOX_BOX_H
#define BOX_BOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "cgroups/resources.h"
#include "libcontainer/spec/spec.h"
#include "netns/net.h"

enum box_status { BOX_CREATING, BOX_CREATED, BOX_RUNNING, BOX_PAUSED, BOX_STOPPED };

/* A mount that was added to the running container */
struct box_mount {
	struct spec_mount mount; /* as it was asked for */
	uint64_t id;		 /* mount_id() of init/mount.h; 0: no mount */
};

/* A process, and what tells it from a later one of its number: pidfd_id where the kernel
 * has it (Linux 6.9), else start_time; good until the machine is booted anew */
struct box_process {
	int64_t pid;
	uint64_t start_time, pidfd_id; /* as in struct box_state */
};

/* What state.json holds; strings in the box's arena */
struct box_state {
	char *oci_version;
	char *id;
	int64_t pid;	     /* of init, as the runtime sees it; 0: not yet */
	uint64_t start_time; /* field 22 of /proc/PID/stat: tells a reused pid */
	uint64_t pidfd_id;   /* inode of its pidfd (unique, Linux 6.9); 0: not known */
	char *boot_id;	     /* the kernel's, when it had that pid; NULL: not known */
	int64_t creator;     /* pid of the command that made it: see devices_drop() */
	char *bundle, *rootfs;
	char *created;	     /* RFC 3339, UTC */
	char *owner;	     /* user name; "" when unknown */
	bool is_created;     /* false: still "creating" */
	char *cgroup_mount, *cgroup_path, *cgroup_made; /* NULL: no cgroup */
	/* what tells it from another one of that path: what is written on it
	 * (cgroup_mark()), or, where that is not allowed, its inode; 0: not made yet */
	char *cgroup_mark;
	uint64_t cgroup_id;
	char *no_cgroup;     /* why it has none; NULL: it has one */
	char *scope;	     /* the systemd unit that its cgroup is; NULL: none */
	char *subgroup;	     /* what of cgroup_path is below the unit's; NULL: nothing */
	char *invocation;    /* its InvocationID; NULL: it was not started yet */
	bool scope_user;     /* of its owner's service manager, not the system's */
	/* the rules of an update; items == NULL: still those of its config.json */
	res_devices_t devices;
	/* linux.intelRdt: the root of the file system (NULL: it has none), the group
	 * below it (NULL or "": the root group), and the monitoring group in it or NULL;
	 * what was made is to be removed */
	char *rdt_root, *rdt_group, *rdt_monitor;
	bool rdt_made, rdt_monitor_made;
	char *net_asked;      /* --net, as it was given; NULL: the document says */
	strings_t publish;    /* --publish */
	net_made_t net; /* its network devices; items == NULL: none were made */
	/* a program that connects its network, and its guard (netns/user.h) */
	LIST(struct box_process) net_processes;
	uint64_t ns_flags;   /* CLONE_NEW* unlike the runtime's: exec joins them */
	bool userns_setgroups_denied;
	bool own_pidns;      /* killing init kills all */
	bool late_hooks;     /* it has startContainer, poststart or poststop hooks */
	bool no_process;     /* the document has no process: it cannot be started */
	/* the socket of the seccomp agent, and what it is told; NULL: none */
	char *listener, *listener_metadata;
	pairs_t annotations;
	LIST(struct box_mount) mounts; /* added since, in order */
};

struct box {
	int root;   /* ROOT; owned; -1: only peeked at */
	int dir;    /* ROOT/ID; owned; -1: not open */
	int lock;   /* owned */
	int pidfd;  /* of init, when it is alive; owned; -1 */
	char *path; /* "ROOT/ID" */
	const char *name; /* of dir below root: the id, or a hidden one */
	struct arena *arena;
	struct box_state state;
	bool keep;  /* box_done() does not remove what box_make() made */
	bool made;
};
#define BOX_NONE { .root = -1, .dir = -1, .lock = -1, .pidfd = -1 }

/* "invalid container ID format" */
int box_check_id(const char *id, struct err *e);

/* Make ROOT (0700, parents 0755) and ROOT/ID. EEXIST: "container with given ID already
 * exists". The new box is locked; box_done() removes it unless `keep` is set. Sets
 * state.id and state.created (now). */
int box_make(struct box *b, const char *root, const char *id, struct arena *a,
	     struct err *e);

/* Open a box and read its state; sets pidfd when init lives, and fails when it cannot be
 * known whether it does: it must not pass for stopped. ENOENT: "container does not
 * exist". With lock, waits for it at most 10 s ("container ID is busy"). A box without a
 * state.json fails unless `broken_ok` (delete --force), which leaves state zeroed: its
 * create died. One whose state.json cannot be read fails always. */
int box_open(struct box *b, const char *root, const char *id, bool lock, bool broken_ok,
	     struct arena *a, struct err *e);

/* Whether such an error is about what is there, or not there; else it is about us
 * (EMFILE, ENOMEM, EIO), and says nothing of the container */
bool box_broken(const struct err *e);

/* Open for reading only, with the fewest system calls: no directory fd, no lock. For
 * `list` and `state`; good for box_status() and box_state_json() only. ENOENT as
 * box_open(). */
int box_peek(struct box *b, const char *root, const char *id, struct arena *a,
	     struct err *e);

/* Open a file of the box (b->dir is open) for reading: an fd of the caller. EPERM when it
 * belongs to another user, or others may write to it. */
int box_open_own(const struct box *b, const char *name, struct err *e);

/* Let other verbs at it: `run`, before it waits for the container */
void box_unlock(struct box *b);

/* Close it; remove what box_make() made, unless `keep`. BOX_NONE is fine. */
void box_done(struct box *b);
#define autobox __attribute__((cleanup(box_done))) struct box

/* Write state.json from b->state */
int box_save(struct box *b, struct err *e);

/* Fill pid and what tells it from a later process with that number: pidfd_id where the
 * kernel has it (Linux 6.9), else start_time; and boot_id, since both begin anew when
 * the machine does. Keeps a copy of pidfd, which is lent. */
int box_set_pid(struct box *b, pid_t pid, int pidfd, struct err *e);

/* The same for another process of the container; pidfd is lent */
int box_process_mark(struct box_process *p, pid_t pid, int pidfd, struct err *e);

/* *pidfd gets one of a process that box_process_mark() noted, which the caller owns; -1:
 * it has gone. Fails when that cannot be known. Only while box_same_boot(), of which
 * what cannot be read is no proof. */
int box_process_open(const struct box_process *p, int *pidfd, struct err *e);
bool box_same_boot(const struct box *b);

/* The status now. For a pid that is another process by now: stopped; so is a box that
 * is still "creating", but whose lock nobody else holds: its creator has died. */
enum box_status box_status(struct box *b);
extern const char *const box_status_names[]; /* "creating" ... by enum box_status */

/* The state as the OCI documents it (1.2 of runtime-spec: ociVersion, id, status, pid,
 * bundle, annotations, and rootfs, created, owner as runc prints). `status` as given,
 * so that hooks see "creating". Pretty (with a newline at the end) or compact; in the
 * box's arena. pid: of `state`, 0 when stopped. NULL when a string is not UTF-8, which
 * box_save() refuses before. */
char *box_state_json(struct box *b, enum box_status status, bool pretty);

/* Listen on ROOT/ID/start.sock (SOCK_SEQPACKET), through /proc/self/fd of the directory
 * where the path is too long for a socket. Returns the fd. */
int box_listen(struct box *b, struct err *e);

/* Connect to it and take its name away: the one start that wins. Returns the fd. */
int box_connect(struct box *b, struct err *e);

/* Remove the directory and all in it, under its lock. Another box that has got the id
 * meanwhile is left alone. */
int box_remove(struct box *b, struct err *e);

/* All ids below root, sorted; a missing root is an empty list */
int box_list(const char *root, struct arena *a, strings_t *ids, struct err *e);

#endif
