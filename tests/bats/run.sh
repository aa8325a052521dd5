#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh [root|user|solo|all] [FILE.bats...]: the behaviour tests, against any OCI
# runtime.
#
# As root, each of the three runs gets a bed: its own namespaces for mounts, processes
# and cgroups, so that what a test leaves behind can be seen, and the machine is never
# touched.
#
#	root	the runtime is run by root
#	user	by an ordinary user with subordinate ids (who exists in the bed only)
#	solo	by an ordinary user with one id and nothing more
#
# An ordinary user who calls this gets `user`, or `solo` without a line in /etc/subuid,
# and no bed. TAP on stdout; the last line is "# N passed, N failed, N skipped".
#
#	ARIL		the runtime; crun and runc are known by these names
#	ARIL_BED	none: root gets no bed either, but the machine as it is, with its
#			systemd. For machines that are thrown away afterwards: tests may
#			then change them.
#	ARIL_BED_MANAGER	cgroupfs or systemd: what every test asks for
#	ARIL_PROBE	the built tests/probe (else it is compiled)
#	ARIL_CACHE	where a Debian root file system is kept between runs
#	ARIL_BED_CGROUP	unified: cgroup2 at /sys/fs/cgroup, whatever the host has
#	ARIL_BED_FILTER	a regular expression: only tests with such names
#	ARIL_BED_SET	without FILES: quick: all as root, nothing as solo, as user only
#			the files in which that makes a difference; all: these as solo
#	ARIL_ATTACK_ROUNDS	how often tests/attack runs each race
#	ARIL_BED_SECONDS	after that a run is ended (900)
#	ARIL_BED_TIMING	print how long each test took
#	ARIL_TESTS_MUST_RUN	what cannot run is a failure
set -u
here=$(cd "$(dirname "$0")" && pwd)
tests=$(dirname "$here")
source=$(dirname "$tests")

die() {
	echo "Bail out! run.sh: $1"
	exit 99
}

# A tree of mounts for recursive options: tests read it, no test changes it
make_tree() {
	mkdir /run/tree
	mount -t tmpfs -o mode=1777 aril-tree /run/tree || return
	mkdir -m 777 /run/tree/sub
	mount -t tmpfs -o mode=1777 aril-sub /run/tree/sub
}

# --- 3: as the user whom the run is about ----------------------------------------------

if [ "${1:-}" = --work ]; then
	shift
	cd "$BED" || exit 99
	export BED_REAPER=$PPID
	umask 022
	"$tests/lib/prepare.sh" "$BED" >"$BED/prepare.log" 2>&1 || {
		sed 's/^/# /' "$BED/prepare.log"
		die 'the bundle cannot be made'
	}
	# 3 and 4 are bats' own; a test that opens more says so
	exec bats --tap ${ARIL_BED_TIMING:+--timing} \
		${ARIL_BED_FILTER:+--filter "$ARIL_BED_FILTER"} "$@" </dev/null
fi

# --- 2: as root inside the new namespaces ----------------------------------------------

account() { # NAME UID
	echo "$1:x:$2:$2::$BED/home:/bin/sh" >>/etc/passwd
	echo "$1:x:$2:" >>/etc/group
}

make_bed() { # FILE...
	local file
	mount -t tmpfs -o mode=755 aril-bed /run || return
	mount -t tmpfs -o mode=1777 aril-bed /dev/shm || return
	case " $here $*" in
	*" /tmp/"*) ;; # the tests themselves are there
	*) mount -t tmpfs -o mode=1777 aril-bed /tmp && BED_TMP=yes || return ;;
	esac
	mkdir -p /run/user || return
	# a copy, for a runtime that removes what it was not meant to reach
	cp -a /etc "$BED.etc" && mount --bind "$BED.etc" /etc || return
	account aril-user 700001
	account aril-solo 700002
	for file in subuid subgid; do
		echo 'aril-user:7000000:65536' >>"/etc/$file"
	done
	make_tree || return
	make_network
	make_cgroups
}

# A network of its own, so that no test meets the machine's, or another's: a loopback
# device, and one that looks like the way to the world. Everybody may open the tun device,
# as distributions have it. What cannot be had, tests find missing, and skip.
make_network() {
	[ -n "${BED_NET:-}" ] || return 0
	ip link set lo up
	ip link add uplink type veth peer name world &&
		ip addr add 192.0.2.10/24 dev uplink &&
		ip addr add 192.0.2.20/24 dev uplink && ip link set world up &&
		ip link set uplink up && ip route add default via 192.0.2.1
	[ -c /dev/net/tun ] && mknod "$BED.tun" c 10 200 && chmod 666 "$BED.tun" &&
		mount --bind "$BED.tun" /dev/net/tun
}

# Our cgroup is the root of the namespace. Processes live in leaves below it, so that
# controllers can be enabled: those outside of the PID namespace in out/.
make_cgroups() {
	local tree=/sys/fs/cgroup
	[ -n "${BED_CGROUP:-}" ] || return 0
	[ "${ARIL_BED_CGROUP:-}" = unified ] || tree=$BED_CGROUP
	# with what is below it, of which a list of mounts would still tell
	umount -R "$tree" 2>/dev/null
	mount -t cgroup2 cgroup2 "$tree" || return
	mkdir "$tree/bed" && echo $$ >"$tree/bed/cgroup.procs"
}

