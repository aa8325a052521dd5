# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS += \
	%D%/aril-annotations.7 \
	%D%/aril-check.8 \
	%D%/aril-checkpoint.8 \
	%D%/aril-completion.8 \
	%D%/aril-create.8 \
	%D%/aril-delete.8 \
	%D%/aril-engines.7 \
	%D%/aril-events.8 \
	%D%/aril-exec.8 \
	%D%/aril-features.8 \
	%D%/aril-internals.7 \
	%D%/aril-kill.8 \
	%D%/aril-list.8 \
	%D%/aril-mounts.8 \
	%D%/aril-pause.8 \
	%D%/aril-plan.8 \
	%D%/aril-ps.8 \
	%D%/aril-restore.8 \
	%D%/aril-resume.8 \
	%D%/aril-run.8 \
	%D%/aril-sandbox.8 \
	%D%/aril-spec.8 \
	%D%/aril-start.8 \
	%D%/aril-state.8 \
	%D%/aril-update.8 \
	%D%/aril.8
EXTRA_DIST += %D%/README.md
