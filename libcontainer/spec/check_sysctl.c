/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules for linux.sysctl: only settings that the kernel keeps per namespace, and only
 * when that namespace is the container's; all others would change the host. Runs in the
 * program; pure.
 */
#include "libcontainer/spec/sysctl.h"

#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/check_rules.h"

/* Settings and the namespace that keeps them; a '/' at the end: all below */
static const struct {
	const char *name, *space;
} settings[] = {
	{ "kernel/msgmax", "ipc" },	{ "kernel/msgmnb", "ipc" },
	{ "kernel/msgmni", "ipc" },	{ "kernel/sem", "ipc" },
	{ "kernel/shmall", "ipc" },	{ "kernel/shmmax", "ipc" },
	{ "kernel/shmmni", "ipc" },	{ "kernel/shm_rmid_forced", "ipc" },
	{ "fs/mqueue/", "ipc" },	{ "net/", "network" },
	{ "kernel/domainname", "uts" }, { "user/", "user" },
};

/* No part is empty, "." or ".." */
static bool parts_are_plain(const char *path)
{
	for (;;) {
		size_t n = strcspn(path, "/");

		if (n == 0 || (n <= 2 && strspn(path, ".") >= n))
			return false;
		if (path[n] == '\0')
			return true;
		path += n + 1;
	}
}

bool sysctl_path(const char *name, char *path, size_t size)
{
	size_t len = strlen(name);
	char first = name[strcspn(name, "./")];

	if (len >= size)
		return false;
	for (size_t i = 0; i <= len; i++) {
		char c = name[i];

		if (first == '.' && c == '.')
			c = '/';
		else if (first == '.' && c == '/')
			c = '.';
		path[i] = c;
	}
	return parts_are_plain(path);
}

const char *sysctl_space(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const char *name = settings[i].name;
		bool tree = str_ends(name, "/");

		if (tree ? str_starts(path, name) : strcmp(path, name) == 0)
			return settings[i].space;
	}
	return NULL;
}

static void sysctl_mistake(const struct check *c, const char *name, const char *path)
{
	const char *shown = check_shown(c->r, name),
		   *space = path ? sysctl_space(path) : NULL;
	const char *at = check_at(c->r, "linux.sysctl.%s", shown);

	if (!path)
		check_error(c->r, at, "is not the name of a kernel setting");
	else if (strcmp(path, "kernel/hostname") == 0)
		check_error(c->r, at, "is what \"hostname\" of the document sets");
	else if (!space)
		check_error(c->r, at,
			    "sysctl \"%s\" is not in a separate kernel namespace", shown);
	else
		check_error(c->r, at,
			    "sysctl \"%s\" is not in a separate kernel namespace: needs "
			    "one of "
			    "type %s",
			    shown, space);
}

static void check_setting(const struct check *c, const char *name)
{
	char path[SYSCTL_PATH_MAX];
	bool plain = sysctl_path(name, path, sizeof(path));
	const char *space = plain ? sysctl_space(path) : NULL;

	if (!space || !check_namespace(c, space))
		sysctl_mistake(c, name, plain ? path : NULL);
}

static void rule_sysctl(const struct check *c, const char *path)
{
	(void)path;
	LIST_EACH (p, &c->linux->sysctl)
		check_setting(c, p->key);
}

static const struct check_rule sysctl_rules[] = { { "linux.sysctl", rule_sysctl } };
const struct check_rules check_sysctl_rules = CHECK_RULES(sysctl_rules);
