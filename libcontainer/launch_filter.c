/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs in the program */
#include "libcontainer/launch_filter.h"

#include <linux/seccomp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/json_write.h"
#include "base/socket.h"
#include "base/str.h"
#include "base/sys.h"
#include "libcontainer/host/given.h"
#include "libcontainer/launch_parts.h"
#include "libcontainer/plan/sync.h"
#include "libcontainer/spec/annotations.h"
#include "seccomp/filter.h"
#include "seccomp/raw.h"

#define AGENT_MS 10000 /* that the agent may take */

static char *join_names(struct arena *a, const strings_t *names)
{
	char *all = arena_strdup(a, "");

	for (size_t i = 0; i < names->n; i++)
		all = arena_fmt(a, "%s%s%s", all, i ? ", " : "", names->items[i]);
	return all;
}

/* Profiles are newer than libraries, so it is no mistake: what has no rule has the
 * default */
static int tell_unknown(const struct launch *how, const struct spec *spec,
			const strings_t *names, struct arena *a, struct err *e)
{
	bool fail =
		annotation_get(&spec->annotations, ANNOTATION_SECCOMP_UNKNOWN) != NULL;

	if (names->n == 0)
		return 0;
	if (fail)
		return err_plain(e, EINVAL,
				 "linux.seccomp.syscalls: libseccomp %s does not know %s",
				 filter_library_version(), join_names(a, names));
	if (how->warn)
		how->warn(how->warn_to,
			  arena_fmt(a,
				    "linux.seccomp.syscalls: left out, as libseccomp %s "
				    "does not know them: %s",
				    filter_library_version(), join_names(a, names)));
	return 0;
}

/* crun's annotation: a filter that was compiled before, in place of linux.seccomp */
static int take_bytes(const char *base64, struct kit *k, struct arena *a, struct err *e)
{
	struct filter f = { 0 };

	if (filter_raw(base64, a, &f, e) < 0)
		return err_wrap(e, "annotations.%s",
				annotation_rows[ANNOTATION_SECCOMP_DATA].name);
	k->filter.code = f.code;
	k->filter.n = f.n;
	return 0;
}

int filter_into_kit(const struct launch *how, const struct spec *spec, struct kit *k,
		    struct arena *a, struct err *e)
{
	strings_t unknown = { NULL, 0 };
	struct filter f = { 0 };
	const char *bytes = annotation_get(&spec->annotations, ANNOTATION_SECCOMP_DATA);

	if (bytes)
		return take_bytes(bytes, k, a, e);
	if (filter_compile(spec->linux->seccomp, launch_cache(how->root, a), a, &f,
			   &unknown, e) < 0)
		return -1;
	if (tell_unknown(how, spec, &unknown, a, e) < 0)
		return -1;
	k->filter.code = f.code;
	k->filter.n = f.n;
	k->filter.flags = f.flags;
	if (f.flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		k->filter.sends =
			filter_allows(&f, __NR_sendmsg) && filter_allows(&f, __NR_close);
	return 0;
}

int agent_connect(const struct box *b, int *agent, struct err *e)
{
	if (!b->state.listener)
		return 0;
	*agent = socket_connect(b->state.listener, SOCK_STREAM, AGENT_MS,
				"the seccomp agent at", e);
	return *agent < 0 ? err_wrap(e, "linux.seccomp.listenerPath") : 0;
}

/* config-linux.md, "The Container Process State" */
static char *state_for_agent(struct box *b, const struct beginning *begin, struct err *e)
{
	autojson j = JSON_WRITER_NONE;
	const char *text, *state = box_state_json(b, begin->status, false);
	size_t len;

	json_start(&j, NULL);
	json_map_begin(&j);
	json_put_str(&j, "ociVersion", SPEC_VERSION);
	json_key(&j, "fds");
	json_list_begin(&j);
	json_str(&j, "seccompFd");
	json_list_end(&j);
	json_put_int(&j, "pid", begin->pid);
	if (b->state.listener_metadata)
		json_put_str(&j, "metadata", b->state.listener_metadata);
	json_map_end(&j);
	text = json_text(&j, &len, e);
	if (!text || !state)
		return NULL;
	/* in front of the last brace */
	return arena_fmt(b->arena, "%.*s,\"state\":%s}", (int)(strrchr(text, '}') - text),
			 text, state);
}

static int pass_on(struct box *b, const struct beginning *begin, int agent, struct err *e)
{
	autofd listener = -1;
	char *text;

	if (sync_expect(begin->sync, SYNC_BEGIN, begin->timeout_ms, NULL, NULL, e) < 0 ||
	    given_listener(begin->sync, begin->timeout_ms, &listener, e) < 0)
		return -1;
	text = state_for_agent(b, begin, e);
	if (!text)
		return -1;
	if (socket_send_fd(agent, text, listener) < 0)
		return err_sys(e,
			       "linux.seccomp.listenerPath: send the listener to the "
			       "seccomp agent at %s",
			       b->state.listener);
	return 0;
}

int begin_wait(struct box *b, const struct beginning *begin, int *agent, struct err *e)
{
	if (*agent < 0)
		return sync_begun(begin->sync, begin->timeout_ms, e);
	if (pass_on(b, begin, *agent, e) < 0)
		return -1;
	/* one message for each connection, whose end says so */
	fd_close(agent);
	return sync_ended(begin->sync, begin->timeout_ms, e);
}
