/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules for linux but resources, seccomp and sysctl. Runs in the program; pure. */
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "libcontainer/spec/check_rules.h"
#include "libcontainer/spec/numbers.h"

static void rule_namespaces(const struct check *c, const char *path)
{
	long seen = 0;
	size_t i = 0;

	LIST_EACH (ns, &c->linux->namespaces) {
		long flag = word_find(&words_namespaces, ns->type);

		if (flag < 0)
			check_word(c, check_at(c->r, "%s[%zu].type", path, i), ns->type,
				   &words_namespaces);
		else if (seen & flag)
			check_error(c->r, check_at(c->r, "%s[%zu].type", path, i),
				    "%s is given twice", ns->type);
		else
			seen |= flag;
		if (!str_empty(ns->path) && ns->path[0] != '/')
			check_absolute(c, check_at(c->r, "%s[%zu].path", path, i),
				       ns->path);
		i++;
	}
}

/* Both mappings or none: they say who is who in a user namespace. Whether a new one may
 * do without is the plan's to say: an unprivileged caller has ranges of its own. */
static void rule_mappings(const struct check *c, const char *path)
{
	const struct spec_namespace *user = spec_namespace(c->spec, "user");
	bool uids = c->linux->uid_mappings.n > 0, gids = c->linux->gid_mappings.n > 0;

	if (!user && (uids || gids))
		check_error(c->r, path, "needs a user namespace");
	if (gids && !uids)
		check_error(c->r, "linux.uidMappings",
			    "is missing for the user namespace");
	if (uids && !gids)
		check_error(c->r, "linux.gidMappings",
			    "is missing for the user namespace");
	check_idmaps(c, "linux.uidMappings", &c->linux->uid_mappings);
	check_idmaps(c, "linux.gidMappings", &c->linux->gid_mappings);
}

static void rule_time_offsets(const struct check *c, const char *path)
{
	const struct spec_namespace *ns = spec_namespace(c->spec, "time");

	if (c->linux->time_offsets.n && (!ns || !str_empty(ns->path)))
		check_error(c->r, path, "needs a new time namespace");
	LIST_EACH (offset, &c->linux->time_offsets) {
		if (word_find(&words_clocks, offset->key) < 0)
			check_word(c, path, offset->key, &words_clocks);
		if (offset->nanosecs > 999999999)
			check_error(c->r, path, "nanosecs of %s is more than 999999999",
				    check_shown(c->r, offset->key));
	}
}

/* 12 and 20 bits: MINORBITS of the kernel's kdev_t.h */
#define MAJOR_MAX 4095
#define MINOR_MAX 1048575

static void check_number(const struct check *c, size_t i, const char *name,
			 struct opt_i64 v, int64_t max)
{
	if (!v.set)
		check_error(c->r, check_at(c->r, "linux.devices[%zu].%s", i, name),
			    "is missing");
	else if (v.v < 0 || v.v > max)
		check_error(c->r, check_at(c->r, "linux.devices[%zu].%s", i, name),
			    "%ld is not within 0 to %ld", (long)v.v, (long)max);
}

static void check_device(const struct check *c, const struct spec_device *d, size_t i)
{
	long type = word_find(&words_device_types, d->type);

	if (type < 0)
		check_word(c, check_at(c->r, "linux.devices[%zu].type", i), d->type,
			   &words_device_types);
	if (d->path[0] != '/')
		check_absolute(c, check_at(c->r, "linux.devices[%zu].path", i), d->path);
	if (type == S_IFCHR || type == S_IFBLK) {
		check_number(c, i, "major", d->major, MAJOR_MAX);
		check_number(c, i, "minor", d->minor, MINOR_MAX);
	}
	/* the schema ends at 511; engines write set-id and sticky bits as they find
	 * them, podman 4 also those of the type */
	if (d->file_mode.set && d->file_mode.v > 07777 && type >= 0 &&
	    (d->file_mode.v & ~07777UL) != (unsigned long)type)
		check_error(c->r, check_at(c->r, "linux.devices[%zu].fileMode", i),
			    "%lu is more than 4095 (octal 7777), and not of this type",
			    (unsigned long)d->file_mode.v);
	if (d->uid.set && d->uid.v > CHECK_ID_MAX)
		check_id(c, check_at(c->r, "linux.devices[%zu].uid", i), d->uid.v);
	if (d->gid.set && d->gid.v > CHECK_ID_MAX)
		check_id(c, check_at(c->r, "linux.devices[%zu].gid", i), d->gid.v);
}

