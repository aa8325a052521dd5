#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the caller's environment can do: what aril(8) says, and nothing more; and that
# nobody gets privileges by the program itself.

load ../lib/bundle.bash

prepare() {
	only_aril 'is about its own variables'
	mkdir "$T/evil"
	chmod 755 "$T/evil"
}

# What is left behind by one that somebody was led to run
trap_program() { # PATH
	printf '#!/bin/sh\n: >"%s/led-astray-by-%s"\nexit 1\n' "$T" "${1##*/}" >"$1"
	chmod 755 "$1"
}
not_led_astray() {
	! ls "$T"/led-astray-* 2>/dev/null
}

# With nothing in the environment but the arguments
alone() { # VARIABLE=VALUE... -- ARG...
	local set=()
	while [ "$1" != -- ]; do
		set+=("$1")
		shift
	done
	run timeout --foreground 20 env -i "${set[@]}" "$ARIL" --root "$STATE" \
		"${manager[@]}" "${@:2}" </dev/null 3>&-
	echo "$output"
}

@test "variables of libraries, shells and other programs change nothing" {
	local program evil=$T/evil calm
	for program in newuidmap newgidmap criu pasta slirp4netns sh aril-init aril-net \
		aril-systemd; do
		trap_program "$evil/$program"
	done
	printf ': >%s/led-astray-by-shell\n' "$T" >"$evil/rc"
	args /probe env , names , ids , cwd , umask , status , rlimits
	alone -- run -b "$B" "$ID"
	[ "$status" -eq 0 ]
	calm=$output
	alone LD_PRELOAD="$evil/none.so" LD_LIBRARY_PATH="$evil" \
		LD_AUDIT="$evil/none.so" LD_DEBUG_OUTPUT="$evil/debug" \
		GCONV_PATH="$evil" LOCPATH="$evil" \
		NLSPATH="$evil/%N" LANG=xx_XX.UTF-8 LC_ALL=../../evil LANGUAGE=xx \
		TZ=":$evil/zone" TZDIR="$evil" GLIBC_TUNABLES=glibc.malloc.check=3:x=y \
		MALLOC_TRACE="$evil/trace" MALLOC_CHECK_=3 MALLOC_PERTURB_=255 \
		RES_OPTIONS=debug HOSTALIASES="$evil/rc" LOCALDOMAIN=evil \
		GETCONF_DIR="$evil" TMPDIR="$evil/none" HOME="$evil/none" \
		SHELL="$evil/sh" IFS=/ ENV="$evil/rc" BASH_ENV="$evil/rc" \
		'BASH_FUNC_newuidmap%%=() { :; }' PATH="$evil:.:" USER=root LOGNAME=root \
		SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console \
		SYSTEMD_BUS_TIMEOUT=0 DBUS_SYSTEM_BUS_ADDRESS="unix:path=$evil/bus" \
		DBUS_STARTER_ADDRESS="unix:path=$evil/bus" \
		LISTEN_FDS=18446744073709551617 LISTEN_PID=-1 \
		NOTIFY_SOCKET=relative/path ARIL_LIBEXEC=evil \
		ARIL_RESCTRL=evil RUN_OCI_SECCOMP_RECEIVER=evil \
		_LIBCONTAINER_INITPIPE=9 CONTAINER_ID=x -- run -b "$B" "$ID"
	[ "$status" -eq 0 ]
	[ "$output" = "$calm" ]
	not_led_astray
	find "$evil" -newer "$B/config.json" -type f ! -perm 755 ! -name rc >"$T/new"
	[ ! -s "$T/new" ]
}

@test "root's ARIL_LIBEXEC and ARIL_RESCTRL must be root's own" {
	local name
	need_root 'others lead only themselves astray'
	for name in ARIL_LIBEXEC ARIL_RESCTRL; do
		alone "$name=$T/evil" -- list
		[ "$status" -eq 0 ]
		chmod o+w "$T/evil"
		alone "$name=$T/evil" -- list
		fails "$name: $T/evil must belong to user 0" 'nobody else may write to it'
		chmod 755 "$T/evil"
		chown 1000 "$T/evil"
		alone "$name=$T/evil" -- list
		fails "$name: $T/evil must belong to user 0"
		chown 0 "$T/evil"
	done
	trap_program "$T/evil/aril-net"
	chown 1000 "$T/evil/aril-net"
	alone "ARIL_LIBEXEC=$T/evil" -- list
	fails "ARIL_LIBEXEC: $T/evil/aril-net must belong to user 0"
	alone "ARIL_LIBEXEC=$T/none" -- list
	[ "$status" -eq 0 ]
	not_led_astray
}

