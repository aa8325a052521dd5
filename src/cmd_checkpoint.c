/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril checkpoint: write a container to files; runs in the program */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "src/cmd.h"
#include "src/criu_options.h"

struct checkpoint_options {
	struct criu_options criu;
	const char *parent_path, *page_server;
	struct opt_u64 status_fd;
	bool leave_running, pre_dump, link_remap, tcp_skip_in_flight;
};

#define ROW(kind, member, ...)                                                           \
	OPT_ROW(kind, struct checkpoint_options, member, __VA_ARGS__)
static const struct opt rows[] = {
	CRIU_ROWS(struct checkpoint_options),
	ROW(FLAG, leave_running, "leave-running", 0, NULL, "the container runs on"),
	ROW(FLAG, pre_dump, "pre-dump", 0, NULL,
	    "only its memory, while it runs; a later checkpoint saves\n"
	    "                              what changed since"),
	ROW(TEXT, parent_path, "parent-path", 0, "DIR",
	    "of the earlier images, from --image-path"),
	ROW(FLAG, tcp_skip_in_flight, "tcp-skip-in-flight", 0, NULL,
	    "leave out TCP connections that are just made"),
	ROW(FLAG, link_remap, "link-remap", 0, NULL,
	    "link files that were removed, but are open"),
	ROW(TEXT, page_server, "page-server", 0, "ADDRESS:PORT", "send the memory there"),
	ROW(NUMBER, status_fd, "status-fd", 0, "FD",
	    "told when --lazy-pages can be asked for pages", .max = INT32_MAX),
};

/* [::1]:9876 has colons in it: the last one counts */
static int read_page_server(const char *text, struct arena *a, struct criu_wish *wish,
			    struct err *e)
{
	const char *colon = strrchr(text, ':');
	uint64_t port;

	if (!colon || colon == text || !str_u64(colon + 1, UINT16_MAX, &port) || !port)
		return err_plain(e, EINVAL, "--page-server: \"%s\" is not ADDRESS:PORT",
				 text);
	if (text[0] == '[' && colon[-1] == ']' && colon - text > 2)
		wish->page_address =
			arena_strndup(a, text + 1, (size_t)(colon - text) - 2);
	else
		wish->page_address = arena_strndup(a, text, (size_t)(colon - text));
	wish->page_port = (uint16_t)port;
	return 0;
}

static int read_status_fd(const struct opt_u64 *fd, struct criu_wish *wish, struct err *e)
{
	struct stat st;

	if (!fd->set)
		return 0;
	wish->status_fd = (int)fd->v;
	if (fstat(wish->status_fd, &st) < 0)
		return err_sys(e, "--status-fd %d", wish->status_fd);
	return 0;
}

static int read_wish(const struct call *c, const struct checkpoint_options *o,
		     struct criu_wish *wish, struct err *e)
{
	if (criu_options_wish(c, &o->criu, wish, e) < 0 ||
	    read_status_fd(&o->status_fd, wish, e) < 0)
		return -1;
	if (o->page_server && read_page_server(o->page_server, c->arena, wish, e) < 0)
		return -1;
	if (o->criu.lazy_pages && !o->page_server)
		return err_plain(e, EINVAL,
				 "--lazy-pages needs --page-server, where the memory can "
				 "be asked for");
	wish->parent_path = o->parent_path;
	wish->leave_running = o->leave_running;
	wish->pre_dump = o->pre_dump;
	wish->link_remap = o->link_remap;
	wish->tcp_skip_in_flight = o->tcp_skip_in_flight;
	return 0;
}

static int checkpoint_run(struct call *c, const void *options, struct err *e)
{
	const struct checkpoint_options *o = options;
	struct launch how = { .request = { .id = c->words.items[0], .detach = true } };
	struct criu_wish wish = CRIU_WISH_NONE;
	const struct opt_u64 no_fds = { .set = false };
	autobox b = BOX_NONE;

	if (read_wish(c, o, &wish, e) < 0 || call_launch(c, &no_fds, &how, e) < 0)
		return -1;
	/* sockets of the service manager are not for a checkpoint */
	how.request.listen_fds = 0;
	if (call_box(c, true, &b, e) < 0)
		return -1;
	return launch_checkpoint(&how, &wish, &b, e);
}

const struct verb verb_checkpoint = {
	.name = "checkpoint",
	.words = "ID",
	.summary = "write a container to files, by criu",
	.min = 1,
	.max = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct checkpoint_options),
	.run = checkpoint_run,
};
