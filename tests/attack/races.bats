#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Races, run for real: somebody exchanges a directory for a link to the host without a
# pause, while the runtime makes, mounts and masks what is below it (CVE-2021-30465,
# CVE-2023-27561, CVE-2024-45310, CVE-2025-31133, CVE-2025-52565, CVE-2026-41579). Each
# round must be refused, or contained: nothing on the host has changed, and the mounts are
# in the container.
#
# Who can write to a directory can do so also before and after: a mask or a read-only path
# there holds against nobody. What must hold are those in /proc and /sys, and that none is
# put anywhere else.

load attack.bash

prepare() {
	cfg 'del(.linux.seccomp, .annotations)'
	mkdir "$HOST/dev" "$HOST/pts" "$HOST/kept" "$HOST/rootfs"
	echo secret >"$HOST/secret"
	chmod -R a+rwX "$HOST"
	mkdir "$T/tell"
	chmod 777 "$T/tell"
	attack_before
}

# The other name of a directory is a link to the host's
turn() { # DIRECTORY [TARGET]
	mkdir -p "$1"
	ln -s "${2:-$HOST}" "$1.other"
}

# Rounds of the bundle, while both names of DIRECTORY are exchanged ("-": by a container,
# as it has been told to). $way is what stands in front of the runtime.
way=()
race() { # DIRECTORY [ARENA]
	local other=-
	[ "$1" = - ] || other=$1.other
	run "$ARIL_PROBE" race "$(rounds)" 20000 "$T/tell/swaps" "$1" "$other" \
		"${2:--}" "$HOST" "${way[@]}" "$ARIL" --root "$STATE" "${manager[@]}" \
		run -b "$B" "$ID" 3>&-
	echo "$output"
	[ "$status" -eq 0 ] || return
	say_score >&3
	[ "$(value through)" -eq 0 ] ||
		through "$(value through) of $(value rounds) rounds" || return
	[ "$(value rounds)" -eq "$(rounds)" ] || return
	# that it was a race
	[ "$(value swaps)" -gt "$(rounds)" ] || return
	! is_aril || is_right
}
say_score() {
	printf '# %s:' "$BATS_TEST_DESCRIPTION"
	grep -E '^(rounds|contained|refused|through|late|broken|swaps|least)=' \
		<<<"$output" | tr '\n' ' ' | sed 's/^/ /; s/ $/\n/'
}
# No hang, no crash, and refused for what was found
reasons='ELOOP|ENOENT|ENOTDIR|EAGAIN|is not a devpts|is neither file nor device'
# of the working directory, in the words that engines look for
reasons+='|no such file or directory|not a directory|too many levels of symbolic links'
is_right() {
	local line
	want late=0 broken=0 || return
	while read -r line; do
		[[ ! $line =~ ^said=[0-9]+\ [^\|]*($reasons)[^\|]*\|+$ ]] || continue
		echo "refused, but why: $line"
		return 1
	done < <(grep '^said=' <<<"$output")
}

@test "race: /dev" {
	turn "$B/rootfs/dev"
	args /probe raced-path "$HOST/secret" /dev/secret
	race "$B/rootfs/dev"
}

@test "race: the default devices and links, in a /dev of the image" {
	mount_drop /dev /dev/pts /dev/mqueue /dev/shm
	turn "$B/rootfs/dev"
	args /probe raced-path "$HOST/secret" /dev/secret
	race "$B/rootfs/dev" "$B/rootfs/dev"
}

@test "race: /proc, and what is masked and read-only in it" {
	turn "$B/rootfs/proc"
	args /probe raced-proc /proc /proc.other
	race "$B/rootfs/proc"
}

@test "race: /proc, and a directory of the image in its place" {
	mkdir "$B/rootfs/proc.other"
	args /probe raced-proc /proc /proc.other
	race "$B/rootfs/proc"
}

@test "race: /sys, and what is masked in it" {
	turn "$B/rootfs/sys"
	args /probe raced-sys /sys /sys.other
	race "$B/rootfs/sys"
}

@test "race: /sys, and a directory of the image in its place" {
	mkdir -p "$B/rootfs/sys.other/firmware"
	args /probe raced-sys /sys /sys.other
	race "$B/rootfs/sys"
}

@test "race: masked and read-only paths of the image" {
	turn "$B/rootfs/opt/turn"
	echo masked >rootfs/opt/turn/secret
	mkdir rootfs/opt/turn/kept
	cfg '.linux.maskedPaths += ["/opt/turn/secret"]
		| .linux.readonlyPaths += ["/opt/turn/kept"]'
	args /probe raced-path "$HOST/secret" /opt/turn/host
	race "$B/rootfs/opt/turn"
}

