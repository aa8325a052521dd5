/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owners' ends, and writing to descriptors; runs in the program only */
#include "base/fd.h"

#include <stdlib.h>
#include <unistd.h>

void mem_free(void *p)
{
	free(*(void **)p);
}

int fd_write_all(int fd, const void *text, size_t len, struct err *e)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = TEMP_FAILURE_RETRY(
			write(fd, (const char *)text + done, len - done));

		if (n < 0)
			return err_sys(e, "write %zu bytes", len);
		done += (size_t)n;
	}
	return 0;
}
