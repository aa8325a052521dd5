# SPDX-License-Identifier: GPL-2.0-or-later
# Real engines with aril as their runtime, in guests: README.md says more.

EXTRA_DIST += \
	%D%/README.md \
	%D%/check.sh \
	%D%/clients.bash \
	%D%/containerd.bash \
	%D%/containerd_run.bats \
	%D%/containerd_task.bats \
	%D%/layout.py \
	%D%/matrix.sh \
	%D%/podman.bash \
	%D%/podman_config.bats \
	%D%/podman_run.bats \
	%D%/rootfs.sh \
	%D%/run.sh

.PHONY: check-clients
check-clients: all check-programs
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/clients/check.sh