# The root of a cgroup namespace is the cgroup that one is in when it is made
if [ "${1:-}" = --enter ]; then
	shift
	[ -z "${BED_CGROUP:-}" ] || echo $$ >"$BED_CGROUP/$BED_LEAF/cgroup.procs" ||
		die 'the cgroup cannot be entered'
	net=()
	! command -v ip >/dev/null || { net=(--net) && export BED_NET=yes; }
	exec unshare --cgroup "${net[@]}" "$0" --inside "$@"
fi

if [ "${1:-}" = --inside ]; then
	mode=$2
	shift 2
	make_bed "$@" || die 'the bed cannot be made'
	mkdir -p "$BED/tmp" "$BED/home" "$BED.tests"
	# the source may lie where only root can go
	mount --bind "$tests" "$BED.tests" || die 'the tests cannot be reached'
	run=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
		"HOME=$BED/home" "TMPDIR=$BED/tmp" "BED=$BED" "BED_MODE=$mode"
		"ARIL=$ARIL" "ARIL_PROBE=$ARIL_PROBE" "ARIL_CACHE=${ARIL_CACHE:-}"
		"ARIL_BED_FILTER=${ARIL_BED_FILTER:-}"
		"ARIL_ATTACK_ROUNDS=${ARIL_ATTACK_ROUNDS:-}"
		"ARIL_BED_MANAGER=${ARIL_BED_MANAGER:-}"
		"ARIL_BED_TIMING=${ARIL_BED_TIMING:-}"
		"ARIL_ATTACK_ROUNDS=${ARIL_ATTACK_ROUNDS:-}"
		"ARIL_TESTS_MUST_RUN=${ARIL_TESTS_MUST_RUN:-}"
		"BED_TMP=${BED_TMP:-}" "BED_NET=${BED_NET:-}"
		"BED_HELPERS=${BED_HELPERS:-}"
		"BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-30}")
	user=()
	if [ "$mode" != root ]; then
		uid=700001
		[ "$mode" = solo ] && uid=700002
		mkdir -m 700 "/run/user/$uid"
		chown -R "$uid:$uid" "/run/user/$uid" "$BED"
		run+=("XDG_RUNTIME_DIR=/run/user/$uid" USER="aril-$mode")
		user=(setpriv "--reuid=$uid" "--regid=$uid" --clear-groups
			--inh-caps=-all --)
	fi
	exec "$ARIL_PROBE" reap "${user[@]}" "${run[@]}" "$BED.tests/bats/run.sh" --work \
		"${@/#"$tests"/"$BED.tests"}"
fi

# --- 1: as the caller ------------------------------------------------------------------

modes=(all)
case ${1:-} in root | user | solo | all) modes=("$1") && shift ;; esac
if [ "$(id -u)" -ne 0 ]; then
	modes=(solo)
	grep -qE "^($(id -un)|$(id -u)):" /etc/subuid 2>/dev/null && modes=(user)
elif [ "${ARIL_BED:-}" = none ]; then
	case ${modes[0]} in
	root | all) modes=(root) ;;
	*) die 'without a bed an ordinary user calls it themselves' ;;
	esac
elif [ "${modes[0]}${ARIL_BED_SET:-}" = allquick ]; then
	modes=(root user)
elif [ "${modes[0]}" = all ]; then
	modes=(root user solo)
