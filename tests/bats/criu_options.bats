#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# checkpoint and restore: each option, by what criu is asked for. This criu is ours: it
# writes down what it reads, and ends. What the options do is criu's, and in
# checkpoint.bats.
# shellcheck disable=SC2016 # jq's variables, and those of the shell and of awk

load ../lib/bundle.bash

prepare() {
	only_aril 'criu is asked otherwise'
	need_root 'checkpoints need root'
	IMAGES=$T/images
	mkdir "$IMAGES" "$T/fake"
	# version 4.1, and it can do what it is asked about
	cat >"$T/fake/criu" <<-'END'
		#!/bin/sh
		asked=${0%/*/criu}/asked
		dd bs=65536 count=1 of=/dev/null <&3 2>/dev/null
		printf '\010\012\020\001\122\004\010\004\020\001' >&3
		dd bs=65536 count=1 of="$asked" <&3 2>/dev/null
		if [ "$(head -c 2 "$asked" | od -An -tx1)" = ' 08 09' ]; then
			printf '\010\011\020\001\102\004\010\001\020\001' >&3
			dd bs=65536 count=1 of="$asked" <&3 2>/dev/null
		fi
		exit 3
	END
	chmod 755 "$T/fake/criu"
	PATH=$T/fake:$PATH
}

# FIELD=VALUE for each option of the last request, by the numbers of criu's rpc.proto
asked() {
	od -An -v -tu1 "$T/asked" | tr -s ' \n' ' ' | LC_ALL=C awk '
	function number(n, scale) {
		scale = 1
		for (n = 0; $at >= 128; scale *= 128)
			n += ($(at++) - 128) * scale
		return n + $(at++) * scale
	}
	function fields(end, inside, tag, name, len, text) {
		while (at <= end) {
			tag = number()
			name = inside int(tag / 8)
			if (tag % 8 == 0) {
				print name "=" number()
				continue
			}
			len = number()
			if (name == ".2" || name == ".2.11") {
				fields(at + len - 1, name ".")
				continue
			}
			for (text = ""; len > 0; len--)
				text = text sprintf("%c", $(at++))
			print name "=" text
		}
	}
	{ at = 1; fields(NF, ".") }' | sed -n 's/^\.2\.//p'
}

# criu is asked by that command, and ends
ask() { # COMMAND OPTION...
	local words=("$ID")
	[ "$1" = checkpoint ] || words=(-d -b "$B" "$ID-2")
	rm -f "$T/asked"
	status=0
	aril "$1" --image-path "$IMAGES" "${@:2}" "${words[@]}" </dev/null \
		>"$T/out" 2>"$T/err" || status=$?
	output=$(cat "$T/err")
	echo "$*: $output"
	fails 'ended with status 3'
	output=$(asked)
}

# Each option and its field, which is not there without it
each() { # COMMAND
	local options field
	ask "$1"
	echo "$output" >"$T/none"
	while IFS='|' read -r options field; do
		if grep -qxF -- "$field" "$T/none"; then
			echo "$field is there without $options"
			return 1
		fi
		# shellcheck disable=SC2086 # words
		ask "$1" $options
		echo "$output"
		want "$field"
	done
}

both='--tcp-established|5=1
--tcp-close|52=1
--ext-unix-sk|4=1
--shell-job|7=1
--file-locks|8=1
--manage-cgroups-mode full|34=4
--manage-cgroups-mode strict|34=5
--manage-cgroups-mode ignore|34=0
--network-lock skip|64=3
--auto-dedup|16=1'

@test "checkpoint: each option is asked of criu" {
	running
	each checkpoint <<-END
		$both
		--leave-running|3=1
		--tcp-skip-in-flight|46=1
		--link-remap|18=1
		--parent-path .|14=.
		--page-server 127.0.0.1:27017|11.1=127.0.0.1
		--page-server [::1]:27017|11.2=27017
		--lazy-pages --page-server 127.0.0.1:1|48=1
		--status-fd 1|49=6
		--pre-dump|15=1
	END
	[ "$(status_of)" = running ]
	ask checkpoint --empty-ns network
	# the network is always made anew: CLONE_NEWNET
	want 38=1073741824
}

@test "--network-lock: iptables is asked of criu, or nftables where there is none" {
	local default=64=2
	! PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin \
		command -v iptables-restore || default=
	running
	ask checkpoint
	[ "$(grep '^64=' <<<"$output")" = "$default" ]
	ask checkpoint --network-lock iptables
	want 64=1
	ask checkpoint --network-lock nftables
	want 64=2
	aril delete -f "$ID"
	ask restore --network-lock iptables
	want 64=1
	ask restore --network-lock nftables
	want 64=2
}

@test "--work-path: criu's directory for what is no image" {
	running
	ask checkpoint --work-path "$T/work"
	[ -d "$T/work" ]
	grep -F "see $T/work/dump.log: " "$T/err"
	aril delete -f "$ID"
	ask restore --work-path "$T/work2"
	grep -F "see $T/work2/restore.log: " "$T/err"
}

@test "restore: each option is asked of criu" {
	running
	ask checkpoint
	aril delete -f "$ID"
	each restore <<-END
		$both
		--lazy-pages|48=1
		--lsm-profile apparmor:web|53=apparmor:web
		--lsm-mount-context u:r:t:s0|63=u:r:t:s0
	END
	ask restore --empty-ns network
	want 38=1073741824
	[ -z "$(aril list -q)" ]
}

@test "restore without a cgroup: device rules that nodev would hold are an error" {
	running
	ask checkpoint
	aril delete -f "$ID"
	cfg '.process.capabilities[] -= ["CAP_MKNOD", "CAP_SYS_ADMIN"]
		| .linux.resources.devices = [{ allow: false, access: "rwm" }]'
	run aril --cgroup-manager=disabled restore -d -b "$B" --image-path "$IMAGES" \
		"$ID-2" </dev/null
	refused linux.resources.devices 'criu mounts as it was'
	[ -z "$(aril list -q)" ]
}

@test "restore --config: another document of the bundle" {
	running
	ask checkpoint
	aril delete -f "$ID"
	mv config.json other.json
	run aril restore -d -b "$B" --image-path "$IMAGES" "$ID-2" </dev/null
	refused config.json ENOENT
	ask restore --config other.json
}

@test "restore: a foreground one adopts orphans, with --no-subreaper it does not" {
	local option
	need strace
	running
	ask checkpoint
	aril delete -f "$ID"
	for option in '' --no-subreaper -d; do
		# shellcheck disable=SC2086 # none, or one
		run strace -o "$T/trace" -e trace=prctl "$ARIL" --root "$STATE" \
			"${manager[@]}" restore --image-path "$IMAGES" $option -b "$B" \
			"$ID" </dev/null 3>&-
		echo "$option: $output"
		fails 'ended with status 3'
		if [ -z "$option" ]; then
			grep -q 'PR_SET_CHILD_SUBREAPER, 1' "$T/trace"
		else
			! grep -q PR_SET_CHILD_SUBREAPER "$T/trace" || return 1
		fi
	done
}
