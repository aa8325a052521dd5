/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * criu's messages (images/rpc.proto of criu 3.17 and later): what we ask, and what it
 * answers, as structs. Pure: bytes in, bytes out.
 */
#ifndef HOST_CRIU_MSG_H
#define HOST_CRIU_MSG_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "libcontainer/host/criu_wire.h"

enum criu_type {
	CRIU_DUMP = 1,
	CRIU_RESTORE = 2,
	CRIU_PRE_DUMP = 4,
	CRIU_NOTIFY = 6,
	CRIU_FEATURE_CHECK = 9,
	CRIU_VERSION = 10,
};

/* An external mount: at dump the mount point and the name that it gets in the images; at
 * restore that name and the path of the host. A cgroup: controller and path. A namespace
 * to join: its word and its path. */
struct criu_pair {
	const char *key, *value;
};
typedef LIST(struct criu_pair) criu_pairs_t;

/* A file that the images name by key, and its number in the criu process */
struct criu_inherit {
	const char *key;
	int fd;
};
typedef LIST(struct criu_inherit) criu_inherits_t;

/* Options of a request. fds are numbers in the process that made the socket, where criu
 * opens them by /proc. -1 or NULL: not given. */
struct criu_opts {
	int images_fd, work_fd;
	int pid, log_level;
	const char *log_file, *root, *parent, *freeze_cgroup, *config_file;
	const char *lsm_profile, *lsm_mount_context;
	bool leave_running, ext_unix_sk, tcp_established, tcp_close, tcp_skip_in_flight;
	bool evasive_devices, shell_job, file_locks, link_remap, track_mem, auto_dedup;
	bool notify_scripts, orphan_pts_master, lazy_pages, rst_sibling;
	bool ext_sharing, ext_masters, manage_cgroups;
	int manage_cgroups_mode, network_lock, status_fd;
	int empty_ns; /* CLONE_NEWNET */
	const char *page_address;
	int page_port;
	strings_t external;
	criu_pairs_t mounts, cgroup_roots, joins;
	criu_inherits_t inherits;
};
#define CRIU_OPTS_NONE                                                                   \
	{                                                                                \
		.images_fd = -1, .work_fd = -1, .pid = -1, .log_level = -1,              \
		.manage_cgroups_mode = -1, .network_lock = -1, .status_fd = -1,          \
		.empty_ns = -1, .page_port = -1                                          \
	}

enum criu_feature { CRIU_MEM_TRACK = 1, CRIU_LAZY_PAGES = 2 };

/* Requests, in the arena. keep_open: others follow. */
struct wire criu_ask(enum criu_type type, bool keep_open, struct arena *a);
struct wire criu_ask_feature(enum criu_feature feature, struct arena *a);
struct wire criu_ask_with(enum criu_type type, const struct criu_opts *o,
			  struct arena *a);
struct wire criu_notified(bool success, struct arena *a);

struct criu_answer {
	int type;
	bool success;
	unsigned version;  /* 31701 for 3.17.1 */
	unsigned features; /* 1 << enum criu_feature */
	int restored_pid;
	const char *script; /* NOTIFY: "post-dump" */
	int notify_pid;
	int num;	  /* errno value of what went wrong, or 0 */
	const char *text; /* what went wrong; NULL: it does not say */
};

/* EPROTO: not an answer of criu's. Strings are in the arena. */
int criu_answer_read(const void *bytes, size_t len, struct arena *a,
		     struct criu_answer *out, struct err *e);

#endif
