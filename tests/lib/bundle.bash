# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2119,SC2120 # jq's variables; optional arguments
#
# What every bats file loads: a bundle for each test, ways to change and to run it, what
# to expect of the probe's answers. tests/bats/README.md explains the variables.
#
#	T	the test's directory		B	its bundle
#	ID	its container's name		STATE	the --root of its containers
#	HOST	a directory outside of the bundle, that no container may change

bats_require_minimum_version 1.5.0
# shellcheck source=tests/lib/leaks.bash
source "${BASH_SOURCE[0]%/*}/leaks.bash"

setup() {
	[ -n "${BED:-}" ] || {
		echo 'start it with tests/bats/run.sh'
		return 1
	}
	T=$BATS_TEST_TMPDIR
	B=$T/bundle
	STATE=$T/state
	ID=$BED_MODE-$BATS_SUITE_TEST_NUMBER
	HOST=$T/host
	mkdir "$B" "$T/tmp" "$HOST" "$STATE"
	chmod 700 "$STATE"
	export TMPDIR=$T/tmp
	cp -al "$BED/template/rootfs" "$B/rootfs"
	cp "$BED/template/config.json" "$B"
	echo 'of the host' >"$HOST/file"
	children=()
	leaks_before
	cd "$B" || return
	if declare -F prepare >/dev/null; then
		prepare
	fi
}

teardown() {
	local dir pid failed=0
	[ -n "${T:-}" ] || return 0
	cd /
	# what containers wait for
	if declare -F release >/dev/null; then
		release || failed=1
	fi
	for dir in "$STATE"/*; do
		[ -d "$dir" ] || continue
		aril delete -f "${dir##*/}" >"$T/delete.log" 2>&1 </dev/null && continue
		echo "delete -f ${dir##*/}:"
		cat "$T/delete.log"
		failed=1
	done
	for pid in "${children[@]}"; do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	if declare -F undo >/dev/null; then
		undo || failed=1
	fi
	nothing_left || failed=1
	return $failed
}

# --- the runtime -----------------------------------------------------------------------

# The driver that the run is about
manager=()
case ${ARIL##*/}:${ARIL_BED_MANAGER:-} in
*:) ;;
runc:systemd) manager=(--systemd-cgroup) ;;
runc:*) ;;
*) manager=(--cgroup-manager "$ARIL_BED_MANAGER") ;;
esac

# The deadline is for a runtime that hangs: a test may not wait for it
aril() {
	timeout --foreground -k 1 20 "$ARIL" --root "$STATE" "${manager[@]}" "$@" 3>&-
}

# As aril, but it inherits the files 3 and 4
raw() {
	timeout --foreground -k 1 20 "$ARIL" --root "$STATE" "${manager[@]}" "$@"
}
# aril's stdin, stdout and stderr are a terminal of that size; ours is typed into it
on_terminal() { # ROWS COLUMNS ARG...
	"$ARIL_PROBE" pty "$1" "$2" timeout --foreground 20 "$ARIL" --root "$STATE" \
		"${manager[@]}" "${@:3}"
}
# Skips for one runtime, where the others agree
not_runc() { # REASON
	[ "${ARIL##*/}" != runc ] || skip "runc $1"
}
not_crun() { # REASON
	[ "${ARIL##*/}" != crun ] || skip "crun $1"
}

is_aril() {
	if [ -z "${BED_IS_ARIL:-}" ]; then
		BED_IS_ARIL=$("$ARIL" --version 2>/dev/null | head -n 1 | cut -d' ' -f1)
	fi
	[ "$BED_IS_ARIL" = aril ]
}

# What only aril promises: other runtimes are excused, with the reason
only_aril() { # REASON
	is_aril || skip "not aril: $1"
}

is_root() {
	[ "$BED_MODE" = root ]
}
need_root() {
	is_root || skip "${1:-needs root}"
}
need_user() {
	is_root && skip "${1:-is about ordinary users}"
	return 0
}
# More than one id in the container
need_ids() {
	[ "$BED_MODE" != solo ] || skip 'needs subordinate ids'
}
# The caller's subordinate ids, as a line of a map has them: FIRST COUNT
subids() {
	awk -F: -v name="$(id -un)" -v id="$(id -u)" '
		$1 == name || $1 == id { print $2, $3; exit }' /etc/subuid
}
need() { # PROGRAM
	command -v "$1" >/dev/null || skip "$1 is not installed"
}
# aril's helper for network devices, built or installed
need_net() {
	[ -z "${BED_HELPERS:-}" ] || export ARIL_LIBEXEC=$BED_HELPERS
	[ -n "${BED_HELPERS:-}" ] || [ -x /usr/local/libexec/aril/aril-net ] ||
		skip 'aril-net is not installed'
}

annotate() { # NAME VALUE
	cfg '.annotations[$n] = $v' --arg n "$1" --arg v "$2"
}

