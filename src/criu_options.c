/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From options to what is asked of criu; runs in the program */
#include "src/criu_options.h"

#include "base/str.h"
#include "src/path.h"

/* In the same order: words and what they mean */
const char *const criu_cgroups_words[] = { "soft", "full", "strict", "ignore", NULL };
static const enum criu_cgroups cgroups_modes[] = { CRIU_CGROUPS_SOFT, CRIU_CGROUPS_FULL,
						   CRIU_CGROUPS_STRICT,
						   CRIU_CGROUPS_IGNORE };
const char *const criu_lock_words[] = { "iptables", "nftables", "skip", NULL };
static const enum criu_lock locks[] = { CRIU_LOCK_IPTABLES, CRIU_LOCK_NFTABLES,
					CRIU_LOCK_SKIP };

static int check_empty(const strings_t *names, struct err *e)
{
	LIST_EACH (name, names)
		if (!str_eq(*name, "network"))
			return err_plain(
				e, EINVAL,
				"--empty-ns: namespace %s is not supported: only "
				"network",
				*name);
	return 0;
}

int criu_options_wish(const struct call *c, const struct criu_options *o,
		      struct criu_wish *wish, struct err *e)
{
	const char *images = o->image_path ? o->image_path : "checkpoint";

	if (check_empty(&o->empty_ns, e) < 0)
		return -1;
	for (size_t i = 0; o->cgroups_mode && i < ARRAY_LEN(cgroups_modes); i++)
		if (str_eq(o->cgroups_mode, criu_cgroups_words[i]))
			wish->cgroups = cgroups_modes[i];
	for (size_t i = 0; o->network_lock && i < ARRAY_LEN(locks); i++)
		if (str_eq(o->network_lock, criu_lock_words[i]))
			wish->network_lock = locks[i];
	wish->search = c->env.path;
	wish->tcp_established = o->tcp_established;
	wish->tcp_close = o->tcp_close;
	wish->ext_unix_sk = o->ext_unix_sk;
	wish->shell_job = o->shell_job;
	wish->file_locks = o->file_locks;
	wish->auto_dedup = o->auto_dedup;
	wish->lazy_pages = o->lazy_pages;
	wish->image_path = path_from_cwd(c->arena, images, e);
	if (!wish->image_path)
		return -1;
	if (!o->work_path)
		return 0;
	wish->work_path = path_from_cwd(c->arena, o->work_path, e);
	return wish->work_path ? 0 : -1;
}
