#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# aril check: what it says of this host, of hosts whose settings are faked in a mount
# namespace of the test's own, and of bundles.

load ../lib/bundle.bash

prepare() {
	only_aril 'has no such verb'
}

# The findings as JSON in $output; $status is the command's
check() { # [BUNDLE]
	run --separate-stderr aril check --json "$@"
	# shellcheck disable=SC2154 # run sets it
	echo "status $status $stderr"
	[ -z "$stderr" ]
}
# The same where FILE has that text
check_with() { # FILE TEXT
	[ -e "$1" ] || skip "there is no $1 here"
	echo "$2" >"$T/fake"
	run --separate-stderr unshare --user --map-current-user --keep-caps \
		--mount sh -c '
		mount --bind "$1" "$2" && shift 2 && exec "$@"' \
		sh "$T/fake" "$1" "$ARIL" check --json
	echo "status $status $stderr"
	[ -z "$stderr" ] || skip 'no mount in a user namespace here'
}
# A finding has that verdict, and the expression of jq holds for it
finding() { # NAME VERDICT [EXPRESSION]
	jq -c --arg name "$1" '.findings[] | select(.name == $name)' <<<"$output"
	jq -e --arg name "$1" --arg verdict "$2" '.findings[] | select(.name == $name) |
		.verdict == $verdict and ('"${3:-true}"')' <<<"$output" >/dev/null
}

@test "check tells of this host, and its status is that of the worst" {
	check
	jq -e --argjson status "$status" '
		([.findings[].verdict] | if index("missing") then ["missing", 1]
			elif index("limited") then ["limited", 2] else ["ok", 0] end)
			== [.verdict, $status]' <<<"$output"
	jq -e '[.findings[] | .name, .text | length > 0] | all' <<<"$output"
	jq -e '[.findings[].name] | (unique | length) == length and length > 20' \
		<<<"$output"
	# --net user is for root and for users
	jq -e '[.findings[].name] | contains(["net-tun", "pasta", "slirp4netns"])' \
		<<<"$output"
	# the tests run here: so containers do
	[ "$status" -ne 1 ]
	finding kernel ok '.text | startswith("Linux ")'
	nothing_left
}

# check with DIR in the place of the cgroup trees
check_over() { # DIR
	run --separate-stderr unshare --user --map-current-user --keep-caps \
		--mount sh -c '
		mount --rbind "$1" /sys/fs/cgroup && exec "$2" check --json' \
		sh "$1" "$ARIL"
	[ -z "$stderr" ] || skip 'no mount in a user namespace here'
}

@test "where only cgroup v1 is mounted nothing is to be mounted over it" {
	mkdir "$T/tree" "$T/tree/systemd" "$T/tree/memory" "$T/none"
	check_over "$T/tree"
	finding cgroup-mode limited '.text | startswith("version 1 only")'
	finding cgroup-mode limited '(.mend // "") | contains("mount") | not'
	check_over "$T/none"
	finding cgroup-mode limited '.mend | contains("mount -t cgroup2 none")'
}

@test "text and JSON say the same" {
	check
	jq -r '.findings[] | .name, .verdict, .text, (.mend // empty)' <<<"$output" \
		>"$T/words"
	run aril check
	while read -r line; do
		[[ $output == *"$line"* ]] || { echo "$line" && return 1; }
	done <"$T/words"
	[[ $output != '{'* ]]
}

@test "what is about users is not told to root" {
	check
	if is_root; then
		jq -e '[.findings[].name] | index("subuid") == null' <<<"$output"
	else
		finding user-namespaces ok
		jq -e '[.findings[].name] | index("capabilities") == null' <<<"$output"
	fi
	case $BED_MODE in
	user) finding subuid ok && finding newuidmap ok ;;
	solo)
		finding subuid limited '.mend | startswith("sudo usermod --add-subuids ")'
		;;
	esac
}

@test "no more user namespaces: containers of users cannot run" {
	check_with /proc/sys/user/max_user_namespaces 0
	[ "$status" -eq 1 ]
	finding namespace-user missing \
		'.mend | endswith("sysctl -w user.max_user_namespaces=31000")'
	jq -e '.verdict == "missing"' <<<"$output"
}

@test "no more namespaces of another kind" {
	check_with /proc/sys/user/max_net_namespaces 0
	[ "$status" -eq 1 ]
	finding namespace-network missing \
		'.mend | endswith(" user.max_net_namespaces=31000")'
}

@test "user namespaces that Debian's setting denies to users" {
	check_with /proc/sys/kernel/unprivileged_userns_clone 0
	[ "$status" -eq 1 ]
	finding user-namespaces missing \
		'.mend | endswith("sysctl -w kernel.unprivileged_userns_clone=1")'
}

@test "user namespaces that Ubuntu's AppArmor denies to users" {
	check_with /proc/sys/kernel/apparmor_restrict_unprivileged_userns 1
	[ "$status" -eq 1 ]
	finding user-namespaces missing '.mend | endswith("_userns=0")'
}

@test "memory files that may not be executed, and no init installed" {
	check_with /proc/sys/vm/memfd_noexec 2
	! finding memfd ok || skip 'aril-init is installed here'
	[ "$status" -eq 1 ]
	finding memfd missing '.mend | endswith("sysctl -w vm.memfd_noexec=1")'
}

@test "a proc that an outer container masks" {
	check_with /proc/uptime '0 0'
	[ "$status" -eq 1 ]
	finding proc missing '.text | startswith("/proc/uptime is mounted over")'
}

@test "ids of others are not proposed" {
	need_user
	check_with /etc/subuid 'somebody:100000:65536
else:300000:1000'
	finding subuid limited '.mend | contains(" --add-subuids 301000-366535 ")'
}

@test "a bundle that can run" {
	run --separate-stderr aril check --json "$B"
	echo "$output"
	[ "$status" -ne 1 ]
	finding bundle ok
	nothing_left
}

@test "each mistake of a document is a finding with its place" {
	cfg '.process.rlimits = [{ type: "RLIMIT_X", soft: 1, hard: 1 }] |
		.linux.namespaces[0].type = "nett"'
	check "$B"
	[ "$status" -eq 1 ]
	jq -e '[.findings[] | select(.name == "bundle") | .config] | sort ==
		["/linux/namespaces/0/type", "/process/rlimits/0/type"]' <<<"$output"
	jq -e '[.findings[] | select(.name == "bundle") | .verdict == "missing"] |
		all' <<<"$output"
}

@test "a document that is correct, but not for this host" {
	cfg '.linux.cgroupsPath = "../x"'
	check "$B"
	[ "$status" -eq 1 ]
	finding bundle missing '.config == "/linux/cgroupsPath"'
}

@test "a document that is none, and a bundle without one" {
	echo '{ "a": ' >config.json
	check "$B"
	[ "$status" -eq 1 ]
	finding bundle missing '.text | startswith("line 2, column ")'
	run aril check "$T/nowhere"
	fails 'JSON specification file' 'not found'
}

@test "what a document says cannot steer the terminal" {
	cfg '.linux.sysctl = { "a\u001b[2Jb": "x" }'
	run aril check "$B"
	[ "$status" -eq 1 ]
	[[ $output != *$'\e'* ]]
}

@test "programs are looked for in PATH first, as the commands do that run them" {
	mkdir "$T/bin"
	printf '#!/bin/sh\n' >"$T/bin/pasta"
	chmod 755 "$T/bin" "$T/bin/pasta"
	PATH=$T/bin:$PATH check
	finding pasta ok ".text == \"$T/bin/pasta\""
}
