/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory files; runs in the program only */
#include "base/memfd.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"

int memfd_open(const char *name, bool executable, struct err *e)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	long fd =
		sys_memfd_create(name, flags | (executable ? MFD_EXEC : MFD_NOEXEC_SEAL));

	if (fd == -EINVAL) /* Linux < 6.3 */
		fd = sys_memfd_create(name, flags);
	if (fd < 0)
		return err_set(e, (int)-fd, "make memory file %s", name);
	return (int)fd;
}

int memfd_text(const char *name, const void *text, size_t len, struct err *e)
{
	int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
	autofd fd = memfd_open(name, false, e);

	if (fd < 0 || fd_write_all(fd, text, len, e) < 0)
		return -1;
	if (fcntl(fd, F_ADD_SEALS, seals) < 0)
		return err_sys(e, "seal memory file %s", name);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "rewind memory file %s", name);
	return fd_take(&fd);
}
