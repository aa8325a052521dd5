/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aril features: what this build applies of the OCI document, from the tables that
 * apply it, so that nothing is claimed which is not there. The host is not asked,
 * except for what libseccomp and the kernel do with flags (features.md of
 * runtime-spec). Runs in the program.
 */
#include "libcontainer/plan/build.h"
#include "libcontainer/spec/annotations.h"
#include "libcontainer/spec/check.h"
#include "libcontainer/spec/spec.h"
#include "libcontainer/spec/words.h"
#include "seccomp/filter.h"
#include "src/cmd.h"

static void put_names(struct json_writer *j, const char *key, const char *const *names)
{
	json_key(j, key);
	json_list_begin(j);
	for (; *names; names++)
		json_str(j, *names);
	json_list_end(j);
}

static void put_words(struct json_writer *j, const char *key, const struct words *w)
{
	json_key(j, key);
	json_list_begin(j);
	for (size_t i = 0; i < w->n; i++)
		json_str(j, w->items[i].name);
	json_list_end(j);
}

static void put_hooks(struct json_writer *j)
{
	json_key(j, "hooks");
	json_list_begin(j);
	for (size_t i = 0; i < spec_hooks_shape.n; i++)
		json_str(j, spec_hooks_shape.members[i].key);
	json_list_end(j);
}

static void put_flag(struct json_writer *j, const char *key, const char *flag, bool v)
{
	json_key(j, key);
	json_map_begin(j);
	json_put_bool(j, flag, v);
	json_map_end(j);
}

/* Helpers below libexec/aril are built only where their libraries are */
#ifdef ARIL_HAS_NET
#define HAS_NET true
#else
#define HAS_NET false
#endif
#ifdef ARIL_HAS_SYSTEMD
#define HAS_SYSTEMD true
#else
#define HAS_SYSTEMD false
#endif

static void put_cgroup(struct json_writer *j)
{
	json_key(j, "cgroup");
	json_map_begin(j);
	json_put_bool(j, "v1", false);
	json_put_bool(j, "v2", true);
	json_put_bool(j, "systemd", HAS_SYSTEMD);
	json_put_bool(j, "systemdUser", HAS_SYSTEMD);
	json_put_bool(j, "rdma", true);
	json_map_end(j);
}

static void put_seccomp(struct json_writer *j, struct arena *a)
{
	strings_t actions = filter_actions(a), arches = filter_arches(a);
	strings_t supported = filter_supported_flags(a);

	json_key(j, "seccomp");
	json_map_begin(j);
	json_put_bool(j, "enabled", true);
	json_key(j, "actions");
	json_strs(j, &actions);
	put_names(j, "operators", profile_operators);
	json_key(j, "archs");
	json_strs(j, &arches);
	put_names(j, "knownFlags", profile_flags);
	json_key(j, "supportedFlags");
	json_strs(j, &supported);
	json_map_end(j);
}

static void put_rdt(struct json_writer *j)
{
	json_key(j, "intelRdt");
	json_map_begin(j);
	json_put_bool(j, "enabled", true);
	json_put_bool(j, "schemata", true);
	json_put_bool(j, "monitoring", true);
	json_map_end(j);
}

static void put_memory_policy(struct json_writer *j)
{
	json_key(j, "memoryPolicy");
	json_map_begin(j);
	put_words(j, "modes", &words_mempolicies);
	put_words(j, "flags", &words_mempolicy_flags);
	json_map_end(j);
}

static void put_linux(struct json_writer *j, struct arena *a)
{
	json_key(j, "linux");
	json_map_begin(j);
	put_words(j, "namespaces", &words_namespaces);
	put_words(j, "capabilities", &words_caps);
	put_cgroup(j);
	put_seccomp(j, a);
	put_flag(j, "apparmor", "enabled", true);
	put_flag(j, "selinux", "enabled", true);
	put_rdt(j);
	put_memory_policy(j);
	json_key(j, "mountExtensions");
	json_map_begin(j);
	put_flag(j, "idmap", "enabled", true);
	json_map_end(j);
	put_flag(j, "netDevices", "enabled", HAS_NET);
	json_map_end(j);
}

/* Those that change what is done: an engine must not let an image set them */
static void put_unsafe(struct json_writer *j)
{
	json_key(j, "potentiallyUnsafeConfigAnnotations");
	json_list_begin(j);
	for (size_t i = 0; i < ANNOTATION_COUNT; i++)
		if (annotation_rows[i].way != ANNOTATION_IGNORED)
			json_str(j, annotation_rows[i].name);
	json_list_end(j);
}

/* Engines ask for runc's name of it, too */
static void put_facts(struct json_writer *j)
{
	struct err ignored = ERR_NONE;
	const struct verb *verb = cmd_find("checkpoint", &ignored);

	json_put_str(j, "aril.checkpoint.enabled", verb ? "true" : "false");
	json_put_str(j, "org.opencontainers.runc.checkpoint.enabled",
		     verb ? "true" : "false");
}

static int features_run(struct call *c, const void *options, struct err *e)
{
	autojson j = JSON_WRITER_NONE;

	(void)options;
	json_start(&j, "    ");
	json_map_begin(&j);
	json_put_str(&j, "ociVersionMin", "1.0.0");
	json_put_str(&j, "ociVersionMax", SPEC_VERSION);
	put_hooks(&j);
	put_names(&j, "mountOptions", mount_option_names);
	put_linux(&j, c->arena);
	json_key(&j, "annotations");
	json_map_begin(&j);
	json_put_str(&j, "aril.version", PACKAGE_VERSION);
	put_facts(&j);
	json_put_str(&j, "io.github.seccomp.libseccomp.version",
		     filter_library_version());
	json_map_end(&j);
	put_unsafe(&j);
	json_map_end(&j);
	return call_print_json(&j, e);
}

const struct verb verb_features = {
	.name = "features",
	.words = "",
	.summary = "show what of the OCI document this build applies, as JSON",
	.no_root = true,
	.run = features_run,
};
