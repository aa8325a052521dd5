#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every way in which create can fail: exit code 1, one line that names the place in the
# document, and nothing left: no process, cgroup, mount, state or file.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	args /probe say hello
}

# Change the document and expect a refusal; the first argument is jq's. The words after it
# must be in the message: of aril all, of other runtimes none.
bad() { # FILTER TEXT...
	cp "$B/config.json" "$T/good.json"
	cfg "$1"
	create
	if is_aril; then
		refused "${@:2}"
	else
		refused
	fi
	cp "$T/good.json" "$B/config.json"
}
# The same with a document as text
bad_text() { # TEXT-OF-DOCUMENT MESSAGE...
	printf '%s' "$1" >"$B/config.json"
	create
	if is_aril; then
		refused "${@:2}"
	else
		refused
	fi
}

@test "no bundle, no document" {
	rm config.json
	create_refused config.json
	run aril create -b "$T/nowhere" "$ID" </dev/null
	fails nowhere
	nothing_left
}

@test "a root file system that is missing, is a file, or is not given" {
	bad '.root.path = "nowhere"' nowhere ENOENT
	bad '.root.path = "config.json"' config.json
	only_aril 'takes it for the bundle'
	bad 'del(.root)' root
	bad '.root.path = ""' root.path
}

@test "a program that is not in PATH" {
	args no-such-program
	create_refused 'executable file not found in $PATH' no-such-program
}

@test "a program that is not there" {
	args /no/such/program
	create_refused 'no such file or directory' /no/such/program
}

@test "a program that is not executable" {
	chmod 755 rootfs/etc
	args /etc/passwd
	create_refused 'permission denied' /etc/passwd
}

@test "a program that is a directory" {
	args /etc
	create
	refused /etc
	[[ $output == *'permission denied'* || $output == *'is a directory'* ]]
}

@test "a program that no interpreter understands is told by start, or by its exit" {
	printf 'what is this' >rootfs/opt/odd
	chmod 755 rootfs/opt/odd
	args /opt/odd
	created --pid-file "$T/pid"
	is_aril || only_aril 'start does not wait for the exec'
	start
	fails /opt/odd
	ended
	[ "$(status_of)" = stopped ]
}

@test "a program whose interpreter is missing" {
	printf '#!/no/interpreter\n' >rootfs/opt/script
	chmod 755 rootfs/opt/script
	args /opt/script
	created --pid-file "$T/pid"
	is_aril || only_aril 'start does not wait for the exec'
	start
	fails /opt/script 'no such file or directory'
}

@test "no arguments, an empty one, no cwd" {
	bad '.process.args = []' process.args
	bad 'del(.process.cwd)' process.cwd
}

@test "a mount of an unknown file system" {
	bad '.mounts += [{ destination: "/m", type: "nosuchfs", source: "x" }]' \
		'mounts[14]' /m nosuchfs ENODEV
}

@test "a mount with data that the file system refuses" {
	bad '.mounts += [{ destination: "/m", type: "tmpfs", source: "x",
		options: ["size=lots"] }]' 'mounts[14]' /m size=lots EINVAL
	bad '.mounts += [{ destination: "/m", type: "tmpfs", source: "x",
		options: ["no_such_option"] }]' 'mounts[14]' no_such_option EINVAL
}

@test "a bind whose source is missing" {
	bad '.mounts += [{ destination: "/m", type: "bind", source: "/no/source",
		options: ["bind"] }]' 'mounts[14]' /no/source ENOENT
	! is_aril || [[ $output != *'no such file'* ]]
}

@test "a bind of a directory on a file" {
	touch rootfs/opt/file
	bad '.mounts += [{ destination: "/opt/file", type: "bind", source: "'"$HOST"'",
		options: ["bind"] }]' 'mounts[14]' /opt/file
}

@test "a failing hook" {
	bad '.hooks = { createRuntime: [{ path: "/bin/false" }] }' 'createRuntime hook #0'
}

