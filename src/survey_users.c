/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this user is given: ids, cgroups, a service manager; and programs that are used
 * when they are there. Runs in the program. */
#include <string.h>
#include <unistd.h>

#include "base/program.h"
#include "base/str.h"
#include "libcontainer/plan/facts_users.h"
#include "src/survey.h"

/* sd_booted(3) */
#define SYSTEMD_RUNS "/run/systemd/system"

void survey_mapper(const struct survey *s, const char *arg, struct finding *f)
{
	char path[64];

	if (helper_find(arg, path, sizeof(path)))
		survey_fine(s, f, "%s", path);
	else
		survey_lacks(s, f, survey_install(s, "uidmap", "shadow-utils"),
			     "not installed: containers have one id only");
}

/* The end of NAME:FIRST:SIZE; 0: it is no such line */
static uint64_t range_end(const char *line, size_t len)
{
	const char *first = memchr(line, ':', len), *size;
	uint64_t from, n;

	if (!first)
		return 0;
	first++;
	size = memchr(first, ':', len - (size_t)(first - line));
	if (!size || !str_u64n(first, (size_t)(size - first), UINT32_MAX, &from) ||
	    !str_u64n(size + 1, len - (size_t)(size + 1 - line), UINT32_MAX, &n))
		return 0;
	return from + n;
}

uint64_t survey_free_id(const char *text)
{
	uint64_t end = 100000;

	while (*text) {
		size_t len = strcspn(text, "\n");
		uint64_t this = range_end(text, len);

		end = this > end ? this : end;
		text += len + (text[len] == '\n');
	}
	return end;
}

void survey_subids(const struct survey *s, const char *arg, struct finding *f)
{
	bool uids = strcmp(arg, "subuid") == 0;
	const id_ranges_t *ranges = uids ? &s->facts->subuids : &s->facts->subgids;
	const char *user = s->facts->user;
	char *path = arena_fmt(s->arena, "/etc/%s", arg);
	unsigned long n = 0, first;

	LIST_EACH (range, ranges)
		n += range->size;
	if (n) {
		survey_fine(s, f, "%lu ids", n);
		return;
	}
	if (!user)
		user = arena_fmt(s->arena, "%u", s->facts->euid);
	first = (unsigned long)survey_free_id(survey_file(s, path));
	survey_lacks(s, f,
		     survey_as_root(s, "usermod --add-%ss %lu-%lu %s", arg, first,
				    first + 65535, user),
		     "%s has no ids for user %s: containers have one id only", path,
		     user);
}

/* To boot with version 2 only */
static const char *boot_unified(const struct survey *s)
{
	const char *sudo = s->facts->euid ? "sudo " : "";

	if (!survey_exists("/etc/default/grub"))
		return NULL;
	return survey_as_root(
		s,
		"sed -i 's/^GRUB_CMDLINE_LINUX=\"/&systemd.unified_cgroup_hierarchy=1 "
		"/' /etc/default/grub && %supdate-grub && %sreboot",
		sudo, sudo);
}

void survey_cgroups(const struct survey *s, const char *arg, struct finding *f)
{
	(void)arg;
	if (s->facts->cgroups == CGROUPS_UNIFIED)
		survey_fine(s, f, "version 2 at %s", s->facts->cgroup_mount);
	else if (s->facts->cgroups == CGROUPS_HYBRID)
		survey_lacks(s, f, boot_unified(s),
			     "version 2 at %s, and version 1 has controllers: boot with "
			     "systemd.unified_cgroup_hierarchy=1",
			     s->facts->cgroup_mount);
	else if (survey_exists("/sys/fs/cgroup/systemd") ||
		 survey_exists("/sys/fs/cgroup/memory"))
		survey_lacks(s, f, boot_unified(s),
			     "version 1 only, which is not used: there are no limits; "
			     "boot with systemd.unified_cgroup_hierarchy=1");
	else
		survey_lacks(s, f,
			     survey_as_root(s, "mount -t cgroup2 none /sys/fs/cgroup"),
			     "no tree of version 2 is mounted: there are no limits");
}

void survey_delegation(const struct survey *s, const char *arg, struct finding *f)
{
	const char *user = s->facts->user;

	(void)arg;
	if (s->facts->cgroups == CGROUPS_NONE)
		survey_lacks(s, f, NULL, "there is no tree");
	else if (s->facts->cgroup_writable)
		survey_fine(s, f, "cgroups can be made");
	else if (s->facts->user_manager)
		survey_fine(s, f, "by the user's own systemd");
	else if (s->root)
		survey_lacks(s, f,
			     survey_as_root(s, "mount -o remount,rw %s",
					    s->facts->cgroup_mount),
			     "%s is read-only", s->facts->cgroup_mount);
	else if (survey_exists(arena_fmt(s->arena, "/run/user/%u/systemd/private",
					 (unsigned)s->facts->euid)))
		survey_lacks(s, f,
			     arena_fmt(s->arena, "export XDG_RUNTIME_DIR=/run/user/%u",
				       (unsigned)s->facts->euid),
			     "this user may make none, and XDG_RUNTIME_DIR does not lead "
			     "to their own systemd");
	else
		survey_lacks(
			s, f,
			!user || !survey_exists(SYSTEMD_RUNS)
				? NULL
				: survey_as_root(s, "loginctl enable-linger %s", user),
			"this user may make none, and has no systemd of their own");
}

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list) {
		size_t len = strcspn(list, " ");

		if (len == n && strncmp(list, word, n) == 0)
			return true;
		list += len + (list[len] == ' ');
	}
	return false;
}

