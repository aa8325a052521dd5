# SPDX-License-Identifier: LGPL-2.1-or-later
noinst_LIBRARIES += libcgroups.a
libcgroups_a_SOURCES = \
	%D%/cgroup.c \
	%D%/cgroup.h \
	%D%/devices.c \
	%D%/devices.h \
	%D%/events.c \
	%D%/events.h \
	%D%/need.c \
	%D%/resources.c \
	%D%/resources.h
EXTRA_DIST += %D%/README.md
