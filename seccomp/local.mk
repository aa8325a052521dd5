# SPDX-License-Identifier: LGPL-2.1-or-later
noinst_LIBRARIES += libfilter.a
libfilter_a_SOURCES = \
	%D%/cache.c \
	%D%/cache.h \
	%D%/calls.c \
	%D%/calls.h \
	%D%/chain.c \
	%D%/chain.h \
	%D%/emit.c \
	%D%/emit.h \
	%D%/filter.c \
	%D%/filter.h \
	%D%/generate.c \
	%D%/generate.h \
	%D%/profile.c \
	%D%/profile.h \
	%D%/raw.c \
	%D%/raw.h \
	%D%/rules.c \
	%D%/rules.h \
	%D%/table.c \
	%D%/table.h \
	%D%/words.c \
	%D%/words.h
EXTRA_DIST += %D%/README.md