static void rule_devices(const struct check *c, const char *path)
{
	(void)path;
	for (size_t i = 0; i < c->linux->devices.n; i++)
		check_device(c, &c->linux->devices.items[i], i);
}

/* The name that a device gets; a template may be used for any number of them */
static const char *netdev_target(const struct netdev *d)
{
	return str_empty(d->name) ? d->key : d->name;
}

static void check_netdev(const struct check *c, size_t i)
{
	const struct netdev *d = &c->linux->net_devices.items[i];
	const char *target = netdev_target(d),
		   *mistake = netdev_name_mistake(d->key, false);

	if (mistake)
		check_error(c->r, "linux.netDevices", "the name \"%s\" %s",
			    check_shown(c->r, d->key), mistake);
	mistake = netdev_name_mistake(target, target == d->name);
	if (mistake && target == d->name)
		check_error(c->r,
			    check_at(c->r, "linux.netDevices.%s.name",
				     check_shown(c->r, d->key)),
			    "\"%s\" %s", check_shown(c->r, target), mistake);
	for (size_t k = 0; k < i && !strchr(target, '%'); k++)
		if (strcmp(netdev_target(&c->linux->net_devices.items[k]), target) == 0)
			check_error(c->r, "linux.netDevices",
				    "two devices get the name \"%s\"",
				    check_shown(c->r, target));
}

/* More than any host has, few enough to compare each with each */
#define NETDEVS_MAX 1024

static void rule_netdevs(const struct check *c, const char *path)
{
	size_t n = c->linux->net_devices.n;

	if (n && !check_namespace(c, "network"))
		check_error(c->r, path, "needs a network namespace");
	if (n > NETDEVS_MAX)
		check_error(c->r, path, "has %zu devices, more than %d", n, NETDEVS_MAX);
	for (size_t i = 0; i < n && n <= NETDEVS_MAX; i++)
		check_netdev(c, i);
}

/* "..", alone or between slashes: it would leave the place where containers are */
static void rule_cgroups_path(const struct check *c, const char *path)
{
	const char *p = c->linux->cgroups_path;

	while (p && *p) {
		size_t n = strcspn(p, "/");

		if (n == 2 && p[0] == '.' && p[1] == '.') {
			check_error(c->r, path, "has \"..\" in it");
			return;
		}
		p += n + (p[n] == '/');
	}
}

static void check_line(const struct check *c, const char *path, const char *text)
{
	if (text && strchr(text, '\n'))
		check_error(c->r, path, "has a newline");
}

/* "/" is the root group; what the kernel has there of its own is no group */
static bool is_group(const char *name)
{
	static const char *const taken[] = { ".",	 "..",	       "info",
					     "mon_data", "mon_groups", NULL };

	return strcmp(name, "/") == 0 ||
	       (!strchr(name, '/') && !check_named(taken, name));
}

static void rule_intel_rdt(const struct check *c, const char *path)
{
	const struct spec_intel_rdt *rdt = c->linux->intel_rdt;

	(void)path;
	if (!rdt)
		return;
	if (rdt->clos_id && !is_group(rdt->clos_id))
		check_error(c->r, "linux.intelRdt.closID",
			    "is not the name of a directory of a group");
	if (!str_empty(rdt->mem_bw_schema) && !str_starts(rdt->mem_bw_schema, "MB:"))
		check_error(c->r, "linux.intelRdt.memBwSchema",
			    "does not begin with \"MB:\"");
	check_line(c, "linux.intelRdt.memBwSchema", rdt->mem_bw_schema);
	check_line(c, "linux.intelRdt.l3CacheSchema", rdt->l3_cache_schema);
	for (size_t i = 0; i < rdt->schemata.n; i++)
		if (strchr(rdt->schemata.items[i], '\n'))
			check_line(c, check_at(c->r, "linux.intelRdt.schemata[%zu]", i),
				   rdt->schemata.items[i]);
}

