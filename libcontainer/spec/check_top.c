/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules for the top of the document, hooks and mounts. Runs in the program; pure. */
#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/annotations.h"
#include "libcontainer/spec/check_rules.h"

/* Digits without a leading zero, up to the byte that ends them; NULL when there are
 * none */
static const char *version_part(const char *p)
{
	const char *start = p;

	while (*p >= '0' && *p <= '9')
		p++;
	return p == start || (*start == '0' && p - start > 1) ? NULL : p;
}

/* Identifiers with dots between, behind '-' or '+'. Returns the byte that ends them. */
static const char *version_tail(const char *p)
{
	size_t part = 0;

	for (;; p++) {
		bool word = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
			    (*p >= 'A' && *p <= 'Z') || *p == '-';

		if (word)
			part++;
		else if (part == 0)
			return NULL; /* an empty identifier */
		else if (*p != '.')
			return p;
		else
			part = 0;
	}
}

/* https://semver.org, 2.0.0 */
static bool is_semver(const char *p)
{
	for (int i = 0; i < 3; i++) {
		p = version_part(p);
		if (!p || (i < 2 && *p++ != '.'))
			return false;
	}
	if (*p == '-')
		p = version_tail(p + 1);
	if (p && *p == '+')
		p = version_tail(p + 1);
	return p && *p == '\0';
}

/* A newer minor version may only add what a reader may ignore, and clients write the
 * version that they were built with. 0.x are drafts of 1.0, which the specification's own
 * samples still name. */
static void rule_version(const struct check *c, const char *path)
{
	const char *version = c->spec->oci_version ? c->spec->oci_version : "";

	if (!is_semver(version))
		check_error(c->r, path, "\"%s\" is not a semantic version",
			    check_shown(c->r, version));
	else if (str_starts(version, "0."))
		check_warning(c->r, path, "version %s is a draft, read as 1.0",
			      check_shown(c->r, version));
	else if (!str_starts(version, "1."))
		check_error(c->r, path, "version %s is not one of 1.x",
			    check_shown(c->r, version));
}

static void rule_root(const struct check *c, const char *path)
{
	if (!c->spec->root)
		check_error(c->r, path, "is missing");
	else if (str_empty(c->spec->root->path))
		check_error(c->r, "root.path", "is empty");
}

/* __NEW_UTS_LEN of the kernel */
#define UTS_NAME_MAX 64

static void check_uts_name(const struct check *c, const char *path, const char *name)
{
	if (str_empty(name))
		return;
	if (!check_namespace(c, "uts"))
		check_error(c->r, path,
			    "unable to set %s without a private UTS namespace", path);
	if (strlen(name) > UTS_NAME_MAX)
		check_error(c->r, path, "is longer than %d bytes", UTS_NAME_MAX);
}

static void rule_hostname(const struct check *c, const char *path)
{
	check_uts_name(c, path, c->spec->hostname);
}

static void rule_domainname(const struct check *c, const char *path)
{
	check_uts_name(c, path, c->spec->domainname);
}

/* Is it a single component of a path? */
static bool is_component(const char *name)
{
	return !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strlen(name) < 256;
}

static void check_annotation(const struct check *c, const struct pair *p)
{
	const struct annotation_row *row = annotation_find(p->key);
	const char *at;

	if (!row || (row->way == ANNOTATION_APPLIED && row->value == ANNOTATION_ANY))
		return;
	at = check_at(c->r, "annotations.%s", check_shown(c->r, p->key));
	if (row->way == ANNOTATION_REFUSED)
		check_error(c->r, at, "\"%s\" cannot be had: %s",
			    check_shown(c->r, p->value), row->why);
	else if (row->value == ANNOTATION_PATH)
		check_absolute(c, at, p->value);
	else if (row->value == ANNOTATION_NAME && !is_component(p->value))
		check_error(c->r, at, "\"%s\" is not the name of a cgroup",
			    check_shown(c->r, p->value));
	else if (row->value == ANNOTATION_FLAG && annotation_flag(p->value) < 0)
		check_error(c->r, at, "\"%s\" is neither 1 nor 0",
			    check_shown(c->r, p->value));
}

static void rule_annotations(const struct check *c, const char *path)
{
	LIST_EACH (p, &c->spec->annotations) {
		if (str_empty(p->key))
			check_error(c->r, path, "has an empty name");
		else
			check_annotation(c, p);
	}
}

