/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the environment lacks, because only the process itself can know it: HOME, from the
 * container's passwd; who it is, for the sockets that are passed to it
 * (sd_listen_fds(3)). Runs in init.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/sys.h"
#include "libcontainer/init/passwd.h"
#include "libcontainer/init/root.h"

#define PIDFS_MAGIC 0x50494446 /* PID_FS_MAGIC of linux/magic.h, Linux 6.9 */
#define ADDED_MAX   3

/* The image's passwd, or -1 when there is none or it is no file. To open a device does
 * something, and wakes who waits at the other end of a fifo, so it is looked at before;
 * afterwards again, for an image can change. The working directory is / */
static int open_passwd(void)
{
	static const char path[] = "etc/passwd";
	autofd at = (int)root_try(AT_FDCWD, path, O_PATH, 0), fd = -1;
	struct statx seen, st;

	if (at < 0 || sys_statx(at, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &seen) < 0)
		return -1;
	if (!S_ISREG(seen.stx_mode))
		return -1;
	fd = (int)root_try(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0 || sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &st) < 0)
		return -1;
	if (st.stx_ino != seen.stx_ino || st.stx_dev_major != seen.stx_dev_major ||
	    st.stx_dev_minor != seen.stx_dev_minor)
		return -1;
	return fd_take(&fd);
}

/* The number of a process, as long as the machine runs: the inode of its pidfd. False
 * where all pidfds have the same one (before Linux 6.9). */
static bool find_id(uint64_t *id)
{
	autofd fd = (int)sys_pidfd_open((int)sys_getpid(), 0);
	struct statfs fs;
	struct statx st;

	if (fd < 0 || sys_fstatfs(fd, &fs) < 0 || fs.f_type != PIDFS_MAGIC ||
	    sys_statx(fd, "", AT_EMPTY_PATH, STATX_INO, &st) < 0)
		return false;
	*id = st.stx_ino;
	return true;
}

/* A copy of the environment with these at its end */
static int add(struct inside *in, char *const *added, size_t n_added, struct err *e)
{
	char *const *from = in->plan->process.envp;
	size_t n = 0;
	long at;

	while (from[n])
		n++;
	at = sys_mmap(NULL, (n + n_added + 1) * sizeof(char *), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at < 0 && at > -4096)
		return err_set(e, (int)-at, "get memory for the environment");
	in->envp = (char **)at;
	memcpy(in->envp, from, n * sizeof(char *));
	memcpy(in->envp + n, added, n_added * sizeof(char *));
	in->envp[n + n_added] = NULL;
	return 0;
}

int environment_finish(struct inside *in, struct err *e)
{
	const struct plan_process *process = &in->plan->process;
	char *added[ADDED_MAX];
	uint64_t id;
	size_t n = 0;

	if (process->find_home) {
		autofd fd = open_passwd();

		memcpy(in->home, "HOME=", 5);
		passwd_home(fd, process->uid, in->home + 5, sizeof(in->home) - 5);
		added[n++] = in->home;
	}
	if (process->tell_listen) {
		fmt_text(in->listen_pid, sizeof(in->listen_pid), "LISTEN_PID=%d",
			 (int)sys_getpid());
		added[n++] = in->listen_pid;
	}
	if (process->tell_listen && find_id(&id)) {
		fmt_text(in->listen_id, sizeof(in->listen_id), "LISTEN_PIDFDID=%lu",
			 (unsigned long)id);
		added[n++] = in->listen_id;
	}
	return n ? add(in, added, n, e) : 0;
}
