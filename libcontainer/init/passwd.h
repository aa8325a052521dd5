/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The home directory of a user in the container's /etc/passwd. Runs in init; hosted for
 * tests. */
#ifndef INIT_PASSWD_H
#define INIT_PASSWD_H

#include <stddef.h>
#include <stdint.h>

/* Read passwd(5) from fd (-1: there is none) and write the home directory of uid to
 * home. "/" when the file has no such user, or when his directory is not an absolute
 * path that fits. Never fails: the file is the image's, which may hold anything. */
void passwd_home(int fd, uint32_t uid, char *home, size_t size);

#endif
