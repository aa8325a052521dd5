#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# matrix.sh: the lines "# matrix ROW|NAME|PEER|ARIL" and "# version ROW|..." of run.sh, on
# stdin, as Markdown: a line for each row with the counts side by side, and the scenarios
# whose results were not the same everywhere.
set -u
awk -F'|' '
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
		# what only aril has is skipped with the peer
		if ($4 != "ok" || $3 == "failed")
			others[++m] = $1 " | " $2 " | " $3 " | " $4
	}
	END {
		print "row | versions | scenarios | pass with the peer | pass with aril"
		print "--- | --- | --- | --- | ---"
		for (i = 1; i <= n; i++) {
			row = rows[i]
			printf "%s | %s | %d | %d | %d\n", row, version[row], \
				scenarios[row], peer[row, "ok"], aril[row, "ok"]
		}
		print "\nScenarios that did not pass with both:\n"
		print "row | scenario | peer | aril"
		print "--- | --- | --- | ---"
		for (i = 1; i <= m; i++)
			print others[i]
	}'
