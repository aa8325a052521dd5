/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What resctrl says about a container, in runc's form: the member "intel_rdt" of its
 * statistics. Files that are not there, because the hardware does not do that, are left
 * out. Runs in the program.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/json_write.h"
#include "base/str.h"
#include "libcontainer/launch.h"

#define SCHEMATA_MAX 65536

static bool read_number(int dir, const char *path, uint64_t *v)
{
	struct err ignored = ERR_NONE;
	char text[32];

	return file_get(dir, path, text, sizeof(text), &ignored) > 0 &&
	       str_u64(text, UINT64_MAX, v);
}

static void put_number(struct json_writer *j, int dir, const char *folder,
		       const char *name)
{
	char path[64];
	uint64_t v;

	fmt_text(path, sizeof(path), "%s/%s", folder, name);
	if (read_number(dir, path, &v))
		json_put_uint(j, name, v);
}

static void put_info(struct json_writer *j, int root)
{
	static const char *const bandwidth[] = { "bandwidth_gran", "delay_linear",
						 "min_bandwidth", "num_closids" };
	struct err ignored = ERR_NONE;
	char mask[64];

	if (file_get(root, "info/L3/cbm_mask", mask, sizeof(mask), &ignored) > 0) {
		json_key(j, "l3_cache_info");
		json_map_begin(j);
		json_put_str(j, "cbm_mask", mask);
		put_number(j, root, "info/L3", "min_cbm_bits");
		put_number(j, root, "info/L3", "num_closids");
		json_map_end(j);
	}
	if (faccessat(root, "info/MB", F_OK, 0) < 0)
		return;
	json_key(j, "mem_bw_info");
	json_map_begin(j);
	for (size_t i = 0; i < ARRAY_LEN(bandwidth); i++)
		put_number(j, root, "info/MB", bandwidth[i]);
	json_map_end(j);
}

/* The line of a resource without the blanks in front */
static void put_line(struct json_writer *j, const char *key, const char *resource,
		     const strings_t *lines)
{
	LIST_EACH (line, lines) {
		const char *text = *line + strspn(*line, " ");

		if (str_starts(text, resource))
			json_put_str(j, key, text);
	}
}

static void put_schemata(struct json_writer *j, int group, const char *l3_key,
			 const char *mb_key, struct arena *a)
{
	struct err ignored = ERR_NONE;
	char *text = file_read(a, group, "schemata", SCHEMATA_MAX, NULL, &ignored);
	strings_t lines = { NULL, 0 };

	if (!text)
		return;
	lines = str_split(a, text, '\n');
	put_line(j, l3_key, "L3:", &lines);
	put_line(j, mb_key, "MB:", &lines);
}

static int is_domain(const struct dirent *d)
{
	return str_starts(d->d_name, "mon_L3_");
}

/* One object for each cache, with those of its counters that can be read */
static void put_counters(struct json_writer *j, int data, struct dirent *const *domains,
			 int n, const char *key, const char *const names[])
{
	json_key(j, key);
	json_list_begin(j);
	for (int i = 0; i < n; i++) {
		json_map_begin(j);
		for (size_t k = 0; names[k]; k++)
			put_number(j, data, domains[i]->d_name, names[k]);
		json_map_end(j);
	}
	json_list_end(j);
}

static void put_monitoring(struct json_writer *j, int data)
{
	static const char *const bandwidth[] = { "mbm_total_bytes", "mbm_local_bytes",
						 NULL };
	static const char *const cache[] = { "llc_occupancy", NULL };
	struct dirent **domains = NULL;
	int n = scandirat(data, ".", &domains, is_domain, alphasort);

	if (n > 0) {
		put_counters(j, data, domains, n, "mbm_stats", bandwidth);
		put_counters(j, data, domains, n, "cmt_stats", cache);
	}
	for (int i = 0; i < n; i++)
		mem_free(&domains[i]);
	mem_free(&domains);
}

static int open_dir(int at, const char *path)
{
	return openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

void launch_rdt_json(const struct box_state *s, struct arena *a, struct json_writer *j)
{
	const char *name = str_empty(s->rdt_group) ? "." : s->rdt_group;
	autofd root = -1, group = -1, data = -1;

	if (!s->rdt_root)
		return;
	root = open(s->rdt_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	group = root < 0 ? -1 : open_dir(root, name);
	if (group < 0)
		return;
	json_key(j, "intel_rdt");
	json_map_begin(j);
	put_info(j, root);
	put_schemata(j, root, "l3_cache_schema_root", "mem_bw_schema_root", a);
	put_schemata(j, group, "l3_cache_schema", "mem_bw_schema", a);
	data = open_dir(group, !s->rdt_monitor ? "mon_data"
					       : arena_fmt(a, "mon_groups/%s/mon_data",
							   s->rdt_monitor));
	if (data >= 0)
		put_monitoring(j, data);
	json_map_end(j);
}
