# SPDX-License-Identifier: LGPL-2.1-or-later The engine: what runs in the program
# (libcontainer.a), and what runs inside the container: a freestanding static program that
# is embedded in libcontainer.a as bytes.

noinst_LIBRARIES += libcontainer.a
libcontainer_a_SOURCES = \
	%D%/box/box.c \
	%D%/box/box.h \
	%D%/box/lock.c \
	%D%/box/parts.h \
	%D%/box/process.c \
	%D%/box/socket.c \
	%D%/box/state.c \
	%D%/box/status.c \
	%D%/host/blob.h \
	%D%/host/criu.c \
	%D%/host/criu.h \
	%D%/host/criu_msg.c \
	%D%/host/criu_msg.h \
	%D%/host/criu_start.c \
	%D%/host/criu_wire.c \
	%D%/host/criu_wire.h \
	%D%/host/helper.c \
	%D%/host/helper.h \
	%D%/host/given.c \
	%D%/host/given.h \
	%D%/host/idmap.c \
	%D%/host/idmap.h \
	%D%/host/initfile.c \
	%D%/host/initfile.h \
	%D%/host/prepare.c \
	%D%/host/prepare.h \
	%D%/host/rdt.c \
	%D%/host/rdt.h \
	%D%/host/spawn.c \
	%D%/host/spawn.h \
	%D%/host/tasks.c \
	%D%/host/tasks.h \
	%D%/launch.c \
	%D%/launch.h \
	%D%/launch_cgroup.c \
	%D%/launch_cgroup.h \
	%D%/launch_checkpoint.c \
	%D%/launch_criu.c \
	%D%/launch_criu.h \
	%D%/launch_criu_net.c \
	%D%/launch_criu_net.h \
	%D%/launch_mounts.c \
	%D%/launch_end.c \
	%D%/launch_net.c \
	%D%/launch_net.h \
	%D%/launch_notify.c \
	%D%/launch_notify.h \
	%D%/launch_filter.c \
	%D%/launch_filter.h \
	%D%/launch_parts.c \
	%D%/launch_parts.h \
	%D%/launch_pause.c \
	%D%/launch_rdt.c \
	%D%/launch_rdt.h \
	%D%/launch_rdt_stats.c \
	%D%/launch_restore.c \
	%D%/launch_restore.h \
	%D%/launch_restore_opts.c \
	%D%/launch_update.c \
	%D%/launch_user.c \
	%D%/launch_user.h \
	%D%/plan/attributes.h \
	%D%/plan/build.h \
	%D%/plan/criu_wish.h \
	%D%/plan/draft.h \
	%D%/plan/facts.c \
	%D%/plan/facts.h \
	%D%/plan/facts_net.c \
	%D%/plan/facts_users.c \
	%D%/plan/facts_users.h \
	%D%/plan/kit.h \
	%D%/plan/mount_idmap.c \
	%D%/plan/mount_idmap.h \
	%D%/plan/mount_label.c \
	%D%/plan/mount_label.h \
	%D%/plan/mount_overlay.c \
	%D%/plan/mount_overlay.h \
	%D%/plan/mount_words.c \
	%D%/plan/mount_words.h \
	%D%/plan/path.c \
	%D%/plan/path.h \
	%D%/plan/plan.c \
	%D%/plan/plan.h \
	%D%/plan/plan_attributes.c \
	%D%/plan/plan_caps.c \
	%D%/plan/plan_cgroup.c \
	%D%/plan/plan_dev.c \
	%D%/plan/plan_device_rules.c \
	%D%/plan/plan_enter.c \
	%D%/plan/plan_enter_mounts.c \
	%D%/plan/plan_hooks.c \
	%D%/plan/plan_ids.c \
	%D%/plan/plan_mounts.c \
	%D%/plan/plan_net.c \
	%D%/plan/plan_nodev.c \
	%D%/plan/plan_ns.c \
	%D%/plan/plan_own.c \
	%D%/plan/plan_process.c \
	%D%/plan/plan_rdt.c \
	%D%/plan/plan_seccomp.c \
	%D%/plan/plan_special.c \
	%D%/plan/plan_special.h \
	%D%/plan/plan_unit.c \
	%D%/plan/rdt.h \
	%D%/plan/show.c \
	%D%/plan/show_attributes.c \
	%D%/plan/show_mounts.c \
	%D%/plan/show_net.c \
	%D%/plan/show_text.c \
	%D%/plan/show_text.h \
	%D%/plan/show_user.c \
	%D%/plan/steps.h \
	%D%/plan/sync.c \
	%D%/plan/sync.h \
	%D%/spec/annotations.c \
	%D%/spec/annotations.h \
	%D%/spec/check.c \
	%D%/spec/check.h \
	%D%/spec/check_linux.c \
	%D%/spec/check_process.c \
	%D%/spec/check_resources.c \
	%D%/spec/check_rules.h \
	%D%/spec/check_seccomp.c \
	%D%/spec/check_sysctl.c \
	%D%/spec/check_top.c \
	%D%/spec/check_values.c \
	%D%/spec/numbers.c \
	%D%/spec/numbers.h \
	%D%/spec/spec.c \
	%D%/spec/spec.h \
	%D%/spec/spec_hooks.c \
	%D%/spec/spec_linux.c \
	%D%/spec/spec_mounts.c \
	%D%/spec/spec_process.c \
	%D%/spec/sysctl.h \
	%D%/spec/words.c \
	%D%/spec/words.h \
	%D%/init/blob.S \
	%D%/init/hook.c \
	%D%/init/mapped.c \
	%D%/init/root.c \
	%D%/init/mount.c \
	%D%/init/sched.c
