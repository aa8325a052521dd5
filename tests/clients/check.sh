#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check.sh [ROW...]: the scenarios of every engine (README.md) in guests that have it
# installed, one guest for each row of the table below. TAP on stdout; the last line is
# "# N passed, N failed, N skipped".
#
#	CLIENT_SET	quick: with aril only, and only what is tagged so
#	CLIENT_FILTER	a regular expression: only scenarios with such names
#	CLIENT_MANY	how many containers run at once in docker_many.bats (100)
#	CLIENT_RESULTS	where the last result of each scenario of a row that has run
#			whole is kept (results, of which docs/clients.md is made)
#	ARIL_VM_GUESTS	how many guests at a time (nproc)
#	ARIL_TESTS_MUST_RUN	what cannot run is a failure
set -u
here=$(cd "$(dirname "$0")" && pwd)
vm=$(dirname "$here")/vm
guests=${ARIL_VM_GUESTS:-$(nproc)}
row_seconds=5400

# name, image, machine, user, peer, manager, files; the first word of a name is the
# engine. What CLIENT_SET=quick leaves out has a minus. With cgroupfs only what has to do
# with cgroups runs again; in QEMU, which is slow, what user-mode Linux has not.
rows=(
	'podman-root engines uml root crun systemd podman_*.bats'
	'-podman-root-cgroupfs engines uml root crun cgroupfs podman_[elrs]*.bats'
	'podman-user engines uml tester crun systemd podman_*.bats'
	'-podman-user-cgroupfs engines uml tester crun cgroupfs podman_[elrs]*.bats'
	'-podman-next-root engines-next uml root crun systemd podman_*.bats'
	'-podman-next-user engines-next uml tester crun systemd podman_*.bats'
	'-podman-qemu-root engines qemu root crun systemd podman_[cn]*.bats podman_lim*'
	'docker-root engines uml root runc systemd docker_*.bats'
	'-docker-root-cgroupfs engines uml root runc cgroupfs docker_[elr]*.bats'
	'-docker-user engines uml tester runc systemd docker_[eflr]*.bats'
	'-docker-next-root engines-next uml root runc systemd docker_*.bats'
	'-docker-qemu-root engines qemu root runc systemd docker_[cn]*.bats docker_la*'
	'-swarm-root engines uml root runc systemd swarm.bats'
	'-swarm-next-root engines-next uml root runc systemd swarm.bats'
	'-swarm-qemu-root engines qemu root runc systemd swarm_net.bats'
	'buildah-root engines uml root runc systemd buildah_*.bats'
	'-buildah-user engines uml tester runc systemd buildah_*.bats'
	'-buildah-next-root engines-next uml root runc systemd buildah_*.bats'
	'containerd-root engines uml root runc systemd containerd_*.bats'
	'-containerd-root-cgroupfs engines uml root runc cgroupfs containerd_*.bats'
	'-containerd-next-root engines-next uml root runc systemd containerd_*.bats'
	'-cri-root engines uml root runc systemd cri_*.bats'
	'-cri-root-cgroupfs engines uml root runc cgroupfs cri_*.bats'
	'-cri-next-root engines-next uml root runc systemd cri_*.bats'
	'conmon-root engines uml root runc systemd conmon.bats'
	'-conmon-user engines uml tester crun systemd conmon.bats'
)

results=${CLIENT_RESULTS:-$here/results}
work=$(mktemp -d /var/tmp/aril-clients.XXXXXX) || exit 99
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

run_row() { # NAME IMAGE MACHINE USER PEER MANAGER FILE...
	local name=$1 image=$2 machine=$3 user=$4 as=()
	shift 4
	[ "$user" = root ] || as=(--user)
	export ARIL_VM_PASS='CLIENT_SET CLIENT_FILTER CLIENT_MANY' ARIL_VM_MEMORY=2000M
	"$vm/run" --machine "$machine" --image "$image" "${as[@]}" \
		--seconds $row_seconds "tests/clients/run.sh $name $*" \
		>"$work/$name.log" 2>"$work/$name.err"
	echo $? >"$work/$name.status"
}

files_of() { # PATTERN...
	local pattern
	for pattern; do
		# shellcheck disable=SC2086 # a pattern
		(cd "$here" && ls -- $pattern)
	done
}

show_row() { # NAME
	local status
	status=$(cat "$work/$1.status")
	if [ "$status" -eq 77 ] && [ -z "${ARIL_TESTS_MUST_RUN:-}" ]; then
		echo "ok - $1 # SKIP $(tail -n 1 "$work/$1.log")"
		return
	fi
	grep -E '^(ok|not ok|#)' "$work/$1.log"
	sed "s/^/# $1: /" "$work/$1.err"
	if ! grep -qE '^(ok|not ok) ' "$work/$1.log" || [ "$status" -gt 1 ]; then
		echo "not ok - $1: the run ended early, with $status"
	elif [ -z "${CLIENT_SET:-}" ]; then
		keep_row "$1"
	fi
}

keep_row() { # NAME: a part of a row takes the place of these scenarios' older results
	local new=$work/$1.new kept=$results/$1
	mkdir -p "$results"
	grep -E '^# (matrix|version) ' "$work/$1.log" >"$new"
	[ -z "${CLIENT_FILTER:-}" ] || [ -e "$kept" ] || return 0
	[ -n "${CLIENT_FILTER:-}" ] || : >"$kept"
	awk -F'|' '
		{ key = /^# version/ ? $1 : $1 "|" $2 }
		NR == FNR { line[key] = $0; order[++n] = key; next }
		key in line { print line[key]; delete line[key]; next }
		{ print }
		END {
			for (i = 1; i <= n; i++)
				if (order[i] in line)
					print line[order[i]]
		}' "$new" "$kept" >"$kept.new" && mv "$kept.new" "$kept"
}

wanted() { # NAME-AS-IN-THE-TABLE
	local name
	[ "${CLIENT_SET:-}" != quick ] || [[ $1 != -* ]] || return
	[ ${#only[@]} -gt 0 ] || return 0
	for name in "${only[@]}"; do
		[ "$name" != "${1#-}" ] || return 0
	done
	return 1
}

only=("$@") names=()
for row in "${rows[@]}"; do
	read -r name rest <<<"$row"
	wanted "$name" || continue
	names+=("${name#-}")
	read -r image machine user peer manager patterns <<<"$rest"
	# shellcheck disable=SC2046,SC2086 # lists
	set -- $(files_of $patterns)
	[ "$(jobs -rp | wc -l)" -lt "$guests" ] || wait -n
	run_row "${name#-}" "$image" "$machine" "$user" "$peer" "$manager" "$@" \
		</dev/null &
done
wait
for name in "${names[@]}"; do
	show_row "$name"
done >"$work/all"
[ -n "${CLIENT_RESULTS:-}" ] || [ -n "${CLIENT_SET:-}" ] ||
	"$here/matrix.sh" "$results"/* >"$here/../../docs/clients.md"
awk '
	/^(not )?ok / { n++; sub(/ok - /, "ok " n " - ") }
	/^ok .* # SKIP/ { skipped++ }
	/^ok / && !/ # SKIP/ { passed++ }
	/^not ok / { failed++ }
	{ print }
	END {
		print "1.." n + 0
		printf "# %d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0 || n == 0
	}' "$work/all"
