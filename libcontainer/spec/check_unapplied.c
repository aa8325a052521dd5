/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What this version reads but does not apply: an error, for nothing that was asked for is
 * ever left out in silence. A row goes when its property is applied. Empty values count
 * as absent. Limits (linux.resources) are not here: the plan knows which a host can
 * apply. Runs in the program; pure.
 */
#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/check_rules.h"

static void unapplied(const struct check *c, const char *path)
{
	check_error(c->r, path, "this version of aril does not apply it yet");
}

static void rule_mount_label(const struct check *c, const char *path)
{
	if (!str_empty(c->linux->mount_label))
		unapplied(c, path);
}

static const struct check_rule rules[] = {
	{ "linux.mountLabel", rule_mount_label },
};
const struct check_rules check_unapplied_rules = CHECK_RULES(rules);

bool spec_applies(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (strcmp(rules[i].path, path) == 0)
			return false;
	return true;
}