/* set_mempolicy(2): MPOL_DEFAULT and MPOL_LOCAL take no nodes, all others need some */
static void rule_memory_policy(const struct check *c, const char *path)
{
	const struct spec_memory_policy *m = c->linux->memory_policy;
	uint64_t bits[NUMBERS_WORDS(NUMBERS_NODES)] = { 0 };
	bool nodes, plain;

	if (!m || (str_empty(m->mode) && str_empty(m->nodes) && !m->flags.n))
		return;
	if (str_empty(m->mode)) {
		check_error(c->r, "linux.memoryPolicy.mode", "is missing");
		return;
	}
	nodes = !str_empty(m->nodes);
	plain = strcmp(m->mode, "MPOL_DEFAULT") == 0 ||
		strcmp(m->mode, "MPOL_LOCAL") == 0;
	check_word(c, "linux.memoryPolicy.mode", m->mode, &words_mempolicies);
	check_words(c, "linux.memoryPolicy.flags", &m->flags, &words_mempolicy_flags);
	if (plain == nodes)
		check_error(c->r, "linux.memoryPolicy.nodes", "%s for %s",
			    nodes ? "must not be set" : "is missing",
			    check_shown(c->r, m->mode));
	if (nodes && !numbers_read(m->nodes, NUMBERS_NODES, bits))
		check_error(c->r, "linux.memoryPolicy.nodes",
			    "\"%s\" is not a list of nodes like 0-1,3",
			    check_shown(c->r, m->nodes));
	if (strings_has(&m->flags, "MPOL_F_RELATIVE_NODES") &&
	    strings_has(&m->flags, "MPOL_F_STATIC_NODES"))
		check_error(c->r, path,
			    "RELATIVE_NODES and STATIC_NODES exclude each other");
}

static void rule_propagation(const struct check *c, const char *path)
{
	if (!str_empty(c->linux->rootfs_propagation))
		check_word(c, path, c->linux->rootfs_propagation, &words_propagation);
}

/* They are mounts: in the runtime's own mount namespace they would mask the host */
static void rule_masks(const struct check *c, const char *path)
{
	bool any = c->linux->masked_paths.n || c->linux->readonly_paths.n;

	if (any && !check_namespace(c, "mount"))
		check_error(c->r, path, "needs a mount namespace");
	check_absolutes(c, "linux.maskedPaths", &c->linux->masked_paths);
	check_absolutes(c, "linux.readonlyPaths", &c->linux->readonly_paths);
}

static void rule_personality(const struct check *c, const char *path)
{
	const struct spec_personality *p = c->linux->personality;

	(void)path;
	if (!p)
		return;
	if (!str_empty(p->domain))
		check_word(c, "linux.personality.domain", p->domain,
			   &words_personalities);
	if (p->flags.n)
		check_error(c->r, "linux.personality.flags", "no flag is defined");
}

static const struct check_rule linux_rules[] = {
	{ "linux.namespaces", rule_namespaces },
	{ "linux.uidMappings", rule_mappings },
	{ "linux.timeOffsets", rule_time_offsets },
	{ "linux.devices", rule_devices },
	{ "linux.netDevices", rule_netdevs },
	{ "linux.cgroupsPath", rule_cgroups_path },
	{ "linux.intelRdt", rule_intel_rdt },
	{ "linux.memoryPolicy", rule_memory_policy },
	{ "linux.rootfsPropagation", rule_propagation },
	{ "linux.maskedPaths", rule_masks },
	{ "linux.personality", rule_personality },
};
const struct check_rules check_linux_rules = CHECK_RULES(linux_rules);
