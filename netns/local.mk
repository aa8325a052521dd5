# SPDX-License-Identifier: LGPL-2.1-or-later
noinst_LIBRARIES += libnetns.a
libnetns_a_SOURCES = \
	%D%/counters.c \
	%D%/counters.h \
	%D%/devices.c \
	%D%/devices.h \
	%D%/net.h \
	%D%/wish.c \
	%D%/wish.h
EXTRA_DIST += %D%/README.md
