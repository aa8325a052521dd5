# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# containerd.bash: containerd with $CLIENT_RUNTIME behind its shim, spoken to with ctr.

# shellcheck source=tests/clients/clients.bash disable=SC1091
source "$(dirname "${BASH_SOURCE[0]}")/clients.bash"

BOX=local/box:latest
# of ctr run: the program behind the shim
with=(--runtime io.containerd.runc.v2 --runc-binary "$CLIENT_RUNTIME")
[ "$CLIENT_MANAGER" = cgroupfs ] || with+=(--runc-systemd-cgroup)

engine_begin() {
	systemctl start containerd.service 3>&- || return
	until_true 60 ctr version
	[ -n "$(ctr image ls -q "name==$BOX")" ] || {
		"$CLIENTS/layout.py" "$ROOTFS" "$BOX" "$CLIENT_WORK/layout.tar" &&
			ctr image import "$CLIENT_WORK/layout.tar" >/dev/null
	}
}

# ends NAME: what is left of a container goes
ends() {
	ctr task kill --signal KILL --all "$1" || :
	until_true 20 eval "ctr task delete --force $1 || ! ctr task ls -q | grep -qx $1"
	ctr container delete "$1"
} >/dev/null 2>&1

engine_clean() {
	local name
	for name in $(ctr container ls -q); do
		ends "$name"
	done
}

engine_end() {
	systemctl stop containerd.service
}

# place_of NAME: its cgroup, as the runtime is told it
place_of() {
	if [ "$CLIENT_MANAGER" = systemd ]; then
		echo "system.slice:ctr:$1"
	else
		echo "/ctr/$1"
	fi
}

# run_box NAME [OPTION...] -- [COMMAND...]: in the foreground; NAME is removed with it
run_box() {
	local name=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	ctr run --rm "${with[@]}" --cgroup "$(place_of "$name")" "${options[@]}" "$BOX" \
		"$name" "$@"
}

# start_box NAME [OPTION...] -- [COMMAND...]: in the background
start_box() {
	local name=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	ctr run --detach "${with[@]}" --cgroup "$(place_of "$name")" "${options[@]}" \
		"$BOX" "$name" "$@" </dev/null >/dev/null 2>&1 3>&- || return
	until_true 20 status_is "$name" RUNNING
}

# status_is NAME RUNNING|STOPPED|PAUSED
status_is() {
	is "$(ctr task ls | awk -v name="$1" '$1 == name { print $3 }')" "$2"
}

# ended_with NAME STATUS: ctr tells it, as its own status or in words; NAME's task is gone
ended_with() {
	local status=0
	output=$(ctr task delete "$1" 2>&1) || status=$?
	[ $status -eq "$2" ] || matches "$output" "non-zero exit code $2\""
}

# pid_of NAME
pid_of() {
	ctr task ls | awk -v name="$1" '$1 == name { print $2 }'
}

# exec_in NAME [OPTION...] -- COMMAND...
exec_in() {
	local name=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	ctr task exec --exec-id "x$RANDOM$RANDOM" "${options[@]}" "$name" "$@"
}

# cgroup FILE NAME: of a container that runs, seen from outside
cgroup() {
	cat "/sys/fs/cgroup$(cut -d: -f3 "/proc/$(pid_of "$2")/cgroup")/$1"
}
