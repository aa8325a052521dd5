#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# aril sandbox: what a program sees and may do when no option is given, what options
# share with it, and how it ends.
# shellcheck disable=SC2016 # the inner shell expands them

load ../lib/bundle.bash

prepare() {
	only_aril 'sandbox is a verb of aril'
	mkdir "$T/home" "$T/home/work"
	export HOME=$T/home
	cd "$HOME/work" || return
}

# Its program is a shell of the host, or the probe
boxed() { # OPTION... -- COMMAND...
	run aril sandbox -q "$@" </dev/null
	echo "$output"
}
shell() { # SCRIPT [OPTION...]
	local script=$1
	shift
	boxed "$@" -- /bin/sh -c "$script"
}
probed() { # WORD...
	boxed -r "$ARIL_PROBE:/probe" -- /probe "$@"
}

# --- what it sees ----------------------------------------------------------------------

@test "the working directory below HOME is there, to write" {
	echo mine >file
	shell 'pwd; cat file; echo new >made; ls ..; ls -d /run/* /tmp/* /var/tmp/*'
	[ "${lines[0]}" = "$HOME/work" ]
	[ "${lines[1]}" = mine ]
	[ "${lines[2]}" = work ]
	[ "$(<made)" = new ]
	[ "$(stat -c %u made)" = "$(id -u)" ]
}

@test "HOME itself, and what is not below it, is not: it is told how to share it" {
	local dir
	mkdir "$T/other"
	for dir in "$HOME" "$T/other" /; do
		cd "$dir"
		run aril sandbox -- /bin/sh -c 'echo x >probe; ls -A ..; pwd' </dev/null
		echo "$output"
		[ "$status" -eq 0 ]
		[[ ${lines[0]} == *"$dir is not in the sandbox: -w . shares it" ]]
		[ "${lines[-1]}" = "$HOME" ]
		[ ! -e "$dir/probe" ]
		shell 'pwd' --cwd /tmp
		[ "$output" = /tmp ]
	done
}

@test "a name with a newline widens nothing" {
	mkdir "$HOME/a"$'\n' "$HOME/a"$'\n/etc'
	cd "$HOME/a"$'\n/etc'
	boxed -- true
	[ "$status" -eq 125 ]
	[[ $output == *'a name with a newline is not shared'* ]]
	cd "$HOME/work"
	HOME=$'/x:/y\n/etc' boxed -- /bin/sh -c 'echo "$HOME"; cat /etc/passwd'
	[ "${lines[0]}" = /home/user ]
	[ "$(grep -c : <<<"$output")" -le 3 ]
}

@test "a directory of somebody else is not shared, wherever it is" {
	need_root 'to make one'
	chown 12345 "$HOME/work"
	shell 'pwd; ls -A'
	[ "$output" = "$HOME" ]
}

@test "the system is there to read, and nothing else of the host" {
	shell 'for f in /usr/x /bin/x /etc/x /x; do echo x >$f; done; ls -A / | sort'
	[ "$(grep -c 'Read-only file system' <<<"$output")" -eq 4 ]
	shell 'ls -A /home /root /mnt /media /srv /opt /boot /sys /run 2>/dev/null |
		grep -v ":$" | grep .; ls /etc/shadow /etc/ssh /etc/machine-id'
	[[ $output == *"/etc/shadow': No such file"* ]]
	[[ $output == *"/etc/machine-id': No such file"* ]]
}

@test "passwd and group have the user, root and nobody" {
	shell 'cat /etc/passwd /etc/group; id -un; id -u; hostname; cat /etc/hosts'
	[ "$status" -eq 0 ]
	[ "$(grep -c : <<<"$output")" -ge 4 ]
	grep -q "^[^:]*:x:$(id -u):$(id -g)::$HOME:/bin/sh$" <<<"$output"
	[[ $output == *$'\nsandbox\n'* ]]
	[[ $output != *daemon* ]]
}

@test "the environment is small, and the first process has none" {
	SECRET=1 TZ=UTC LC_TIME=C XDG_RUNTIME_DIR=/x shell 'env; cat /proc/1/environ'
	want "HOME=$HOME" TZ=UTC LC_TIME=C
	[[ $output != *SECRET* && $output != *XDG_* ]]
	[[ $output == *'/proc/1/environ: Permission denied'* ]]
	SECRET=1 shell 'env' --env-keep SECRET --env TZ=Z -e A=b
	want SECRET=1 TZ=Z A=b
}

@test "no open files come along" {
	exec 7<"$HOST/file"
	run raw sandbox -q -r "$ARIL_PROBE:/probe" -- /probe fds </dev/null 7<"$HOST/file"
	exec 7<&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *fd.7* && $output != *fd.3* ]]
}

@test "no capability, no new privileges, a filter" {
	probed status
	want CapEff=0000000000000000 CapPrm=0000000000000000 CapBnd=0000000000000000 \
		CapAmb=0000000000000000 NoNewPrivs=1 Seccomp=2
}

@test "no other user namespace, nor any other" {
	probed call unshare $((0x10000000)) , call unshare $((0x20000)) , \
		call personality $((0x40000)) , call socket 40 , call socket 17
	want call.unshare=EPERM call.personality=EPERM call.socket=EAFNOSUPPORT
	[[ $output != *=0 ]]
}

