/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The side that asks aril-net; runs in the program */
#include "netns/net.h"

#include <string.h>

#include "base/str.h"
#include "base/words.h"
#include "netns/net_words.h"

#define ARIL_NET ARIL_LIBEXECDIR "/aril-net"
/* For all links of a container; and for undoing them, when the socket is closed */
#define NET_MS	 30000
#define UNDO_MS	 20000

#define ROW(kind, member, key) JSON_ROW(kind, struct net_made, member, key)
static const struct json_member made_members[] = {
	ROW(STR, host, "host"),		ROW(STR, name, "name"),
	ROW(BOOL, moved, "moved"),	ROW(STR, mac, "mac"),
	ROW(STR, identity, "identity"), ROW(STR, old_mac, "wasMac"),
	ROW(UINT, old_mtu, "wasMtu"),	ROW(STR, master, "wasIn"),
	ROW(BOOL, was_up, "wasUp"),	ROW(STRS, addresses, "addresses"),
	ROW(STRS, routes, "routes"),	ROW(BOOL, stays, "stays"),
};
#undef ROW
const struct json_shape net_made_shape = JSON_SHAPE(struct net_made, made_members);

static const struct helper_kind net_kind = {
	.name = "aril-net",
	.missing = "which makes network devices (it is installed with aril if aril was "
		   "built where libmnl is)",
	.library = "libmnl.so.0",
};

/* The last line of an answer is one of these two */
static bool is_last(const char *line)
{
	return str_starts(line, "done\n") ||
	       (str_starts(line, "error ") && strchr(line, '\n'));
}

static bool is_whole(const char *said)
{
	for (; *said; said++) {
		if (is_last(said))
			return true;
		said += strcspn(said, "\n");
		if (!*said)
			return false;
	}
	return false;
}

static int take_answer(struct helper *h, char *said, struct arena *a, net_made_t *made,
		       struct err *e)
{
	char *line = arena_strdup(a, said), *word, *text, *newline;

	for (; (newline = strchr(line, '\n')); line = newline + 1) {
		*newline = '\0';
		if (!words_split(line, &word, &text))
			break;
		if (strcmp(word, "error") == 0 && !newline[1])
			return helper_error(h, text, said, e);
		if (strcmp(word, "done") == 0 && !newline[1])
			return 0;
		if (!made || !net_made_take(made, a, word, text))
			break;
	}
	return helper_strange(h, said, e);
}

static int ask(const struct net *n, const char *verb, struct text *lines,
	       net_made_t *made, struct helper *h, struct err *e)
{
	char *argv[] = { (char *)net_kind.name, (char *)verb,
			 n->ns < 0 ? (char *)"ended" : NULL, NULL };
	char *said;
	int ret;

	h->kind = &net_kind;
	h->what = verb;
	words_add(lines, "end", NULL);
	if (helper_start(h, n->helper ? n->helper : ARIL_NET, argv, n->ns, e) < 0)
		return -1;
	ret = helper_ask(h, lines, NET_MS, is_whole, &said, e);
	/* also one that took too long is in the middle of what it must undo */
	h->left_ms = UNDO_MS;
	return ret < 0 ? -1 : take_answer(h, said, lines->arena, made, e);
}

int net_make_held(const struct net *n, struct arena *a, net_made_t *made,
		  struct helper *h, struct err *e)
{
	struct text lines = TEXT(a);

	LIST_EACH (link, n->links)
		net_link_lines(&lines, link);
	if (ask(n, "make", &lines, made, h, e) < 0)
		return -1;
	for (size_t i = 0; i < made->n && i < n->links->n; i++)
		made->items[i].stays = n->links->items[i].stays;
	return 0;
}

int net_keep(struct helper *h, struct err *e)
{
	return helper_tell(h, "keep", e) < 0 ? -1 : helper_end(h, e);
}

int net_drop(struct helper *h, struct err *e)
{
	return helper_end(h, e);
}

int net_make(const struct net *n, struct arena *a, net_made_t *made, struct err *e)
{
	autohelper h = HELPER_NONE;

	if (net_make_held(n, a, made, &h, e) < 0)
		return -1;
	return net_keep(&h, e);
}

int net_undo(const struct net *n, const net_made_t *made, struct arena *a, struct err *e)
{
	autohelper h = HELPER_NONE;
	struct text lines = TEXT(a);

	LIST_EACH (one, made)
		net_made_lines(&lines, one);
	return made->n ? ask(n, "undo", &lines, NULL, &h, e) : 0;
}
