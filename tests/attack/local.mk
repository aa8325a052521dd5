# SPDX-License-Identifier: GPL-2.0-or-later
# The attacks: bats files that tests/bats/run.sh runs, with longer deadlines.

attack_files = \
	%D%/between.bats \
	%D%/console.bats \
	%D%/escape.bats \
	%D%/images.bats \
	%D%/joining.bats \
	%D%/links.bats \
	%D%/masks.bats \
	%D%/names.bats \
	%D%/procfs.bats \
	%D%/races.bats \
	%D%/reuse.bats

TESTS += %D%/run.sh
EXTRA_DIST += $(attack_files) \
	%D%/README.md \
	%D%/attack.bash \
	%D%/run.sh
