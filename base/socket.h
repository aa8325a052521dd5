/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sockets of the host that somebody else listens on: connecting to one, and handing a
 * descriptor over (unix(7)). Neither waits for ever.
 */
#ifndef BASE_SOCKET_H
#define BASE_SOCKET_H

#include "base/err.h"

/*
 * Connect to the socket at `path`, SOCK_STREAM or SOCK_DGRAM; `what` ("console socket")
 * stands before the path in errors. ETIMEDOUT: its queue was full for `ms`; sending takes
 * no longer either (EAGAIN). The caller owns the fd.
 */
int socket_connect(const char *path, int type, int ms, const char *what, struct err *e);

/* Send a text, of at least one byte, and with it the fd, which stays the caller's. One
 * message; what of a long text a stream does not take at once follows without. -1 with
 * errno. */
int socket_send_fd(int sock, const char *text, int fd);

#endif
