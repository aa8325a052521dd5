/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the command line of checkpoint and restore asks of criu, beside the container.
 * Plain data; criu(8) says what each does in detail.
 */
#ifndef PLAN_CRIU_WISH_H
#define PLAN_CRIU_WISH_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers of criu's protocol (criu_cg_mode, criu_network_lock_method) */
enum criu_cgroups {
	CRIU_CGROUPS_IGNORE = 0,
	CRIU_CGROUPS_SOFT = 3,
	CRIU_CGROUPS_FULL = 4,
	CRIU_CGROUPS_STRICT = 5,
};
enum criu_lock {
	CRIU_LOCK_DEFAULT,
	CRIU_LOCK_IPTABLES,
	CRIU_LOCK_NFTABLES,
	CRIU_LOCK_SKIP
};

struct criu_wish {
	const char *search;	 /* PATH of the environment; NULL: not set */
	const char *image_path;	 /* absolute */
	const char *work_path;	 /* absolute; logs; NULL: image_path */
	const char *parent_path; /* images of an earlier pre-dump, from image_path */
	enum criu_cgroups cgroups;
	enum criu_lock network_lock;
	bool tcp_established, tcp_close, tcp_skip_in_flight;
	bool ext_unix_sk, shell_job, file_locks, link_remap;
	bool auto_dedup, lazy_pages;
	bool leave_running, pre_dump;
	const char *page_address; /* a page server takes the memory; NULL: files */
	uint16_t page_port;
	int status_fd; /* told when the page server of lazy_pages listens; -1: none */
	const char *lsm_profile; /* TYPE:NAME */
	const char *lsm_mount_context;
};
#define CRIU_WISH_NONE                                                                   \
	{                                                                                \
		.cgroups = CRIU_CGROUPS_SOFT, .status_fd = -1                            \
	}

#endif
