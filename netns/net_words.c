/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines between the program and aril-net; runs in both */
#include "netns/net_words.h"

#include <stddef.h>
#include <string.h>

#include "base/fmt.h"
#include "base/str.h"
#include "base/words.h"

/* --- members as lines -------------------------------------------------------------- */

enum member_kind { MEMBER_TEXT, MEMBER_TEXTS, MEMBER_U32, MEMBER_U64, MEMBER_BOOL };

struct member {
	const char *word;
	enum member_kind kind;
	size_t at;
};

static void put_number(struct text *t, const char *word, uint64_t number)
{
	char text[24];

	fmt_text(text, sizeof(text), "%lu", (unsigned long)number);
	if (number)
		words_add(t, word, text);
}

static void put_member(struct text *t, const struct member *m, const void *from)
{
	const char *at = (const char *)from + m->at;

	switch (m->kind) {
	case MEMBER_TEXT:
		if (*(char *const *)(const void *)at)
			words_add(t, m->word, *(char *const *)(const void *)at);
		break;
	case MEMBER_TEXTS:
		LIST_EACH (text, (const strings_t *)(const void *)at)
			words_add(t, m->word, *text);
		break;
	case MEMBER_U32:
		put_number(t, m->word, *(const uint32_t *)(const void *)at);
		break;
	case MEMBER_U64:
		put_number(t, m->word, *(const uint64_t *)(const void *)at);
		break;
	case MEMBER_BOOL:
		if (*(const bool *)at)
			words_add(t, m->word, NULL);
		break;
	}
}

static bool take_member(const struct member *m, void *to, struct arena *a, char *text)
{
	char *at = (char *)to + m->at;
	uint64_t number = 0;

	if ((m->kind == MEMBER_U32 && !str_u64(text, UINT32_MAX, &number)) ||
	    (m->kind == MEMBER_U64 && !str_u64(text, UINT64_MAX, &number)))
		return false;
	switch (m->kind) {
	case MEMBER_TEXT:
		*(char **)(void *)at = text;
		break;
	case MEMBER_TEXTS:
		strings_add(a, (strings_t *)(void *)at, text);
		break;
	case MEMBER_U32:
		*(uint32_t *)(void *)at = (uint32_t)number;
		break;
	case MEMBER_U64:
		*(uint64_t *)(void *)at = number;
		break;
	case MEMBER_BOOL:
		*(bool *)at = true;
		break;
	}
	return true;
}

static const struct member *find_member(const struct member *members, size_t n,
					const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(members[i].word, word) == 0)
			return &members[i];
	return NULL;
}

/* --- links ------------------------------------------------------------------------- */

static const char *const kinds[] = {
	[NET_MOVE] = "move",
	[NET_VETH] = "veth",
	[NET_MACVLAN] = "macvlan",
};

#define ROW(word, kind, member)                                                          \
	{                                                                                \
		word, kind, offsetof(struct net_link, member)                            \
	}
static const struct member link_members[] = {
	ROW("host", MEMBER_TEXT, host),
	ROW("bridge", MEMBER_TEXT, bridge),
	ROW("mode", MEMBER_TEXT, mode),
	ROW("name", MEMBER_TEXT, name),
	ROW("mac", MEMBER_TEXT, mac),
	ROW("mtu", MEMBER_U32, mtu),
	ROW("address", MEMBER_TEXTS, addresses),
	ROW("gateway", MEMBER_TEXTS, gateways),
};
#undef ROW

void net_link_lines(struct text *t, const struct net_link *l)
{
	words_add(t, kinds[l->kind], l->where);
	for (size_t i = 0; i < ARRAY_LEN(link_members); i++)
		put_member(t, &link_members[i], l);
}

bool net_link_take(net_links_t *links, struct arena *a, const char *word, char *text)
{
	const struct member *m = find_member(link_members, ARRAY_LEN(link_members), word);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i], word) != 0)
			continue;
		*list_add(a, links) =
			(struct net_link){ .kind = (enum net_kind)i, .where = text };
		return true;
	}
	return m && links->n && take_member(m, &links->items[links->n - 1], a, text);
}

/* --- what was made ----------------------------------------------------------------- */

#define ROW(word, kind, member)                                                          \
	{                                                                                \
		word, kind, offsetof(struct net_made, member)                            \
	}
static const struct member made_members[] = {
	ROW("host", MEMBER_TEXT, host),	     ROW("mac", MEMBER_TEXT, mac),
	ROW("moved", MEMBER_BOOL, moved),    ROW("was-mac", MEMBER_TEXT, old_mac),
	ROW("was-mtu", MEMBER_U64, old_mtu), ROW("was-in", MEMBER_TEXT, master),
	ROW("was-up", MEMBER_BOOL, was_up),  ROW("had", MEMBER_TEXTS, addresses),
	ROW("route", MEMBER_TEXTS, routes),  ROW("identity", MEMBER_TEXT, identity),
};
#undef ROW

void net_made_lines(struct text *t, const struct net_made *m)
{
	words_add(t, "made", m->name);
	for (size_t i = 0; i < ARRAY_LEN(made_members); i++)
		put_member(t, &made_members[i], m);
}

bool net_made_take(net_made_t *made, struct arena *a, const char *word, char *text)
{
	const struct member *m = find_member(made_members, ARRAY_LEN(made_members), word);

	if (strcmp(word, "made") == 0) {
		*list_add(a, made) = (struct net_made){ .name = text };
		return true;
	}
	return m && made->n && take_member(m, &made->items[made->n - 1], a, text);
}
