# SPDX-License-Identifier: GPL-2.0-or-later
# The benchmark: its scripts compile what they need (build.sh). `make bench` prints the
# table, `make bench-check` says whether the targets are met, `make bench-many` runs
# several at once, `make bench-scale` measures beside 1000 containers, `make bench-churn`
# makes and removes 50000. That the floor's container is the same as aril's, that scale.sh
# and churn.sh work, and that aril does no more than before, are tests of `make check`.

bench_files = \
	%D%/README.md \
	%D%/bench.c \
	%D%/bpf.c \
	%D%/build.sh \
	%D%/bundle.sh \
	%D%/churn.c \
	%D%/churn.sh \
	%D%/clock.h \
	%D%/floor.c \
	%D%/floor.h \
	%D%/floor_box.c \
	%D%/guest.sh \
	%D%/lib.sh \
	%D%/many.c \
	%D%/many.sh \
	%D%/payload.c \
	%D%/profile.json \
	%D%/reaper.c \
	%D%/results.sh \
	%D%/run.sh \
	%D%/scale.sh \
	%D%/scale_svg.awk

bench_tests = %D%/counts_check.sh %D%/floor_check.sh %D%/scale_check.sh
TESTS += $(bench_tests)
EXTRA_DIST += $(bench_files) $(bench_tests) %D%/counts.txt
CLEANFILES += scale.svg

.PHONY: bench-check bench-churn bench-many bench-results bench-scale
bench-check: all
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/run.sh --check

bench-results: all
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/results.sh

bench-many: all
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/many.sh

bench-churn: all
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/churn.sh

bench-scale: all
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/scale.sh \
		--svg scale.svg
