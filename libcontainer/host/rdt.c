/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See rdt.h. Runs in the program. */
#include "libcontainer/host/rdt.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/mountinfo.h"
#include "base/str.h"

#define RESCTRL_MAGIC 0x7655821 /* RDTGROUP_SUPER_MAGIC of <linux/magic.h> */
#define WHERE	      "linux.intelRdt"
#define SCHEMATA_MAX  65536
#define DIR_FLAGS     (O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)

/* --- finding ------------------------------------------------------------------------ */

char *rdt_find(struct arena *a, struct err *e)
{
	char *text = mountinfo_read("/proc/self/mountinfo", a, e);
	struct mount_row row;

	if (!text)
		return NULL;
	while (mountinfo_next(&text, &row))
		if (str_eq(row.type, "resctrl") && str_eq(row.root, "/"))
			return (char *)row.point;
	err_plain(e, ENOENT, WHERE ": the resctrl file system is not mounted");
	return NULL;
}

int rdt_open(struct rdt *r, const char *path, bool check, struct err *e)
{
	struct statfs fs;

	r->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->root < 0)
		return err_sys(e, WHERE ": open %s", path);
	if (!check)
		return 0;
	if (fstatfs(r->root, &fs) < 0)
		return err_sys(e, WHERE ": examine %s", path);
	if (fs.f_type != RESCTRL_MAGIC)
		return err_set(e, EINVAL, WHERE ": %s is not a resctrl file system",
			       path);
	return 0;
}

/* Why the kernel refused the last command, when it says so: " (...)" */
static const char *reason(const struct rdt *r, char *buf, size_t size)
{
	struct err ignored = ERR_NONE;
	char text[256];

	buf[0] = '\0';
	if (file_get(r->root, "info/last_cmd_status", text, sizeof(text), &ignored) > 0 &&
	    strcmp(text, "ok") != 0)
		fmt_text(buf, size, " (%.*s)", (int)strcspn(text, "\n"), text);
	return buf;
}

static const char *group_path(const char *name)
{
	return *name ? name : ".";
}

bool rdt_missing(const struct rdt *r, const struct plan_rdt *p)
{
	struct stat st;

	return p->make &&
	       fstatat(r->root, group_path(p->group), &st, AT_SYMLINK_NOFOLLOW) < 0 &&
	       errno == ENOENT;
}

/* --- schemata ----------------------------------------------------------------------- */

/* A part of "0=ff;1= 0f": its number and its value, without blanks and leading zeros */
struct part {
	const char *domain, *value;
	size_t domain_len, value_len;
};

static void trim(const char **text, size_t *len)
{
	while (*len && (*text)[*len - 1] == ' ')
		(*len)--;
	while (*len && (**text == ' ' || (**text == '0' && *len > 1)))
		(*text)++, (*len)--;
}

/* The part at *text, which goes behind it. False: there is none. */
static bool next_part(const char **text, struct part *part)
{
	size_t n = strcspn(*text, ";\n");
	const char *equals = memchr(*text, '=', n);

	if (!equals)
		return false;
	part->domain = *text;
	part->domain_len = (size_t)(equals - *text);
	part->value = equals + 1;
	part->value_len = n - part->domain_len - 1;
	trim(&part->domain, &part->domain_len);
	trim(&part->value, &part->value_len);
	*text += n;
	if (**text == ';')
		(*text)++;
	return true;
}

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && strncasecmp(a, b, a_len) == 0;
}

/* Has the line of a resource, from behind its colon, this part */
static bool has_part(const char *line, const struct part *wanted)
{
	struct part part;

	while (next_part(&line, &part))
		if (same(part.domain, part.domain_len, wanted->domain,
			 wanted->domain_len))
			return same(part.value, part.value_len, wanted->value,
				    wanted->value_len);
	return false;
}

