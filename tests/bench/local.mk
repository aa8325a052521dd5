# SPDX-License-Identifier: GPL-2.0-or-later
# The benchmark: its scripts compile what they need (build.sh). `make bench` prints the
# table, `make bench-check` says whether the targets are met. That the floor's container
# is the same as aril's is a test of `make check`.

bench_files = \
	%D%/README.md \
	%D%/bench.c \
	%D%/bpf.c \
	%D%/build.sh \
	%D%/bundle.sh \
	%D%/floor.c \
	%D%/floor.h \
	%D%/floor_box.c \
	%D%/lib.sh \
	%D%/payload.c \
	%D%/profile.json \
	%D%/run.sh

TESTS += %D%/floor_check.sh
EXTRA_DIST += $(bench_files) %D%/floor_check.sh

.PHONY: bench-check
bench-check: all
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/run.sh --check