@test "seccomp: unknown action, operator, architecture, flag, wrong errnoRet" {
	bad '.linux.seccomp.defaultAction = "SCMP_ACT_MAYBE"' \
		linux.seccomp.defaultAction SCMP_ACT_MAYBE
	bad '.linux.seccomp.syscalls[0].action = "ALLOW"' \
		'linux.seccomp.syscalls[0].action' ALLOW
	bad '.linux.seccomp.architectures += ["SCMP_ARCH_PDP11"]' \
		'linux.seccomp.architectures[' SCMP_ARCH_PDP11
	only_aril 'takes it'
	bad '.linux.seccomp.syscalls[0].args = [
		{ index: 0, value: 1, op: "SCMP_CMP_ISH" }]' \
		'linux.seccomp.syscalls[0].args[0].op' SCMP_CMP_ISH
	bad '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_ODD"]' 'linux.seccomp.flags[0]'
	bad '.linux.seccomp.syscalls[0].args = [
		{ index: 6, value: 1, op: "SCMP_CMP_EQ" }]' \
		'linux.seccomp.syscalls[0].args[0].index'
	bad '.linux.seccomp.syscalls[0] = { names: ["mkdir"], action: "SCMP_ACT_ALLOW",
		errnoRet: 1 }' 'linux.seccomp.syscalls[0].errnoRet'
	bad '.linux.seccomp.syscalls[0].names = []' 'linux.seccomp.syscalls[0].names'
	bad 'del(.linux.seccomp.defaultAction)' linux.seccomp.defaultAction
}

@test "an id map that the caller may not have" {
	need_user
	bad '.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1 }]' \
		'linux.uidMappings[0]'
	! is_aril || [[ $output != *'not permitted'* ]]
}

@test "an id map that is no map" {
	is_root && cfg '.linux.namespaces += [{ type: "user" }]'
	only_aril 'leaves it to the kernel'
	bad '.linux.uidMappings = [{ containerID: 0, hostID: 1000, size: 0 }] |
		.linux.gidMappings = .linux.uidMappings' 'linux.uidMappings[0].size'
	bad '.linux.uidMappings = [{ containerID: 0, hostID: 1000, size: 10 },
		{ containerID: 5, hostID: 5000, size: 10 }] |
		.linux.gidMappings = .linux.uidMappings' 'linux.uidMappings[1]'
	bad '.linux.uidMappings = [{ containerID: 0, size: 1 }]' \
		'linux.uidMappings[0].hostID'
}

@test "syntax of the document" {
	bad_text '' config.json
	bad_text '{' config.json
	bad_text '[]' config.json
	bad_text '{ "ociVersion": "1.0.0", }' config.json
	bad_text '"text"' config.json
	only_aril 'reads on'
	bad_text '{ "ociVersion": "1.0.0" } trailing' config.json
	bad_text '{ "ociVersion": "1.0.0" }{}' config.json
}

@test "duplicate keys, NUL, bytes that are not UTF-8" {
	only_aril 'takes them'
	bad_text '{ "ociVersion": "1.0.0", "process": { "cwd": "/", "cwd": "/x" } }' \
		process.cwd
	bad_text '{ "ociVersion": "1.0.0", "hostname": "a\u0000b" }' hostname
	bad_text $'{ "ociVersion": "1.0.0", "hostname": "a\xff" }' config.json
}

@test "wrong types and numbers out of range" {
	bad '.process.args = "/probe"' process.args
	bad '.process.user.uid = "root"' process.user.uid
	bad '.process.user.uid = -1' process.user.uid
	bad '.process.user.uid = 4294967296' process.user.uid
	bad '.process.user.uid = 1.5' process.user.uid
	bad '.mounts = {}' mounts
	bad '.linux.namespaces[0].type = 5' 'linux.namespaces[0].type'
	bad '.root.readonly = "yes"' root.readonly
	only_aril 'takes it'
	bad '.process.oomScoreAdj = 1001' process.oomScoreAdj
	bad '.process.user.umask = 4096' process.user.umask
}

@test "a document that is too deep, and one that is too large" {
	only_aril 'has other limits'
	printf '{"a":%s1%s}' "$(printf '%0.s[' {1..2000})" "$(printf '%0.s]' {1..2000})" \
		>config.json
	create_refused config.json
	{
		printf '{"a":"'
		head -c 40000000 /dev/zero | tr '\0' x
		printf '"}'
	} >config.json
	create_refused config.json
	rm config.json
}

@test "a document that is a fifo or a device does not hang" {
	only_aril 'hangs'
	rm config.json
	mkfifo config.json
	create_refused config.json
	rm config.json
	ln -s /dev/zero config.json
	create_refused config.json
}

