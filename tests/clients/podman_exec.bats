#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman exec: further processes in a container that runs.

load podman.bash

# bats test_tags=quick
@test "exec prints, takes stdin, and ends with the process's status" {
	up one --network none
	exits 0 pod exec one echo hello
	is "$output" hello
	exits 9 pod exec one sh -c 'exit 9'
	exits 137 pod exec one sh -c 'kill -KILL $$'
	is "$(seq 1 20000 | pod exec -i one sh -c 'wc -l; echo end')" $'20000\nend'
	pod exec one sh -c 'echo out; echo err >&2' >"$T/out" 2>"$T/err"
	is "$(cat "$T/out") $(cat "$T/err")" 'out err'
	pod exec one sh -c 'head -c 3000000 /dev/zero' | wc -c >"$T/count"
	is "$(cat "$T/count")" 3000000
}

@test "exec of what is not there is 127, of what is no program is 126" {
	up one --network none
	exits 127 pod exec one /bin/nothing
	exits 127 pod exec one nothing
	exits 126 pod exec one /srv
	exits 126 pod exec one /srv/data
	exits 125 pod exec --no-such-option one true
	exits 0 pod exec one true
	pod stop -t 0 one
	exits 255 pod exec one true
	exits 125 pod exec nobody true
}

@test "exec --user, --workdir, --env, --env-file" {
	up one --network none --user 77:88 --env OWN=image --workdir /srv
	is "$(pod exec one sh -c 'id -u; id -g; pwd; echo $OWN' | tr '\n' ,)" \
		'77,88,/srv,image,'
	is "$(pod exec --user box one id -G)" '1000 1234'
	is "$(pod exec --user 0:5 one sh -c 'id -u; id -g' | tr '\n' ,)" 0,5,
	is "$(pod exec --user 3000 one id -u)" 3000
	exits 255 pod exec --user nobody-knows one true
	is "$(pod exec --workdir /usr/bin one pwd)" /usr/bin
	exits 127 pod exec --workdir /nowhere one pwd
	is "$(pod exec --env 'A=b c' --env OWN=mine one sh -c 'echo "$A,$OWN"')" \
		'b c,mine'
	echo FROM=file >"$T/env"
	is "$(pod exec --env-file "$T/env" one sh -c 'echo $FROM')" file
}

@test "exec -it has a terminal of its own, and follows its size" {
	up one --network none
	in_terminal "${pod[@]}" exec -it one tty
	matches "$output" /dev/pts/
	cat >"$T/sized" <<-END
		stty rows 21 cols 43
		${pod[*]} exec -it one sh -c \
			'until stty size | grep "21 43"; do sleep 0.1; done
			echo >/srv/ready
			until stty size | grep "31 53"; do sleep 0.1; done
			echo >/srv/seen; exit 6' </dev/tty &
		until ${pod[*]} exec one test -e /srv/ready; do sleep 0.1; done
		stty rows 31 cols 53
		# podman loses one that comes too soon, with any runtime
		until ${pod[*]} exec one test -e /srv/seen; do kill -WINCH \$!; done
		wait \$!
	END
	output=$(timeout 60 script -qefc "sh $T/sized" /dev/null </dev/null) || status=$?
	is "${status:-0}" 6 "status, after $output"
	matches "$output" '21 43.*31 53'
	output=$(echo 'echo $((6 * 7)); exit 5' |
		script -qefc "${pod[*]} exec -it one sh" /dev/null) || status=$?
	is "$status" 5 status
	matches "$output" 42
}

@test "exec -d goes on without us, is known, and ends with the container" {
	up one --network none
	pod exec -d one sh -c 'echo here >/srv/mark; exec sleep 1001'
	until_true 20 pod exec one grep -q here /srv/mark
	until_true 20 eval 'pod exec one ps | grep -q "sleep 1001"'
	pod stop -t 0 one
	until_true 20 eval '! pgrep -f "^sleep 1001"'
}

@test "exec has the capabilities, the filter and the limits of the container" {
	local mask
	up one --network none --cap-drop all --cap-add chown --pids-limit 40 \
		--security-opt no-new-privileges
	mask=$(pod exec one grep CapEff /proc/self/status | cut -f2)
	is "$mask" 0000000000000001
	is "$(pod exec one grep CapBnd /proc/self/status | cut -f2)" "$mask"
	is "$(pod exec --user box one grep CapEff /proc/self/status | cut -f2)" \
		0000000000000000
	is "$(pod exec one grep NoNewPrivs /proc/self/status | cut -f2)" 1
	is "$(pod exec one grep Seccomp: /proc/self/status | cut -f2)" 2
	is "$(pod exec one sh -c 'readlink /proc/self/ns/* | sort')" \
		"$(pod exec one sh -c 'readlink /proc/1/ns/* | sort')"
	is "$(pod exec one cat /proc/self/cgroup)" "$(pod exec one cat /proc/1/cgroup)"
}

@test "exec --privileged has all that the user may have" {
	up one --network none
	exits 1 pod exec one mount -t tmpfs none /srv
	exits 0 pod exec --privileged one sh -c \
		'mount -t tmpfs none /srv && grep CapBnd /proc/self/status'
	is "$output" "$(printf 'CapBnd:\t%016x' $(((1 << 41) - 1)))"
}

@test "exec --preserve-fds gives descriptors, and no others come along" {
	up one --network none
	echo three >"$T/three"
	is "$("${pod[@]}" exec --preserve-fds 1 one cat /proc/self/fd/3 3<"$T/three")" \
		three
	# the terminal's and bats' own
	is "$(pod exec one sh -c 'ls /proc/self/fd | wc -l' 5</dev/null)" 4
}

@test "exec twenty times at once" {
	local i got list=()
	up one --network none
	for i in {1..20}; do
		pod exec one sh -c "echo $i; exit $i" >"$T/out.$i" &
		list+=($!)
	done
	for i in {1..20}; do
		got=0
		wait "${list[i - 1]}" || got=$?
		is $got "$i"
		is "$(cat "$T/out.$i")" "$i"
	done
	is "$(told one 'len .ExecIDs')" 0
}

@test "exec into a container that is paused or created is refused" {
	up one --network none
	pod pause one
	exits 255 pod exec one true
	pod unpause one
	exits 0 pod exec one true
	pod create --name two --network none box sleep 1000
	exits 255 pod exec two true
}

@test "an exec that is killed from outside ends with its signal" {
	local own got=0
	up one --network none
	pod exec one sleep 1002 &
	own=$!
	until_true 20 pgrep -f '^sleep 1002'
	pkill -KILL -f '^sleep 1002'
	wait $own || got=$?
	is $got 137
}