/* Where a user's systemd makes cgroups, or where we do */
static const char *controllers_of(const struct survey *s)
{
	const struct facts *f = s->facts;
	const char *list = "";

	if (!f->cgroup_writable && f->user_manager)
		return survey_file(
			s, arena_fmt(s->arena,
				     "%s/user.slice/user-%u.slice/user@%u.service/"
				     "cgroup.controllers",
				     f->cgroup_mount, f->euid, f->euid));
	LIST_EACH (name, &f->controllers)
		list = arena_fmt(s->arena, "%s%s%s", list, *list ? " " : "", *name);
	return list;
}

void survey_controllers(const struct survey *s, const char *arg, struct finding *f)
{
	static const char *const wanted[] = { "cpu", "cpuset", "io", "memory", "pids" };
	const char *there = s->facts->cgroup_mount ? controllers_of(s) : "";
	const char *missing = "", *mend = NULL;
	const char *held = "";

	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		if (has_word(there, wanted[i]))
			continue;
		missing = arena_fmt(s->arena, "%s %s", missing, wanted[i]);
		if (strings_has(&s->facts->v1_controllers, wanted[i]))
			held = " (version 1 holds some)";
	}
	if (!*missing) {
		survey_fine(s, f, "%s", there);
		return;
	}
	if (s->facts->euid != 0 && !*held && survey_exists(SYSTEMD_RUNS))
		mend = survey_as_root(
			s, "sh -c 'mkdir -p /etc/systemd/system/user@.service.d && "
			   "printf \"[Service]\\nDelegate=cpu cpuset io memory pids\\n\" "
			   ">/etc/systemd/system/user@.service.d/delegate.conf && "
			   "systemctl daemon-reload'");
	survey_lacks(s, f, mend, "there are no limits for:%s%s", missing, held);
}

void survey_manager(const struct survey *s, const char *arg, struct finding *f)
{
	const char *user = s->facts->user;

	(void)arg;
	if (!survey_exists(SYSTEMD_RUNS))
		f->weight = SURVEY_EXTRA;
	if (s->root && survey_exists("/run/systemd/private"))
		survey_fine(s, f, "it listens");
	else if (!s->root && s->facts->user_manager)
		survey_fine(s, f, "the user's own listens");
	else if (s->root || !user || !survey_exists(SYSTEMD_RUNS))
		survey_lacks(
			s, f, NULL,
			"it does not run here: --cgroup-manager cgroupfs needs none");
	else if (str_empty(s->env->runtime_dir))
		survey_lacks(
			s, f,
			arena_fmt(s->arena, "export XDG_RUNTIME_DIR=/run/user/%u",
				  s->facts->euid),
			"XDG_RUNTIME_DIR is not set, so the user's own is not found");
	else
		survey_lacks(s, f, survey_as_root(s, "loginctl enable-linger %s", user),
			     "the user has none of their own");
}

void survey_helper(const struct survey *s, const char *arg, struct finding *f)
{
	const char *dir = s->env->helpers ? s->env->helpers : ARIL_LIBEXECDIR;
	const char *path = arena_fmt(s->arena, "%s/%s", dir, arg);

	if (!survey_exists(SYSTEMD_RUNS))
		f->weight = SURVEY_EXTRA;
	if (access(path, X_OK) == 0)
		survey_fine(s, f, "%s", path);
	else
		survey_lacks(s, f, survey_as_root(s, "make install"),
			     "%s is not there: type this where aril was built", path);
}

void survey_tun(const struct survey *s, const char *arg, struct finding *f)
{
	(void)arg;
	if (access("/dev/net/tun", R_OK | W_OK) == 0)
		survey_fine(s, f, "/dev/net/tun");
	else if (survey_exists("/dev/net/tun"))
		survey_lacks(s, f, survey_as_root(s, "chmod 666 /dev/net/tun"),
			     "it may not be opened by this user");
	else
		survey_lacks(s, f, survey_as_root(s, "modprobe tun"),
			     "there is no /dev/net/tun: --net user has no device");
}

/* In PATH, as the commands that run it do, or where packages put programs */
void survey_program(const struct survey *s, const char *arg, struct finding *f)
{
	static const char places[] =
		"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static const char *const packages[][2] = { { "pasta", "passt" } };
	const char *package = arg, *path = NULL;

	if (s->env->path)
		path = program_find(s->env->path, arg, s->arena);
	if (!path)
		path = program_find(places, arg, s->arena);
	if (path) {
		survey_fine(s, f, "%s", path);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(packages); i++)
		if (strcmp(arg, packages[i][0]) == 0)
			package = packages[i][1];
	survey_lacks(s, f, survey_install(s, package, package), "not installed");
}