@test "namespaces: unknown type, the same twice, a path of another type or of nothing" {
	bad '.linux.namespaces += [{ type: "planet" }]' 'linux.namespaces[' planet
	bad '.linux.namespaces += [{ type: "pid" }]' 'linux.namespaces[' pid
	bad '.linux.namespaces |= map(select(.type != "network")) +
		[{ type: "network", path: "/proc/self/ns/uts" }]' \
		network /proc/self/ns/uts
	bad '.linux.namespaces |= map(select(.type != "network")) +
		[{ type: "network", path: "/no/namespace" }]' network /no/namespace ENOENT
	only_aril 'takes it'
	bad '.linux.namespaces |= map(select(.type != "network")) +
		[{ type: "network", path: "relative" }]' 'linux.namespaces[' path
}

@test "host name without its namespace, sysctls outside of theirs" {
	bad '.linux.namespaces |= map(select(.type != "uts"))' hostname
	bad '.linux.sysctl = { "kernel.panic": "1" }' linux.sysctl kernel.panic
	bad '.linux.sysctl = { "vm.swappiness": "1" }' linux.sysctl vm.swappiness
	bad '.linux.namespaces |= map(select(.type != "ipc")) |
		.linux.sysctl = { "kernel.msgmax": "1" }' linux.sysctl kernel.msgmax
	only_aril 'takes it'
	bad '.linux.sysctl = { "net/../kernel/panic": "1" }' linux.sysctl
}

@test "a sysctl with a value that the kernel refuses" {
	bad '.linux.sysctl = { "net.ipv4.ping_group_range": "nonsense" }' \
		ping_group_range EINVAL
}

@test "rlimits: unknown, twice, soft above hard" {
	bad '.process.rlimits = [{ type: "RLIMIT_LUCK", soft: 1, hard: 1 }]' \
		'process.rlimits[0].type' RLIMIT_LUCK
	bad '.process.rlimits = [{ type: "RLIMIT_CORE", soft: 2, hard: 1 }]' \
		process.rlimits
	only_aril 'takes the last'
	bad '.process.rlimits = [{ type: "RLIMIT_CORE", soft: 1, hard: 1 },
		{ type: "RLIMIT_CORE", soft: 0, hard: 0 }]' 'process.rlimits[1]'
}

@test "a limit whose controller is not in the tree names the controller" {
	only_aril 'does without'
	[[ " $(controllers) " != *' memory '* ]] ||
		skip 'this tree has the memory controller'
	bad '.linux.resources = { memory: { limit: 100000000 } }' memory
}

@test "all mistakes are told together" {
	only_aril 'stops at the first'
	bad '.process.cwd = "relative" | .linux.namespaces += [{ type: "planet" }] |
		.process.rlimits = [{ type: "RLIMIT_LUCK", soft: 1, hard: 1 }]' \
		process.cwd 'process.rlimits[0].type' 'linux.namespaces[' RLIMIT_LUCK
}

@test "a version of the specification that is not 1.x" {
	only_aril 'does not look'
	bad '.ociVersion = "2.0.0"' ociVersion
	bad '.ociVersion = "one"' ociVersion
	bad 'del(.ociVersion)' ociVersion
	cfg '.ociVersion = "1.99.0"'
	probe say hello
}

@test "devices and paths that are none" {
	only_aril 'takes some'
	bad '.linux.devices = [{ type: "q", path: "/dev/x", major: 1, minor: 1 }]' \
		'linux.devices[0].type'
	bad '.linux.devices = [{ type: "c", path: "/dev/x" }]' 'linux.devices[0]'
	bad '.linux.devices = [{ type: "c", path: "dev/x", major: 1, minor: 1 }]' \
		'linux.devices[0].path'
	bad '.linux.maskedPaths += ["proc/x"]' 'linux.maskedPaths['
	bad '.linux.readonlyPaths += ["x"]' 'linux.readonlyPaths['
	bad '.linux.rootfsPropagation = "sideways"' linux.rootfsPropagation
	bad '.process.env += ["NOTHING"]' 'process.env['
	bad '.process.env += ["=x"]' 'process.env['
}

@test "a pid file that cannot be written" {
	run aril create -b "$B" --pid-file "$T/nowhere/pid" "$ID" </dev/null
	fails nowhere
	nothing_left
}

@test "a terminal without a console socket, and a console socket without a terminal" {
	cfg '.process.terminal = true'
	create
	refused 'console socket'
	cfg '.process.terminal = false'
	create --console-socket "$T/sock"
	refused 'console socket'
}

@test "a console socket that is not there" {
	cfg '.process.terminal = true'
	create --console-socket "$T/nowhere.sock"
	refused
}

@test "a state directory that cannot be made" {
	args /probe say hello
	run "$ARIL" --root "$HOST/file" create -b "$B" "$ID" </dev/null 3>&-
	fails
	nothing_left
}
