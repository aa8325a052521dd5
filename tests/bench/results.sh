#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# results.sh: RESULTS.md, on standard output: all tables of the benchmark, on this
# machine (`make bench-results`; half an hour, on a machine that does nothing else). Only
# what is in the same table may be compared. As root; see README.md.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)

# table TEXT COMMAND...
table() {
	printf '\n%s\n\n```\n' "$1"
	shift
	"$@"
	printf '```\n'
}

cpu=$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)
cat <<END
# Results

Made by \`make bench-results\` on one machine ($cpu, $(nproc)
processors). What the columns
are is told in README.md.
END
table 'The verbs:' "$here/run.sh"
table 'A run, on a host with 30 mounts more:' "$here/run.sh" --ops run --mounts 30
table 'and with 3000:' "$here/run.sh" --ops run --mounts 3000
table 'Eight launchers at the same time:' "$here/many.sh"
table 'Beside 500 containers that run (list/n: for each of them):' \
	"$here/scale.sh" --most 500
