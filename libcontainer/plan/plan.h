/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * struct plan: everything that was decided about one container or one exec, before
 * anything is done. It is pure data in a shared arena: the host's side carries out
 * its part, seals the arena, and init reads the rest of it at the same address
 * (base/arena.h).
 *
 * Pointers point into the arena only. Numbers are the kernel's. A string that may be
 * absent is NULL. Names of members say who acts: no member is used by both sides to
 * decide.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "cgroups/limits.h"
#include "cgroups/unit.h"
#include "libcontainer/plan/attributes.h"
#include "libcontainer/plan/rdt.h"
#include "libcontainer/plan/steps.h"
#include "netns/net.h"
#include "netns/user.h"

/*
 * DIRECT: one clone3 makes init with its new namespaces. JOIN: some namespace is
 * given by path (or all are those of a running container): the process that clone3
 * makes is a middle one; it joins them, then clones the true init as its sibling
 * (CLONE_PARENT), because joining a PID or time namespace counts for children only. So
 * does unshare(2) of a time namespace, whose clocks can be set until somebody is in it.
 */
enum plan_shape { SHAPE_DIRECT, SHAPE_JOIN };

struct plan_join {
	uint32_t flag;	  /* CLONE_NEW*; what NS_GET_NSTYPE must say */
	const char *name; /* "network" */
	const char *path;
	/* what would change the host if the path is that of a namespace of the host, of
	 * which the container is believed to have its own: "linux.sysctl.kernel.sem"; the
	 * host's side, which sees where the path leads, refuses it. NULL: nothing */
	const char *writes;
};

/* User and group ids of a new user namespace */
enum plan_map_way {
	MAP_NONE,   /* no new user namespace */
	MAP_WRITE,  /* write /proc/PID/uid_map and gid_map */
	MAP_HELPER, /* call newuidmap and newgidmap, which are set-uid */
};

struct plan_map {
	uint32_t inside, outside, size;
};

typedef LIST(struct plan_map) plan_maps_t;

struct plan_ids {
	enum plan_map_way way;
	plan_maps_t uids, gids;
	bool deny_setgroups; /* write "deny" first: an unprivileged gid_map wants it */
};

enum plan_mount_kind {
	/* a clone of `source`, a file or a directory of the runtime's tree */
	MOUNT_BIND,
	MOUNT_NEW,     /* a new file system of `type`, made by init in its namespaces */
	/* no mount: change what is mounted there ("remount", or only a propagation) */
	MOUNT_CHANGE,
	/* enter: take the mount `id` away that is there */
	MOUNT_DETACH,
};

/* So many can be added to a running container, or removed, at a time */
#define ENTER_MOUNTS_MAX 256

/* How the ids of a mount are mapped (mount_setattr(2), MOUNT_ATTR_IDMAP) */
enum plan_idmap {
	IDMAP_NONE,
	IDMAP_MAPS,   /* as a user namespace that is made for it, with uids and gids */
	IDMAP_USERNS, /* as the one at the path `userns` */
};

struct plan_mount {
	enum plan_mount_kind kind;
	const char *where;    /* "mounts[3] /proc": begins the text of errors */
	const char *target;   /* absolute, in the container */
	const char *type;     /* MOUNT_NEW */
	/* MOUNT_BIND: absolute; MOUNT_NEW: the "source" option, or NULL */
	const char *source;
	/* MOUNT_NEW on EPERM or EBUSY: bind this recursively; or NULL */
	const char *fallback;
	/* MOUNT_BIND: the host opens the clone (kit->mounts[i]), because init in its
	 * user namespace might not reach the source */
	bool by_host;
	bool recursive;	      /* MOUNT_BIND: with all that is mounted below (rbind) */
	/* proc and sysfs: no component of the target may be a link */
	bool no_symlinks;
	bool keep_source;     /* MOUNT_BIND: do not follow a link at the end of source */
	bool keep_target;     /* the same for the target: it is mounted on the link */
	bool copy_link;	      /* a source that is a link is made anew as the target */
	enum plan_idmap idmap;
	bool idmap_recursive; /* also the mounts below */
	/* inside: ids in the file system; outside: what they are seen as, ids of the user
	 * namespace of who makes the mount, the host (by_host) or init */
	plan_maps_t uids, gids;
	const char *userns;   /* IDMAP_USERNS */
	uint64_t id;	      /* MOUNT_DETACH: see mount_id() in init/mount.h */
	bool copy_up;	      /* tmpcopyup: fill a tmpfs with what lies under it */
	bool late_readonly;   /* read-only only after later mounts and devices are made;
				 attr_set is then without MOUNT_ATTR_RDONLY */
	uint64_t attr_set, attr_clr; /* MOUNT_ATTR_* of the mount itself */
	uint64_t rec_set, rec_clr;   /* MOUNT_ATTR_* of it and all below (rro ...) */
	uint64_t propagation;	     /* MS_PRIVATE ... of the mount; 0: as it is */
	bool propagation_recursive;
	strings_t data;		/* "size=64m", "newinstance": one fsconfig each */
	strings_t flags;	/* super block flags: "sync", "dirsync", "lazytime" ... */
};

