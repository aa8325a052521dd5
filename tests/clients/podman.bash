# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# podman.bash: podman with $CLIENT_RUNTIME, for the scenarios.

# shellcheck source=tests/clients/clients.bash disable=SC1091
source "$(dirname "${BASH_SOURCE[0]}")/clients.bash"

# User-mode Linux has neither iptables nor nftables for IP: the bridge does without a
# firewall there. Before 5.0 this takes the older plugins for networks.
podman_network() {
	local etc=/etc
	! has_firewall || return 0
	export NETAVARK_FW=none
	[ "$(podman --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -lt 5 ] || return 0
	[ "$(id -u)" -eq 0 ] || etc=$HOME/.config
	mkdir -p "$etc/cni/net.d"
	cat >"$etc/cni/net.d/87-podman-bridge.conflist" <<-'END'
		{
			"cniVersion": "0.4.0", "name": "podman", "plugins": [ {
				"type": "bridge", "bridge": "cni-podman0",
				"isGateway": true, "hairpinMode": true, "ipam": {
					"type": "host-local",
					"routes": [ { "dst": "0.0.0.0/0" } ],
					"ranges": [ [ { "subnet": "10.88.0.0/16" } ] ]
				}
			} ]
		}
	END
	mkdir -p "$etc/containers/containers.conf.d"
	printf '[network]\nnetwork_backend = "cni"\n' \
		>"$etc/containers/containers.conf.d/network.conf"
}

# podman's storage is a mount of its own while some of its commands run, or for good
eval "every_$(declare -f leaks_mounts)"
leaks_mounts() {
	every_leaks_mounts | grep -v ' \(/[^ ]*/storage/overlay\) \1$'
}

# What holds a user's namespaces goes with a reset, and another one comes
for what in cgroups units client_processes; do
	eval "every_$(declare -f "leaks_$what")
		leaks_$what() {
			every_leaks_$what | sed '/podman-pause-/d; / catatonit -P /d'
		}"
done

pod=(podman --runtime "$CLIENT_RUNTIME" --cgroup-manager "$CLIENT_MANAGER")
pod() {
	"${pod[@]}" "$@" 3>&-
}

# aril as aril-engines(7) tells it
podman_config() {
	local etc=/etc
	[ "$(id -u)" -eq 0 ] || etc=$HOME/.config
	install -D -m 644 /usr/local/share/aril/containers.conf \
		"$etc/containers/containers.conf.d/aril.conf"
}

engine_begin() {
	podman_network
	podman_config
	podman image exists box || podman import -q "$ROOTFS" box >/dev/null
	# the bridge, and the process that holds a user's namespaces: they stay
	pod run --rm box true
}

engine_clean() {
	pod pod rm --all --force --time 0 >/dev/null 2>&1
	# what podman itself cleans up at the same time may be busy
	until_true 20 pod rm --all --force --time 0 --volumes
}

engine_end() {
	:
}

# up NAME [OPTION...]: a container that goes on until something ends it
up() {
	local name=$1
	shift
	pod run -d --name "$name" "$@" box sleep 1000 >/dev/null
}

# no_net OPTION... box COMMAND...: what is not about networks is faster without
no_net() {
	pod run --rm --network none "$@"
}

# told NAME FIELD: what inspect tells, for example of .State.Pid
told() {
	pod inspect --format "{{$2}}" "$1"
}

# told_is NAME FIELD VALUE
told_is() {
	is "$(told "$1" "$2")" "$3" "$2 of $1"
}

# said NAME TEXT: its log has it
said() {
	pod logs "$1" 2>&1 | grep -q -- "$2"
}

# cgroup FILE NAME: of a container that runs, seen from outside; a runtime may have put
# its processes one below
cgroup() {
	local id
	id=$(told "$2" .Id)
	cat "/sys/fs/cgroup$(sed -n "s/^0::\(.*${id}[^/]*\).*/\1/p" \
		"/proc/$(told "$2" .State.Pid)/cgroup")/$1"
}

# orphan_reaped NAME: what outlives its parent is a child of the container's first
# process, and is no zombie when it has ended
orphan_reaped() {
	pod exec "$1" mkfifo /srv/go
	# shellcheck disable=SC2016 # the container's
	pod exec "$1" sh -c 'sh -c "read -r gone </srv/go" >/dev/null 2>&1 &
		echo $! >/srv/pid'
	# shellcheck disable=SC2016
	exits 0 pod exec "$1" sh -c 'grep "^PPid:.1$" "/proc/$(cat /srv/pid)/status"'
	pod exec "$1" sh -c 'echo >/srv/go'
	# shellcheck disable=SC2016
	until_true 20 pod exec "$1" sh -c '[ ! -e "/proc/$(cat /srv/pid)" ]'
}

only_root() {
	[ "$(id -u)" -eq 0 ] || skip "an ordinary user may not: $1"
}

only_user() {
	[ "$(id -u)" -ne 0 ] || skip "it is about ordinary users"
}

# needs_podman MAJOR.MINOR: for what came with it
needs_podman() {
	local has
	has=$(podman --version | sed 's/.* //')
	[ "$(printf '%s\n' "$1" "$has" | sort -V | head -n 1)" = "$1" ] ||
		skip "podman $has is older than $1"
}
