# SPDX-License-Identifier: GPL-2.0-or-later
# `make check`: every test speaks TAP; automake's driver counts. tests/README.md says
# more.

TEST_EXTENSIONS = .sh .bats
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
BATS_LOG_DRIVER = $(LOG_DRIVER)
BATS_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-bats.sh
AM_TESTS_ENVIRONMENT = \
	ARIL='$(abs_top_builddir)/aril'; export ARIL; \
	ARIL_BUILD='$(abs_top_builddir)'; export ARIL_BUILD; \
	ARIL_SOURCE='$(abs_top_srcdir)'; export ARIL_SOURCE; \
	ARIL_PROBE='$(abs_top_builddir)/tests/probe/probe'; export ARIL_PROBE; \
	ARIL_CC='$(CC) $(CFLAGS)'; export ARIL_CC; \
	ARIL_CACHE="$${ARIL_CACHE-$(abs_top_builddir)/cache}"; export ARIL_CACHE; \
	ARIL_BED_SET="$${ARIL_BED_SET-quick}"; export ARIL_BED_SET; \
	BATS='$(BATS)'; export BATS;

# --- units ------------------------------------------------------------------------------

unit_tests = \
	%D%/unit/annotation_test \
	%D%/unit/base_test \
	%D%/unit/box_test \
	%D%/unit/cache_test \
	%D%/unit/cgroup_test \
	%D%/unit/check_test \
	%D%/unit/child_test \
	%D%/unit/confine_test \
	%D%/unit/controllers_test \
	%D%/unit/criu_test \
	%D%/unit/devices_test \
	%D%/unit/exec_process_test \
	%D%/unit/filter_same_test \
	%D%/unit/filter_test \
	%D%/unit/freeze_test \
	%D%/unit/given_test \
	%D%/unit/hook_test \
	%D%/unit/init_root_test \
	%D%/unit/json_test \
	%D%/unit/labels_test \
	%D%/unit/limits_io_test \
	%D%/unit/limits_test \
	%D%/unit/lock_test \
	%D%/unit/lookup_test \
	%D%/unit/net_words_test \
	%D%/unit/notify_test \
	%D%/unit/opt_test \
	%D%/unit/out_test \
	%D%/unit/passwd_test \
	%D%/unit/pids_test \
	%D%/unit/plan_cgroup_test \
	%D%/unit/plan_idmap_test \
	%D%/unit/plan_mounts_test \
	%D%/unit/plan_ns_test \
	%D%/unit/plan_process_test \
	%D%/unit/plan_special_test \
	%D%/unit/properties_test \
	%D%/unit/ps_columns_test \
	%D%/unit/ps_table_test \
	%D%/unit/rdt_test \
	%D%/unit/spec_test \
	%D%/unit/stats_test \
	%D%/unit/survey_test \
	%D%/unit/sync_test \
	%D%/unit/unit_test \
	%D%/unit/update_test \
	%D%/unit/user_net_test \
	%D%/unit/watched_test \
	%D%/unit/wish_test \
	%D%/unit/words_test \
	%D%/golden/golden

# against a systemd of its own, and the true one
if SYSTEMD
unit_tests += \
	%D%/unit/systemd_bus_test \
	%D%/unit/systemd_live_test \
	%D%/unit/systemd_test
endif
# with devices of the kernel, in namespaces of its own
if NET
unit_tests += %D%/unit/net_test
endif
systemd_mock = %D%/unit/systemd_fixture.h %D%/unit/systemd_mock.c %D%/unit/systemd_mock.h
tests_unit_systemd_bus_test_SOURCES = %D%/unit/systemd_bus_test.c $(systemd_mock)
tests_unit_systemd_bus_test_CPPFLAGS = $(AM_CPPFLAGS) $(SYSTEMD_CFLAGS)
tests_unit_systemd_bus_test_LDADD = $(LDADD) $(SYSTEMD_LIBS)
tests_unit_systemd_test_SOURCES = %D%/unit/systemd_test.c $(systemd_mock)
tests_unit_systemd_test_CPPFLAGS = $(AM_CPPFLAGS) $(SYSTEMD_CFLAGS)
tests_unit_systemd_test_LDADD = $(LDADD) $(SYSTEMD_LIBS)

