/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several containers at once; runs in the program */
#include "src/each.h"

#include <regex.h>

#include "base/str.h"

int each_id(const struct call *c, const strings_t *ids, each_fn *fn, const void *options,
	    struct err *e)
{
	const char *failed = NULL;
	size_t more = 0;

	LIST_EACH (id, ids) {
		struct err one = ERR_NONE;

		if (fn(c, *id, options, &one) >= 0)
			continue;
		if (failed)
			more++;
		else
			*e = one;
		failed = failed ? failed : *id;
	}
	if (!failed)
		return 0;
	if (more)
		err_wrap(e, "%s and %zu more", failed, more);
	else if (ids->n > 1)
		err_wrap(e, "%s", failed);
	return -1;
}

int each_matching(const struct call *c, const char *pattern, strings_t *ids,
		  struct err *e)
{
	strings_t all = { NULL, 0 };
	char why[128];
	regex_t regex;
	int ret = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (ret != 0) {
		regerror(ret, &regex, why, sizeof(why));
		return err_plain(e, EINVAL, "invalid regular expression \"%s\": %s",
				 pattern, why);
	}
	ret = box_list(c->root, c->arena, &all, e);
	LIST_EACH (id, &all) {
		if (regexec(&regex, *id, 0, NULL, 0) != 0)
			continue;
		ret++;
		if (!strings_has(ids, *id))
			strings_add(c->arena, ids, *id);
	}
	regfree(&regex);
	return ret;
}