EXTRA_DIST += \
	%D%/README.md \
	%D%/box/README.md \
	%D%/host/README.md \
	%D%/init/README.md \
	%D%/plan/README.md \
	%D%/spec/README.md

# --- the program inside -----------------------------------------------------------------

init_sources = \
	%D%/init/added.c \
	%D%/init/attach.c \
	%D%/init/attributes.c \
	%D%/init/copyup.c \
	%D%/init/dev.c \
	%D%/init/environment.c \
	%D%/init/exec.c \
	%D%/init/files.c \
	%D%/init/filter.c \
	%D%/init/first.c \
	%D%/init/held.c \
	%D%/init/hook.c \
	%D%/init/ids.c \
	%D%/init/init.c \
	%D%/init/join.c \
	%D%/init/labels.c \
	%D%/init/landlock.c \
	%D%/init/lookup.c \
	%D%/init/mapped.c \
	%D%/init/masks.c \
	%D%/init/mem.c \
	%D%/init/mount.c \
	%D%/init/names.c \
	%D%/init/passwd.c \
	%D%/init/pivot.c \
	%D%/init/procfiles.c \
	%D%/init/root.c \
	%D%/init/sched.c \
	%D%/init/start.c \
	%D%/init/tty.c \
	%D%/init/user.c \
	%D%/init/wait.c
init_headers = \
	%D%/init/added.h \
	%D%/init/caps.h \
	%D%/init/copyup.h \
	%D%/init/dev.h \
	%D%/init/held.h \
	%D%/init/hook.h \
	%D%/init/init.h \
	%D%/init/labels.h \
	%D%/init/lookup.h \
	%D%/init/mapped.h \
	%D%/init/mount.h \
	%D%/init/passwd.h \
	%D%/init/procfiles.h \
	%D%/init/root.h \
	%D%/init/sched.h
init_objects = $(init_sources:.c=.fo) %D%/plan/sync.fo \
	base/err.fo base/fd_others.fo base/fmt.fo

# The same files with a libc under them, for unit tests and fuzzers only
check_LIBRARIES += libinit_hosted.a
libinit_hosted_a_SOURCES = $(init_sources) $(init_headers)
libinit_hosted_a_CPPFLAGS = $(AM_CPPFLAGS) -DARIL_HOSTED

# noseparate-code and norelro: one segment, few pages, for a container that waits is
# mostly this program's pages. No build id: equal sources give equal bytes.
init_cflags = $(WARN_CFLAGS) -Os -ffreestanding $(INIT_CFLAGS) \
	-ffunction-sections -fdata-sections
init_ldflags = -nostdlib -static -s -Wl,--build-id=none,--gc-sections \
	-Wl,-z,noexecstack,-z,norelro,-z,noseparate-code

SUFFIXES = .fo
.c.fo:
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(INIT_CC) -I$(top_srcdir) -D_GNU_SOURCE \
		-U_FORTIFY_SOURCE $(init_cflags) -MMD -MP -MF $@.d -MT $@ -c -o $@ $<

%D%/init/aril-init: $(init_objects)
	$(AM_V_CCLD)$(INIT_CC) $(init_ldflags) -o $@ $(init_objects) -lgcc

# what .incbin reads is no dependency that a compiler would report
%D%/init/blob.$(OBJEXT): %D%/init/aril-init

# also a file of its own, for hosts that deny executable memfds
pkglibexec_SCRIPTS = %D%/init/aril-init
CLEANFILES += %D%/init/aril-init $(init_objects) $(init_objects:.fo=.fo.d)

-include $(init_objects:.fo=.fo.d)
