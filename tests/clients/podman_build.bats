#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman build: what RUN is given, and what comes of it.

load podman.bash

setup() {
	client_setup
	C=$T/context
	mkdir "$C"
}

teardown() {
	engine_clean
	podman rmi -f made made-never >/dev/null 2>&1 || :
	podman image prune -f >/dev/null
	client_left
}

build() {
	pod build -q --network none "$@" "$C"
}

@test "RUN, COPY, ENV, ARG, WORKDIR, USER and ENTRYPOINT" {
	echo 'from the context' >"$C/note"
	cat >"$C/Containerfile" <<-'END'
		FROM box
		ARG WHAT=nothing
		ENV A=b
		WORKDIR /work
		COPY note /work/
		RUN echo "$A $WHAT $(pwd) $(cat note)" >/srv/said
		USER 1000
		RUN id -u >/tmp/who
		ENTRYPOINT [ "cat" ]
	END
	build --build-arg WHAT=this -t made
	is "$(no_net made /srv/said)" 'b this /work from the context'
	is "$(no_net made /tmp/who)" 1000
}

@test "a RUN that fails ends the build with its status" {
	printf 'FROM box\nRUN exit 9\n' >"$C/Containerfile"
	exits 9 build -t made-never
	exits 1 podman image exists made-never
	printf 'FROM box\nRUN ["/bin/nothing"]\n' >"$C/Containerfile"
	exits 1 build -t made-never || exits 127 build -t made-never
	exits 1 podman image exists made-never
}

@test "several stages; RUN --mount of all kinds" {
	echo hidden >"$C/secret"
	cat >"$C/Containerfile" <<-'END'
		FROM box AS first
		RUN --mount=type=tmpfs,target=/mnt/t echo x >/mnt/t/x && test -e /mnt/t/x
		RUN --mount=type=bind,source=.,target=/mnt/b cat /mnt/b/secret >/srv/bound
		RUN --mount=type=secret,id=word cat /run/secrets/word >/srv/secret
		FROM box
		COPY --from=first /srv/bound /srv/secret /srv/
		RUN find /mnt /run >/srv/left || :
	END
	build --secret "id=word,src=$C/secret" -t made
	is "$(no_net made cat /srv/bound /srv/secret)" $'hidden\nhidden'
	exits 0 no_net made sh -c '! grep -E "/(x|word)$" /srv/left'
}

@test "limits, capabilities and volumes of the build" {
	cat >"$C/Containerfile" <<-'END'
		FROM box
		RUN ulimit -n >/srv/files; grep CapBnd /proc/self/status >/srv/caps; \
			cat /mnt/v/note >/srv/note
	END
	mkdir "$T/volume"
	echo outside >"$T/volume/note"
	build --ulimit nofile=777:888 --cap-drop all \
		--cap-add chown -v "$T/volume:/mnt/v:ro" -t made
	is "$(no_net made cat /srv/files /srv/note)" $'777\noutside'
	matches "$(no_net made cat /srv/caps)" 0000000000000001
}

@test "--isolation oci, rootless and chroot build the same" {
	local kind
	printf 'FROM box\nRUN echo built >/srv/built\n' >"$C/Containerfile"
	for kind in oci rootless chroot; do
		pod build -q --network "$([ $kind = chroot ] && echo host || echo none)" \
			--isolation $kind -t made "$C"
		is "$(no_net made cat /srv/built)" built
		podman rmi -f made
	done
}

@test "an image's health check and signal are the container's" {
	cat >"$C/Containerfile" <<-'END'
		FROM box
		STOPSIGNAL USR1
		HEALTHCHECK CMD test -e /srv/file
		CMD trap "exit 5" USR1; echo ready; while :; do sleep 0.1; done
	END
	build --format docker -t made
	pod run -d --name one --network none made
	until_true 20 said one ready
	exits 0 pod healthcheck run one
	exits 0 pod stop -t 60 one
	told_is one .State.ExitCode 5
}
