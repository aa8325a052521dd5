/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See launch_criu_net.h. Runs in the program. */
#include "libcontainer/launch_criu_net.h"

#include <errno.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_read.h"
#include "base/json_write.h"

#define SIZE_MOST 1048576

struct asked {
	char *net;
	strings_t publish;
};
static const struct json_member asked_members[] = {
	JSON_ROW(STR, struct asked, net, "net"),
	JSON_ROW(STRS, struct asked, publish, "publish"),
};
static const struct json_shape asked_shape = JSON_SHAPE(struct asked, asked_members);

int criu_net_save(int images, const struct box_state *s, struct err *e)
{
	const struct asked asked = { .net = s->net_asked, .publish = s->publish };
	autojson j = JSON_WRITER_NONE;
	const char *text;
	size_t len;

	if (!asked.net && asked.publish.n == 0) {
		if (unlinkat(images, CRIU_NET, 0) < 0 && errno != ENOENT)
			return err_sys(e, "remove an earlier " CRIU_NET);
		return 0;
	}
	json_start(&j, NULL);
	json_write(&j, &asked_shape, &asked);
	text = json_text(&j, &len, e);
	return text ? file_replace(images, CRIU_NET, 0600, text, len, e) : -1;
}

int criu_net_load(int images, const char *path, struct arena *a, struct request *r,
		  struct err *e)
{
	struct asked asked = { .net = NULL };
	struct err why = ERR_NONE;
	size_t len;
	char *text = file_read(a, images, CRIU_NET, SIZE_MOST, &len, &why);

	if (!text && why.num == ENOENT)
		return 0;
	if (!text) {
		*e = why;
		return err_wrap(e, "%s", path);
	}
	if (json_read(text, len, &asked_shape, &asked, a, e) < 0)
		return err_wrap(e, "%s/" CRIU_NET, path);
	r->net = asked.net;
	r->publish = asked.publish;
	return 0;
}