struct plan_device {
	const char *path; /* absolute, in the container */
	/* bind this node of the runtime's tree (user namespaces); NULL: mknod */
	const char *source;
	uint32_t mode;	  /* S_IFCHR | 0666 */
	uint32_t major, minor;
	uint32_t uid, gid;
	/* one of the default nodes: replaces nothing, follows no link */
	bool is_default;
};

struct plan_link {
	const char *path, *text; /* "/dev/fd" -> "/proc/self/fd" */
};

struct plan_sysctl {
	const char *name; /* as in the document */
	const char *path, *value; /* below /proc: "sys/net/ipv4/ip_forward" */
};

struct plan_file {
	const char *path; /* absolute, in the container */
	const char *text;
};

/* What it may write below, by Landlock; all else it can only read and execute */
struct plan_landlock {
	strings_t write; /* absolute, in the container */
};

struct plan_hook {
	const char *where; /* "createContainer hook #0": begins the text of errors */
	const char *path;
	char **argv, **envp; /* NULL-terminated */
	int64_t timeout_ms;  /* 0: none */
};
typedef LIST(struct plan_hook) plan_hooks_t;

enum plan_hook_kind {
	HOOK_PRESTART,
	HOOK_CREATE_RUNTIME,
	HOOK_CREATE_CONTAINER,
	HOOK_START_CONTAINER,
	HOOK_POSTSTART,
	HOOK_POSTSTOP,
	HOOK_KINDS
};

struct plan_caps {
	bool given; /* false: leave all sets as they are */
	uint64_t bounding, effective, inheritable, permitted, ambient;
};

struct plan_rlimit {
	int what; /* RLIMIT_* */
	const char *name;
	uint64_t soft, hard;
};

struct plan_process {
	char **argv;	  /* NULL-terminated; NULL: no process, `start` is an error */
	char **envp;	  /* NULL-terminated */
	/* envp has no HOME: init adds it, from the container's passwd */
	bool find_home;
	/* sockets are passed: init adds LISTEN_PID, its pid in its own PID namespace, and
	 * LISTEN_PIDFDID */
	bool tell_listen;
	const char *path; /* PATH to look argv[0] up in */
	const char *cwd;
	uint32_t uid, gid;
	LIST(uint32_t) groups;
	/* false where setgroups is denied, or where those of the caller are to stay */
	bool set_groups;
	int32_t umask;	 /* -1: as it is */
	struct plan_caps caps;
	bool no_new_privs;
	const char *apparmor; /* "exec PROFILE", from execve on; NULL: as it is */
	const char *selinux;  /* label from execve on, and of its keyring; NULL */
	LIST(struct plan_rlimit) rlimits;
	/* it may raise them, and does when init is ready; else init sets them itself
	 * (STEP_RLIMITS) */
	bool rlimits_by_host;
	/* an exec's, which names none itself: those of the container. It may be called
	 * where the limits are lower and cannot be raised, then they stay lower. */
	bool rlimits_inherited;
	const char *oom_score_adj;	  /* decimal; NULL: as it is */
	bool oom_may_fail;		  /* unprivileged: a lower value is not granted */
	bool terminal;
	uint16_t rows, columns; /* 0: not given */
	uint32_t preserve_fds;	/* this many after 2 stay open */
	struct plan_attributes attributes;
};

/* How the container comes to its cgroup; cgroups/ does it */
enum plan_cgroup_way {
	CGROUP_NONE, /* there is no tree, or it is not ours to write (rootless) */
	CGROUP_MAKE, /* make `path`, or start `unit`; clone into it */
	CGROUP_ENTER, /* exec: it is there */
};