unit_headers = \
	%D%/unit/bpf.h \
	%D%/unit/cgroup_fake.h \
	%D%/unit/cgroup_tree.h \
	%D%/unit/check.h \
	%D%/unit/check_cases.h \
	%D%/unit/net_lab.h \
	%D%/unit/plan_fake.h \
	%D%/unit/random_profile.h \
	%D%/unit/stuck.h

# each is its one .c file
LDADD = libverbs.a libcontainer.a libinit_hosted.a $(aril_deps)

# cgroup_fake.h is a kernel that writes go to
tests_unit_controllers_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=file_put \
	-Wl,--wrap=file_get
tests_unit_limits_io_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=file_put
tests_unit_limits_test_LDADD = $(LDADD) -lm

# asked about filters, with libseccomp's compiler, which the program has not
oracle = %D%/unit/ask.c %D%/unit/model.c %D%/unit/model.h %D%/unit/oracle.c \
	%D%/unit/oracle.h
tests_unit_filter_same_test_SOURCES = %D%/unit/filter_same_test.c $(oracle)

# with a clock of its own
tests_unit_pids_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_ms
tests_unit_watched_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=net_counters_read

# --- fuzzers: libFuzzer's main, or replay.c's, which runs the corpus as a test ----------

fuzz_tests = \
	%D%/fuzz/cgroup_fuzz \
	%D%/fuzz/check_fuzz \
	%D%/fuzz/criu_fuzz \
	%D%/fuzz/filter_fuzz \
	%D%/fuzz/gvariant_fuzz \
	%D%/fuzz/host_fuzz \
	%D%/fuzz/ids_fuzz \
	%D%/fuzz/json_fuzz \
	%D%/fuzz/limits_fuzz \
	%D%/fuzz/mount_fuzz \
	%D%/fuzz/net_fuzz \
	%D%/fuzz/opt_fuzz \
	%D%/fuzz/plan_fuzz \
	%D%/fuzz/raw_fuzz \
	%D%/fuzz/state_fuzz \
	%D%/fuzz/stats_fuzz \
	%D%/fuzz/sync_fuzz

if FUZZING
fuzz_main =
fuzz_ldflags = -fsanitize=fuzzer
else
fuzz_main = %D%/fuzz/replay.c
fuzz_ldflags =
endif

tests_golden_golden_SOURCES = \
	%D%/golden/facts_read.c \
	%D%/golden/facts_read.h \
	%D%/golden/golden.c
tests_fuzz_cgroup_fuzz_SOURCES = %D%/fuzz/cgroup_fuzz.c $(fuzz_main)
tests_fuzz_cgroup_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_check_fuzz_SOURCES = %D%/fuzz/check_fuzz.c $(fuzz_main)
tests_fuzz_check_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_criu_fuzz_SOURCES = %D%/fuzz/criu_fuzz.c $(fuzz_main)
tests_fuzz_criu_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_filter_fuzz_SOURCES = %D%/fuzz/filter_fuzz.c $(oracle) $(fuzz_main)
tests_fuzz_filter_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_gvariant_fuzz_SOURCES = %D%/fuzz/gvariant_fuzz.c $(fuzz_main)
tests_fuzz_gvariant_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_host_fuzz_SOURCES = %D%/fuzz/host_fuzz.c $(fuzz_main)
tests_fuzz_host_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_ids_fuzz_SOURCES = %D%/fuzz/ids_fuzz.c $(fuzz_main)
tests_fuzz_ids_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_json_fuzz_SOURCES = %D%/fuzz/json_fuzz.c $(fuzz_main)
tests_fuzz_json_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_limits_fuzz_SOURCES = %D%/fuzz/limits_fuzz.c $(fuzz_main)
tests_fuzz_limits_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_mount_fuzz_SOURCES = %D%/fuzz/mount_fuzz.c %D%/fuzz/plan_claim.c $(fuzz_main)
tests_fuzz_mount_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_net_fuzz_SOURCES = %D%/fuzz/net_fuzz.c $(fuzz_main)
tests_fuzz_net_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_opt_fuzz_SOURCES = %D%/fuzz/opt_fuzz.c $(fuzz_main)
tests_fuzz_opt_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_plan_fuzz_SOURCES = %D%/fuzz/plan_fuzz.c %D%/fuzz/plan_claim.c \
	%D%/golden/facts_read.c $(fuzz_main)