/* Behind the colon of a resource's line; NULL: there is none */
static const char *resource(const char *schemata, const char *name, size_t len)
{
	while (*schemata) {
		const char *line = schemata + strspn(schemata, " ");

		if (strncmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1;
		schemata += strcspn(schemata, "\n");
		schemata += *schemata == '\n';
	}
	return NULL;
}

bool rdt_agrees(const char *schemata, const char *line)
{
	const char *colon, *present;
	struct part wanted;

	line += strspn(line, " ");
	colon = strchr(line, ':');
	present = colon ? resource(schemata, line, (size_t)(colon - line)) : NULL;
	if (!present)
		return false;
	for (line = colon + 1; next_part(&line, &wanted);)
		if (!has_part(present, &wanted))
			return false;
	return *line == '\0';
}

static int compare(const struct rdt *r, const strings_t *lines, struct err *e)
{
	LIST_EACH (line, lines)
		if (!rdt_agrees(r->before, *line))
			return err_plain(e, EEXIST,
					 WHERE ": the group \"%s\" is there, and does "
					       "not have the schema \"%s\"",
					 *r->group_name ? r->group_name : "/", *line);
	return 0;
}

static int put_schemata(const struct rdt *r, const char *text, struct err *e)
{
	struct err why = ERR_NONE;
	char buf[300];

	if (file_put(r->group, "schemata", text, &why) == 0)
		return 0;
	return err_set(e, why.num, WHERE ": write \"%.*s\" to the schemata of \"%s\"%s",
		       (int)strcspn(text, "\n"), text,
		       *r->group_name ? r->group_name : "/", reason(r, buf, sizeof(buf)));
}

int rdt_write(struct rdt *r, const strings_t *lines, struct arena *a, struct err *e)
{
	char *text = "";

	LIST_EACH (line, lines)
		text = arena_fmt(a, "%s%s\n", text, *line);
	if (!lines->n)
		return 0;
	r->wrote = true;
	return put_schemata(r, text, e);
}

/* --- groups ------------------------------------------------------------------------- */

static int open_group(struct rdt *r, const char *name, struct err *e)
{
	r->group_name = name;
	r->group = openat(r->root, group_path(name), DIR_FLAGS);
	return r->group < 0 ? err_sys(e, WHERE ": open the group \"%s\"", name) : 0;
}

static int make_group(struct rdt *r, const struct plan_rdt *p, struct err *e)
{
	char buf[300];

	if (p->make && mkdirat(r->root, p->group, 0755) == 0)
		r->made = true;
	else if (p->make && errno != EEXIST)
		return err_set(e, errno, WHERE ": make the group \"%s\"%s", p->group,
			       reason(r, buf, sizeof(buf)));
	return open_group(r, p->group, e);
}

static int make_monitor(struct rdt *r, const char *name, struct err *e)
{
	char path[300], buf[300];

	if (!name)
		return 0;
	r->monitor_name = name;
	fmt_text(path, sizeof(path), "mon_groups/%s", name);
	if (mkdirat(r->group, path, 0755) == 0)
		r->monitor_made = true;
	else if (errno != EEXIST)
		return err_set(e, errno,
			       WHERE ".enableMonitoring: make the group \"%s\"%s", path,
			       reason(r, buf, sizeof(buf)));
	r->monitor = openat(r->group, path, DIR_FLAGS);
	return r->monitor < 0
		       ? err_sys(e, WHERE ".enableMonitoring: open the group \"%s\"",
				 path)
		       : 0;
}

static int set_schemata(struct rdt *r, const struct plan_rdt *p, struct arena *a,
			struct err *e)
{
	bool compared = !r->made && p->compare;

	if (!p->lines.n && !p->schemata.n)
		return 0;
	if (!r->made) {
		r->before = file_read(a, r->group, "schemata", SCHEMATA_MAX, NULL, e);
		if (!r->before)
			return err_wrap(e, WHERE);
	}
	if (compared ? compare(r, &p->lines, e) < 0 : rdt_write(r, &p->lines, a, e) < 0)
		return -1;
	return rdt_write(r, &p->schemata, a, e);
}

int rdt_make(struct rdt *r, const struct plan_rdt *p, struct arena *a, struct err *e)
{
	if (make_group(r, p, e) < 0)
		return -1;
	if (make_monitor(r, p->monitor, e) < 0)
		return -1;
	return set_schemata(r, p, a, e);
}

int rdt_enter(struct rdt *r, const char *group, const char *monitor, struct err *e)
{
	char path[300];

	if (open_group(r, group, e) < 0)
		return -1;
	if (!monitor)
		return 0;
	fmt_text(path, sizeof(path), "mon_groups/%s", monitor);
	r->monitor = openat(r->group, path, DIR_FLAGS);
	return r->monitor < 0 ? err_sys(e, WHERE ": open the group \"%s\"", path) : 0;
}

int rdt_add(const struct rdt *r, pid_t pid, struct err *e)
{
	char text[16];

	if (r->group < 0)
		return 0;
	fmt_text(text, sizeof(text), "%d", pid);
	/* the class first: it takes a thread out of monitoring groups of others */
	if (file_put(r->group, "tasks", text, e) < 0 ||
	    (r->monitor >= 0 && file_put(r->monitor, "tasks", text, e) < 0))
		return err_wrap(e, WHERE ": put process %d into its group", pid);
	return 0;
}

/* --- undoing ------------------------------------------------------------------------ */

int rdt_remove(const struct rdt *r, const char *group, bool made, const char *monitor,
	       struct err *e)
{
	char path[600];

	fmt_text(path, sizeof(path), "%s/mon_groups/%s", group_path(group),
		 monitor ? monitor : "");
	if (monitor && unlinkat(r->root, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, WHERE ": remove the group \"%s\"", path);
	if (made && unlinkat(r->root, group, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, WHERE ": remove the group \"%s\"", group);
	return 0;
}

void rdt_done(struct rdt *r)
{
	struct err ignored = ERR_NONE;

	if (r->root >= 0 && !r->keep) {
		if (r->before && r->wrote)
			put_schemata(r, r->before, &ignored);
		if (r->group_name)
			rdt_remove(r, r->group_name, r->made,
				   r->monitor_made ? r->monitor_name : NULL, &ignored);
	}
	fd_close(&r->monitor);
	fd_close(&r->group);
	fd_close(&r->root);
}
