# SPDX-License-Identifier: LGPL-2.1-or-later
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	%D%/arch/aarch64.h \
	%D%/arch/ppc64le.h \
	%D%/arch/riscv64.h \
	%D%/arch/s390x.h \
	%D%/arch/x86_64.h \
	%D%/arena.c \
	%D%/arena.h \
	%D%/asked.c \
	%D%/asked.h \
	%D%/clock.c \
	%D%/clock.h \
	%D%/confine.c \
	%D%/confine.h \
	%D%/dir.c \
	%D%/err.c \
	%D%/err.h \
	%D%/errname.c \
	%D%/fd.c \
	%D%/fd.h \
	%D%/fd_others.c \
	%D%/file.c \
	%D%/file.h \
	%D%/fmt.c \
	%D%/fmt.h \
	%D%/helper.c \
	%D%/helper.h \
	%D%/json_names.c \
	%D%/json_names.h \
	%D%/json_read.c \
	%D%/json_read.h \
	%D%/json_text.c \
	%D%/json_text.h \
	%D%/json_write.c \
	%D%/json_write.h \
	%D%/memfd.c \
	%D%/memfd.h \
	%D%/mountinfo.c \
	%D%/mountinfo.h \
	%D%/program.c \
	%D%/program.h \
	%D%/socket.c \
	%D%/socket.h \
	%D%/str.c \
	%D%/str.h \
	%D%/sys.h \
	%D%/text.c \
	%D%/text.h \
	%D%/tick.c \
	%D%/tick.h \
	%D%/unseen.c \
	%D%/unseen.h \
	%D%/words.c \
	%D%/words.h
EXTRA_DIST += %D%/README.md