static void check_hook(const struct check *c, const char *kind, const struct spec_hook *h,
		       size_t i)
{
	if (str_empty(h->path) || h->path[0] != '/')
		check_absolute(c, check_at(c->r, "hooks.%s[%zu].path", kind, i), h->path);
	if (h->timeout.set && h->timeout.v <= 0)
		check_error(c->r, check_at(c->r, "hooks.%s[%zu].timeout", kind, i),
			    "%ld is not more than 0", (long)h->timeout.v);
}

static void rule_hooks(const struct check *c, const char *path)
{
	(void)path;
	if (!c->spec->hooks)
		return;
	for (size_t k = 0; k < spec_hooks_shape.n; k++) {
		const struct json_member *kind = &spec_hooks_shape.members[k];
		const char *at = (const char *)c->spec->hooks + kind->at;
		const spec_hook_list_t *list = (const spec_hook_list_t *)(const void *)at;

		for (size_t i = 0; i < list->n; i++)
			check_hook(c, kind->key, &list->items[i], i);
	}
}

static const struct check_rule top_rules[] = {
	{ "ociVersion", rule_version },	     { "root", rule_root },
	{ "hostname", rule_hostname },	     { "domainname", rule_domainname },
	{ "annotations", rule_annotations }, { "hooks", rule_hooks },
};
const struct check_rules check_top_rules = CHECK_RULES(top_rules);

/* Relative ones are deprecated, and mean from "/" */
static void check_destination(const struct check *c, const struct spec_mount *m, size_t i)
{
	if (str_empty(m->destination))
		check_error(c->r, check_at(c->r, "mounts[%zu].destination", i),
			    "is empty");
	else if (m->destination[0] != '/')
		check_warning(c->r, check_at(c->r, "mounts[%zu].destination", i),
			      "\"%s\" is relative, which is deprecated: taken from /",
			      check_shown(c->r, m->destination));
}

/* Is it enough to say which mount it is about, without a file system's type? */
static bool needs_no_type(const struct spec_mount *m)
{
	if (strings_has(&m->options, "remount"))
		return true;
	for (size_t i = 0; i < m->options.n; i++)
		if (word_find(&words_propagation, m->options.items[i]) >= 0)
			return true;
	return false;
}

static void check_source(const struct check *c, const struct spec_mount *m, size_t i)
{
	bool bind = strings_has(&m->options, "bind") || strings_has(&m->options, "rbind");

	if (bind && str_empty(m->source) && !strings_has(&m->options, "remount"))
		check_error(c->r, check_at(c->r, "mounts[%zu].source", i),
			    "is missing for a bind mount");
	if (!bind && str_empty(m->type) && !needs_no_type(m))
		check_error(c->r, check_at(c->r, "mounts[%zu].type", i), "is missing");
}

static void check_mount_ids(const struct check *c, const struct spec_mount *m, size_t i)
{
	bool wanted = strings_has(&m->options, "idmap") ||
		      strings_has(&m->options, "ridmap");
	bool uids = m->uid_mappings.n > 0, gids = m->gid_mappings.n > 0;

	if (uids != gids)
		check_error(c->r,
			    check_at(c->r, "mounts[%zu].%s", i,
				     uids ? "gidMappings" : "uidMappings"),
			    "is missing: the two mappings go together");
	if (wanted && !uids && !gids && !check_namespace(c, "user"))
		check_error(c->r, check_at(c->r, "mounts[%zu].options", i),
			    "idmap needs mappings or a user namespace");
	if (uids)
		check_idmaps(c, check_at(c->r, "mounts[%zu].uidMappings", i),
			     &m->uid_mappings);
	if (gids)
		check_idmaps(c, check_at(c->r, "mounts[%zu].gidMappings", i),
			     &m->gid_mappings);
}

static void rule_mounts(const struct check *c, const char *path)
{
	(void)path;
	for (size_t i = 0; i < c->spec->mounts.n; i++) {
		const struct spec_mount *m = &c->spec->mounts.items[i];

		check_destination(c, m, i);
		check_source(c, m, i);
		check_mount_ids(c, m, i);
	}
}

static const struct check_rule mount_rules[] = { { "mounts", rule_mounts } };
const struct check_rules check_mount_rules = CHECK_RULES(mount_rules);
