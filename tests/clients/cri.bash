# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cri.bash: containerd's CRI plugin, as a kubelet speaks to it: pods with the handler
# `aril`, from the snippet that aril installs, or `runc`. There is no kubelet: its calls
# are made by cri.py, which runs beside the scenarios.

# shellcheck source=tests/clients/clients.bash disable=SC1091
source "$(dirname "${BASH_SOURCE[0]}")/clients.bash"

BOX=localhost/box:latest PAUSE=localhost/pause:latest
HANDLER=${CLIENT_RUNTIME##*/}
SOCKET=$CLIENT_WORK/cri.sock
# what a kubelet makes for its pods
if [ "$CLIENT_MANAGER" = systemd ]; then
	PARENT=/kubelet.slice/kubelet-pods.slice
else
	PARENT=/kubelet/pods
fi

# The engine's configuration, as aril-engines(7) tells to make it: what it was before, and
# the installed snippet
cri_config() {
	local etc=/etc/containerd systemd=true
	[ "$CLIENT_MANAGER" = systemd ] || systemd=false
	containerd config dump >"$CLIENT_WORK/new.toml" || return
	sed -i -e "s|sandbox_image = .*|sandbox_image = \"$PAUSE\"|" \
		-e "s|conf_dir = \"/etc/cni/net.d\"|conf_dir = \"$CLIENT_WORK/cni\"|" \
		"$CLIENT_WORK/new.toml"
	cat "$(dirname "$(command -v aril)")/../share/aril/containerd.toml" \
		>>"$CLIENT_WORK/new.toml" || return
	sed -i "s/SystemdCgroup = .*/SystemdCgroup = $systemd/" "$CLIENT_WORK/new.toml"
	cp "$CLIENT_WORK/new.toml" $etc/config.toml
	# without a firewall: user-mode Linux has none
	mkdir -p "$CLIENT_WORK/cni"
	cat >"$CLIENT_WORK/cni/10-pods.conflist" <<-'END'
		{ "cniVersion": "0.4.0", "name": "pods", "plugins": [ {
			"type": "ptp", "ipam": { "type": "host-local",
			"subnet": "10.99.0.0/24",
			"routes": [ { "dst": "0.0.0.0/0" } ] } } ] }
	END
}

cri_images() {
	local k8s=(ctr -n k8s.io) pause=$CLIENT_WORK/pause
	[ -z "$("${k8s[@]}" image ls -q "name==$BOX")" ] || return 0
	"$CLIENTS/layout.py" "$ROOTFS" "$BOX" "$CLIENT_WORK/box.tar" &&
		"${k8s[@]}" image import "$CLIENT_WORK/box.tar" >/dev/null || return
	# what holds a pod's namespaces
	mkdir "$pause" && cp "$(command -v catatonit)" "$pause/pause"
	tar -cf "$pause.tar" -C "$pause" . &&
		"$CLIENTS/layout.py" "$pause.tar" "$PAUSE" "$pause-image.tar" /pause -P &&
		"${k8s[@]}" image import "$pause-image.tar" >/dev/null
}

engine_begin() {
	cp /etc/containerd/config.toml "$CLIENT_WORK/config.toml"
	cri_config || return
	if [ "$CLIENT_MANAGER" = systemd ]; then
		systemctl start kubelet-pods.slice 3>&-
	else
		mkdir -p /sys/fs/cgroup/kubelet/pods
	fi
	systemctl restart containerd.service 3>&- || return
	until_true 60 ctr version
	cri_images || return
	rm -f "$SOCKET"
	"$CLIENTS/cri.py" /run/containerd/containerd.sock "$SOCKET" \
		</dev/null >"$CLIENT_WORK/cri.log" 2>&1 3>&- &
	echo $! >"$CLIENT_WORK/cri.pid"
	until_true 60 cri Status
}

engine_end() {
	kill "$(cat "$CLIENT_WORK/cri.pid")"
	systemctl stop containerd.service
	cp "$CLIENT_WORK/config.toml" /etc/containerd/config.toml
	if [ "$CLIENT_MANAGER" = systemd ]; then
		systemctl stop kubelet-pods.slice kubelet.slice
	else
		rmdir /sys/fs/cgroup/kubelet/pods /sys/fs/cgroup/kubelet
	fi
}

engine_clean() {
	local id
	for id in $(cri ListPodSandbox | jq -r '.items[].id'); do
		cri StopPodSandbox "{\"pod_sandbox_id\": \"$id\"}"
		cri RemovePodSandbox "{\"pod_sandbox_id\": \"$id\"}"
	done >/dev/null
}

# cri CALL [REQUEST]: the response, as JSON; for an error its name and words, and status 1
cri() {
	local answer request=${2:-\{\}}
	# in one line
	answer=$(printf '%s %s\n' "$1" "${request//[$'\n\t']/ }" |
		socat -t 300 - "UNIX-CONNECT:$SOCKET") || return
	[ "${answer%%$'\n'*}" = ok ] || {
		echo "${answer//$'\n'/: }"
		return 1
	}
	echo "${answer#*$'\n'}"
}

# run_pod NAME [FILTER]: its id; FILTER changes its configuration, which stays in $T
run_pod() {
	mkdir -p "$T/logs"
	jq -cn --arg name "$1" --arg parent "$PARENT" --arg logs "$T/logs" '{
		metadata: { name: $name, uid: ("uid-" + $name), namespace: "box" },
		hostname: $name, log_directory: $logs, labels: { app: $name },
		linux: { cgroup_parent: $parent, security_context: {
			namespace_options: { pid: "CONTAINER" } } } }' |
		jq -c "${2:-.}" >"$T/$1.pod" || return
	cri RunPodSandbox "$(jq -c --arg handler "${3:-$HANDLER}" \
		'{ config: ., runtime_handler: $handler }' "$T/$1.pod")" >"$T/answer" || {
		cat "$T/answer"
		return 1
	}
	jq -r .pod_sandbox_id "$T/answer" | tee "$T/$1.id"
}

