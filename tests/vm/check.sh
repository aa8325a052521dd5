#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check.sh [FILE.bats...]: the behaviour tests in guests with pure cgroup v2 and systemd:
# as root and as an ordinary user in a session, with and without systemd as the driver for
# cgroups. Each row of the table is cut into parts, and each part is a guest; one per
# processor runs at a time. TAP on stdout; the last line is "# N passed, N failed, N
# skipped".
#
#	ARIL_VM_ROWS	only the rows whose name has this word in it
#	ARIL_VM_GUESTS	how many at a time (nproc)
#	ARIL_TESTS_MUST_RUN	what cannot run is a failure
set -u
here=$(cd "$(dirname "$0")" && pwd)
bats=$(dirname "$here")/bats
guests=${ARIL_VM_GUESTS:-$(nproc)}
part_tests=100 part_seconds=1500

# name, machine, user, driver, files, regular expression for names of tests; in QEMU,
# which is slow, only what user-mode Linux has not; the second row of each user is about
# the driver
qemu_names='cpu(set|.cpus)|huge|io.max|disk|3:1|limits.are|that.AppArmor'
rows=(
	"root-qemu qemu root cgroupfs MORE $qemu_names"
	'root-criu qemu root cgroupfs CRIU .'
	'root-cgroupfs uml root cgroupfs ALL .'
	'root-systemd uml root systemd DRIVER .'
	'user-cgroupfs uml tester cgroupfs DRIVER .'
	'user-systemd uml tester systemd USERS .'
)
# The files of a row are those of its list; ALL and USERS are all but those of theirs:
# what the machine itself can run as well, and for users what they meet as root does
not_all='annotations|attacks|check|checkpoint.*|completion|criu_options|environment'
not_all+='|error_codes|errors|exec_errors|foreground|hooks|hostile|labels|listing|logs'
not_all+='|modes|mount_words|net_bridge|net_kinds|net_user|netdevices|notify|old_kernels'
not_all+='|options|pidfd|process_attributes|prying|rdt|schema|seccomp|seccomp_agent'
not_all+='|several|terminal|time'
declare -A lists=(
	[CRIU]='checkpoint.*'
	[MORE]='cgroups_[bevu].*|exec_cgroup|labels'
	[DRIVER]='cgroups_.*|deleting|events|exec_cgroup|lifecycle|pause|rootless|update'
	[ALL]=$not_all
	[USERS]=$not_all'|mounts'
)

for file; do
	[ -e "$bats/${file##*/}" ] || {
		echo "usage: check.sh [FILE.bats...]: no file $file" >&2
		exit 2
	}
done
work=$(mktemp -d /var/tmp/aril-vm-check.XXXXXX) || exit 99
set -m # each row is a process group
# shellcheck disable=SC2317 # a trap calls it
clean() {
	local group
	for group in $(jobs -p); do
		kill -- "-$group" 2>/dev/null
	done
	wait
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 99' HUP INT TERM

# What the guest is told to do: `begin` shows how long it took to get there
command_for() { # DRIVER NAMES FILE...
	local driver=$1 names=$2
	shift 2
	# shellcheck disable=SC2016 # the guest's
	echo 'echo "# begin $EPOCHREALTIME $(uname -r)"'
	echo "export ARIL_BED=none ARIL_BED_MANAGER=$driver ARIL_BED_FILTER='$names'"
	echo "export ARIL_BED_SECONDS=$((part_seconds - 200))"
	echo "export BATS_TEST_TIMEOUT=\${BATS_TEST_TIMEOUT:-120}"
	# 200 containers at once are root's
	# shellcheck disable=SC2016
	echo '[ "$(id -u)" -eq 0 ] || export ARIL_BED_MANY=50'
	echo "exec tests/bats/run.sh ${*/#/tests/bats/}"
}

run_part() { # NAME MACHINE USER DRIVER NAMES FILE...: its log, status and times in $work
	local name=$1 machine=$2 user=$3 as=() status begin=$EPOCHREALTIME
	shift 3
	[ "$user" = root ] || as=(--user)
	"$here/run" --machine "$machine" "${as[@]}" --seconds $part_seconds \
		"$(command_for "$@")" >"$work/$name.log" 2>"$work/$name.err"
	status=$?
	awk -v begin="$begin" -v end="$EPOCHREALTIME" -v name="$name" '
		/^# begin / { first = $3; kernel = $4 }
		END { printf "# %s: Linux %s, %.1f s to the first test, %.0f s in all\n",
			name, kernel, first - begin, end - begin }' \
		"$work/$name.log" >"$work/$name.times"
	echo $status >"$work/$name.status"
}

files_of() { # LIST
	local file not=
	case $1 in ALL | USERS) not=yes ;; esac
	for file in "$bats"/*.bats; do
		file=${file##*/}
		if [[ ${file%.bats} =~ ^(${lists[$1]})$ ]]; then
			[ -n "$not" ] || echo "$file"
		else
			[ -z "$not" ] || echo "$file"
		fi
	done
}

