# SPDX-License-Identifier: LGPL-2.1-or-later
noinst_LIBRARIES += libfilter.a
libfilter_a_SOURCES = \
	%D%/cache.c \
	%D%/cache.h \
	%D%/filter.c \
	%D%/filter.h \
	%D%/profile.c \
	%D%/profile.h \
	%D%/program.c \
	%D%/program.h \
	%D%/newer.c \
	%D%/newer.h \
	%D%/raw.c \
	%D%/raw.h \
	%D%/shrink.c \
	%D%/shrink.h \
	%D%/words.c \
	%D%/words.h
EXTRA_DIST += %D%/README.md
