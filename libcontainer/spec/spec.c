/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The document as a whole: its table, and reading it. Runs in the program. The parts are
 * in spec_process.c, spec_hooks.c, spec_linux.c and with the drivers that apply them.
 */
#include "libcontainer/spec/spec.h"

#include <string.h>


static const struct json_member idmap_members[] = {
	JSON_ROW(UINT, struct spec_idmap, container_id, "containerID", .required = true,
		 .max = UINT32_MAX),
	JSON_ROW(UINT, struct spec_idmap, host_id, "hostID", .required = true,
		 .max = UINT32_MAX),
	JSON_ROW(UINT, struct spec_idmap, size, "size", .required = true,
		 .max = UINT32_MAX),
};
const struct json_shape spec_idmap_shape = JSON_SHAPE(struct spec_idmap, idmap_members);

static const struct json_member root_members[] = {
	JSON_ROW(STR, struct spec_root, path, "path", .required = true),
	JSON_ROW(BOOL, struct spec_root, readonly, "readonly"),
};
static const struct json_shape root_shape = JSON_SHAPE(struct spec_root, root_members);

static const struct json_member mount_members[] = {
	JSON_ROW(STR, struct spec_mount, destination, "destination", .required = true),
	JSON_ROW(STR, struct spec_mount, type, "type"),
	JSON_ROW(STR, struct spec_mount, source, "source"),
	JSON_ROW(STRS, struct spec_mount, options, "options"),
	JSON_ROW(OBJS, struct spec_mount, uid_mappings, "uidMappings",
		 .shape = &spec_idmap_shape),
	JSON_ROW(OBJS, struct spec_mount, gid_mappings, "gidMappings",
		 .shape = &spec_idmap_shape),
};
const struct json_shape spec_mount_shape = JSON_SHAPE(struct spec_mount, mount_members);

static const struct json_member spec_members[] = {
	JSON_ROW(STR, struct spec, oci_version, "ociVersion", .required = true),
	JSON_ROW(OBJ, struct spec, process, "process", .shape = &spec_process_shape),
	JSON_ROW(OBJ, struct spec, root, "root", .shape = &root_shape),
	JSON_ROW(STR, struct spec, hostname, "hostname"),
	JSON_ROW(STR, struct spec, domainname, "domainname"),
	JSON_ROW(OBJS, struct spec, mounts, "mounts", .shape = &spec_mount_shape),
	JSON_ROW(OBJ, struct spec, hooks, "hooks", .shape = &spec_hooks_shape),
	JSON_ROW(MAP, struct spec, annotations, "annotations"),
	JSON_ROW(OBJ, struct spec, linux, "linux", .shape = &spec_linux_shape),
};
const struct json_shape spec_shape = JSON_SHAPE(struct spec, spec_members);

int spec_read(const char *text, size_t len, struct arena *a, struct spec **out,
	      struct err *e)
{
	struct spec *s = arena_new(a, struct spec);

	if (json_read(text, len, &spec_shape, s, a, e) < 0)
		return -1;
	*out = s;
	return 0;
}

int spec_process_read(const char *text, size_t len, struct arena *a,
		      struct spec_process **out, struct err *e)
{
	struct spec_process *p = arena_new(a, struct spec_process);

	if (json_read(text, len, &spec_process_shape, p, a, e) < 0)
		return -1;
	*out = p;
	return 0;
}

const struct spec_namespace *spec_namespace(const struct spec *s, const char *type)
{
	if (!s->linux)
		return NULL;
	LIST_EACH (ns, &s->linux->namespaces)
		if (ns->type && strcmp(ns->type, type) == 0)
			return ns;
	return NULL;
}
