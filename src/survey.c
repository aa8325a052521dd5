/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of what is looked at, and what the looks share; runs in the program */
#include "src/survey.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"

#define NEVER	  SURVEY_NEVER
#define EXTRA	  SURVEY_EXTRA
#define LIMITS	  SURVEY_LIMITS
#define ESSENTIAL SURVEY_ESSENTIAL

/* How much a thing matters to the host's root, and to all others */
static const struct {
	const char *name;
	survey_fn *look;
	enum survey_weight root, user;
	const char *arg;
} rows[] = {
	{ "kernel", survey_kernel, ESSENTIAL, ESSENTIAL, NULL },
	{ "namespace-pid", survey_namespace, ESSENTIAL, ESSENTIAL, "pid" },
	{ "namespace-network", survey_namespace, ESSENTIAL, ESSENTIAL, "net" },
	{ "namespace-mount", survey_namespace, ESSENTIAL, ESSENTIAL, "mnt" },
	{ "namespace-ipc", survey_namespace, ESSENTIAL, ESSENTIAL, "ipc" },
	{ "namespace-uts", survey_namespace, ESSENTIAL, ESSENTIAL, "uts" },
	{ "namespace-user", survey_namespace, LIMITS, ESSENTIAL, "user" },
	{ "namespace-cgroup", survey_namespace, LIMITS, LIMITS, "cgroup" },
	{ "namespace-time", survey_namespace, EXTRA, EXTRA, "time" },
	{ "user-namespaces", survey_userns, NEVER, ESSENTIAL, NULL },
	{ "newuidmap", survey_mapper, NEVER, LIMITS, "newuidmap" },
	{ "newgidmap", survey_mapper, NEVER, LIMITS, "newgidmap" },
	{ "subuid", survey_subids, NEVER, LIMITS, "subuid" },
	{ "subgid", survey_subids, NEVER, LIMITS, "subgid" },
	{ "capabilities", survey_capabilities, LIMITS, NEVER, NULL },
	{ "proc", survey_proc, NEVER, ESSENTIAL, NULL },
	{ "cgroup-mode", survey_cgroups, LIMITS, LIMITS, NULL },
	{ "cgroup-delegation", survey_delegation, LIMITS, LIMITS, NULL },
	{ "cgroup-controllers", survey_controllers, LIMITS, LIMITS, NULL },
	{ "systemd", survey_manager, EXTRA, LIMITS, NULL },
	{ "seccomp", survey_seccomp, LIMITS, LIMITS, NULL },
	{ "seccomp-notify", survey_notify, EXTRA, EXTRA, NULL },
	{ "landlock", survey_landlock, EXTRA, EXTRA, NULL },
	{ "lsm", survey_lsm, EXTRA, EXTRA, NULL },
	{ "idmapped-mounts", survey_idmap, EXTRA, EXTRA, NULL },
	{ "overlayfs", survey_overlay, EXTRA, EXTRA, NULL },
	{ "memfd", survey_memfd, ESSENTIAL, ESSENTIAL, NULL },
	{ "aril-systemd", survey_helper, EXTRA, LIMITS, "aril-systemd" },
	{ "aril-net", survey_helper, EXTRA, EXTRA, "aril-net" },
	{ "net-tun", survey_tun, EXTRA, EXTRA, NULL },
	{ "pasta", survey_program, EXTRA, EXTRA, "pasta" },
	{ "slirp4netns", survey_program, EXTRA, EXTRA, "slirp4netns" },
	{ "criu", survey_program, EXTRA, NEVER, "criu" },
};

static char *format(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static char *format(struct arena *a, const char *fmt, va_list ap)
{
	char text[2048];

	fmt_vtext(text, sizeof(text), fmt, ap);
	return arena_strdup(a, text);
}

void survey_fine(const struct survey *s, struct finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	f->text = format(s->arena, fmt, ap);
	va_end(ap);
}

void survey_lacks(const struct survey *s, struct finding *f, const char *mend,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	f->text = format(s->arena, fmt, ap);
	va_end(ap);
	f->mend = mend;
	f->lacking = true;
}

const char *survey_file(const struct survey *s, const char *path)
{
	struct err ignored = ERR_NONE;
	char text[8192];

	if (file_get(AT_FDCWD, path, text, sizeof(text), &ignored) < 0)
		return "";
	return arena_strdup(s->arena, text);
}

bool survey_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

const char *survey_as_root(const struct survey *s, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = format(s->arena, fmt, ap);
	va_end(ap);
	return s->facts->euid == 0 ? text : arena_fmt(s->arena, "sudo %s", text);
}

const char *survey_install(const struct survey *s, const char *apt, const char *others)
{
	static const struct {
		const char *program, *command;
	} managers[] = {
		{ "/usr/bin/apt-get", "apt-get install -y" },
		{ "/usr/bin/dnf", "dnf install -y" },
		{ "/usr/bin/zypper", "zypper install -y" },
		{ "/usr/bin/pacman", "pacman -S --noconfirm" },
		{ "/sbin/apk", "apk add" },
	};

	for (size_t i = 0; i < ARRAY_LEN(managers); i++)
		if (survey_exists(managers[i].program))
			return survey_as_root(s, "%s %s", managers[i].command,
					      i == 0 ? apt : others);
	return NULL;
}

bool survey_since(const struct survey *s, unsigned major, unsigned minor)
{
	return s->major > major || (s->major == major && s->minor >= minor);
}

void survey_release(const char *release, uint64_t *major, uint64_t *minor)
{
	size_t n = strcspn(release, ".");
	const char *rest = release + n + (release[n] == '.');

	*major = *minor = 0;
	if (!str_u64n(release, n, UINT32_MAX, major) ||
	    !str_u64n(rest, strspn(rest, "0123456789"), UINT32_MAX, minor))
		*major = *minor = 0;
}

const char *survey_name(size_t i)
{
	return i < ARRAY_LEN(rows) ? rows[i].name : NULL;
}

int survey_host(const struct call *c, findings_t *out, struct err *e)
{
	struct facts facts = { 0 };
	struct survey s = { .arena = c->arena, .facts = &facts, .env = &c->env };
	struct utsname name;

	if (facts_read(&facts, c->env.runtime_dir, c->arena, e) < 0)
		return -1;
	if (uname(&name) < 0)
		return err_sys(e, "ask for the release of the kernel");
	s.release = arena_strdup(c->arena, name.release);
	survey_release(s.release, &s.major, &s.minor);
	s.root = facts.can_mount && !facts.in_userns;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum survey_weight weight = s.root ? rows[i].root : rows[i].user;
		struct finding f = { .name = rows[i].name, .weight = weight };

		if (weight == SURVEY_NEVER)
			continue;
		rows[i].look(&s, rows[i].arg, &f);
		*list_add(c->arena, out) = f;
	}
	return 0;
}
