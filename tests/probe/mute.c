/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A FUSE file system whose server takes every question and never answers: who looks into
 * it waits in the kernel, where no signal is of use. Runs on the host.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/stuck.h"

/* mute DIR READY ASKED: mounted on DIR it makes the file READY, and ASKED with the first
 * question; until it is killed, when all that wait get an error. Status 1: it cannot be
 * done here. */
static int mute_mute(int argc, char **argv)
{
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	int mount = fuse < 0 ? -1 : stuck_mount(fuse);
	bool asked = false;
	uint64_t unique;

	(void)argc;
	if (mount < 0 || !stuck_greet(fuse) ||
	    sys_move_mount(mount, "", AT_FDCWD, argv[1], MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return 1;
	close(mount);
	tell(argv[2]);
	for (;;) {
		if (stuck_read(fuse, &unique) == 0 || asked)
			continue;
		asked = true;
		tell(argv[3]);
	}
}

const struct command mute_commands[] = {
	{ "mute", 3, 3, mute_mute, "DIR READY ASKED" },
	{ NULL, 0, 0, NULL, NULL },
};