struct plan_cgroup {
	enum plan_cgroup_way way;
	const char *mount; /* where the cgroup2 tree is mounted */
	/* below it: "/aril/web"; MAKE with a unit: NULL, systemd will say it */
	const char *path;
	/* ENTER: of a cgroup below `path`, and no other one will do: "/a", "/" for `path`
	 * itself; NULL: where there is room, beside the container's init at the last */
	const char *sub;
	/* the container's is this one below the unit's, which then has no process; NULL:
	 * it is the unit's own. For ENTER, too: `path` ends in it. */
	const char *subgroup;
	/* MAKE: its process goes into this one below it, and may do there what it likes:
	 * the limits are above; NULL: none */
	const char *delegate;
	const struct unit *unit;     /* of systemd, which makes it; NULL: we do */
	unit_properties_t properties; /* of the unit, besides those of limits */
	/* the unit is our choice: when it cannot be had, go on without a cgroup */
	bool unit_may_fail;
	limits_t limits;	/* what is written to its files */
	bool all_controllers;	/* not only those of limits: for who watches it */
	bool give;		/* the cgroup to the user `owner`, an id of ours */
	uint32_t owner;
	const char *why;   /* CGROUP_NONE: the reason, for the log; NULL otherwise */
	bool filter_devices;	/* CGROUP_MAKE: with the rules of the document */
	bool devices_may_fail;	/* EPERM: we may not load programs; nor may it mknod */
	bool devices_by_nodev;	/* CGROUP_NONE: mounts do what the rules would */
	strings_t device_rules; /* as text, to show */
};

/* The network beyond the namespace and its loopback device */
struct plan_net {
	net_links_t links; /* made or moved in when init is there, before hooks */
	const char *helper; /* path of aril-net; NULL: where it is installed */
	const struct user_net *user; /* a program connects it; NULL: none */
	/* of the file that is bound over /etc/resolv.conf: the last of the mounts;
	 * NULL: none is */
	const char *resolv_conf;
};

struct plan {
	enum plan_shape shape;
	bool enter; /* an exec into a running container */
	bool only_mounts; /* enter: no process, its mounts are changed */
	bool hold;  /* `create`: wait on the start socket */
	bool no_pivot;
	bool new_session_keyring;
	uint64_t steps;	     /* STEP_BIT()s of those that init takes */

	/* CLONE_NEW* of the one clone3 (DIRECT) or of the second (JOIN) */
	uint64_t clone_flags;
	/* those of clone_flags that the middle process takes before, by unshare(2) */
	uint64_t early_flags;
	/* what it writes to its timens_offsets: "monotonic 1 0\nboottime ..."; or NULL */
	const char *time_offsets;
	bool new_pidns, new_userns;
	/* the program is the child of a process that stays: see init/first.c */
	bool first_process;
	/* the runtime is root of the initial user namespace: it can write /proc/PID
	 * files of an undumpable init */
	bool by_host_root;
	LIST(struct plan_join) joins; /* by path, in the order in which they are joined */
	uint32_t join_flags; /* enter: namespaces of the container's init, by its pidfd */
	struct plan_ids ids;
	/* become uid and gid 0 of a (new or joined) user namespace first */
	bool ids_zero;

	const char *rootfs; /* absolute path */
	bool root_by_host;  /* as plan_mount.by_host; not of root_memory */
	/* a tmpfs, made by init, in place of the files of rootfs; NULL: those */
	const struct plan_mount *root_memory;
	LIST(struct plan_file) files; /* made in it before anything is mounted */
	bool root_readonly;
	uint64_t root_propagation; /* MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE */
	bool root_propagation_recursive;
	LIST(struct plan_mount) mounts;
	LIST(struct plan_device) devices;
	LIST(struct plan_link) links;
	LIST(struct plan_sysctl) sysctls;
	strings_t masked, readonly; /* absolute paths */
	const char *hostname, *domainname;

	plan_hooks_t hooks[HOOK_KINDS];
	struct plan_process process;
	struct plan_cgroup cgroup;
	const struct plan_rdt *rdt; /* NULL: resctrl is not touched */
	struct plan_net net;
	const struct plan_landlock *landlock; /* NULL: as it is */
	bool has_filter; /* seccomp is wanted; its program is in the kit */
	const char *listener; /* the agent's socket, which the host connects to; NULL */
	const char *listener_metadata; /* for the agent; NULL */

	strings_t warnings; /* for the log: unknown capabilities ... */
};

/* Whether init takes that step */
static inline bool plan_wants(const struct plan *p, enum plan_step step)
{
	return (p->steps & STEP_BIT(step)) != 0;
}

#endif