fi
files=("$@") whole=
[ $# -gt 0 ] || { files=("$here"/*.bats) && whole=yes; }
for i in "${!files[@]}"; do
	files[i]=$(realpath -e "${files[i]}") || die "no file ${files[i]}"
done

for ARIL in "${ARIL:-}" "${ARIL_BUILD:-$source}/aril" "$source/build/aril" ''; do
	[ -n "$ARIL" ] && [ -x "$ARIL" ] && break
done
cannot=
for program in bats jq busybox setpriv unshare; do
	command -v "$program" >/dev/null || cannot="$program is not installed"
done
[ -n "$ARIL" ] || cannot='no runtime: set ARIL'
if [ -n "$cannot" ]; then
	echo 1..1
	if [ -n "${ARIL_TESTS_MUST_RUN:-}" ]; then
		echo "not ok 1 - behaviour tests ($cannot)"
		exit 1
	fi
	echo "ok 1 - behaviour tests # SKIP $cannot"
	exit 0
fi

work=$(mktemp -d /var/tmp/aril-bats.XXXXXX) || die 'no temporary directory'
chmod 755 "$work"
cgroups=() tree_made=
# shellcheck disable=SC2317 # a trap calls it
clean() {
	local dir
	for dir in "${cgroups[@]}"; do
		[ ! -e "$dir/cgroup.kill" ] || echo 1 >"$dir/cgroup.kill"
	done
	jobs -p | xargs -r kill 2>/dev/null
	wait
	for dir in "${cgroups[@]}"; do
		find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null
	done
	[ -z "$tree_made" ] || umount -R /run/tree && rmdir /run/tree 2>/dev/null
	rm -rf --one-file-system "$work"
}
trap clean EXIT
trap 'exit 99' HUP INT TERM

# The runtime and the probe are copied to where every user can read them
name=$(basename "$ARIL")
cp "$(realpath "$ARIL")" "$work/$name" && chmod 755 "$work/$name"
# where it was built, its helper for networks is not where it looks for it
helper=$(dirname "$(realpath "$ARIL")")/netns/aril-net/aril-net
if [ -x "$helper" ]; then
	mkdir "$work/libexec"
	cp "$helper" "$work/libexec"
	chmod 755 "$work/libexec" "$work/libexec/aril-net"
	export BED_HELPERS=$work/libexec
fi
ARIL=$work/$name
if [ -n "${ARIL_PROBE:-}" ]; then
	cp "$ARIL_PROBE" "$work/probe"
else
	"${CC:-cc}" -std=gnu11 -O1 -D_GNU_SOURCE -static -I"$source" -o "$work/probe" \
		"$tests"/probe/*.c || die 'the probe cannot be compiled'
fi
chmod 755 "$work/probe"
ARIL_PROBE=$work/probe
export ARIL ARIL_PROBE ARIL_CACHE ARIL_BED_CGROUP ARIL_BED_MANAGER ARIL_TESTS_MUST_RUN
"$tests/lib/debian.sh" "$work/debian.tar" >"$work/debian.log" 2>&1

# What an ordinary user meets as root does, or not at all
same_for_users='annotations|attacks|cgroups_.*|check|commands|completion|deleting'
same_for_users+='|error_codes|events|exec_cgroup|hostile|listing|logs|net_bridge'
same_for_users+='|netdevices|prying|rdt|schema|several|update'

different_files() {
	local file
	for file in "${files[@]}"; do
		[[ ${file##*/} =~ ^($same_for_users)\.bats$ ]] || echo "$file"
	done
}

run_mode() { # MODE: the TAP of its bats, every name with the mode in front
	local mode=$1 dir tree
	case $whole$mode${ARIL_BED_SET:-} in
	yesuserquick | yessoloall) mapfile -t files < <(different_files) ;;
	esac
	export BED=$work/$mode BED_CGROUP=''
	mkdir "$BED" "$BED/tmp" "$BED/home"
	if [ "$(id -u)" -ne 0 ] || [ "${ARIL_BED:-}" = none ]; then
		export BED_OPEN=yes BED_MODE=$mode HOME=$BED/home TMPDIR=$BED/tmp
		export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-30}
		exec timeout -k 5 "${ARIL_BED_SECONDS:-900}" "$ARIL_PROBE" reap \
			"$0" --work "${files[@]}"
	fi
	tree=$(awk '$1 == "cgroup2" || $3 == "cgroup2" { print $2; exit }' /proc/mounts)
	dir=$tree/aril-bats-$$-$mode
	if [ -n "$tree" ] && mkdir "$dir" "$dir/out" 2>/dev/null; then
		export BED_CGROUP=$tree BED_LEAF=${dir##*/}
		echo "$BASHPID" >"$dir/out/cgroup.procs"
	fi
	exec timeout -k 5 "${ARIL_BED_SECONDS:-900}" unshare --mount --pid --fork \
		--mount-proc --propagation private --kill-child \
		"$0" --enter "$mode" "${files[@]}"
}

tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
if [ "$(id -u)" -eq 0 ] && [ "${ARIL_BED:-}" = none ] && [ ! -e /run/tree ]; then
	make_tree || die 'no tree of mounts can be made'
	tree_made=yes
fi
for mode in "${modes[@]}"; do
	cgroups+=("$tree/aril-bats-$$-$mode")
	(run_mode "$mode") >"$work/$mode.tap" 2>"$work/$mode.err" &
done
wait
for mode in "${modes[@]}"; do
	sed "s/^\(\(not \)\?ok\) [0-9]* /\1 - $mode: /" "$work/$mode.tap"
	sed "s/^/# $mode: /" "$work/$mode.err"
	grep -q '^1\.\.' "$work/$mode.tap" || echo "not ok - $mode: the run ended early"
	planned=$(sed -n 's/^1\.\.//p' "$work/$mode.tap")
	[ "${planned:-0}" -eq "$(grep -cE '^(not )?ok ' "$work/$mode.tap")" ] ||
		echo "not ok - $mode: not all of ${planned:-0} tests were run"
done | awk -v must="${ARIL_TESTS_MUST_RUN:-}" '
	/^1\.\./ { next }
	/^(not )?ok / { n++; sub(/ok - /, "ok " n " - ") }
	# bats writes "# skip reason"
	/^ok .* # skip/ { sub(/# skip ?/, "# SKIP "); skipped++ }
	/^ok / && !/ # SKIP/ { passed++ }
	/^not ok / { failed++ }
	{ print }
	END {
		print "1.." n
		printf "# %d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0 || n == 0
	}'