tests_fuzz_plan_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_raw_fuzz_SOURCES = %D%/fuzz/raw_fuzz.c $(fuzz_main)
tests_fuzz_raw_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_state_fuzz_SOURCES = %D%/fuzz/state_fuzz.c $(fuzz_main)
tests_fuzz_state_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_stats_fuzz_SOURCES = %D%/fuzz/stats_fuzz.c $(fuzz_main)
tests_fuzz_stats_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_sync_fuzz_SOURCES = %D%/fuzz/sync_fuzz.c $(fuzz_main)
tests_fuzz_sync_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += $(unit_tests) $(fuzz_tests) %D%/support/inventory
tests_support_inventory_SOURCES = %D%/support/inventory.c
fuzzers: $(fuzz_tests)

# --- scripts ----------------------------------------------------------------------------

script_tests = \
	%D%/apparmor.sh \
	%D%/clients/results.sh \
	%D%/hardened.sh \
	%D%/layers.sh \
	%D%/objects.sh \
	%D%/style.bats \
	%D%/style.sh \
	%D%/security.sh \
	%D%/support.sh
bats_files = \
	%D%/bats/annotations.bats \
	%D%/bats/attacks.bats \
	%D%/bats/bundle.bats \
	%D%/bats/cgroups_below.bats \
	%D%/bats/cgroups_devices.bats \
	%D%/bats/cgroups_effects.bats \
	%D%/bats/cgroups_errors.bats \
	%D%/bats/cgroups_freeze.bats \
	%D%/bats/cgroups_hostile.bats \
	%D%/bats/cgroups_many.bats \
	%D%/bats/cgroups_rootless.bats \
	%D%/bats/cgroups_stuck.bats \
	%D%/bats/cgroups_systemd.bats \
	%D%/bats/cgroups_tree.bats \
	%D%/bats/cgroups_update.bats \
	%D%/bats/cgroups_values.bats \
	%D%/bats/check.bats \
	%D%/bats/checkpoint.bats \
	%D%/bats/checkpoint_net.bats \
	%D%/bats/checkpoint_options.bats \
	%D%/bats/commands.bats \
	%D%/bats/completion.bats \
	%D%/bats/criu_options.bats \
	%D%/bats/deleting.bats \
	%D%/bats/environment.bats \
	%D%/bats/error_codes.bats \
	%D%/bats/errors.bats \
	%D%/bats/events.bats \
	%D%/bats/exec.bats \
	%D%/bats/exec_cgroup.bats \
	%D%/bats/exec_errors.bats \
	%D%/bats/foreground.bats \
	%D%/bats/hooks.bats \
	%D%/bats/hostile.bats \
	%D%/bats/labels.bats \
	%D%/bats/lifecycle.bats \
	%D%/bats/listing.bats \
	%D%/bats/logs.bats \
	%D%/bats/idmap.bats \
	%D%/bats/modes.bats \
	%D%/bats/mount_words.bats \
	%D%/bats/mounts.bats \
	%D%/bats/mounts_verb.bats \
	%D%/bats/mute.bats \
	%D%/bats/namespaces.bats \
	%D%/bats/net_bridge.bats \
	%D%/bats/net_kinds.bats \
	%D%/bats/net_user.bats \
	%D%/bats/netdevices.bats \
	%D%/bats/notify.bats \
	%D%/bats/old_kernels.bats \
	%D%/bats/options.bats \
	%D%/bats/pause.bats \
	%D%/bats/pidfd.bats \
	%D%/bats/process_attributes.bats \
	%D%/bats/prying.bats \
	%D%/bats/rdt.bats \
	%D%/bats/rootless.bats \
	%D%/bats/sandbox.bats \
	%D%/bats/schema.bats \
	%D%/bats/several.bats \
	%D%/bats/seccomp.bats \
	%D%/bats/seccomp_agent.bats \
	%D%/bats/terminal.bats \
	%D%/bats/time.bats \
	%D%/bats/update.bats

