# SPDX-License-Identifier: GPL-2.0-or-later
# The attacks: bats files that tests/bats/run.sh runs, with longer deadlines.

attack_files = \
	%D%/escape.bats \
	%D%/joining.bats

TESTS += %D%/run.sh
EXTRA_DIST += $(attack_files) \
	%D%/README.md \
	%D%/attack.bash \
	%D%/run.sh
