# SPDX-License-Identifier: GPL-2.0-or-later
# Real engines with aril as their runtime, in guests: README.md says more.

EXTRA_DIST += \
	%D%/README.md \
	%D%/buildah.bash \
	%D%/buildah_bud.bats \
	%D%/buildah_run.bats \
	%D%/check.sh \
	%D%/clients.bash \
	%D%/conmon.bash \
	%D%/conmon.bats \
	%D%/containerd.bash \
	%D%/containerd_run.bats \
	%D%/containerd_task.bats \
	%D%/cri.bash \
	%D%/cri.proto \
	%D%/cri.py \
	%D%/cri_container.bats \
	%D%/cri_pod.bats \
	%D%/cri_security.bats \
	%D%/cri_stream.bats \
	%D%/cri_stream.py \
	%D%/docker.bash \
	%D%/docker_build.bats \
	%D%/docker_checkpoint.bats \
	%D%/docker_daemon.bats \
	%D%/docker_events.bats \
	%D%/docker_exec.bats \
	%D%/docker_files.bats \
	%D%/docker_isolate.bats \
	%D%/docker_labels.bats \
	%D%/docker_life.bats \
	%D%/docker_limits.bats \
	%D%/docker_many.bats \
	%D%/docker_net.bats \
	%D%/docker_run.bats \
	%D%/docker_stack.bats \
	%D%/docker_tty.bats \
	%D%/docker_userns.bats \
	%D%/layout.py \
	%D%/matrix.sh \
	%D%/podman.bash \
	%D%/podman_build.bats \
	%D%/podman_checkpoint.bats \
	%D%/podman_config.bats \
	%D%/podman_exec.bats \
	%D%/podman_files.bats \
	%D%/podman_life.bats \
	%D%/podman_limits.bats \
	%D%/podman_many.bats \
	%D%/podman_mounts.bats \
	%D%/podman_network.bats \
	%D%/podman_pods.bats \
	%D%/podman_run.bats \
	%D%/podman_security.bats \
	%D%/podman_systemd.bats \
	%D%/podman_users.bats \
	%D%/rates.md \
	%D%/rates.sh \
	%D%/results \
	%D%/rootfs.sh \
	%D%/run.sh \
	%D%/swarm.bash \
	%D%/swarm.bats \
	%D%/swarm_net.bats

.PHONY: check-clients
check-clients: all check-programs
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/clients/check.sh

.PHONY: bench-clients
bench-clients: all check-programs
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/clients/rates.sh
