/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Labels of the security modules. Runs in init.
 *
 * Theory. A false attr/exec in an image, or a mount over the true one, would take the
 * label and leave the process without it (CVE-2019-16884, CVE-2025-52881). So it is
 * written as sysctls are: by the host's fd of the runtime's /proc, which is checked,
 * without links and without crossing a mount. Everybody may open these files of their
 * own, whatever user they are.
 */
#include "libcontainer/init/labels.h"

#include "base/fd.h"
#include "base/fmt.h"
#include "libcontainer/init/procfiles.h"

/* One write(2) to the first of the files that is there: what another one says of the
 * text is no reason to try the next. `names` ends in NULL. */
static int attr_put(int proc, const char *self, const char *const *names,
		    const char *text, const char *where, struct err *e)
{
	char path[64];
	autofd fd = -ENOENT;
	long r;

	for (; fd == -ENOENT && *names; names++) {
		fmt_text(path, sizeof(path), "%s/attr/%s", self, *names);
		fd = (int)proc_open(proc, path);
	}
	names--;
	if (fd < 0)
		return err_set(e, -fd, "%s: open `/proc/self/attr/%s`", where, *names);
	r = proc_put(fd, text);
	if (r < 0)
		return err_set(e, (int)-r, "%s: write \"%s\" to `/proc/self/attr/%s`",
			       where, text, *names);
	return 0;
}

int labels_exec(int proc, const char *self, const struct plan_process *p, struct err *e)
{
	static const char *const apparmor[] = { "apparmor/exec", "exec", NULL };
	static const char *const selinux[] = { "exec", NULL };

	if (p->apparmor &&
	    attr_put(proc, self, apparmor, p->apparmor, "process.apparmorProfile", e) < 0)
		return -1;
	if (!p->selinux)
		return 0;
	return attr_put(proc, self, selinux, p->selinux, "process.selinuxLabel", e);
}

int labels_key(int proc, const char *self, const struct plan_process *p, struct err *e)
{
	static const char *const key[] = { "keycreate", NULL };

	if (!p->selinux)
		return 0;
	return attr_put(proc, self, key, p->selinux, "process.selinuxLabel", e);
}

/* An exec into other namespaces: see disarm() in join.c */
static bool is_early(const struct inside *in)
{
	return in->plan->enter && plan_wants(in->plan, STEP_JOIN);
}

int labels_early(struct inside *in, struct err *e)
{
	const struct plan_process *p = &in->plan->process;
	char self[16];

	if (proc_check(in, e) < 0 || proc_self(in, self, sizeof(self), e) < 0 ||
	    labels_exec(in->proc, self, p, e) < 0)
		return -1;
	return plan_wants(in->plan, STEP_KEYRING) ? labels_key(in->proc, self, p, e) : 0;
}

int labels_keyring(struct inside *in, struct err *e)
{
	char self[16];

	if (!in->plan->process.selinux || is_early(in))
		return 0;
	if (proc_check(in, e) < 0 || proc_self(in, self, sizeof(self), e) < 0)
		return -1;
	return labels_key(in->proc, self, &in->plan->process, e);
}

int step_LABELS(struct inside *in, struct err *e)
{
	char self[16];

	if (is_early(in))
		return 0;
	if (proc_check(in, e) < 0 || proc_self(in, self, sizeof(self), e) < 0)
		return -1;
	return labels_exec(in->proc, self, &in->plan->process, e);
}