@test "no set-uid file, no device" {
	shell 'cp /bin/true t; chmod u+s t; chmod g+s t; chmod 700 t; stat -c %a t
		mknod d c 1 3; mkfifo f && echo fifo'
	[ "$(grep -c 'Operation not permitted' <<<"$output")" -eq 3 ]
	want 700 fifo
	[ "$(stat -c %a t)" = 700 ]
}

@test "loopback is its own, and is all of its network" {
	probed lo , links , read /proc/net/route
	want lo=up
	[[ $output != *link.eth0* ]]
}

@test "Landlock: a second wall where the kernel has it" {
	"$ARIL_PROBE" call landlock | grep -qx call.landlock=ok ||
		skip 'the kernel has no Landlock'
	# the directory is mounted to be written; the rules do not have it
	mkdir "$T/d"
	aril sandbox explain -w "$T/d:/data" -r "$ARIL_PROBE:/probe" -- /probe \
		create /data/x , create /tmp/x , write /dev/null x , read /etc/hosts |
		jq '.annotations["aril.landlock.write"] |= (split("\n")
			| map(select(. != "/data")) | join("\n"))' >"$T/config.json"
	run aril run -b / -f "$T/config.json" "$ID" </dev/null
	echo "$output"
	want create./data/x=EACCES
	want create./tmp/x=ok write./dev/null=ok
	[ ! -e "$T/d/x" ]
	# without the annotation it can
	jq 'del(.annotations["aril.landlock.write"])' "$T/config.json" >"$T/without.json"
	run aril run -b / -f "$T/without.json" "$ID" </dev/null
	[ -e "$T/d/x" ]
}

# --- how it ends -----------------------------------------------------------------------

@test "its status, or 128 and its signal; 125, 126 and 127 as env(1) has them" {
	shell 'exit 9'
	[ "$status" -eq 9 ]
	shell 'kill -SEGV $$'
	[ "$status" -eq 139 ]
	run -127 aril sandbox -q -- no-such-program </dev/null
	boxed -- /etc/hosts
	[ "$status" -eq 126 ]
	boxed --net nowhere -- true
	[ "$status" -eq 125 ]
	boxed -r /no/such -- true
	[ "$status" -eq 125 ]
	[[ $output == *"option --ro: /no/such"* ]]
}

@test "kill of its own group does not reach us, nor its first process" {
	shell 'trap "echo caught" TERM; kill -TERM 0; echo after'
	[ "$status" -eq 0 ]
	want caught after
}

@test "what it leaves running ends with it" {
	shell 'setsid sleep 1000 >/dev/null 2>&1 &
		(sleep 1000 >/dev/null 2>&1 &); echo done'
	[ "$status" -eq 0 ]
	nothing_left
}

@test "orphans are reaped" {
	shell 'i=0; while [ $i -lt 100 ]; do (true &); i=$((i + 1)); done; wait
		while ps -e -o stat= | grep -q ^Z; do :; done; echo none'
	want none
}

# Its program says that it runs; first: the first process
long() {
	mkfifo "$T/said"
	"$ARIL" --root "$STATE" sandbox -q -- /bin/sh -c 'trap "" HUP INT TERM
		setsid sleep 1000 & echo runs; while :; do sleep 1000; done' \
		</dev/null >"$T/said" 2>/dev/null 3>&- 4>&- &
	children+=($!)
	read -r output <"$T/said"
	[ "$output" = runs ]
	first=$(aril list --format json | jq '.[0].pid')
}

@test "when aril is killed, all of it ends" {
	long
	kill -KILL "${children[0]}"
	"$ARIL_PROBE" wait-pid "$first" 5000 || [ ! -d "/proc/$first" ]
	# what is remembered of it goes with the next one, if nobody was left to do it
	boxed -- true
	[ -z "$(aril list -q)" ]
	nothing_left
}

@test "what is remembered of one that was killed with all of aril goes with the next" {
	ID=aril-sandbox-1 running
	ID=other-1
	rm "$T/pid" "$T/tell/ready"
	running
	aril kill aril-sandbox-1 KILL
	aril kill other-1 KILL
	ended
	timeout 10 sh -c 'until [ "$("$0" --root "$1" list | grep -c stopped)" = 2 ]; do
		:; done' "$ARIL" "$STATE"
	boxed -- true
	[ "$(aril list -q)" = other-1 ]
}

@test "a signal to aril is the program's" {
	mkfifo "$T/said"
	"$ARIL" --root "$STATE" sandbox -q -- /bin/sh -c \
		'trap "echo caught; exit 7" TERM; echo runs
		while :; do sleep 0.1; done' </dev/null >"$T/said" 2>&1 3>&- 4>&- &
	children+=($!)
	exec 8<"$T/said"
	read -r output <&8
	kill -TERM "${children[0]}"
	read -r output <&8
	exec 8<&-
	[ "$output" = caught ]
	status=0
	wait "${children[0]}" || status=$?
	[ "$status" -eq 7 ]
}

