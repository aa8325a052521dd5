#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# matrix.sh FILE...: docs/clients.md, from the lines "# matrix ROW|NAME|PEER|ARIL" and
# "# version ROW|PEER|..." of run.sh: for each row the counts side by side, the scenarios
# whose results were not the same, and all of them by name.
set -u
cat <<'HEAD'
# Engines that were run with aril

Made by `make check-clients`: each scenario of tests/clients ran in a guest with pure
cgroup v2 and systemd, first with the distribution's crun or runc (the peer) as the
engine's runtime, then with aril; afterwards nothing may be left. A scenario is skipped
where the guest, the engine's version or the user cannot do it with any runtime, or where
it is about what only aril installs.
HEAD
sort -s -t'|' -k1,1 -- "$@" | awk -F'|' '
	function title(text) { print "\n## " text "\n" }
	/^# version / {
		sub(/^# version /, "")
		version[$1] = $2
		next
	}
	!/^# matrix / { next }
	{
		sub(/^# matrix /, "")
		if (!($1 in scenarios))
			rows[++n] = $1
		scenarios[$1]++
		peer[$1, $3]++
		aril[$1, $4]++
		if ($4 == "failed" || $3 != $4 && $3 != "skip")
			others[++m] = $1 " | " $2 " | " $3 " | " $4
		engine = $1
		sub(/-.*/, "", engine)
		if (!((engine, $2) in known)) {
			known[engine, $2] = 1
			names[engine] = names[engine] "- " $2 "\n"
			if (!(engine in first))
				engines[++e] = engine
			first[engine] = 1
		}
	}
	END {
		title("Rows")
		print "row | versions | scenarios | pass with the peer | with aril |" \
			" skipped"
		print "--- | --- | --- | --- | --- | ---"
		for (i = 1; i <= n; i++) {
			row = rows[i]
			printf "%s | %s | %d | %d | %d | %d\n", row, version[row],
				scenarios[row], peer[row, "ok"], aril[row, "ok"],
				aril[row, "skip"]
		}
		title("Results that are not the same with both, or failed")
		print "row | scenario | peer | aril"
		print "--- | --- | --- | ---"
		for (i = 1; i <= m; i++)
			print others[i]
		for (i = 1; i <= e; i++) {
			title("Scenarios: " engines[i])
			printf "%s", names[engines[i]]
		}
	}'
rates=$(dirname "$0")/rates.md
[ ! -e "$rates" ] || {
	cat <<-'TEXT'

		## Rates

		Made by `make bench-clients`: the runtimes take turns, in the same guest;
		the ratios count, not the milliseconds. An engine does more than its
		runtime does.

	TEXT
	cat "$rates"
}
