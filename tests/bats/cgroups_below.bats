#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Cgroups below the container's, by annotations of crun: run.oci.systemd.subgroup and
# run.oci.delegate-cgroup. Where no systemd is, a program in place of aril-systemd makes
# the scope's cgroup, as systemd would.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	need_cgroup
	only_aril 'others do it only with systemd, or not at all'
	bare
	cfg '.annotations = {}'
}
undo() {
	[ ! -d "$TREE/scope-$ID" ] || {
		find "$TREE/scope-$ID" -depth -type d -exec rmdir {} +
		return 1
	}
}

# aril asks this in place of systemd: $scope is where it makes the scope
stand_in() {
	need_root 'makes cgroups'
	need_cgroupfs
	scope=$TREE/scope-$ID
	mkdir "$T/libexec"
	chmod 755 "$T/libexec"
	cat >"$T/libexec/aril-systemd" <<END
#!/bin/bash
PATH=/usr/bin:/bin
echo "\$*" >>'$T/asked'
while read -r line && [ "\$line" != end ]; do echo "\$line" >>'$T/asked'; done
case \$1 in
start)
	mkdir '$scope'
	echo \$\$ >'$scope/cgroup.procs'
	printf 'invocation %032d\ncgroup %s\n' 1 '/scope-$ID' >&0
	read -r line
	;;
stop)
	find '$scope' -depth -type d -exec rmdir {} + 2>/dev/null
	echo done >&0
	;;
version) echo 'version 252' >&0 ;;
*) echo done >&0 ;;
esac
exit 0
END
	chmod 755 "$T/libexec/aril-systemd"
	export ARIL_LIBEXEC=$T/libexec
	manager=(--systemd-cgroup)
	cfg '.linux.cgroupsPath = "machine.slice:test:" + $i' --arg i "$ID"
}

@test "run.oci.systemd.subgroup: the container is in a cgroup below its scope" {
	stand_in
	annotate run.oci.systemd.subgroup container
	running
	[ "$(cgroup_of "$(pid)")" = "/scope-$ID/container" ]
	[ ! -s "$scope/cgroup.procs" ]
	[ "$(aril state "$ID" | jq -r .cgroupPath)" = "/scope-$ID/container" ]
	aril exec -d --pid-file "$T/exec.pid" "$ID" /probe pause /tell/exec \
		</dev/null >"$T/exec.out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/exec" 5000
	[ "$(cgroup_of "$(cat "$T/exec.pid")")" = "/scope-$ID/container" ]
	mkdir "$scope/container/sub"
	run aril exec --cgroup sub "$ID" /probe read /proc/self/cgroup </dev/null
	[ "$status" -eq 0 ]
	[[ $output == *"/sub" ]]
	aril pause "$ID"
	[ "$(status_of)" = paused ]
	aril resume "$ID"
	aril delete -f "$ID"
	[ ! -e "$scope" ]
}

@test "limits are on both: the unit's properties, and the files below" {
	stand_in
	need_controller hugetlb
	annotate run.oci.systemd.subgroup inner
	limits '{ "hugepageLimits": [{ "pageSize": "2MB", "limit": 4194304 }] }'
	running
	[ "$(cat "$scope/inner/hugetlb.2MB.max")" = 4194304 ]
	[ "$(cat "$scope/cgroup.subtree_control")" = hugetlb ]
}

@test "an empty subgroup, none, and the cgroupfs driver: no cgroup more" {
	stand_in
	annotate run.oci.systemd.subgroup ''
	running
	[ "$(cgroup_of "$(pid)")" = "/scope-$ID" ]
	aril delete -f "$ID"
	manager=()
	cfg 'del(.linux.cgroupsPath)'
	annotate run.oci.systemd.subgroup container
	rm "$T/tell/ready"
	running
	[ "$(cgroup_of "$(pid)")" = "/$ID" ]
}

@test "a subgroup that cannot be made is an error, and nothing is left" {
	stand_in
	annotate run.oci.systemd.subgroup cgroup.procs
	create
	fails 'cgroup cgroup.procs'
	[ ! -e "$scope" ]
	annotate run.oci.systemd.subgroup a/b
	create
	refused 'annotations.run.oci.systemd.subgroup: "a/b" is not the name of a cgroup'
	annotate run.oci.systemd.subgroup ..
	create
	refused 'annotations.run.oci.systemd.subgroup'
	annotate run.oci.systemd.subgroup x
	cfg '.linux.cgroupsPath = "::a-b.slice"'
	create
	refused 'systemd delegates scopes only, and a-b.slice is a slice'
}

@test "run.oci.delegate-cgroup: the process is below the container's cgroup" {
	annotate run.oci.delegate-cgroup payload
	cfg '.linux.namespaces += [{ type: "cgroup" }] |
		.linux.namespaces |= unique_by(.type)'
	args /probe read /proc/self/cgroup
	running
	place
	[[ $CG == */payload ]]
	run aril exec "$ID" /probe read /proc/1/cgroup </dev/null
	echo "$output"
	[[ $output == *0::/payload ]]
	aril delete -f "$ID"
	[ ! -e "${CG%/payload}" ]
}

@test "the delegated cgroup belongs to the container's root, what is above does not" {
	need_root 'is for containers of other users'
	annotate run.oci.delegate-cgroup payload
	cfg '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 1000 }]
		| .linux.gidMappings = .linux.uidMappings'
	find "$B/rootfs" -type d -exec chown 100000:100000 {} +
	running
	place
	[ "$(stat -c %u "$CG" "$CG/cgroup.procs" "$CG/cgroup.subtree_control" |
		sort -u)" = 100000 ]
	[ "$(stat -c %u "${CG%/payload}" "${CG%/payload}/cgroup.procs" | sort -u)" = 0 ]
}

@test "limits are above the delegated cgroup, its controllers are passed down" {
	need_root 'needs the controller for sure'
	need_controller hugetlb
	annotate run.oci.delegate-cgroup payload
	limits '{ "hugepageLimits": [{ "pageSize": "2MB", "limit": 4194304 }] }'
	running
	place
	[ "$(cat "${CG%/payload}/hugetlb.2MB.max")" = 4194304 ]
	# "max", or as many bytes as can be
	[[ $(cat "$CG/hugetlb.2MB.max") =~ ^(max|9223372036854771712)$ ]]
	# the cgroup above takes no process then: exec is beside the first one
	aril exec -d --pid-file "$T/exec.pid" "$ID" /probe pause /tell/exec \
		</dev/null >"$T/exec.out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/exec" 5000
	[ "$TREE$(cgroup_of "$(cat "$T/exec.pid")")" = "$CG" ]
}

@test "both: payload below container below the scope" {
	stand_in
	annotate run.oci.systemd.subgroup container
	annotate run.oci.delegate-cgroup payload
	running
	[ "$(cgroup_of "$(pid)")" = "/scope-$ID/container/payload" ]
	aril delete -f "$ID"
	[ ! -e "$scope" ]
}

@test "nothing can be delegated without a cgroup" {
	annotate run.oci.delegate-cgroup payload
	run aril --cgroup-manager disabled create -b "$B" "$ID" </dev/null
	fails 'annotations.run.oci.delegate-cgroup: the container has no cgroup: '
	nothing_left
}
