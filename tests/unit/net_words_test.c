/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What aril and aril-net say to each other: lines there and back; and the side that asks,
 * against an aril-net that this program plays itself. The true one is in net_test.c.
 */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/words.h"
#include "netns/net_words.h"
#include "tests/unit/check.h"

/* --- the program ------------------------------------------------------------------- */

static void say(const char *text)
{
	send(0, text, strlen(text), MSG_NOSIGNAL);
}

#define MADE                                                                             \
	"made e%25th0\nhost v0\nmac 02:00:00:00:00:01\nmoved\nwas-up\nhad 10.0.0.1/8\n"

static const struct {
	const char *where, *answer; /* the first word of the request: what is said */
} answers[] = {
	{ "good", MADE "made x\nhost \ndone\n" },
	{ "none", "done\n" },
	{ "error", "error 17 a b%0ac\n" },
	{ "late", MADE "error 17 x\n" },
	{ "unknown", "made x\ncolour red\ndone\n" },
	{ "early", "host v0\ndone\n" },
	{ "number", "made x\nwas-mtu 7x\ndone\n" },
	{ "escape", "made x%zz\ndone\n" },
	{ "more", "done\nmade x\n" },
	{ "zero", "error 0 x\n" },
	{ "half", "made x\nho" },
	{ "silent", "" },
};

/* Answers in two pieces; then is there until it hears something, or nothing */
static int play(void)
{
	char request[4096] = "", heard[16] = "", where[32];
	ssize_t n = read(0, request, sizeof(request) - 1);

	if (n <= 0 || sscanf(request, "%*s %31s", where) != 1)
		return 9;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		char first[4] = "";

		if (strcmp(answers[i].where, where) != 0)
			continue;
		snprintf(first, sizeof(first), "%s", answers[i].answer);
		say(first);
		poll(NULL, 0, 5);
		say(answers[i].answer + strlen(first));
		if (!strstr(answers[i].answer, "done\n"))
			return 3;
		n = read(0, heard, sizeof(heard) - 1);
		return n > 0 && strcmp(heard, "keep\n") == 0 ? 0 : 4;
	}
	return 5;
}

/* --- lines ------------------------------------------------------------------------- */

/* All lines of a text, as the other side takes them */
static bool take_all(char *text, struct arena *a, net_links_t *links, net_made_t *made)
{
	char *word, *rest;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (!words_split(line, &word, &rest))
			return false;
		if (links ? !net_link_take(links, a, word, rest)
			  : !net_made_take(made, a, word, rest))
			return false;
	}
	return true;
}

static void test_links(void)
{
	struct arena a = check_arena();
	struct text t = TEXT(&a);
	struct net_link l = { .kind = NET_MACVLAN,
			      .where = "a\nb%",
			      .host = "h\x01",
			      .mode = "vepa",
			      .name = "eth%d",
			      .mac = "02:00:00:00:00:01",
			      .mtu = 4294967295U };
	struct net_link bare = { .kind = NET_VETH, .where = "" };
	net_links_t got = { NULL, 0 };

	strings_add(&a, &l.addresses, "10.0.0.2/24");
	strings_add(&a, &l.addresses, "fd00::2/64");
	strings_add(&a, &l.gateways, "10.0.0.1");
	net_link_lines(&t, &l);
	net_link_lines(&t, &bare);
	CHECK_STR(t.s,
		  "macvlan a%0ab%25\nhost h%01\nmode vepa\nname eth%25d\n"
		  "mac 02:00:00:00:00:01\nmtu 4294967295\naddress 10.0.0.2/24\n"
		  "address fd00::2/64\ngateway 10.0.0.1\nveth \n",
		  "links as lines");
	CHECK(take_all(t.s, &a, &got, NULL) && got.n == 2, "they are taken");
	CHECK(got.items[0].kind == NET_MACVLAN && str_eq(got.items[0].where, l.where) &&
		      str_eq(got.items[0].host, l.host) &&
		      str_eq(got.items[0].name, l.name) && got.items[0].mtu == l.mtu &&
		      got.items[0].addresses.n == 2 && got.items[0].gateways.n == 1 &&
		      !got.items[0].bridge,
	      "the first is what it was");
	CHECK(got.items[1].kind == NET_VETH && !got.items[1].host && !got.items[1].mtu,
	      "so is the second");
	arena_done(&a);
}

