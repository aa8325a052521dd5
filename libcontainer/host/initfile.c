/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* init in a sealed memory file; runs in the program */
#include "libcontainer/host/initfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/memfd.h"
#include "libcontainer/host/blob.h"

#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020 /* Linux 6.3: the mode cannot be changed */
#endif
/* see host/blob.h */
#define ARIL_INIT ARIL_LIBEXECDIR "/aril-init"
#define SEALS	  (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* The installed file through a mount of its own, read-only: nobody who gets at the fd
 * through /proc/PID/exe can open it for writing */
static int open_installed(struct err *e)
{
	struct mount_attr readonly = { .attr_set =
					       MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID };
	autofd fd = (int)sys_open_tree(AT_FDCWD, ARIL_INIT, OPEN_TREE_CLONE | O_CLOEXEC);
	long ret;

	if (fd < 0)
		return err_set(e, -fd, "open %s (memory files may not be executed here)",
			       ARIL_INIT);
	ret = sys_mount_setattr(fd, "", AT_EMPTY_PATH, &readonly);
	if (ret < 0)
		return err_set(e, (int)-ret, "make %s read-only", ARIL_INIT);
	return fd_take(&fd);
}

int initfile_open(bool secret, struct err *e)
{
	struct err denied = ERR_NONE;
	autofd fd = memfd_open("aril-init", true, &denied);

	if (fd < 0 && (denied.num == EACCES || denied.num == EPERM))
		return open_installed(e);
	if (fd < 0) {
		*e = denied;
		return -1;
	}
	if (fd_write_all(fd, init_blob, init_blob_size, e) < 0)
		return err_wrap(e, "init's memory file");
	if (secret && fchmod(fd, 0111) < 0)
		return err_sys(e, "set the mode of init's memory file");
	if (fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_EXEC) < 0 &&
	    fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return err_sys(e, "seal init's memory file");
	return fd_take(&fd);
}
