# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clients.bash: what the scenarios of every engine share. They run in a guest that is
# thrown away, once for each runtime:
#
#	CLIENT_RUNTIME	the runtime's program, an absolute path; its last word is its name
#	CLIENT_MANAGER	who makes cgroups: systemd or cgroupfs
#	CLIENT_ROW	the row of the table in check.sh
#
# An engine's own file (podman.bash) loads this one and defines engine_begin (once a
# file: services, images), engine_clean (after every scenario: removes all containers)
# and engine_end. After each scenario there must be no process, mount, cgroup, scope,
# state or network link that was not there before.
# shellcheck disable=SC2034 # T and BED_MODE: leaks.bash reads them

CLIENTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/lib/leaks.bash disable=SC1091
source "$CLIENTS/../lib/leaks.bash"
BED_OPEN=yes ID=none BED_MODE=root
[ "$(id -u)" -eq 0 ] || BED_MODE=user
ROOTFS=${CLIENT_WORK:?run.sh sets it}/rootfs.tar
leaks=(client_processes cgroups mounts units client_state client_links)

# Programs that live as long as a container does, and what they were called with
leaks_client_processes() {
	local dir name words
	for dir in /proc/[0-9]*; do
		read -r name <"$dir/comm" || continue
		case $name in
		conmon | containerd-shim* | aril* | crun* | runc* | busybox | probe) ;;
		catatonit | docker-init | docker-proxy | tini | aardvark-dns) ;;
		slirp4netns | pasta* | rootlessport* | fuse-overlayfs) ;;
		*) continue ;;
		esac
		words=$(tr '\0' ' ' <"$dir/cmdline") || continue
		echo "${dir##*/} $name $words"
	done 2>/dev/null
}

leaks_client_state() {
	local dir own=${XDG_RUNTIME_DIR:-/nowhere}
	for dir in /run/{aril,crun,runc,netns} "$own"/{aril,crun,runc} \
		/run/docker/runtime-*/moby /run/containerd/runc/*; do
		[ ! -r "$dir" ] || find "$dir" -mindepth 1 -maxdepth 1 ! -name '.*'
	done
}

leaks_client_links() {
	ip -o link show | while IFS=' :@' read -r _ name _; do echo "$name"; done
}

# Print what is there that was not before, after up to 10 s; status 1 if anything is
client_left() {
	local what found deadline=$((SECONDS + 10))
	for what in "${leaks[@]}"; do
		while "leaks_$what" >"$T/$what.after" && found=$(leaks_new "$what") &&
			[ -n "$found" ]; do
			[ $SECONDS -lt $deadline ] || break
			read -r -t 0.1 <> <(:) || :
		done
		[ -z "$found" ] || echo "left behind: $what: $found"
	done | grep . && return 1
	return 0
}

# until_true SECONDS COMMAND...: as soon as it succeeds; else a failure that names it
until_true() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || {
			echo "not in time: $*"
			return 1
		}
		read -r -t 0.1 <> <(:) || :
	done
}

# is ACTUAL EXPECTED [WHAT]
is() {
	[ "$1" = "$2" ] || {
		echo "${3:-result}: '$1', not '$2'"
		return 1
	}
}

# matches TEXT REGEX
matches() {
	[[ $1 =~ $2 ]] || {
		echo "'$1' does not match '$2'"
		return 1
	}
}

# exits STATUS COMMAND...: $output has what it printed, on both; the status must be so
exits() {
	local want=$1 got=0
	shift
	output=$("$@" 2>&1 </dev/null) || got=$?
	[ $got -eq "$want" ] || {
		echo "exit $got, not $want: $*"
		echo "$output"
		return 1
	}
}

# in_terminal COMMAND...: with a terminal as its standard files; what it shows, in $output
in_terminal() {
	output=$(script -qefc "$(printf '%q ' "$@")" /dev/null </dev/null | tr -d '\r')
}

# Whether addresses can be changed by rules (checked, not made); not in user-mode Linux
has_firewall() {
	local as=()
	[ "$(id -u)" -eq 0 ] || as=(unshare --map-root-user --net)
	"${as[@]}" nft -c -f - >/dev/null 2>&1 <<-'END'
		table ip looks {
			chain out {
				type nat hook postrouting priority 100
				masquerade
			}
		}
	END
}

# A scenario that is about aril's own files
skip_peer() {
	[ "${CLIENT_RUNTIME##*/}" = aril ] || skip 'it is about what aril installs'
}

# --- called by bats ---------------------------------------------------------------------

setup_file() {
	engine_begin
}

teardown_file() {
	engine_end
}

setup() {
	client_setup
}

client_setup() {
	local what
	T=$BATS_TEST_TMPDIR
	for what in "${leaks[@]}"; do
		"leaks_$what" >"$T/$what.before"
	done
}

teardown() {
	engine_clean
	client_left
}
