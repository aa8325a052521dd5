# SPDX-License-Identifier: GPL-2.0-or-later
# The probe that tests run inside containers: static, so that it runs in an empty rootfs

check_PROGRAMS += %D%/probe

%C%_probe_SOURCES = \
	%D%/agent.c \
	%D%/bed.c \
	%D%/calls.c \
	%D%/count.c \
	%D%/facts.c \
	%D%/files.c \
	%D%/kernel.c \
	%D%/loads.c \
	%D%/mute.c \
	%D%/net.c \
	%D%/probe.c \
	%D%/probe.h \
	%D%/race.c \
	%D%/refuse.c \
	%D%/resctrl.c \
	%D%/sockets.c \
	%D%/spy.c \
	%D%/try.c \
	%D%/try.h \
	%D%/try_calls.c \
	%D%/try_files.c \
	%D%/try_kernel.c \
	%D%/try_peers.c \
	%D%/victim.c \
	%D%/witness.c
%C%_probe_CFLAGS = $(WARN_CFLAGS)
%C%_probe_LDFLAGS = -static
%C%_probe_LDADD =
