# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# conmon.bash: conmon and the runtime with the very arguments that CRI-O gives them, which
# Debian has no package of: -b, -c, --exit-dir and so on for a container, -e with
# --exec-process-spec for a command in it, and `--root DIR [--systemd-cgroup] VERB` for
# the runtime itself. Like CRI-O, a caller has a pipe on which conmon is let go and one
# on which it tells a pid or a status; its environment is empty but for these.

# shellcheck source=tests/clients/clients.bash disable=SC1091
source "$(dirname "${BASH_SOURCE[0]}")/clients.bash"

ROOT=/run/${CLIENT_RUNTIME##*/}
[ "$BED_MODE" = root ] || ROOT=$XDG_RUNTIME_DIR/${CLIENT_RUNTIME##*/}
with_manager=() monitor_manager=()
# all that is in its environment
bare=(env -i "PATH=$PATH")
for name in XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS; do
	[ -z "${!name:-}" ] || bare+=("$name=${!name}")
done
[ "$CLIENT_MANAGER" = cgroupfs ] || {
	with_manager=(--systemd-cgroup)
	monitor_manager=(-s)
}

engine_begin() {
	mkdir "$CLIENT_WORK/${CLIENT_RUNTIME##*/}" &&
		tar -xf "$ROOTFS" -C "$CLIENT_WORK/${CLIENT_RUNTIME##*/}"
}

engine_clean() {
	local dir
	for dir in "$ROOT"/*; do
		[ ! -d "$dir" ] || runtime delete --force "${dir##*/}"
	done >/dev/null 2>&1
}

engine_end() {
	:
}

# runtime VERB...: as CRI-O calls it
runtime() {
	"${bare[@]}" "$CLIENT_RUNTIME" --root "$ROOT" "${with_manager[@]}" "$@"
}

# bundle ID FILTER COMMAND...: in $T/ID; the container's mark in the cgroup is CRI-O's
bundle() {
	local id=$1 filter=$2 rootless=() cgroup
	shift 2
	mkdir "$T/$id" "$T/$id/dir"
	mkdir -p "$T/exits" "$T/sockets"
	[ "$BED_MODE" = root ] || rootless=(--rootless)
	runc spec --bundle "$T/$id" "${rootless[@]}" || return
	cgroup=/crio/crio-$id
	[ "$CLIENT_MANAGER" = cgroupfs ] || cgroup=system.slice:crio:$id
	[ "$BED_MODE" = root ] || cgroup=${cgroup/system/user}
	jq --arg cgroup "$cgroup" --arg root "$CLIENT_WORK/${CLIENT_RUNTIME##*/}" '
		.root = { path: $root, readonly: false } | .hostname = "pod" |
		.process.args = $ARGS.positional | .process.terminal = false |
		.process.noNewPrivileges = false |
		.annotations["io.kubernetes.cri-o.ContainerType"] = "container" |
		.linux.cgroupsPath = $cgroup' --args -- "$@" <"$T/$id/config.json" |
		jq "${filter:-.}" >"$T/$id/new.json" &&
		mv "$T/$id/new.json" "$T/$id/config.json"
}

# monitor DIRECTORY OPTION...: conmon, let go by one pipe; what it tells on the other, in
# $told and $T/told
monitor() {
	local dir=$1 start tell status=0
	shift
	rm -f "$T/start" "$T/tell"
	mkfifo "$T/start" "$T/tell"
	exec {start}<>"$T/start" {tell}<>"$T/tell"
	printf '\0' >&"$start"
	(cd "$dir" && exec "${bare[@]}" _OCI_SYNCPIPE=3 _OCI_STARTPIPE=4 conmon "$@" \
		</dev/null 3>"$T/tell" 4<"$T/start" {start}>&- {tell}>&-) \
		>"$T/conmon.out" 2>&1 || status=$?
	told=
	read -r -t 60 told <&"$tell" || status=98
	exec {start}>&- {tell}>&-
	echo "$told" >"$T/told"
	return $status
}

# create ID [OPTION...]: as CRI-O; the pid that conmon tells, or its words
create() {
	local id=$1
	shift
	monitor "$T/$id" -b "$T/$id" -c "$id" --exit-dir "$T/exits" -l "$T/$id.log" \
		--log-level info -n "k8s_box_$id" -P "$T/$id/conmon-pidfile" \
		-p "$T/$id/pidfile" --persist-dir "$T/$id/dir" -r "$CLIENT_RUNTIME" \
		--runtime-arg "--root=$ROOT" --socket-dir-path "$T/sockets" --syslog \
		-u "$id" "${monitor_manager[@]}" --log-size-max 8192 "$@"
}

# exec_sync ID SECONDS COMMAND...: as CRI-O's ExecSync; the status that conmon tells; the
# output is in $T/exec.log
exec_sync() {
	local id=$1 seconds=$2 limit=()
	shift 2
	[ "$seconds" -eq 0 ] || limit=(-T "$seconds")
	rm -f "$T/exec.log"
	jq -c '.process | .args = $ARGS.positional | .terminal = false' --args -- "$@" \
		<"$T/$id/config.json" >"$T/process.json" || return
	monitor "$T" -c "$id" -n "k8s_box_$id" -r "$CLIENT_RUNTIME" -p "$T/exec.pid" -e \
		-l "$T/exec.log" --socket-dir-path "$T/sockets" --log-level info --sync \
		--log-global-size-max 16777216 "${limit[@]}" "${monitor_manager[@]}" \
		--exec-process-spec "$T/process.json" --runtime-arg "--root=$ROOT" || :
	jq .exit_code <<<"$told"
}

# run_one ID FILTER OPTIONS COMMAND...: created and started; OPTIONS in one word
run_one() {
	local id=$1 filter=$2 options=$3
	shift 3
	bundle "$id" "$filter" "$@" || return
	# shellcheck disable=SC2086 # a list
	create "$id" $options && runtime start "$id"
}

# state_is ID STATE
state_is() {
	is "$(runtime state "$1" | jq -r .status)" "$2"
}

# said LOG: what a log has, without times and streams; parts of a line are joined
said() {
	awk '{ end = $3 == "P" ? "" : "\n"; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "")
		printf "%s%s", $0, end }' "$1"
}

# to_socket ID: stdin goes to conmon's socket of the container, which is left then
to_socket() {
	timeout 60 socat -u - "UNIX-CONNECT:$T/sockets/$1/attach,socktype=5"
}

# on_socket ID: stdin goes to conmon's socket of the container, what it sends is printed,
# without the mark of its stream
on_socket() {
	timeout 60 socat -t 30 - "UNIX-CONNECT:$T/sockets/$1/attach,socktype=5" |
		tr -d '\002\003'
}
