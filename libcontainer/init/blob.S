/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bytes of the program that runs inside the container, for libcontainer/host/blob.h.
 * The build has linked it before it assembles this file; the path is relative to the top
 * of the build tree, where make runs. Nothing in this file is executed.
 */
#ifdef __CET__
#include <cet.h> /* else the whole program would lose the mark */
#endif
	.section .rodata.init_blob, "a", %progbits
	.balign 4096
	.globl init_blob
	.type init_blob, %object
init_blob:
	.incbin "libcontainer/init/aril-init"
.Linit_blob_end:
	.size init_blob, .Linit_blob_end - init_blob

	.balign 8
	.globl init_blob_size
	.type init_blob_size, %object
init_blob_size:
#if __SIZEOF_SIZE_T__ == 8
	.quad .Linit_blob_end - init_blob
	.size init_blob_size, 8
#else
	.long .Linit_blob_end - init_blob
	.size init_blob_size, 4
#endif

	.section .note.GNU-stack, "", %progbits
