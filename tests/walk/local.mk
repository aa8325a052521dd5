# SPDX-License-Identifier: GPL-2.0-or-later
# The error walk: each system call of each verb fails once with each error

check_PROGRAMS += %D%/walk

%C%_walk_SOURCES = \
	%D%/command.c \
	%D%/excuse.c \
	%D%/host.c \
	%D%/holds.c \
	%D%/peers.c \
	%D%/scene.c \
	%D%/scene.h \
	%D%/scenes.c \
	%D%/trace.c \
	%D%/walk.c \
	%D%/walk.h
%C%_walk_LDADD = $(SECCOMP_LIBS)

TESTS += %D%/sample.sh
EXTRA_DIST += \
	%D%/README.md \
	%D%/RESULTS.md \
	%D%/results.sh \
	%D%/run.sh \
	%D%/sample.sh

.PHONY: walk
walk: all check-programs
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/walk/results.sh
