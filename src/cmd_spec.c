/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril spec: write a config.json to start from; runs in the program */
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "src/cmd.h"
#include "src/spec_sample.h"

struct spec_options {
	const char *bundle;
	bool rootless;
};

static const struct opt rows[] = {
	OPT_ROW(TEXT, struct spec_options, bundle, "bundle", 'b', "DIR",
		"write it there (default: the working directory)"),
	OPT_ROW(FLAG, struct spec_options, rootless, "rootless", 0, NULL,
		"for a container that an ordinary user runs"),
};

/* O_EXCL: what somebody wrote is never replaced */
static int write_new(const char *dir, const char *text, size_t len, struct err *e)
{
	autofd bundle = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autofd fd = -1;

	if (bundle < 0)
		return err_sys(e, "open bundle %s", dir);
	fd = openat(bundle, "config.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return err_plain(e, EEXIST, "File config.json exists. Remove it first");
	if (fd < 0)
		return err_sys(e, "make %s/config.json", dir);
	if (fd_write_all(fd, text, len, e) < 0) {
		unlinkat(bundle, "config.json", 0);
		return err_wrap(e, "write %s/config.json", dir);
	}
	return 0;
}

static int spec_run(struct call *c, const void *options, struct err *e)
{
	const struct spec_options *o = options;
	struct spec_sample_user user = { geteuid(), getegid() };
	struct spec *spec = spec_sample(o->rootless ? &user : NULL, c->arena);
	autojson j = JSON_WRITER_NONE;
	const char *text;
	size_t len;

	json_start(&j, "  ");
	json_write(&j, &spec_shape, spec);
	text = json_text(&j, &len, e);
	return text ? write_new(o->bundle ? o->bundle : ".", text, len, e) : -1;
}

const struct verb verb_spec = {
	.name = "spec",
	.words = "",
	.summary = "write a config.json to start from",
	.no_root = true,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct spec_options),
	.run = spec_run,
};
