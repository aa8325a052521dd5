/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * struct facts: what this host and this caller can do, read once per command. Tests
 * fake it; the plan asks nothing else. struct request: what the command line wants
 * beside the document.
 */
#ifndef PLAN_FACTS_H
#define PLAN_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct id_range {
	uint32_t first, size; /* outside ids */
};
typedef LIST(struct id_range) id_ranges_t;

enum cgroup_mode {
	CGROUPS_NONE,	 /* no cgroup2 tree is mounted */
	CGROUPS_HYBRID,	 /* at /sys/fs/cgroup/unified, beside v1 hierarchies */
	CGROUPS_UNIFIED, /* at /sys/fs/cgroup */
};

struct facts {
	uint32_t euid, egid;
	const char *user;     /* its name; NULL: unknown */
	/* not in the initial user namespace (uid_map is not the full one) */
	bool in_userns;
	/* there: /proc/self/setgroups; new namespaces inherit it */
	bool setgroups_denied;
	/* CAP_SYS_ADMIN is effective: mounts and namespaces without a user ns */
	bool can_mount;
	/* CAP_SYS_RESOURCE of the initial user namespace is effective */
	bool can_raise;
	/* our bounding set: what a container can be given at most */
	uint64_t caps;
	/* of the caller, from /etc/subuid and /etc/subgid */
	id_ranges_t subuids, subgids;
	bool has_newuidmap, has_newgidmap;
	enum cgroup_mode cgroups;
	const char *cgroup_mount; /* "/sys/fs/cgroup"; NULL: CGROUPS_NONE */
	const char *cgroup_own;	  /* our cgroup in that tree: "/user.slice/..." */
	/* we may make cgroups at the root (root of the host) or, all others, beside
	 * our own, and clone into them */
	bool cgroup_writable;
	/* a service manager of the caller's own listens in $XDG_RUNTIME_DIR */
	bool user_manager;
	/* those that can be passed down to where we make cgroups: "memory" ... */
	strings_t controllers;
	strings_t v1_controllers; /* "memory" ... that a v1 hierarchy holds */
	/* facts_labels() only: these security modules are on */
	bool apparmor, selinux;
	/* of facts_net() only */
	const char *pasta, *slirp4netns; /* where they are; NULL: they are not */
	int tun_errno;	     /* why /dev/net/tun cannot be opened; 0: it can */
	strings_t resolvers; /* of the host's /etc/resolv.conf, as it names them */
};

/* Read them. Never fails for what is merely absent, but for what the kernel does not say:
 * no container is made on a guess. Strings are in the arena.
 * runtime_dir: $XDG_RUNTIME_DIR, or NULL. */
int facts_read(struct facts *f, const char *runtime_dir, struct arena *a,
	       struct err *e);

/* Whether the security modules are on of which the document names a profile or a label:
 * files are read for those only, the others stay as they are */
void facts_labels(struct facts *f, bool apparmor, bool selinux);

/* Read what --net user depends on. path: $PATH, or NULL. */
void facts_net(struct facts *f, const char *path, struct arena *a);

/* The addresses of a resolv.conf(5), as they stand there */
void resolvers_parse(const char *text, struct arena *a, strings_t *out);

/* Not in the initial user namespace, nor in one that maps all ids to themselves (a
 * container with such a map is as good as the first one)? 1, 0, or -1. As
 * facts.in_userns, for those who want to know nothing else. */
int facts_in_userns(struct err *e);

struct request {
	const char *id;
	const char *bundle;	    /* absolute */
	bool hold;		    /* create */
	bool no_pivot, no_new_keyring;
	const char *net;	    /* --net; NULL: not given */
	strings_t publish;	    /* --publish */
	const char *path;	    /* $PATH; NULL: not set */
	const char *box;	    /* directory of the container, where it will be */
	bool detach;		    /* the command ends before the container does */
	bool has_console_socket;
	const char *sub_cgroup;	    /* exec --cgroup: below the container's; or NULL */
	uint32_t preserve_fds;	    /* --preserve-fds */
	/* LISTEN_FDS: 3 .. 2 + n, before the preserved ones */
	uint32_t listen_fds;
	const char *listen_names;   /* LISTEN_FDNAMES; NULL: not set */
	const char *notify_dir;	    /* /run/notify inside; NULL: no NOTIFY_SOCKET */
	/* --cgroup-manager, if it was given */
	bool systemd_cgroup, cgroupfs;
	bool no_cgroup;		    /* disabled: make none, join none */
	bool strict;		    /* --strict: what cannot be done is an error */
	/* --rootless=true, or auto and unprivileged: a cgroup that cannot be made is
	 * done without */
	bool rootless;
	/* where the user's systemd is reached: $XDG_RUNTIME_DIR and
	 * $DBUS_SESSION_BUS_ADDRESS; NULL: not set */
	const char *runtime_dir, *bus;
	/* the root of the resctrl file system; NULL: where it is mounted */
	const char *resctrl;
	const char *seccomp_receiver; /* $RUN_OCI_SECCOMP_RECEIVER; NULL: not set */
	const char *helpers; /* directory of helper programs; NULL: where installed */
};

#endif
