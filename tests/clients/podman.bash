# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# podman.bash: podman with $CLIENT_RUNTIME, for the scenarios.

# shellcheck source=tests/clients/clients.bash disable=SC1091
source "$(dirname "${BASH_SOURCE[0]}")/clients.bash"

# User-mode Linux has neither iptables nor nftables for IP: the bridge does without a
# firewall. Before 5.0 this takes the older plugins for networks.
podman_network() {
	local etc=/etc
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

pod=(podman --runtime "$CLIENT_RUNTIME" --cgroup-manager "$CLIENT_MANAGER")
pod() {
	"${pod[@]}" "$@"
}

engine_begin() {
	podman_network
	podman image exists box || podman import -q "$ROOTFS" box >/dev/null
	# the bridge, and the process that holds a user's namespaces: they stay
	pod run --rm box true
}

engine_clean() {
	pod pod rm --all --force --time 0 >/dev/null 2>&1
	pod rm --all --force --time 0 --volumes >/dev/null 2>&1
}

engine_end() {
	:
}
