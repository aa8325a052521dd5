/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faked facts from text; runs in the golden tests and in a fuzzer */
#include "tests/golden/facts_read.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/check.h"
#include "libcontainer/spec/words.h"

enum value { BOOL, U32, U64, TEXT, WORDS, RANGE, TREE, SPACES };

#define ROW(name, kind, member)                                                          \
	{                                                                                \
		name, kind, offsetof(struct fake, member)                                \
	}
static const struct {
	const char *name;
	enum value kind;
	size_t at;
} rows[] = {
	ROW("euid", U32, facts.euid),
	ROW("egid", U32, facts.egid),
	ROW("user", TEXT, facts.user),
	ROW("in_userns", BOOL, facts.in_userns),
	ROW("setgroups_denied", BOOL, facts.setgroups_denied),
	ROW("can_mount", BOOL, facts.can_mount),
	ROW("can_raise", BOOL, facts.can_raise),
	ROW("caps", U64, facts.caps),
	ROW("subuid", RANGE, facts.subuids),
	ROW("subgid", RANGE, facts.subgids),
	ROW("newuidmap", BOOL, facts.has_newuidmap),
	ROW("newgidmap", BOOL, facts.has_newgidmap),
	ROW("cgroups", TREE, facts.cgroups),
	ROW("cgroup_mount", TEXT, facts.cgroup_mount),
	ROW("cgroup_own", TEXT, facts.cgroup_own),
	ROW("cgroup_writable", BOOL, facts.cgroup_writable),
	ROW("user_manager", BOOL, facts.user_manager),
	ROW("controllers", WORDS, facts.controllers),
	ROW("v1_controllers", WORDS, facts.v1_controllers),
	ROW("apparmor", BOOL, facts.apparmor),
	ROW("selinux", BOOL, facts.selinux),
	ROW("id", TEXT, request.id),
	ROW("bundle", TEXT, request.bundle),
	ROW("hold", BOOL, request.hold),
	ROW("detach", BOOL, request.detach),
	ROW("no_pivot", BOOL, request.no_pivot),
	ROW("no_new_keyring", BOOL, request.no_new_keyring),
	ROW("console_socket", BOOL, request.has_console_socket),
	ROW("preserve_fds", U32, request.preserve_fds),
	ROW("listen_fds", U32, request.listen_fds),
	ROW("systemd_cgroup", BOOL, request.systemd_cgroup),
	ROW("cgroupfs", BOOL, request.cgroupfs),
	ROW("pasta", TEXT, facts.pasta),
	ROW("slirp4netns", TEXT, facts.slirp4netns),
	ROW("tun_errno", U32, facts.tun_errno),
	ROW("resolvers", WORDS, facts.resolvers),
	ROW("box", TEXT, request.box),
	ROW("net", TEXT, request.net),
	ROW("publish", WORDS, request.publish),
	ROW("strict", BOOL, request.strict),
	ROW("rootless", BOOL, request.rootless),
	ROW("enter_cgroup_mount", TEXT, enter.cgroup_mount),
	ROW("enter_cgroup_path", TEXT, enter.cgroup_path),
	ROW("enter_namespaces", SPACES, enter.ns_flags),
	ROW("enter_setgroups_denied", BOOL, enter.userns_setgroups_denied),
};

static bool read_u32(const char *text, uint32_t *v)
{
	uint64_t wide;

	if (!str_u64(text, UINT32_MAX, &wide))
		return false;
	*v = (uint32_t)wide;
	return true;
}

static bool read_range(struct arena *a, const strings_t *words, id_ranges_t *ranges)
{
	struct id_range *range = list_add(a, ranges);

	return words->n == 3 && read_u32(words->items[1], &range->first) &&
	       read_u32(words->items[2], &range->size);
}

static bool read_tree(const char *name, enum cgroup_mode *mode)
{
	static const char *const names[] = { "none", "hybrid", "unified" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0) {
			*mode = (enum cgroup_mode)i;
			return true;
		}
	return false;
}

static bool read_spaces(const strings_t *words, uint32_t *flags)
{
	for (size_t i = 1; i < words->n; i++) {
		long flag = word_find(&words_namespaces, words->items[i]);

		if (flag < 0)
			return false;
		*flags |= (uint32_t)flag;
	}
	return true;
}

static bool read_value(struct arena *a, enum value kind, const strings_t *words, void *at)
{
	char *first = words->items[1];

	switch (kind) {
	case BOOL:
		*(bool *)at = strcmp(first, "yes") == 0;
		return *(bool *)at || strcmp(first, "no") == 0;
	case U32:
		return read_u32(first, at);
	case U64:
		return str_u64(first, UINT64_MAX, at);
	case TEXT:
		*(const char **)at = first;
		return true;
	case WORDS:
		for (size_t i = 1; i < words->n; i++)
			strings_add(a, at, words->items[i]);
		return true;
	case RANGE:
		return read_range(a, words, at);
	case TREE:
		return read_tree(first, at);
	case SPACES:
		return read_spaces(words, at);
	}
	return false;
}

static int read_line(struct fake *fake, struct arena *a, const char *line, struct err *e)
{
	strings_t words = str_split(a, line, ' ');

	if (!*line || *line == '#')
		return 0;
	for (size_t i = 0; words.n > 1 && i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, words.items[0]) == 0 &&
		    read_value(a, rows[i].kind, &words, (char *)fake + rows[i].at))
			return 0;
	return err_plain(e, EINVAL, "facts: \"%s\" is not understood", line);
}

int fake_read(struct fake *fake, const char *text, struct arena *a, struct err *e)
{
	strings_t lines = str_split(a, text, '\n');

	*fake = (struct fake){ .request = { .id = "web", .bundle = "/bundle" } };
	LIST_EACH (line, &lines)
		if (read_line(fake, a, *line, e) < 0)
			return -1;
	return 0;
}

int fake_spec(const char *text, const struct request *r, struct arena *a,
	      struct spec **spec, struct err *e)
{
	struct check_report report = CHECK_REPORT(a);

	if (spec_read(text, strlen(text), a, spec, e) < 0 ||
	    plan_net_spec(*spec, r, a, e) < 0)
		return -1;
	spec_check(*spec, &report);
	return check_result(&report, e);
}
