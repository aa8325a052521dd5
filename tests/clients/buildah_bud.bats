#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# buildah bud: files with RUN, whose programs the runtime starts.

load buildah.bash

setup() {
	client_setup
	C=$T/context
	mkdir "$C"
}

@test "RUN, COPY, ENV, ARG, WORKDIR and USER come together" {
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
	END
	bud --build-arg WHAT=this -t made "$C"
	buildah from --pull-never --name work made
	is "$(run_in work cat /srv/said)" 'b this /work from the context'
	is "$(run_in work cat /tmp/who)" 1000
	is "$(run_in work pwd)" /work
}

@test "a RUN that fails ends the build with its status, and leaves no image" {
	printf 'FROM box\nRUN exit 9\n' >"$C/Containerfile"
	exits 9 bud -t made-never "$C"
	exits 125 buildah inspect --type image made-never ||
		exits 1 buildah inspect --type image made-never
	printf 'FROM box\nRUN ["/bin/nothing"]\n' >"$C/Containerfile"
	exits 1 bud -t made-never "$C"
}

@test "several stages, and COPY --from" {
	cat >"$C/Containerfile" <<-'END'
		FROM box AS first
		RUN mkdir /out && echo built >/out/file && chmod 4711 /out/file
		FROM scratch
		COPY --from=first /out /
	END
	bud -t made-small "$C"
	buildah from --pull-never --name work made-small
	cat >"$T/look" <<-'END'
		cd "$(buildah mount work)" && stat -c "%a %n" *
	END
	as_owner=()
	[ "$(id -u)" -eq 0 ] || as_owner=(buildah unshare)
	is "$("${as_owner[@]}" sh "$T/look")" '4711 file'
}

@test "RUN --mount: cache, bind, tmpfs and secret, of which nothing stays" {
	echo hidden >"$C/secret"
	cat >"$C/Containerfile" <<-'END'
		FROM box
		RUN --mount=type=tmpfs,target=/mnt/t echo x >/mnt/t/x && test -e /mnt/t/x
		RUN --mount=type=bind,source=.,target=/mnt/b cat /mnt/b/secret >/srv/bound
		RUN --mount=type=secret,id=word cat /run/secrets/word >/srv/secret
		RUN find /mnt /run >/srv/left || :
	END
	bud --secret "id=word,src=$C/secret" -t made "$C"
	buildah from --pull-never --name work made
	is "$(run_in work cat /srv/bound /srv/secret)" $'hidden\nhidden'
	exits 0 run_in work sh -c '! grep -E "/(x|word)$" /srv/left'
}

@test "RUN sees limits and capabilities as the build was told" {
	cat >"$C/Containerfile" <<-'END'
		FROM box
		RUN ulimit -n >/srv/files; grep CapBnd /proc/self/status >/srv/caps
	END
	bud --ulimit nofile=777:888 --cap-drop all \
		--cap-add chown -t made "$C"
	buildah from --pull-never --name work made
	is "$(run_in work cat /srv/files)" 777
	matches "$(run_in work cat /srv/caps)" 0000000000000001
}

@test "--isolation chroot builds the same" {
	printf 'FROM box\nRUN echo built >/srv/built\n' >"$C/Containerfile"
	buildah bud -q --isolation chroot -t made "$C" 3>&-
	buildah from --pull-never --name work made
	is "$(run_in work cat /srv/built)" built
}

@test "ten RUNs, each a layer" {
	local i
	echo FROM box >"$C/Containerfile"
	for i in {1..10}; do
		echo "RUN echo $i >>/srv/lines" >>"$C/Containerfile"
	done
	bud --layers -t made "$C"
	buildah from --pull-never --name work made
	is "$(run_in work cat /srv/lines | tr '\n' ' ')" '1 2 3 4 5 6 7 8 9 10 '
	bud --layers -t made "$C"
}