# Run the bundle to its end: $status, $output (stdout and stderr)
go() { # [OPTION...]
	run aril run -b "$B" "$@" "$ID" </dev/null
	echo "$output"
}

# The same with the probe as its program
probe() {
	args /probe "$@"
	go
	[ "$status" -eq 0 ]
}

# The verbs that leave a container behind may not hold bats' output: it goes to files
# $status; what the container says is in $T/out, what the runtime says in $T/err
create() { # [OPTION...]
	status=0
	aril create -b "$B" "$@" "$ID" </dev/null >"$T/out" 2>"$T/err" || status=$?
	output=$(cat "$T/err")
	echo "$output"
}
created() {
	create "$@"
	[ "$status" -eq 0 ]
}
start() {
	run aril start "$ID" </dev/null
	echo "$output"
}
# A container that runs and waits; its directory /tell is $T/tell of the host
running() { # [OPTION...]
	mkdir -p "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /probe pause /tell/ready
	created --pid-file "$T/pid" "$@"
	start
	[ "$status" -eq 0 ]
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
}
pid() {
	cat "$T/pid"
}
status_of() { # [ID]
	aril state "${1:-$ID}" | jq -r .status
}
# Wait until a container's process has ended
ended() { # [PID]
	"$ARIL_PROBE" wait-pid "${1:-$(pid)}" 5000
}

# --- the bundle ------------------------------------------------------------------------

cfg() { # FILTER [JQ-OPTION...]: change config.json
	local filter=$1
	shift
	jq -c "$@" "$filter" "$B/config.json" >"$B/config.new" &&
		mv "$B/config.new" "$B/config.json"
}
args() { # ARG...: the program
	jq -c '.process.args = $ARGS.positional' "$B/config.json" --args -- "$@" \
		>"$B/config.new" && mv "$B/config.new" "$B/config.json"
}
bind() { # SOURCE TARGET [OPTION...]
	local source=$1 target=$2
	shift 2
	mount_add bind "$source" "$target" bind "$@"
}
mount_add() { # TYPE SOURCE TARGET [OPTION...]
	jq -c '.mounts += [{ type: $ARGS.positional[0], source: $ARGS.positional[1],
		destination: $ARGS.positional[2], options: $ARGS.positional[3:] }]' \
		"$B/config.json" --args -- "$@" >"$B/config.new" &&
		mv "$B/config.new" "$B/config.json"
}
mount_drop() { # TARGET...
	jq -c '.mounts |= map(select([.destination] | inside($ARGS.positional) | not))' \
		"$B/config.json" --args -- "$@" >"$B/config.new" &&
		mv "$B/config.new" "$B/config.json"
}
namespace_drop() { # TYPE
	cfg '.linux.namespaces |= map(select(.type != $t))' --arg t "$1"
}
namespace_path() { # TYPE PATH
	cfg '.linux.namespaces |= (map(select(.type != $t)) + [{ type: $t, path: $p }])' \
		--arg t "$1" --arg p "$2"
}
# A bundle with as little as the specification allows: no mounts, filters, capabilities
bare() {
	cfg '.mounts = [{ destination: "/proc", type: "proc", source: "proc" }]
		| del(.linux.seccomp, .linux.maskedPaths, .linux.readonlyPaths,
			.linux.sysctl, .linux.resources, .annotations, .process.rlimits)'
}

# --- what is expected ------------------------------------------------------------------

# Each argument is a whole line of $output
want() {
	local line
	for line; do
		grep -qxF -- "$line" <<<"$output" && continue
		echo "missing: $line"
		return 1
	done
}
# Each argument is an extended regular expression for a whole line
want_like() {
	local line
	for line; do
		grep -qxE -- "$line" <<<"$output" && continue
		echo "missing: /$line/"
		return 1
	done
}
# No line is like this
want_none() {
	local line
	for line; do
		grep -xE -- "$line" <<<"$output" || continue
		echo "not wanted: /$line/"
		return 1
	done
}
# A value of the probe's
value() { # KEY
	sed -n "s|^$1=||p" <<<"$output" | tail -n 1
}

# The last command failed as commands should: exit code 1, and one line that has all of
# the arguments in it
fails() { # TEXT...
	local text
	if [ "$status" -ne 1 ]; then
		echo "exit code $status, not 1"
		return 1
	fi
	if is_aril && [ "$(grep -c . <<<"$output")" -ne 1 ]; then
		echo 'not one line'
		return 1
	fi
	for text; do
		[[ $output == *"$text"* ]] && continue
		echo "the message lacks: $text"
		return 1
	done
}
# As fails, for a create that must leave nothing; aril must name the place in the document
refused() { # TEXT...
	fails "$@"
	nothing_left
}
create_refused() {
	create
	refused "$@"
}
host_untouched() {
	[ "$(find "$HOST" -mindepth 1 | sort | tr '\n' ' ')" = "$HOST/file " ]
	[ "$(cat "$HOST/file")" = 'of the host' ]
}
