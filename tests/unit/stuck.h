/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that is stuck in the kernel: it asks a FUSE file system for a file, and we,
 * the server, take the question and never answer. It cannot be frozen, and a SIGKILL does
 * not end it. The file system is mounted nowhere. Needs root and /dev/fuse.
 */
#ifndef TESTS_UNIT_STUCK_H
#define TESTS_UNIT_STUCK_H

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"

#define STUCK_MS 5000

struct stuck {
	int fuse;  /* its end lets the process go */
	pid_t pid; /* our child */
};

/* The next question of the kernel: its number in *unique, what it is about returned; 0
 * for none in time */
static unsigned stuck_read(int fuse, uint64_t *unique)
{
	static _Alignas(struct fuse_in_header) char buf[FUSE_MIN_READ_BUFFER + (1 << 17)];
	const struct fuse_in_header *in = (const void *)buf;
	struct pollfd p = { .fd = fuse, .events = POLLIN };

	if (poll(&p, 1, STUCK_MS) != 1 ||
	    read(fuse, buf, sizeof(buf)) < (ssize_t)sizeof(*in))
		return 0;
	*unique = in->unique;
	return in->opcode;
}

/* The one answer that is given, so that questions are asked */
static bool stuck_greet(int fuse)
{
	struct {
		struct fuse_out_header head;
		struct fuse_init_out init;
	} out = { .head = { .len = sizeof(out) },
		  .init = { .major = FUSE_KERNEL_VERSION,
			    .minor = FUSE_KERNEL_MINOR_VERSION,
			    .max_write = 4096 } };

	return stuck_read(fuse, &out.head.unique) == FUSE_INIT &&
	       write(fuse, &out, sizeof(out)) == (ssize_t)sizeof(out);
}

static int stuck_mount(int fuse)
{
	int fs = (int)sys_fsopen("fuse", 1), mount = -1;
	char fd[16];

	snprintf(fd, sizeof(fd), "%d", fuse);
	if (fs >= 0 && sys_fsconfig(fs, FSCONFIG_SET_STRING, "fd", fd, 0) == 0 &&
	    sys_fsconfig(fs, FSCONFIG_SET_STRING, "rootmode", "40000", 0) == 0 &&
	    sys_fsconfig(fs, FSCONFIG_SET_STRING, "user_id", "0", 0) == 0 &&
	    sys_fsconfig(fs, FSCONFIG_SET_STRING, "group_id", "0", 0) == 0 &&
	    sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		mount = (int)sys_fsmount(fs, 1, 0);
	if (fs >= 0)
		close(fs);
	return mount;
}

/* Let it go, and wait for it */
__attribute__((unused)) static void stuck_end(struct stuck *s)
{
	if (s->fuse >= 0)
		close(s->fuse);
	if (s->pid > 0)
		waitpid(s->pid, NULL, 0);
	*s = (struct stuck){ .fuse = -1 };
}

/* Born in that cgroup; -1: in ours. false: it cannot be done here. */
__attribute__((unused)) static bool stuck_begin(struct stuck *s, int cgroup)
{
	struct clone_args args = { .flags = cgroup < 0 ? 0 : CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)(cgroup < 0 ? 0 : cgroup) };
	uint64_t unique;
	int mount;

	*s = (struct stuck){ .fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC) };
	mount = s->fuse < 0 ? -1 : stuck_mount(s->fuse);
	if (mount < 0 || !stuck_greet(s->fuse)) {
		stuck_end(s);
		return false;
	}
	s->pid = (pid_t)sys_clone3(&args);
	if (s->pid == 0) {
		struct stat st;

		close(s->fuse); /* the last one to hold it must be the server */
		_exit(fstatat(mount, "file", &st, 0) < 0);
	}
	close(mount);
	if (s->pid > 0 && stuck_read(s->fuse, &unique) != 0)
		return true;
	stuck_end(s);
	return false;
}

#endif