@test "on a terminal it has one of its own, whose groups it may change" {
	run on_terminal 24 80 sandbox -q -- /bin/sh -c \
		'tty; stty size; ps -o pid=,tpgid= $$'
	echo "$output"
	[[ ${lines[0]} == /dev/pts/0* ]]
	[[ ${lines[1]} == '24 80'* ]]
	[[ ${lines[2]} =~ 2\ +2 ]]
}

# --- options ---------------------------------------------------------------------------

@test "-r and -w share, at another place if told so; what is nested is kept" {
	mkdir -p "$T/d/inner"
	echo x >"$T/d/file"
	shell 'cat /data/file; echo y >/data/file; echo z >/data/inner/new
		echo q >/data/q' \
		-r "$T/d:/data" -w "$T/d/inner:/data/inner"
	[ "${lines[0]}" = x ]
	[ "$(grep -c 'Read-only' <<<"$output")" -eq 2 ]
	[ "$(<"$T/d/inner/new")" = z ]
	[ "$(<"$T/d/file")" = x ]
	[ ! -e "$T/d/q" ]
}

@test "-r of a file, and of a link" {
	echo x >"$T/file"
	ln -s "$T/file" "$T/link"
	shell "cat '$T/link' /name" -r "$T/link" -r "$T/file:/name"
	[ "$output" = $'x\nx' ]
}

@test "--hide empties a directory, --file makes a file" {
	mkdir secrets
	echo s >secrets/key
	shell "ls -A secrets; touch secrets/x; cat /etc/motd" \
		--hide "$HOME/work/secrets" --file /etc/motd=hello
	[[ $output == *'Read-only file system'*hello ]]
	[ "$(<secrets/key)" = s ]
	boxed --file motd=x -- true
	[ "$status" -eq 125 ]
}

@test "limits: processes, open files, the size of files, /tmp" {
	shell 'ulimit -n; ulimit -c' --files 100
	[ "$output" = $'100\n0' ]
	shell 'head -c 3000000 /dev/zero >/tmp/big; wc -c </tmp/big' --tmp 1m
	[[ $output == *'No space left'* ]]
	want 1048576
	shell 'head -c 3000 /dev/zero >big; wc -c <big' --fsize 1k
	want 1024
	probed bomb 100
	want forked=100
	boxed --pids 20 -r "$ARIL_PROBE:/probe" -- /probe bomb 100
	want_like 'forked=1[0-9]'
}

@test "--mem is the cgroup's limit, or an error" {
	boxed --mem 64m -r "$ARIL_PROBE:/probe" -- /probe eat 100
	if [ "$status" -eq 125 ]; then
		[[ $output == *memory* ]]
	else
		[ "$status" -eq 137 ]
	fi
	nothing_left
}

@test "it has a name in the list while it runs" {
	mkfifo "$T/said"
	"$ARIL" --root "$STATE" sandbox -q --name mine -- /bin/sh -c \
		'echo runs; exec >/dev/null; exec sleep 1000' \
		</dev/null >"$T/said" 2>/dev/null 3>&- 4>&- &
	children+=($!)
	read -r output <"$T/said"
	[ "$(aril list -q)" = mine ]
	aril kill mine KILL
	status=0
	wait "${children[0]}" || status=$?
	[ "$status" -eq 137 ]
}

@test "--net: none and lo are its own, host is the host's" {
	local kind
	for kind in none lo host; do
		boxed --net $kind -r "$ARIL_PROBE:/probe" -- /probe ns
		[ "$status" -eq 0 ]
		if [ $kind = host ]; then
			want "ns.net=$(readlink /proc/self/ns/net)"
		else
			[[ $output != *"$(readlink /proc/self/ns/net)"* ]]
		fi
	done
}

@test "--publish needs --net user" {
	boxed -p 8080:80 -- true
	[ "$status" -eq 125 ]
	[[ $output == *'--publish: only --net user publishes ports'* ]]
}

@test "mistakes are told, and nothing is left" {
	boxed --files 9999999999 -- true
	[ "$status" -eq 125 ]
	boxed --tmp lots -- true
	[[ $output == *'option --tmp takes a size like 512m or none, not "lots"'* ]]
	boxed -w :/x -- true
	[[ $output == *'the path is empty'* ]]
	boxed -w "$HOME:/" -- true
	[[ $output == *'cannot be shared as the root'* ]]
	boxed --env NAME -- true
	[[ $output == *'is not NAME=VALUE'* ]]
	boxed
	[ "$status" -ne 0 ]
	nothing_left
}

@test "words that are commands: explain prints a document, others are not there" {
	aril sandbox explain --pids 7 -- cat x >"$T/config.json"
	jq -e '.process.args == ["cat", "x"] and .process.noNewPrivileges
		and (.process.rlimits[] | select(.type == "RLIMIT_NPROC").hard == 7)' \
		"$T/config.json"
	boxed ps
	[ "$status" -eq 125 ]
	[[ $output == *'sandbox ps is not there yet'*'aril sandbox -- ps' ]]
	boxed -- ps ax
	[ "$status" -eq 0 ]
	want_like ' *1 .*aril-init [0-9]+'
}