# create_in POD NAME FILTER COMMAND...: the container's id; the pod by its name
create_in() {
	local pod=$1 name=$2 filter=$3 answer
	shift 3
	answer=$(cri CreateContainer "$(jq -cn --arg name "$name" --arg image "$BOX" \
		--slurpfile pod "$T/$pod.pod" --arg id "$(cat "$T/$pod.id")" '{
		pod_sandbox_id: $id, sandbox_config: $pod[0], config: {
			metadata: { name: $name }, image: { image: $image },
			command: $ARGS.positional, log_path: ($name + ".log"),
			labels: { part: $name }, linux: { resources: {},
			security_context: ($pod[0].linux.security_context |
				{ namespace_options }) } } }' --args -- "$@" |
		jq -c "${filter:-.}")") || {
		echo "$answer"
		return 1
	}
	jq -r .container_id <<<"$answer"
}

# run_in POD NAME FILTER COMMAND...: created and started; the container's id
run_in() {
	local id
	id=$(create_in "$@") || {
		echo "$id"
		return 1
	}
	start "$id" >"$T/answer" || {
		cat "$T/answer"
		return 1
	}
	echo "$id"
}

start() {
	cri StartContainer "{\"container_id\": \"$1\"}"
}

# stop ID [SECONDS]
stop() {
	cri StopContainer "{\"container_id\": \"$1\", \"timeout\": ${2:-0}}"
}

# status_of ID FIELD: of a container
status_of() {
	cri ContainerStatus "{\"container_id\": \"$1\"}" | jq -r ".status.$2"
}

has_status() { # ID STATE
	is "$(status_of "$1" state)" "CONTAINER_$2"
}

pid_of() {
	cri ContainerStatus "{\"container_id\": \"$1\", \"verbose\": true}" |
		jq -r '.info.info | fromjson | .pid'
}

# pod_pid NAME: of what holds its namespaces
pod_pid() {
	cri PodSandboxStatus "{\"pod_sandbox_id\": \"$(cat "$T/$1.id")\",
		\"verbose\": true}" | jq -r '.info.info | fromjson | .pid'
}

# sync ID COMMAND...: ExecSync; what it prints, on both, and its status
sync_in() {
	local id=$1 answer
	shift
	answer=$(cri ExecSync "$(jq -cn --arg id "$id" '{ container_id: $id,
		cmd: $ARGS.positional, timeout: 60 }' --args -- "$@")") || {
		echo "$answer"
		return 125
	}
	jq -rj '.stdout | @base64d' <<<"$answer"
	jq -rj '.stderr | @base64d' <<<"$answer" >&2
	return "$(jq .exit_code <<<"$answer")"
}

# said_by NAME: the words of a container's log, without times and streams
said_by() {
	cut -d' ' -f4- "$T/logs/$1.log"
}

# ran POD NAME FILTER COMMAND...: what a container said, that ran to its end
ran() {
	local id
	id=$(run_in "$@") || {
		echo "$id"
		return 1
	}
	until_true 60 has_status "$id" EXITED || return
	said_by "$2"
	return "$(status_of "$id" exit_code)"
}

# cgroup FILE ID: of a container that runs, seen from outside
cgroup() {
	cat "/sys/fs/cgroup$(cut -d: -f3 "/proc/$(pid_of "$2")/cgroup")/$1"
}
