# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# docker.bash: Docker with $CLIENT_RUNTIME as its default runtime, for the scenarios.

# shellcheck source=tests/clients/clients.bash disable=SC1091
source "$(dirname "${BASH_SOURCE[0]}")/clients.bash"

# an ordinary user's daemon is in a user namespace of its own
docker_etc=/etc/docker
[ "$(id -u)" -eq 0 ] || {
	docker_etc=$HOME/.config/docker
	export DOCKER_HOST=unix://$XDG_RUNTIME_DIR/docker.sock
}

# BuildKit's RUN does not ask the runtime of containers
export DOCKER_BUILDKIT=0

# docker_config [MEMBER...]: what the daemon is told. Where there can be no firewall the
# bridge does without.
docker_config() {
	local member firewall=false
	! has_firewall || firewall=true
	mkdir -p "$docker_etc"
	{
		printf '{ "iptables": %s, "ip6tables": false' $firewall
		printf ', "storage-driver": "overlay2", "default-runtime": "client"'
		printf ', "runtimes": { "client": { "path": "%s" } }' "$CLIENT_RUNTIME"
		printf ', "exec-opts": [ "native.cgroupdriver=%s" ]' "$CLIENT_MANAGER"
		for member; do
			printf ', %s' "$member"
		done
		echo ' }'
	} >"$docker_etc/daemon.json"
}

docker_start() {
	if [ "$(id -u)" -ne 0 ]; then
		systemd-run --user --quiet --collect --unit docker-of-user \
			-p Delegate=yes -p KillMode=mixed \
			/usr/share/docker.io/contrib/dockerd-rootless.sh 3>&-
		until_true 90 docker info || {
			journalctl --user -u docker-of-user -n 30 --no-pager
			return 1
		}
		return
	fi
	mkdir -p /run/systemd/system/docker.service.d
	printf '[Unit]\nStartLimitIntervalSec=0\n' \
		>/run/systemd/system/docker.service.d/often.conf
	systemctl daemon-reload
	systemctl start docker.service 3>&- || {
		journalctl -u docker.service -u containerd.service -n 30 --no-pager
		return 1
	}
	until_true 60 docker info
}

docker_stop() {
	if [ "$(id -u)" -ne 0 ]; then
		systemctl --user stop docker-of-user
		return
	fi
	systemctl stop docker.service docker.socket containerd.service
}

engine_begin() {
	docker_config
	docker_start
	docker image inspect box >/dev/null 2>&1 || docker import "$ROOTFS" box >/dev/null
	# what is made once, and stays
	docker run --rm box true
	docker run --rm --network host box true
}

engine_clean() {
	local list
	mapfile -t list < <(docker ps -aq)
	[ ${#list[@]} -eq 0 ] || docker rm -f -v "${list[@]}" >/dev/null
	docker network prune -f >/dev/null
	docker volume ls -q | xargs -r docker volume rm -f >/dev/null
}

engine_end() {
	docker_stop
}

# since MAJOR: the daemon is of that version, or newer
since() {
	[ "$(docker version --format '{{.Server.Version}}' | cut -d. -f1)" -ge "$1" ]
}

# of NAME FORMAT: a member of what docker inspect tells
of() {
	docker inspect --format "{{$2}}" "$1"
}

# is_state NAME STATE
is_state() {
	is "$(of "$1" .State.Status)" "$2"
}

# has_logged NAME REGEX
has_logged() {
	matches "$(docker logs "$1" 2>&1)" "$2"
}

# event_seen REGEX SINCE: among the events from SINCE (as date +%s.%N prints it) to now
event_seen() {
	matches "$(docker events --since "$2" --until "$(date +%s.%N)" \
		--format '{{.Action}} {{.Actor.Attributes.name}}')" "$1"
}

# box NAME [OPTION...]: a container that waits until it is told to end
box() {
	local name=$1
	shift
	docker run -d --name "$name" "$@" box sh -c \
		'trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done' >/dev/null
	until_true 20 has_logged "$name" ready
}