# what needs no container
quick_tests = $(script_tests) $(unit_tests) $(fuzz_tests)
TESTS += $(quick_tests) %D%/bats/run.sh
EXTRA_DIST += $(script_tests) $(bats_files) $(unit_headers) %D%/bats/run.sh \
	%D%/fuzz/fuzz.h %D%/fuzz/plan_claim.h %D%/fuzz/replay.c
EXTRA_DIST += \
	%D%/README.md \
	%D%/bats/README.md \
	%D%/bundle/make.sh \
	%D%/fuzz/README.md \
	%D%/fuzz/run.sh \
	%D%/lib/bundle.bash \
	%D%/lib/cgroups.bash \
	%D%/lib/checkpoint.bash \
	%D%/lib/debian.sh \
	%D%/lib/leaks.bash \
	%D%/lib/prepare.sh \
	%D%/lib/tap.sh \
	%D%/lint.sh \
	%D%/man.sh \
	%D%/run-bats.sh \
	%D%/schema \
	%D%/vm/README.md \
	%D%/vm/check.sh \
	%D%/vm/guest \
	%D%/vm/image.sh \
	%D%/vm/kernel-uml.sh \
	%D%/vm/qemu-gate \
	%D%/vm/qemu-init \
	%D%/vm/qemu.sh \
	%D%/vm/run \
	%D%/vm/uml.sh \
	%D%/golden/net-annotated.config.json \
	%D%/golden/net-annotated.facts \
	%D%/golden/net-annotated.plan \
	%D%/golden/net-bridge-user.config.json \
	%D%/golden/net-bridge-user.facts \
	%D%/golden/net-bridge-user.plan \
	%D%/golden/net-bridge.config.json \
	%D%/golden/net-bridge.facts \
	%D%/golden/net-bridge.plan \
	%D%/golden/net-contradicts.config.json \
	%D%/golden/net-contradicts.facts \
	%D%/golden/net-contradicts.plan \
	%D%/golden/net-host.config.json \
	%D%/golden/net-host.facts \
	%D%/golden/net-host.plan \
	%D%/golden/net-path.config.json \
	%D%/golden/net-path.facts \
	%D%/golden/net-path.plan \
	%D%/golden/net-user-no-tun.config.json \
	%D%/golden/net-user-no-tun.facts \
	%D%/golden/net-user-no-tun.plan \
	%D%/golden/net-user-none.config.json \
	%D%/golden/net-user-none.facts \
	%D%/golden/net-user-none.plan \
	%D%/golden/net-user-slirp.config.json \
	%D%/golden/net-user-slirp.facts \
	%D%/golden/net-user-slirp.plan \
	%D%/golden/net-user.config.json \
	%D%/golden/net-user.facts \
	%D%/golden/net-user.plan \
	%D%/golden/attributes-exec.config.json \
	%D%/golden/attributes-exec.facts \
	%D%/golden/attributes-exec.plan \
	%D%/golden/attributes-exec.process.json \
	%D%/golden/attributes-userns.config.json \
	%D%/golden/attributes-userns.facts \
	%D%/golden/attributes-userns.plan \
	%D%/golden/attributes.config.json \
	%D%/golden/attributes.facts \
	%D%/golden/attributes.plan \
	%D%/golden/exec.config.json \
	%D%/golden/exec.facts \
	%D%/golden/exec.plan \
	%D%/golden/exec.process.json \
	%D%/golden/hybrid.config.json \
	%D%/golden/hybrid.facts \
	%D%/golden/hybrid.plan \
	%D%/golden/netdevices.config.json \
	%D%/golden/netdevices.facts \
	%D%/golden/netdevices.plan \
	%D%/golden/netdevices-rootless.config.json \
	%D%/golden/netdevices-rootless.facts \
	%D%/golden/netdevices-rootless.plan \
	%D%/golden/idmap.config.json \
	%D%/golden/idmap.facts \
	%D%/golden/idmap.plan \
	%D%/golden/idmap-rootless.config.json \
	%D%/golden/idmap-rootless.facts \
	%D%/golden/idmap-rootless.plan \
	%D%/golden/joined.config.json \
	%D%/golden/joined.facts \
	%D%/golden/joined.plan \
	%D%/golden/mount-label.config.json \
	%D%/golden/mount-label.facts \
	%D%/golden/mount-label.plan \
	%D%/golden/mounts-added-seen.config.json \
	%D%/golden/mounts-added-seen.facts \
	%D%/golden/mounts-added-seen.mounts.json \
	%D%/golden/mounts-added-seen.plan \
	%D%/golden/mounts-added.config.json \
	%D%/golden/mounts-added.facts \
	%D%/golden/mounts-added.mounts.json \
	%D%/golden/mounts-added.plan \
	%D%/golden/limit-in-v1.config.json \
	%D%/golden/limit-in-v1.facts \
	%D%/golden/limit-in-v1.plan \
	%D%/golden/limits.config.json \
	%D%/golden/limits.facts \
	%D%/golden/limits.plan \
	%D%/golden/own-annotations.config.json \
	%D%/golden/own-annotations.facts \
	%D%/golden/own-annotations.plan \
	%D%/golden/own-file.config.json \
	%D%/golden/own-file.facts \
	%D%/golden/own-file.plan \
	%D%/golden/rdt.config.json \
	%D%/golden/rdt.facts \
	%D%/golden/rdt.plan \
	%D%/golden/root.config.json \
	%D%/golden/root.facts \
	%D%/golden/root.plan \
	%D%/golden/rootless-foreign-ids.config.json \
	%D%/golden/rootless-foreign-ids.facts \
	%D%/golden/rootless-foreign-ids.plan \
	%D%/golden/rootless-one-id.config.json \
	%D%/golden/rootless-one-id.facts \
	%D%/golden/rootless-one-id.plan \
	%D%/golden/rootless.config.json \
	%D%/golden/rootless.facts \
	%D%/golden/rootless.plan \
	%D%/golden/scope-user.config.json \
	%D%/golden/scope-user.facts \
	%D%/golden/scope-user.plan \
	%D%/golden/scope.config.json \
	%D%/golden/scope.facts \
	%D%/golden/scope.plan \
	%D%/golden/time-rootless.config.json \
	%D%/golden/time-rootless.facts \
	%D%/golden/time-rootless.plan \
	%D%/golden/time.config.json \
	%D%/golden/time.facts \
	%D%/golden/time.plan \
	%D%/golden/userns.config.json \
	%D%/golden/userns.facts \
	%D%/golden/userns.plan \
	%D%/fuzz/corpus \
	%D%/fuzz/dict \
	%D%/unit/data

