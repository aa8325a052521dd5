# SPDX-License-Identifier: GPL-2.0-or-later
# The attacks: bats files that tests/bats/run.sh runs, with longer deadlines.

attack_files = \
	%D%/between.bats \
	%D%/console.bats \
	%D%/control.bats \
	%D%/escape.bats \
	%D%/images.bats \
	%D%/joining.bats \
	%D%/links.bats \
	%D%/masks.bats \
	%D%/names.bats \
	%D%/procfs.bats \
	%D%/races.bats \
	%D%/reuse.bats \
	%D%/threat_files.bats \
	%D%/threat_kernel.bats \
	%D%/threat_peers.bats \
	%D%/threat_processes.bats \
	%D%/threat_resources.bats \
	%D%/threat_syscalls.bats \
	%D%/threat_terminal.bats \
	%D%/threat_tool.bats

TESTS += %D%/run.sh
EXTRA_DIST += $(attack_files) \
	%D%/README.md \
	%D%/RESULTS.md \
	%D%/THREATS.md \
	%D%/attack.bash \
	%D%/compare.sh \
	%D%/run.sh \
	%D%/threat.bash

# How aril, crun and runc meet the attacks, in guests; writes RESULTS.md
.PHONY: attack-compare
attack-compare: all check-programs
	ARIL_BUILD=$(abs_top_builddir) $(srcdir)/%D%/compare.sh \
		--results $(srcdir)/%D%/RESULTS.md
