/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of annotations; runs in the program */
#include "libcontainer/spec/annotations.h"

#include <string.h>

#include "base/str.h"

#define APPLIED(name_, value_)                                                           \
	{                                                                                \
		.name = (name_), .way = ANNOTATION_APPLIED, .value = (value_)            \
	}
#define IGNORED(name_)                                                                   \
	{                                                                                \
		.name = (name_), .way = ANNOTATION_IGNORED                               \
	}
#define REFUSED(name_, why_)                                                             \
	{                                                                                \
		.name = (name_), .way = ANNOTATION_REFUSED, .why = (why_)                \
	}

const struct annotation_row annotation_rows[ANNOTATION_COUNT] = {
	[ANNOTATION_KEEP_GROUPS] =
		APPLIED("run.oci.keep_original_groups", ANNOTATION_FLAG),
	[ANNOTATION_PIDFD_RECEIVER] = APPLIED("run.oci.pidfd_receiver", ANNOTATION_PATH),
	[ANNOTATION_HOOKS_STDOUT] = APPLIED("run.oci.hooks.stdout", ANNOTATION_PATH),
	[ANNOTATION_HOOKS_STDERR] = APPLIED("run.oci.hooks.stderr", ANNOTATION_PATH),
	[ANNOTATION_SUBGROUP] = APPLIED("run.oci.systemd.subgroup", ANNOTATION_NAME),
	[ANNOTATION_DELEGATE] = APPLIED("run.oci.delegate-cgroup", ANNOTATION_NAME),
	[ANNOTATION_FORCE_CGROUP_V1] = REFUSED(
		"run.oci.systemd.force_cgroup_v1",
		"no cgroup v1 tree is mounted for containers: a systemd in one must "
		"know cgroup v2 (version 233 or later)"),
	[ANNOTATION_HANDLER] = REFUSED(
		"run.oci.handler",
		"only programs of this machine's kind are run: no handler of that "
		"name"),
	[ANNOTATION_SECCOMP_RECEIVER] =
		APPLIED("run.oci.seccomp.receiver", ANNOTATION_PATH),
	[ANNOTATION_SECCOMP_PLUGINS] =
		REFUSED("run.oci.seccomp.plugins", "no plug-ins are loaded"),
	[ANNOTATION_SECCOMP_UNKNOWN] =
		APPLIED("run.oci.seccomp_fail_unknown_syscall", ANNOTATION_ANY),
	[ANNOTATION_SECCOMP_DATA] = APPLIED("run.oci.seccomp_bpf_data", ANNOTATION_ANY),
	/* plan/mount_label.c */
	[ANNOTATION_MOUNT_CONTEXT] =
		APPLIED("run.oci.mount_context_type", ANNOTATION_ANY),
	/* launch_criu.c */
	[ANNOTATION_CRIU] = APPLIED("org.criu.config", ANNOTATION_PATH),
	/* read by the planner: cgroups/annotation.c */
	[ANNOTATION_SYSTEMD_PROPERTY] = APPLIED("org.systemd.property.", ANNOTATION_ANY),
	/* plan/plan_net.c */
	[ANNOTATION_NET] = APPLIED("aril.net", ANNOTATION_ANY),
	[ANNOTATION_PUBLISH] = APPLIED("aril.publish", ANNOTATION_ANY),
	/* plan/plan_own.c */
	[ANNOTATION_ROOT] = APPLIED("aril.root", ANNOTATION_ANY),
	[ANNOTATION_FILE] = APPLIED("aril.file.", ANNOTATION_ANY),
	[ANNOTATION_INIT] = APPLIED("aril.init", ANNOTATION_FLAG),
	[ANNOTATION_LANDLOCK] = APPLIED("aril.landlock.write", ANNOTATION_ANY),
	/* options of handlers: without one, they are about nothing */
	[ANNOTATION_KRUN] = IGNORED("krun."),
	[ANNOTATION_WASM_IMAGE] = IGNORED("module.wasm.image/variant"),
	[ANNOTATION_CRI_TYPE] = IGNORED("io.kubernetes.cri.container-type"),
};

static bool is_row(const struct annotation_row *row, const char *name)
{
	size_t n = strlen(row->name);

	if (row->name[n - 1] == '.')
		return strncmp(row->name, name, n) == 0;
	return strcmp(row->name, name) == 0;
}

const struct annotation_row *annotation_find(const char *name)
{
	for (size_t i = 0; i < ANNOTATION_COUNT; i++)
		if (is_row(&annotation_rows[i], name))
			return &annotation_rows[i];
	return NULL;
}

const char *annotation_get(const pairs_t *all, enum annotation which)
{
	LIST_EACH (pair, all)
		if (str_eq(pair->key, annotation_rows[which].name))
			return pair->value;
	return NULL;
}

int annotation_flag(const char *value)
{
	if (str_eq(value, "1") || str_eq(value, "true"))
		return 1;
	return str_eq(value, "0") || str_eq(value, "false") ? 0 : -1;
}

bool annotation_is_set(const pairs_t *all, enum annotation which)
{
	const char *value = annotation_get(all, which);

	return value && annotation_flag(value) == 1;
}