@test "nobody can lead root's ARIL_LIBEXEC and ARIL_RESCTRL elsewhere" {
	local name
	need_root 'others lead only themselves astray'
	mkdir -m 755 "$T/evil/own"
	for name in ARIL_LIBEXEC ARIL_RESCTRL; do
		# who owns what is above may put another in its place
		chown 1000 "$T/evil"
		alone "$name=$T/evil/own" -- list
		fails "$name: $T/evil, which leads there, must belong to user 0"
		# also by a link from elsewhere
		ln -sfn "$T/evil/own" "$T/link"
		alone "$name=$T/link" -- list
		fails "$name: $T/evil, which leads there,"
		chown 0 "$T/evil"
		chmod 777 "$T/evil"
		alone "$name=$T/evil/own" -- list
		fails "$name: $T/evil, which leads there,"
		# or make what is not there yet
		alone "$name=$T/evil/none/of/it" -- list
		fails "$name: $T/evil must belong to user 0"
		chmod 1777 "$T/evil"
		alone "$name=$T/evil/none" -- list
		fails "$name: $T/evil must belong to user 0"
		alone "$name=$T/evil/own" -- list
		[ "$status" -eq 0 ]
		alone "$name=$T/link" -- list
		[ "$status" -eq 0 ]
		alone "$name=$T/none/of/it" -- list
		[ "$status" -eq 0 ]
		chmod 755 "$T/evil"
	done
}

@test "what everybody may write to is no place for programs" {
	local word
	trap_program "$T/evil/pasta"
	for word in 777 1777; do
		chmod "$word" "$T/evil"
		alone "PATH=$T/evil" -- check
		[[ $output != *"$T/evil"* ]]
	done
	chmod 755 "$T/evil"
	alone "PATH=$T/evil" -- check
	[[ $output == *"$T/evil/pasta"* ]]
	chmod 777 "$T/evil/pasta"
	alone "PATH=$T/evil" -- check
	[[ $output != *"$T/evil"* ]]
	cd "$T/evil"
	chmod 755 pasta
	alone "PATH=.::$PWD/../evil/." -- check
	[[ $output != *' ./pasta'* ]]
}

# A run without --root
default_root() { # DIRECTORY
	run timeout --foreground 20 env -i "XDG_RUNTIME_DIR=$1" "$ARIL" list </dev/null
	echo "$output"
}
@test "XDG_RUNTIME_DIR must be the user's own" {
	need_user 'root does not read it'
	chmod 700 "$T/evil"
	default_root "$T/evil"
	[ "$status" -eq 0 ]
	ln -s "$T/evil" "$T/link"
	default_root "$T/link"
	[ "$status" -eq 0 ]
	chmod 777 "$T/evil"
	default_root "$T/evil"
	fails "XDG_RUNTIME_DIR: $T/evil must belong to user $(id -u)"
	default_root "$T/link"
	fails "XDG_RUNTIME_DIR: $T/link must belong to user $(id -u)"
	default_root /usr
	fails "XDG_RUNTIME_DIR: /usr must belong to user $(id -u)"
	default_root "$T/none"
	[ "$status" -eq 0 ]
	[ ! -e "$T/none" ]
}

@test "root does not read XDG_RUNTIME_DIR and USER" {
	need_root
	chmod 777 "$T/evil"
	mkdir -p "$T/evil/aril/x"
	alone -- list -q
	run timeout --foreground 20 env -i "XDG_RUNTIME_DIR=$T/evil" USER=nobody "$ARIL" \
		list -q </dev/null
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# COPY of the program, run by user 1000
as_somebody() { # COPY ARG...
	run setpriv --reuid 1000 --regid 1000 --clear-groups -- "$@" </dev/null
	echo "$output"
}
@test "set-user-ID, set-group-ID or with file capabilities it does not run" {
	local mode
	need_root 'makes such files'
	cp "$ARIL_PROBE" "$T/evil/probe"
	chmod 4755 "$T/evil/probe"
	chmod 755 "$T"
	as_somebody "$T/evil/probe" status
	[ "$(value Uid)" = '1000 0 0 0' ] || skip 'this file system is mounted nosuid'
	cp "$ARIL" "$T/evil/aril"
	chmod 755 "$T/evil/aril"
	as_somebody "$T/evil/aril" --version
	[ "$status" -eq 0 ]
	for mode in 4755 2755 6755; do
		chmod $mode "$T/evil/aril"
		as_somebody "$T/evil/aril" --version
		fails 'refusing to run set-user-ID, set-group-ID or with file cap'
		as_somebody "$T/evil/aril" --root "$T/state" list
		fails 'refusing to run set-user-ID'
	done
	# root gets nothing by it
	chmod 4755 "$T/evil/aril"
	run "$T/evil/aril" --version
	[ "$status" -eq 0 ]
	chmod 755 "$T/evil/aril"
	need setcap
	setcap cap_sys_admin+ep "$T/evil/aril"
	as_somebody "$T/evil/aril" --version
	fails 'refusing to run' 'setcap -r'
}

@test "capabilities that the caller has are no reason to refuse" {
	need_root 'has capabilities to give'
	chmod 755 "$T"
	run setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps +net_admin \
		--ambient-caps +net_admin -- "$ARIL" --version </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
}