# A volume that another container has as well
volume() {
	mkdir -p "$T/vol"
	chmod 777 "$T/vol"
	bind "$T/vol" /vol rbind
}

@test "race: a mount below a volume, missing there (CVE-2024-45310)" {
	volume
	turn "$T/vol/turn"
	mount_add tmpfs raced /vol/turn/new/target
	args /probe raced-mount raced
	race "$T/vol/turn" "$T/vol/turn"
}

@test "race: a file on a missing one below a volume (CVE-2024-45310)" {
	volume
	turn "$T/vol/turn"
	bind "$B/config.json" /vol/turn/dir/config.json
	args /probe raced-path "$HOST/secret"
	race "$T/vol/turn" "$T/vol/turn"
}

@test "race: a mount on what is there below a volume (CVE-2021-30465)" {
	volume
	turn "$T/vol/turn"
	mkdir -p "$T/vol/turn/kept"
	mount_add tmpfs raced /vol/turn/kept
	args /probe raced-mount raced
	race "$T/vol/turn"
}

@test "race: a container swaps in a volume that it shares (CVE-2021-30465)" {
	volume
	turn "$T/vol/turn"
	chmod 777 "$T/vol/turn"
	bind "$T/tell" /tell
	args /probe swap /vol/turn /vol/turn.other /tell/swaps
	created
	start
	[ "$status" -eq 0 ]
	ID=$ID-victim
	mount_add tmpfs raced /vol/turn/kept
	mount_add tmpfs raced2 /vol/turn/new
	args /probe raced-mount raced , raced-mount raced2
	race -
}

@test "race: tmpcopyup copies the container's files" {
	turn "$B/rootfs/opt/turn"
	mount_add tmpfs tmpfs /opt/turn tmpcopyup
	args /probe raced-path /opt/turn/secret /opt/turn.other/secret
	race "$B/rootfs/opt/turn"
}

@test "race: a working directory, missing and there" {
	turn "$B/rootfs/opt/turn"
	args /probe raced-path secret ../secret "$HOST/secret"
	cfg '.process.cwd = "/opt/turn/new"'
	race "$B/rootfs/opt/turn" "$B/rootfs/opt/turn"
	cfg '.process.cwd = "/opt/turn"'
	race "$B/rootfs/opt/turn"
}

@test "race: /dev/console (CVE-2025-52565)" {
	cfg '.process.terminal = true'
	turn "$B/rootfs/dev"
	way=("$ARIL_PROBE" pty 20 60)
	args /probe raced-path "$HOST/secret" /dev/secret
	race "$B/rootfs/dev"
}

@test "race: /dev/pts and the console in a /dev of the image (CVE-2025-52565)" {
	cfg '.process.terminal = true'
	mount_drop /dev /dev/mqueue /dev/shm
	turn "$B/rootfs/dev/pts"
	way=("$ARIL_PROBE" pty 20 60)
	args /probe raced-path "$HOST/secret" /dev/pts/secret
	race "$B/rootfs/dev/pts"
}

@test "race: the name of /dev/console is a file or a link (CVE-2025-52565)" {
	cfg '.process.terminal = true'
	mount_drop /dev /dev/mqueue /dev/shm
	: >rootfs/dev/console
	ln -s "$HOST/secret" rootfs/dev/console.other
	way=("$ARIL_PROBE" pty 20 60)
	args /probe raced-path "$HOST/secret"
	race "$B/rootfs/dev/console"
}

@test "race: linux.devices" {
	need_root 'a user namespace cannot make devices'
	turn "$B/rootfs/opt/turn"
	cfg '.linux.devices = [{ type: "c", path: "/opt/turn/sub/node", major: 1,
		minor: 3, uid: 5, gid: 6 }]'
	args /probe raced-path "$HOST/secret"
	race "$B/rootfs/opt/turn" "$B/rootfs/opt/turn"
}

# Which of two roots it becomes is up to who can swap them, but it is one of them. With
# hooks the root is also reached by its name.
@test "race: the directory that holds the root" {
	mkdir turn turn.real
	mv rootfs turn
	cp -al turn/rootfs turn.real
	turn "$B/turn" "$B/turn.real"
	cfg '.root.path = "turn/rootfs"'
	mount_add tmpfs raced /opt/new
	args /probe raced-mount raced , raced-path "$HOST/secret"
	race "$B/turn"
	cfg '.hooks.createRuntime = [{ path: "/bin/true" }]'
	race "$B/turn"
}
