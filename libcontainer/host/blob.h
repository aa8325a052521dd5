/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The freestanding init as bytes: a static ELF executable that the build makes from
 * libcontainer/init/ and puts into the program (init/blob.S). Only the parent's side
 * reads it, to fill the memfd that the child executes. The bytes are read-only data: they
 * are pages of the program's file, so they cost no memory until they are copied.
 *
 * The same file is installed as ARIL_LIBEXECDIR "/aril-init", for hosts where a memfd may
 * not be executed.
 */
#ifndef LIBCONTAINER_HOST_BLOB_H
#define LIBCONTAINER_HOST_BLOB_H

#include <stddef.h>

extern const unsigned char init_blob[]; /* starts at a multiple of 4096 */
extern const size_t init_blob_size;	/* in bytes, as the file */

#endif
