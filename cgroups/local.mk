# SPDX-License-Identifier: LGPL-2.1-or-later
noinst_LIBRARIES += libcgroups.a
libcgroups_a_SOURCES = \
	%D%/annotation.c \
	%D%/cgroup.c \
	%D%/cgroup.h \
	%D%/controllers.c \
	%D%/controllers.h \
	%D%/devices.c \
	%D%/devices.h \
	%D%/devices_program.c \
	%D%/devices_program.h \
	%D%/events.c \
	%D%/events.h \
	%D%/freeze.c \
	%D%/freeze.h \
	%D%/gvariant.c \
	%D%/gvariant.h \
	%D%/left.c \
	%D%/left.h \
	%D%/limits.c \
	%D%/limits.h \
	%D%/limits_io.c \
	%D%/limits_lost.c \
	%D%/pids.c \
	%D%/properties.c \
	%D%/resources.c \
	%D%/resources.h \
	%D%/stats.c \
	%D%/stats.h \
	%D%/stats_json.c \
	%D%/watch.c \
	%D%/watch.h \
	%D%/unit.c \
	%D%/unit.h \
	%D%/unit_call.c \
	%D%/unit_call.h \
	%D%/unit_words.h \
	%D%/weight.c \
	%D%/weight.h
EXTRA_DIST += %D%/README.md

# --- the program that speaks with systemd: dynamic, as libsystemd is --------------------

if SYSTEMD
pkglibexec_PROGRAMS += %D%/systemd/aril-systemd
endif
%C%_systemd_aril_systemd_SOURCES = \
	%D%/systemd/main.c \
	%D%/systemd/manager.c \
	%D%/systemd/manager.h \
	%D%/systemd/message.c \
	%D%/systemd/message.h \
	%D%/systemd/request.c \
	%D%/systemd/request.h \
	%D%/systemd/start.c \
	%D%/systemd/verbs.c \
	%D%/systemd/verbs.h \
	%D%/unit_words.h
%C%_systemd_aril_systemd_CPPFLAGS = $(AM_CPPFLAGS) $(SYSTEMD_CFLAGS)
%C%_systemd_aril_systemd_LDFLAGS = $(AM_LDFLAGS) -pie
%C%_systemd_aril_systemd_LDADD = libbase.a $(SYSTEMD_LIBS)
