#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# AppArmor's profiles: what Docker asks for is what the processes have.

load docker.bash

setup() {
	[ -e /sys/kernel/security/apparmor/profiles ] ||
		skip 'this kernel has no AppArmor'
	client_setup
}

# label NAME: of the container's first process, seen from outside
label() {
	cat "/proc/$(of "$1" .State.Pid)/attr/apparmor/current"
}

@test "docker-default, for the container and what is executed in it" {
	box one
	is "$(label one)" 'docker-default (enforce)'
	is "$(docker exec one cat /proc/self/attr/apparmor/current)" \
		'docker-default (enforce)'
	# what is privileged is the container, not the exec
	is "$(docker exec --privileged one cat /proc/self/attr/apparmor/current)" \
		'docker-default (enforce)'
	docker run -d --name two --privileged box sleep 1000
	is "$(label two)" unconfined
}

@test "docker-default forbids what it forbids" {
	# a mount, which the capability alone would allow
	local as=(--rm --cap-add SYS_ADMIN --security-opt seccomp=unconfined)
	exits 0 docker run "${as[@]}" --security-opt apparmor=unconfined box \
		mount -t tmpfs none /srv
	exits 7 docker run "${as[@]}" box sh -c 'mount -t tmpfs none /srv || exit 7'
	matches "$output" 'ermission denied'
}

@test "--security-opt apparmor: none, another, and one that is not there" {
	docker run -d --name one --security-opt apparmor=unconfined box sleep 1000
	is "$(label one)" unconfined
	cat >"$T/profile" <<-'END'
		profile of-a-test flags=(attach_disconnected, mediate_deleted) {
		  file, network, capability, signal, ptrace, mount, umount,
		  deny /srv/kept w,
		}
	END
	apparmor_parser -Kr "$T/profile"
	docker run -d --name two --security-opt apparmor=of-a-test box sleep 1000
	is "$(label two)" 'of-a-test (enforce)'
	exits 1 docker exec two touch /srv/kept
	exits 0 docker exec two touch /srv/other
	docker rm -f two
	apparmor_parser -R "$T/profile"
	exits 125 docker run --rm --security-opt apparmor=not-there box true
	matches "$output" not-there
}