# The files of a row in parts of about as many tests, a line each
parts_of() { # FILE...
	local file
	for file; do
		echo "$(grep -c '^@test' "$bats/$file") $file"
	done | awk -v most=$part_tests '
		sum && sum + $1 > most { print line; line = ""; sum = 0 }
		{ line = line " " $2; sum += $1 }
		END { print line }'
}

# TAP of a part, its tests named after the row
show_part() { # NAME
	local row=${1%.*} status planned seen
	status=$(cat "$work/$1.status")
	if [ "$status" -eq 77 ] && [ -z "${ARIL_TESTS_MUST_RUN:-}" ]; then
		echo "ok - $row # SKIP $(tail -n 1 "$work/$1.log")"
		return
	fi
	sed -n "s/^\(\(not \)\?ok\) [0-9]* - \([a-z]*: \)\?/\1 - $row: /p; /^#/p" \
		"$work/$1.log" | grep -vE '^# (begin|[0-9]+ passed)'
	sed "s/^/# $1: /" "$work/$1.err"
	cat "$work/$1.times"
	planned=$(sed -n 's/^1\.\.//p' "$work/$1.log" | tail -n 1)
	planned=${planned:-0}
	seen=$(grep -cE '^(not )?ok ' "$work/$1.log")
	[ "$status" -gt 1 ] || [ "$seen" -eq 0 ] || [ "$planned" -ne "$seen" ] || return
	echo "not ok - $1: the run ended early, with $status"
	grep -vE '^(ok|not ok|#) ' "$work/$1.log" | tail -n 60 | sed 's/^/# /'
}

# A guest at all? The first one makes the image, too.
cannot=$("$here/run" 'exit 0' 2>&1) && cannot= || cannot=${cannot:-no guest}
if [ -n "$cannot" ]; then
	echo 1..1
	if [ -n "${ARIL_TESTS_MUST_RUN:-}" ] || [[ $cannot == run:* ]]; then
		echo 'not ok 1 - tests in guests'
		sed 's/^/# /' <<<"$cannot"
		echo '# 0 passed, 1 failed, 0 skipped'
		exit 1
	fi
	echo "ok 1 - tests in guests # SKIP ${cannot##*$'\n'}"
	echo '# 0 passed, 0 failed, 1 skipped'
	exit 0
fi

names=()
for row in "${rows[@]}"; do
	read -r name machine user driver list tests <<<"$row"
	[[ $name == *"${ARIL_VM_ROWS:-}"* ]] || continue
	files=("${@##*/}")
	[ $# -gt 0 ] || mapfile -t files < <(files_of "$list")
	while read -r -a part; do
		names+=("$name.${#names[@]}")
		[ "$(jobs -rp | wc -l)" -lt "$guests" ] || wait -n
		run_part "${names[-1]}" "$machine" "$user" "$driver" "$tests" \
			"${part[@]}" </dev/null &
	done < <(parts_of "${files[@]##*/}")
done
wait
for name in "${names[@]}"; do
	show_part "$name"
done | awk '
	/^(not )?ok / { n++; sub(/ok - /, "ok " n " - ") }
	/^ok .* # SKIP/ { skipped++ }
	/^ok / && !/ # SKIP/ { passed++ }
	/^not ok / { failed++ }
	{ print }
	END {
		print "1.." n
		printf "# %d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0 || n == 0
	}'