FUZZ_JOBS = 2
FUZZ_SECONDS = 60
.PHONY: bench check-filters check-programs check-quick check-units check-vm \
	distcheck-quick fuzz fuzzers lint print-objects
print-objects:
	@echo $(libbase_a_OBJECTS) $(libcgroups_a_OBJECTS) $(libnetns_a_OBJECTS) \
		$(libfilter_a_OBJECTS) $(libcontainer_a_OBJECTS) $(libverbs_a_OBJECTS) \
		$(aril_OBJECTS)
check-programs: $(check_PROGRAMS) $(check_LIBRARIES)
check-quick:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(quick_tests)'
check-units:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(unit_tests) $(fuzz_tests)'
distcheck-quick:
	$(MAKE) $(AM_MAKEFLAGS) distcheck TESTS='$(quick_tests)'

# 10,000 profiles at random, a few minutes, instead of a sample of them
check-filters: %D%/unit/filter_same_test
	ARIL_SOURCE='$(abs_top_srcdir)' ARIL_PROFILES=10000 %D%/unit/filter_same_test

bench: all
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/run.sh

# in guests with pure cgroup v2 and systemd
check-vm: all check-programs
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/vm/check.sh

fuzz:
	FUZZ_CC='$(FUZZ_CC)' FUZZ_JOBS='$(FUZZ_JOBS)' \
		FUZZ_SECONDS='$(FUZZ_SECONDS)' $(SHELL) \
		$(top_srcdir)/tests/fuzz/run.sh '$(abs_top_srcdir)' $(fuzz_tests)

lint:
	bash $(top_srcdir)/tests/lint.sh '$(abs_top_srcdir)'

# what lib/debian.sh keeps between runs, when it is told no other place
distclean-local:
	rm -rf cache
