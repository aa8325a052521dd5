#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# AppArmor and SELinux: process.apparmorProfile, process.selinuxLabel, and what exec says.

load ../lib/bundle.bash

has_apparmor() {
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]
}
need_apparmor() {
	has_apparmor || skip 'this kernel has no AppArmor'
}
need_no_apparmor() {
	! has_apparmor || skip 'this kernel has AppArmor'
}
has_selinux() {
	[ -e /sys/fs/selinux/enforce ]
}
need_no_selinux() {
	! has_selinux || skip 'this kernel has SELinux'
}

no_apparmor='apparmor: config provided but apparmor not supported'
no_selinux='selinux label is specified in config, but selinux is disabled'
no_selinux+=' or not supported'

@test "an AppArmor profile where there is no AppArmor" {
	need_no_apparmor
	not_crun 'says it in other words'
	cfg '.process.apparmorProfile = "web"'
	create_refused "$no_apparmor"
	only_aril 'names no place'
	create_refused "process.apparmorProfile: $no_apparmor"
}

@test "a SELinux label where there is no SELinux" {
	need_no_selinux
	not_crun 'says it in other words'
	cfg '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
	create_refused "$no_selinux"
	only_aril 'names no place'
	create_refused "process.selinuxLabel: $no_selinux"
}

@test "empty ones are none" {
	cfg '.process.apparmorProfile = "" | .process.selinuxLabel = ""'
	probe say hello
	want hello
}

@test "exec: --apparmor, --process-label and process.json, where there is neither" {
	need_no_apparmor
	need_no_selinux
	only_aril 'says it in other words'
	running
	run aril exec --apparmor web "$ID" /probe say no </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *"process.apparmorProfile: $no_apparmor"* ]]
	run aril exec --process-label u:r:t:s0 "$ID" /probe say no </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *"process.selinuxLabel: $no_selinux"* ]]
	jq -n '{ cwd: "/", args: ["/probe", "say", "no"], apparmorProfile: "web" }' \
		>"$T/p.json"
	run aril exec -p "$T/p.json" "$ID" </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *"process.apparmorProfile: $no_apparmor"* ]]
	run aril exec --apparmor '' "$ID" /probe say yes </dev/null
	[ "$status" -eq 0 ]
	[[ $output == *yes* ]]
}

@test "a profile that AppArmor has" {
	need_apparmor
	cfg '.process.apparmorProfile = "unconfined"'
	running
	run aril exec "$ID" /probe read /proc/1/attr/current </dev/null
	[ "$status" -eq 0 ]
	[[ $output == *unconfined* ]]
}

# podman looks for the file between backticks
@test "a profile that AppArmor does not have, for run and for exec" {
	need_apparmor
	only_aril 'says it in other words'
	cfg '.process.apparmorProfile = "no-such-profile-of-aril"'
	create_refused \
		'process.apparmorProfile: write "exec no-such-profile-of-aril" to' \
		'attr/apparmor/exec`: ENOENT'
	cfg 'del(.process.apparmorProfile)'
	running
	run aril exec --apparmor no-such-profile-of-aril "$ID" /probe say no </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *'attr/apparmor/exec`: ENOENT'* ]]
}

@test "linux.mountLabel without SELinux" {
	only_aril 'says it otherwise'
	[ ! -d /sys/fs/selinux ] || skip 'SELinux may be on'
	cfg '.linux.mountLabel = "system_u:object_r:container_file_t:s0:c1,c2"'
	create_refused 'linux.mountLabel: a label is given, but SELinux is not enabled'
}
