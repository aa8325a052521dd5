/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text as --net, --publish, and as lines of aril-net's. What is accepted keeps the
 * bounds that the kernel's calls count on; lines that are written are read back the same,
 * and a helper's answer, whatever it is, is taken or refused.
 */
#include <arpa/inet.h>

#include "base/str.h"
#include "base/words.h"
#include "netns/devices.h"
#include "netns/net_words.h"
#include "netns/wish.h"
#include "tests/fuzz/fuzz.h"

static bool is_address(const char *text)
{
	unsigned char out[16];

	return inet_pton(AF_INET, text, out) == 1 || inet_pton(AF_INET6, text, out) == 1;
}

static void claim_addresses(const strings_t *list, struct arena *a)
{
	LIST_EACH (text, list) {
		char *copy = arena_strdup(a, *text), *slash = strchr(copy, '/');
		uint64_t length;

		claim(slash && str_u64(slash + 1, 128, &length));
		*slash = '\0';
		claim(is_address(copy) && (strchr(copy, ':') || length <= 32));
	}
}

/* What was read from lines says the same when it is written and read again */
static void claim_lines(const struct net_link *l, struct arena *a)
{
	struct text one = TEXT(a), two = TEXT(a);
	net_links_t links = { NULL, 0 };
	char *copy, *line;

	net_link_lines(&one, l);
	copy = arena_strdup(a, one.s);
	while ((line = fuzz_line(&copy))) {
		char *word, *text;

		claim(words_split(line, &word, &text));
		claim(net_link_take(&links, a, word, text));
	}
	claim(links.n == 1);
	net_link_lines(&two, &links.items[0]);
	claim(strcmp(one.s, two.s) == 0);
}

static void claim_wish(const struct net_wish *w, struct arena *a)
{
	const struct net_link *l = &w->link;

	claim(w->kind > WISH_NOTHING && w->kind <= WISH_USER);
	claim(!w->path == (w->kind != WISH_PATH) && (!w->path || w->path[0] == '/'));
	if (w->kind < WISH_BRIDGE)
		return;
	claim(!l->name || !netdev_name_mistake(l->name, false));
	claim(!l->host || !netdev_name_mistake(l->host, false));
	claim(!l->bridge || !netdev_name_mistake(l->bridge, false));
	claim(l->mtu == 0 || (l->mtu >= 68 && l->mtu <= 65535));
	claim(!l->mac || strlen(l->mac) == 17);
	claim_addresses(&l->addresses, a);
	LIST_EACH (text, &l->gateways)
		claim(is_address(*text));
	LIST_EACH (text, &w->dns)
		claim(is_address(*text));
	if (w->kind != WISH_USER)
		claim_lines(l, a);
}

static void read_wish(const char *text, struct arena *a)
{
	struct err e = ERR_NONE;
	struct net_wish w;

	if (net_wish_read(text, "--net", a, &w, &e) < 0) {
		claim_refusal(&e);
		claim(str_starts(e.text, "--net"));
		return;
	}
	claim(e.num == 0);
	claim_wish(&w, a);
}

/* Printed, it is read as the same port */
static void claim_port(const struct net_port *p, struct arena *a)
{
	net_ports_t again = { NULL, 0 };
	struct err e = ERR_NONE;
	const char *text =
		arena_fmt(a, "%s%s%s%s%u:%u/%s", p->ip6 ? "[" : "",
			  p->address ? p->address : "", p->ip6 ? "]" : "",
			  p->address ? ":" : "", p->host, p->box, p->udp ? "udp" : "tcp");

	claim(p->host > 0 && p->box > 0 && (!p->address || is_address(p->address)));
	claim(net_port_read(text, "--publish", a, &again, &e) == 0 && again.n == 1);
	claim(again.items[0].host == p->host && again.items[0].box == p->box &&
	      again.items[0].udp == p->udp && again.items[0].ip6 == p->ip6 &&
	      str_eq(again.items[0].address, p->address));
}

static void read_port(const char *text, struct arena *a, net_ports_t *ports)
{
	size_t before = ports->n;
	struct err e = ERR_NONE;

	if (net_port_read(text, "--publish", a, ports, &e) < 0) {
		claim_refusal(&e);
		claim(ports->n == before);
		return;
	}
	claim(ports->n == before + 1);
	claim_port(&ports->items[before], a);
}

/* A line of a helper, for both sides */
static void read_words(char *line, struct arena *a, net_links_t *links, net_made_t *made)
{
	struct text again = TEXT(a);
	char *word, *text, *word2, *text2;

	if (!words_split(line, &word, &text))
		return;
	if (!strpbrk(word, " %\n") && *word) {
		words_add(&again, word, *text ? text : NULL);
		again.s[again.n - 1] = '\0'; /* the newline */
		claim(!strchr(again.s, '\n'));
		claim(words_split(again.s, &word2, &text2));
		claim(strcmp(word, word2) == 0 && strcmp(text, text2) == 0);
	}
	net_link_take(links, a, word, arena_strdup(a, text));
	net_made_take(made, a, word, arena_strdup(a, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoarena a = ARENA_NONE;
	net_links_t links = { NULL, 0 };
	net_made_t made = { NULL, 0 };
	net_ports_t ports = { NULL, 0 };
	char *text, *line;

	fuzz_arena(&a, false);
	text = fuzz_text(&a, data, size);
	while ((line = fuzz_line(&text)))
		if (line[0] == 'n')
			read_wish(line + 1, &a);
		else if (line[0] == 'p')
			read_port(line + 1, &a, &ports);
		else if (line[0] == 'w')
			read_words(line + 1, &a, &links, &made);
	LIST_EACH (l, &links)
		claim_lines(l, &a);
	LIST_EACH (m, &made) {
		struct text t = TEXT(&a);

		net_made_lines(&t, m);
		claim(t.n > 0 && t.s[t.n - 1] == '\n');
	}
	return 0;
}
