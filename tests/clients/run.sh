#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh ROW PEER MANAGER FILE.bats...: in a guest: the scenarios of an engine with a peer
# (crun or runc) as its runtime, and then with aril. A scenario that passes with the peer
# must pass with aril; one that does not pass with the peer is skipped when aril has no
# luck with it either. TAP on stdout, and a line for the matrix:
#
#	# matrix ROW|NAME|PEER's result|aril's result
#	# version ROW|the versions of all that took part
#
#	CLIENT_SET	quick: aril only, and only what is tagged so
#	CLIENT_FILTER	a regular expression: only scenarios with such names
set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 4 ] || {
	echo "usage: run.sh ROW PEER MANAGER FILE.bats..." >&2
	exit 2
}
export CLIENT_ROW=$1 CLIENT_MANAGER=$3 CLIENT_WORK
peer=$2
shift 3
CLIENT_WORK=$(mktemp -d /var/tmp/aril-clients.XXXXXX) || exit 99
chmod 755 "$CLIENT_WORK"
trap 'rm -rf "$CLIENT_WORK"' EXIT
trap 'exit 99' HUP INT TERM
"$here/rootfs.sh" "$CLIENT_WORK/rootfs.tar" || exit 99
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-120}

with() { # RUNTIME
	CLIENT_RUNTIME=$(command -v "$1") bats --tap --timing \
		${CLIENT_FILTER:+--filter "$CLIENT_FILTER"} \
		${CLIENT_SET:+--filter-tags "$CLIENT_SET"} "${files[@]}" \
		</dev/null >"$CLIENT_WORK/$1.tap" 2>&1
}

versions() {
	local program engine=${CLIENT_ROW%%-*} list=()
	case $engine in
	swarm) engine=docker ;;
	cri) engine=containerd ;; # Kubernetes' interface is a part of it
	esac
	for program in "$engine" "$peer" aril; do
		list+=("$("$program" --version | head -n 1)")
	done
	echo "# version $CLIENT_ROW|$(IFS=, && echo "${list[*]}"), Linux $(uname -r)"
}

files=("${@/#/$here/}")
for program in "$peer" aril; do
	command -v "$program" >/dev/null || {
		echo "not ok - $CLIENT_ROW: $program is not installed"
		exit 1
	}
done
versions
runtimes=("$peer" aril)
[ -z "${CLIENT_SET:-}" ] || runtimes=(aril)
for runtime in "${runtimes[@]}"; do
	with "$runtime"
	echo "# $CLIENT_ROW: $runtime: $(grep '^ok' "$CLIENT_WORK/$runtime.tap" |
		grep -vc '# skip') ok"
done
[ -e "$CLIENT_WORK/$peer.tap" ] || : >"$CLIENT_WORK/$peer.tap"

awk -v row="$CLIENT_ROW" -v peer="$peer" '
	function name_of(line) {
		sub(/^(not )?ok [0-9]+ /, "", line)
		sub(/ # (skip|SKIP).*/, "", line)
		sub(/ in [0-9]+ms$/, "", line)
		sub(/ in [0-9]+ms # .*/, "", line)
		return line
	}
	function result_of(line) {
		return line ~ /# skip/ ? "skip" : line ~ /^ok/ ? "ok" : "failed"
	}
	FNR == 1 { file++ }
	/^1\.\./ { planned[FILENAME ~ /aril\.tap$/] = substr($0, 4) }
	/^(not )?ok / {
		seen = name_of($0)
		if (FILENAME ~ /aril\.tap$/) {
			order[++n] = seen
			of_aril[seen] = result_of($0)
			why[seen] = $0
			sub(/.*# skip */, "", why[seen])
		} else
			of_peer[seen] = result_of($0)
		next
	}
	FILENAME ~ /aril\.tap$/ { said[seen] = said[seen] "\n" $0 }
	FILENAME !~ /aril\.tap$/ { peer_said[seen] = peer_said[seen] "\n" $0 }
	END {
		if (planned[1] != n || n == 0)
			print "not ok - " row ": " n + 0 " of " planned[1] + 0 \
				" scenarios ended" said[""]
		for (i = 1; i <= n; i++) {
			name = order[i]
			a = of_aril[name]
			p = name in of_peer ? of_peer[name] : "-"
			if (a == "ok")
				print "ok - " row ": " name
			else if (a == "skip" && p != "ok")
				print "ok - " row ": " name " # SKIP " why[name]
			else if (p == "failed" && name !~ /^setup_file /)
				print "ok - " row ": " name " # SKIP not with " \
					peer " either"
			else
				print "not ok - " row ": " name
			if (a == "failed")
				print "# aril:" said[name]
			if (p == "failed")
				print "# " peer ":" peer_said[name]
			print "# matrix " row "|" name "|" p "|" a
		}
	}' "$CLIENT_WORK/$peer.tap" "$CLIENT_WORK/aril.tap" | tee "$CLIENT_WORK/tap"
! grep -q '^not ok' "$CLIENT_WORK/tap"
