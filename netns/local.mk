# SPDX-License-Identifier: LGPL-2.1-or-later
noinst_LIBRARIES += libnetns.a
libnetns_a_SOURCES = \
	%D%/counters.c \
	%D%/counters.h \
	%D%/devices.c \
	%D%/devices.h \
	%D%/net.c \
	%D%/net.h \
	%D%/net_words.c \
	%D%/net_words.h \
	%D%/user.c \
	%D%/user.h \
	%D%/user_guard.c \
	%D%/user_parts.h \
	%D%/user_start.c \
	%D%/wish.c \
	%D%/wish.h
EXTRA_DIST += %D%/README.md

# --- the program that speaks with the kernel about devices: dynamic, as libmnl is -------

if NET
pkglibexec_PROGRAMS += %D%/aril-net/aril-net
endif
%C%_aril_net_aril_net_SOURCES = \
	%D%/aril-net/address.c \
	%D%/aril-net/address.h \
	%D%/aril-net/identity.c \
	%D%/aril-net/identity.h \
	%D%/aril-net/link.c \
	%D%/aril-net/link.h \
	%D%/aril-net/main.c \
	%D%/aril-net/make.c \
	%D%/aril-net/make.h \
	%D%/aril-net/route.c \
	%D%/aril-net/route.h \
	%D%/aril-net/rtnl.c \
	%D%/aril-net/rtnl.h \
	%D%/aril-net/undo.c \
	%D%/net_words.c \
	%D%/net_words.h
%C%_aril_net_aril_net_CPPFLAGS = $(AM_CPPFLAGS) $(MNL_CFLAGS)
%C%_aril_net_aril_net_LDFLAGS = $(AM_LDFLAGS) -pie
%C%_aril_net_aril_net_LDADD = libbase.a $(MNL_LIBS)
