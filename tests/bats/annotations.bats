#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Annotations that engines set for crun: applied, refused or ignored. Those about a
# pidfd are in pidfd.bats, those about cgroups and units in the files about these.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'others refuse nothing'
}

annotate() { # NAME VALUE
	cfg '.annotations[$n] = $v' --arg n "$1" --arg v "$2"
}

@test "what cannot be had is refused by name, with the reason" {
	local name
	for name in run.oci.handler run.oci.systemd.force_cgroup_v1 \
		run.oci.seccomp.receiver run.oci.seccomp.plugins \
		run.oci.seccomp_bpf_data; do
		cfg '.annotations = {}'
		annotate "$name" something
		create
		refused "annotations.$name" something
	done
}

@test "what is about parts that aril does not have is ignored" {
	local name
	for name in krun.cpus module.wasm.image/variant org.example.mine run.oci.unknown \
		io.kubernetes.cri.container-type run.oci.mount_context_type; do
		annotate "$name" 1
	done
	probe say hello
	want hello
}

@test "features lists those that an engine must not pass on from an image" {
	output=$("$ARIL" features | jq -r '.potentiallyUnsafeConfigAnnotations[]')
	want run.oci.pidfd_receiver run.oci.handler org.systemd.property.
	want_none 'krun.*'
}
