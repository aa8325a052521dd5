# SPDX-License-Identifier: GPL-2.0-or-later
# The verbs as a library, so that unit tests can call them; and main

noinst_LIBRARIES += libverbs.a
libverbs_a_SOURCES = \
	%D%/call.c \
	%D%/call.h \
	%D%/cmd.c \
	%D%/cmd.h \
	%D%/cmd_check.c \
	%D%/cmd_checkpoint.c \
	%D%/cmd_completion.c \
	%D%/cmd_create.c \
	%D%/cmd_delete.c \
	%D%/cmd_events.c \
	%D%/cmd_exec.c \
	%D%/cmd_features.c \
	%D%/cmd_kill.c \
	%D%/cmd_list.c \
	%D%/cmd_mounts.c \
	%D%/cmd_new.c \
	%D%/cmd_new.h \
	%D%/cmd_pause.c \
	%D%/cmd_plan.c \
	%D%/cmd_ps.c \
	%D%/cmd_restore.c \
	%D%/cmd_resume.c \
	%D%/cmd_run.c \
	%D%/cmd_sandbox.c \
	%D%/cmd_spec.c \
	%D%/cmd_start.c \
	%D%/cmd_state.c \
	%D%/cmd_update.c \
	%D%/completion.c \
	%D%/completion.h \
	%D%/completion_fish.c \
	%D%/criu_options.c \
	%D%/criu_options.h \
	%D%/each.c \
	%D%/each.h \
	%D%/exec_process.c \
	%D%/exec_process.h \
	%D%/foreground.c \
	%D%/foreground.h \
	%D%/hint.c \
	%D%/hint.h \
	%D%/once.c \
	%D%/once.h \
	%D%/opt.c \
	%D%/opt.h \
	%D%/opt_help.c \
	%D%/out.c \
	%D%/out.h \
	%D%/out_keys.c \
	%D%/out_keys.h \
	%D%/out_line.c \
	%D%/out_line.h \
	%D%/out_store.c \
	%D%/out_store.h \
	%D%/path.c \
	%D%/path.h \
	%D%/ps_columns.c \
	%D%/ps_columns.h \
	%D%/ps_process.c \
	%D%/ps_process.h \
	%D%/ps_table.c \
	%D%/ps_table.h \
	%D%/rootdir.c \
	%D%/rootdir.h \
	%D%/sandbox/filter.c \
	%D%/sandbox/host.c \
	%D%/sandbox/mounts.c \
	%D%/sandbox/paths.c \
	%D%/sandbox/sandbox.h \
	%D%/sandbox/spec.c \
	%D%/signals.c \
	%D%/signals.h \
	%D%/size.c \
	%D%/size.h \
	%D%/spec_sample.c \
	%D%/spec_sample.h \
	%D%/survey.c \
	%D%/survey.h \
	%D%/survey_bundle.c \
	%D%/survey_kernel.c \
	%D%/survey_users.c \
	%D%/trust.c \
	%D%/trust.h \
	%D%/tty.c \
	%D%/tty.h \
	%D%/update_options.c \
	%D%/update_options.h \
	%D%/watched.c \
	%D%/watched.h

bin_PROGRAMS += aril
aril_SOURCES = %D%/main.c
aril_LDFLAGS = $(AM_LDFLAGS) $(PROGRAM_LDFLAGS)
aril_LDADD = libverbs.a $(aril_deps)
EXTRA_DIST += %D%/README.md %D%/sandbox/README.md

# made by the program itself, where it can run
completion_files = \
	%D%/completion/bash/aril \
	%D%/completion/fish/aril.fish \
	%D%/completion/zsh/_aril
if !CROSS
bashcompdir = $(datadir)/bash-completion/completions
nodist_bashcomp_DATA = %D%/completion/bash/aril
fishcompdir = $(datadir)/fish/vendor_completions.d
nodist_fishcomp_DATA = %D%/completion/fish/aril.fish
zshcompdir = $(datadir)/zsh/site-functions
nodist_zshcomp_DATA = %D%/completion/zsh/_aril
endif
$(completion_files): aril$(EXEEXT)
	$(AM_V_GEN)shell=$$(basename $$(dirname $@)) && $(MKDIR_P) $(@D) && \
		./aril$(EXEEXT) completion $$shell >$@.new && mv $@.new $@
CLEANFILES += $(completion_files)

# it is built in any case, so that it can be looked at, and tested
%D%/apparmor/aril: %D%/apparmor/aril.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
		$(SED) 's|@bindir[@]|$(bindir)|' $(srcdir)/%D%/apparmor/aril.in \
			>$@.new && mv $@.new $@
if APPARMOR
nodist_apparmor_DATA = %D%/apparmor/aril
else
noinst_DATA = %D%/apparmor/aril
endif
CLEANFILES += %D%/apparmor/aril
EXTRA_DIST += %D%/apparmor/aril.in

# what engines are told about aril: aril-engines(7)
engine_files = \
	%D%/engines/containerd-2.toml \
	%D%/engines/containerd.toml \
	%D%/engines/containers.conf \
	%D%/engines/crio.conf \
	%D%/engines/daemon.json \
	%D%/engines/runtimeclass.yaml
$(engine_files): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
		$(SED) 's|@bindir[@]|$(bindir)|' $< >$@.new && mv $@.new $@
nodist_pkgdata_DATA = $(engine_files)
CLEANFILES += $(engine_files)
EXTRA_DIST += $(engine_files:=.in)