static void test_made(void)
{
	struct arena a = check_arena();
	struct text t = TEXT(&a);
	struct net_made m = { .host = "v0",
			      .name = "eth0",
			      .moved = true,
			      .mac = "02:00:00:00:00:01",
			      .old_mtu = 1400,
			      .master = "br0",
			      .was_up = true };
	net_made_t got = { NULL, 0 };

	strings_add(&a, &m.addresses, "10.0.0.1/8 scope 253 label v0:1");
	net_made_lines(&t, &m);
	CHECK(take_all(t.s, &a, NULL, &got) && got.n == 1, "what was made is taken");
	CHECK(str_eq(got.items[0].host, "v0") && str_eq(got.items[0].name, "eth0") &&
		      got.items[0].moved && got.items[0].was_up &&
		      got.items[0].old_mtu == 1400 && !got.items[0].old_mac &&
		      str_eq(got.items[0].master, "br0") &&
		      str_eq(got.items[0].addresses.items[0], m.addresses.items[0]),
	      "and is what it was");
	arena_done(&a);
}

static void test_bad_lines(void)
{
	static const char *const bad[] = { "host x",
					   "mtu 7",
					   "moveit w",
					   "move w\nmtu x",
					   "move w\nmtu 4294967296",
					   "move w\nmoved",
					   "move w\nhad 1",
					   "" };
	struct arena a = check_arena();

	for (size_t i = 0; i + 1 < ARRAY_LEN(bad); i++) {
		net_links_t links = { NULL, 0 };

		CHECK(!take_all(arena_strdup(&a, bad[i]), &a, &links, NULL),
		      "no request: %s", bad[i]);
	}
	arena_done(&a);
}

/* --- the side that asks ------------------------------------------------------------ */

static int ask(const char *where, struct arena *a, net_made_t *made, struct err *e)
{
	static char self[4096];
	struct net_link link = { .where = where, .host = "v0", .stays = true };
	net_links_t links = { &link, 1 };
	struct net net = { .ns = STDIN_FILENO, .helper = self, .links = &links };

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return -1;
	*made = (net_made_t){ NULL, 0 };
	*e = (struct err)ERR_NONE;
	return net_make(&net, a, made, e);
}

static bool has_children(void)
{
	return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

static void test_answers(void)
{
	static const struct {
		const char *where;
		int num;
		const char *text;
	} bad[] = {
		{ "error", EEXIST, "a b\nc" },
		{ "late", EEXIST, "x" },
		{ "unknown", EPROTO,
		  "aril-net (make) gave a strange answer: \"made x\"" },
		{ "early", EPROTO, "a strange answer: \"host v0\"" },
		{ "number", EPROTO, "a strange answer: \"made x\"" },
		{ "escape", EPROTO, "a strange answer: \"made x" },
		{ "more", EPROTO, "a strange answer: \"done\"" },
		{ "zero", EPROTO, "a strange answer: \"error 0 x\"" },
		{ "half", EPROTO, "a strange answer: \"made x\"" },
		{ "silent", EPIPE,
		  "aril-net (make) ended without an answer, with exit "
		  "status 3" },
	};
	struct arena a = check_arena();
	net_made_t made;
	struct err e;

	CHECK(ask("good", &a, &made, &e) == 0 && made.n == 2, "made: %s", e.text);
	CHECK(str_eq(made.items[0].name, "e%th0") && made.items[0].moved &&
		      made.items[0].was_up && made.items[0].stays &&
		      made.items[0].addresses.n == 1,
	      "all of it is told");
	CHECK(ask("none", &a, &made, &e) == 0 && made.n == 0, "nothing: %s", e.text);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t begin = clock_ms();

		CHECK(ask(bad[i].where, &a, &made, &e) == -1 && e.num == bad[i].num &&
			      strstr(e.text, bad[i].text),
		      "%s: %s", bad[i].where, e.text);
		CHECK(!has_children() && clock_ms() - begin < 10000,
		      "nobody is left, in time");
	}
	arena_done(&a);
}

int main(int argc, char **argv)
{
	if (argc > 1 && str_eq(argv[0], "aril-net"))
		return play();
	test_links();
	test_made();
	test_bad_lines();
	test_answers();
	return check_done();
}
