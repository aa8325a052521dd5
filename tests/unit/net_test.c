/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net_make() and net_undo() with the kernel's devices, in namespaces of the test's own */
#include <arpa/inet.h>
#include <net/if.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/str.h"
#include "tests/unit/net_lab.h"

#define ENEMY_ROUNDS 60

/* --- moving ------------------------------------------------------------------------ */

static void test_move(struct lab *lab)
{
	struct net_link link = { .where = "w", .host = "h0", .name = "eth7" };
	net_made_t made;
	struct err e;
	const char *show = "ip addr show dev eth7";
	struct net net = lab_net(lab, NULL);

	CHECK(make(lab, &link, 1, &made, &e) == 0, "moved: %s", e.text);
	CHECK(!is_there(lab, lab->host, "h0"), "it is not on the host any more");
	CHECK(has(lab, lab->ns, show, "inet 10.1.0.2/24 brd 10.1.0.255 scope global") &&
		      has(lab, lab->ns, show, "eth7:one"),
	      "its IPv4 address is kept, with its label");
	CHECK(has(lab, lab->ns, show, "inet 10.3.0.1 peer 10.3.0.2/32"), "its peer");
	CHECK(has(lab, lab->ns, show, "inet6 fd00:1::2/64 scope global") &&
		      !strstr(said(lab, lab->ns, "ip addr show dev eth7 to fd00::/16"),
			      "tentative"),
	      "its IPv6 address is kept, and usable at once");
	CHECK(!strstr(said(lab, lab->ns, show), "169.254") &&
		      !strstr(said(lab, lab->ns, show), "10.1.0.9"),
	      "not those of a link, nor those for a time");
	CHECK(has(lab, lab->ns, show, "mtu 1400") &&
		      has(lab, lab->ns, show, "02:00:00:00:00:77"),
	      "MTU and hardware address are");
	CHECK(has(lab, lab->ns, show, ",UP,"), "it is up");
	CHECK(made.n == 1 && str_eq(made.items[0].name, "eth7") &&
		      str_eq(made.items[0].host, "h0") && made.items[0].moved,
	      "that is told");
	e = (struct err)ERR_NONE;
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0, "undone: %s", e.text);
	CHECK(is_restored(lab, "h0") && !is_there(lab, lab->ns, "eth7"),
	      "it is back, as it was");
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && is_restored(lab, "h0"),
	      "once more changes nothing: %s", e.text);
}

static void test_changed(struct lab *lab)
{
	struct net_link link = {
		.where = "w", .host = "h0", .mac = "02:00:00:00:00:99", .mtu = 1300
	};
	net_made_t made;
	struct err e;
	struct net net = lab_net(lab, NULL);

	strings_add(&lab->a, &link.addresses, "10.9.0.2/16");
	strings_add(&lab->a, &link.gateways, "10.9.0.1");
	CHECK(make(lab, &link, 1, &made, &e) == 0, "moved and changed: %s", e.text);
	CHECK(has(lab, lab->ns, "ip addr show dev h0", "mtu 1300") &&
		      has(lab, lab->ns, "ip addr show dev h0", "02:00:00:00:00:99") &&
		      has(lab, lab->ns, "ip addr show dev h0", "10.9.0.2/16") &&
		      has(lab, lab->ns, "ip route", "default via 10.9.0.1 dev h0"),
	      "under its own name, with what was asked for");
	CHECK(runs(lab, lab->ns, "ip link set h0 down && ip link set h0 name renamed"),
	      "the container renames it");
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && is_restored(lab, "h0"),
	      "and yet all of it is undone: %s", e.text);
}

/* Who has CAP_NET_ADMIN inside puts another device in its place */
static void test_enemy(struct lab *lab)
{
	struct net_link link = { .where = "w", .host = "h0", .name = "eth7" };
	static const char *const tricks[] = {
		"ip link set eth7 name real &&"
		"ip link add eth7 address 02:00:00:00:00:77 type veth peer name mine",
		"ip link set eth7 down && ip link set eth7 name real "
		"address 02:00:00:00:00:01 &&"
		"ip link add eth7 address 02:00:00:00:00:77 type veth peer name mine",
		"ip link set eth7 down && ip link set eth7 address 02:00:00:00:00:01 &&"
		"ip link add fake address 02:00:00:00:00:77 type veth peer name mine",
	};
	struct net net = lab_net(lab, NULL);
	net_made_t made;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(tricks); i++) {
		CHECK(make(lab, &link, 1, &made, &e) == 0, "moved: %s", e.text);
		CHECK(runs(lab, lab->ns, "ip link set eth7 down") &&
			      runs(lab, lab->ns, tricks[i]),
		      "the container puts another one in its place (%zu)", i);
		CHECK(net_undo(&net, &made, &lab->a, &e) == 0, "undone: %s", e.text);
		CHECK(is_restored(lab, "h0") &&
			      has(lab, lab->host, "ip link show dev h0", "h0@p0"),
		      "it is the true one that is back (%zu)", i);
		CHECK(!is_there(lab, lab->ns, "real"), "and not there any more");
		runs(lab, lab->ns, "ip link del eth7 2>&1; ip link del fake 2>&1");
	}
}

static void test_names(struct lab *lab)
{
	struct net_link link = { .where = "linux.netDevices.h0", .host = "h0" };
	net_made_t made;
	struct err e;
	struct net net = lab_net(lab, NULL);

	runs(lab, lab->ns, "ip link add x0 type veth peer name x1");
	link.name = "x1";
	CHECK(make(lab, &link, 1, &made, &e) < 0 && e.num == EEXIST,
	      "a name that is taken is refused");
	CHECK_STR(e.text, "linux.netDevices.h0: the container has a device x1 already",
		  "and said");
	CHECK(made.n == 0 && is_restored(lab, "h0"), "nothing was done");
	link.name = "x%d";
	CHECK(make(lab, &link, 1, &made, &e) == 0 && str_eq(made.items[0].name, "x2") &&
		      is_there(lab, lab->ns, "x2"),
	      "a template gets the first free number: %s", e.text);
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && is_restored(lab, "h0"), "back");
	runs(lab, lab->ns, "ip link add h0 type veth peer name x5");
	link.name = "new0";
	CHECK(make(lab, &link, 1, &made, &e) == 0 && is_there(lab, lab->ns, "new0") &&
		      is_there(lab, lab->ns, "h0"),
	      "its old name may be another's there: %s", e.text);
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && is_restored(lab, "h0") &&
		      is_there(lab, lab->ns, "h0"),
	      "which stays");
}

static void test_failures(struct lab *lab)
{
	struct net_link links[] = { { .where = "first", .host = "h0", .name = "eth0" },
				    { .where = "second", .host = "gone0" } };
	struct net_link *second = &links[1];
	net_made_t made;
	struct err e;

	CHECK(make(lab, links, 2, &made, &e) < 0 && e.num == ENODEV &&
		      str_starts(e.text, "second: find the device gone0"),
	      "a later one is not there: %s", e.text);
	CHECK(made.n == 0 && is_restored(lab, "h0") && !is_there(lab, lab->ns, "eth0"),
	      "the first is back");
	second->host = "p0";
	second->mtu = 7;
	CHECK(make(lab, links, 2, &made, &e) < 0 && e.num == EINVAL &&
		      str_starts(e.text, "second: change p0 ("),
	      "the kernel's own words: %s", e.text);
	CHECK(is_restored(lab, "h0") && is_there(lab, lab->host, "p0"), "both are back");
	second->mtu = 0;
	second->mac = "02:zz";
	CHECK(make(lab, links, 2, &made, &e) < 0 && e.num == EINVAL, "%s", e.text);
	second->mac = NULL;
	strings_add(&lab->a, &second->addresses, "10.0.0.300/24");
	CHECK(make(lab, links, 2, &made, &e) < 0 && e.num == EINVAL && e.plain == 0, "%s",
	      e.text);
	second->addresses = (strings_t){ NULL, 0 };
	strings_add(&lab->a, &second->gateways, "10.77.0.1");
	CHECK(make(lab, links, 2, &made, &e) < 0 &&
		      str_starts(e.text, "second: make 10.77.0.1 the default gateway ("),
	      "a gateway that cannot be reached: %s", e.text);
	CHECK(is_restored(lab, "h0") && is_there(lab, lab->host, "p0"), "both are back");
	runs(lab, lab->host, "ip link set p0 down");
	CHECK(make(lab, links, 2, &made, &e) < 0 &&
		      !strstr(said(lab, lab->host, "ip link show p0"), ",UP"),
	      "what was down is down");
	runs(lab, lab->host, "ip link set p0 up");
}

static void test_refused(struct lab *lab)
{
	struct net_link link = { .where = "w", .host = "lo", .name = "lo7" };
	net_links_t one = { &link, 1 };
	struct net net = lab_net(lab, &one);
	net_made_t made;
	struct err e;

	CHECK(make(lab, &link, 1, &made, &e) < 0 && e.num == EINVAL,
	      "the loopback device cannot move: %s", e.text);
	net.ns = lab->host;
	e = (struct err)ERR_NONE;
	CHECK(net_make(&net, &lab->a, &made, &e) < 0 &&
		      strstr(e.text, "network namespace is the host's own"),
	      "nor anything into the namespace of the host: %s", e.text);
	net.ns = lab->ns;
	net.helper = "/nowhere/aril-net";
	e = (struct err)ERR_NONE;
	CHECK(net_make(&net, &lab->a, &made, &e) < 0 && e.num == ENOENT &&
		      str_starts(e.text, "run /nowhere/aril-net, which makes network"),
	      "without the program: %s", e.text);
	net.helper = "/bin/false";
	e = (struct err)ERR_NONE;
	CHECK(net_make(&net, &lab->a, &made, &e) < 0 && e.num == EPIPE,
	      "one that does not answer: %s", e.text);
}

/* --- held -------------------------------------------------------------------------- */

static void test_held(struct lab *lab)
{
	struct net_link link = { .where = "w", .host = "h0", .name = "eth0" };
	net_links_t one = { &link, 1 };
	struct net net = lab_net(lab, &one);
	struct helper h = HELPER_NONE;
	net_made_t made = { NULL, 0 };
	struct err e = ERR_NONE;
	pid_t pid;

	CHECK(net_make_held(&net, &lab->a, &made, &h, &e) == 0 &&
		      is_there(lab, lab->ns, "eth0"),
	      "held: %s", e.text);
	CHECK(net_drop(&h, &e) == 0 && is_restored(lab, "h0"), "dropped");
	made = (net_made_t){ NULL, 0 };
	h = (struct helper)HELPER_NONE;
	CHECK(net_make_held(&net, &lab->a, &made, &h, &e) == 0 && net_keep(&h, &e) == 0 &&
		      is_there(lab, lab->ns, "eth0"),
	      "kept: %s", e.text);
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && is_restored(lab, "h0"),
	      "undone");
	/* its orphan becomes our child */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0) {
		h = (struct helper)HELPER_NONE;
		if (net_make_held(&net, &lab->a, &made, &h, &e) == 0 &&
		    is_there(lab, lab->ns, "eth0"))
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	CHECK(waitpid(pid, &pid, 0) > 0 && WIFSIGNALED(pid),
	      "the one who asked is killed");
	CHECK(waitpid(-1, NULL, 0) > 0 && is_restored(lab, "h0"), "all is undone");
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* The kernel has moved it back, when its namespace ended, under another name */
static void test_ended(struct lab *lab)
{
	struct net_link link = { .where = "w", .host = "h0", .name = "eth0" };
	struct net net = lab_net(lab, NULL);
	net_made_t made;
	struct err e;

	CHECK(make(lab, &link, 1, &made, &e) == 0, "moved: %s", e.text);
	net.ns = -1;
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && is_there(lab, lab->ns, "eth0"),
	      "nothing is there to be undone: %s", e.text);
	CHECK(enter(lab->ns) &&
		      runs(lab, lab->ns,
			   arena_fmt(&lab->a,
				     "ip link set eth0 netns /proc/%d/fd/%d name dev7",
				     getpid(), lab->host)),
	      "it comes back");
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && is_restored(lab, "h0"),
	      "it is found by its hardware address: %s", e.text);
}

/* --- made -------------------------------------------------------------------------- */

/* A listener in one namespace, a client in the other: real traffic */
static bool talk(struct lab *lab, int server_ns, int client_ns, const char *address)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(7) };
	char got[8] = "";
	struct timeval wait = { .tv_sec = 10 };

	inet_pton(AF_INET, address, &at.sin_addr);
	enter(server_ns);

	autofd server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	enter(client_ns);

	autofd client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	enter(lab->host);
	setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (bind(server, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(server, 1) < 0 ||
	    connect(client, (struct sockaddr *)&at, sizeof(at)) < 0)
		return perror("# talk"), false;

	autofd accepted = accept(server, NULL, NULL);

	return write(accepted, "hello", 5) == 5 && read(client, got, sizeof(got)) == 5;
}

static void test_veth(struct lab *lab)
{
	struct net_link links[] = {
		{ .kind = NET_VETH,
		  .where = "one",
		  .host = "out0",
		  .bridge = "br0",
		  .mac = "02:00:00:00:01:01",
		  .mtu = 1450 },
		{ .kind = NET_VETH, .where = "two", .bridge = "br0" }
	};
	int other = new_namespace(lab);
	net_made_t made, second;
	struct err e;
	struct net net = lab_net(lab, NULL);

	runs(lab, lab->host, "ip addr add 10.5.0.1/24 dev br0");
	strings_add(&lab->a, &links[0].addresses, "10.5.0.2/24");
	strings_add(&lab->a, &links[0].addresses, "fd00:5::2/64");
	strings_add(&lab->a, &links[0].gateways, "10.5.0.1");
	strings_add(&lab->a, &links[0].gateways, "fd00:5::1");
	strings_add(&lab->a, &links[1].addresses, "10.5.0.3/24");
	CHECK(make(lab, &links[0], 1, &made, &e) == 0, "a pair: %s", e.text);
	CHECK(has(lab, lab->host, "ip -d link show out0", "master br0") &&
		      has(lab, lab->host, "ip -d link show out0", "mtu 1450") &&
		      has(lab, lab->ns, "ip addr show eth0", "02:00:00:00:01:01") &&
		      has(lab, lab->ns, "ip addr show eth0", "mtu 1450") &&
		      has(lab, lab->ns, "ip addr show eth0", "fd00:5::2/64") &&
		      has(lab, lab->ns, "ip route", "default via 10.5.0.1 dev eth0") &&
		      has(lab, lab->ns, "ip -6 route", "default via fd00:5::1 dev eth0"),
	      "with all that was asked for");
	lab->ns = other;
	CHECK(make(lab, &links[1], 1, &second, &e) == 0 &&
		      !str_empty(second.items[0].host) &&
		      is_there(lab, lab->host, second.items[0].host),
	      "another, with a name by chance: %s", e.text);
	CHECK(talk(lab, net.ns, other, "10.5.0.2"), "they talk over the bridge");
	CHECK(talk(lab, lab->host, other, "10.5.0.1"), "and with the host");
	fd_close(&net.ns);
	lab->ns = other;
}

static void test_veth_failures(struct lab *lab)
{
	struct net_link link = { .kind = NET_VETH, .where = "w", .host = "out0" };
	struct net net = lab_net(lab, NULL);
	net_made_t made, none;
	struct err e;

	CHECK(make(lab, &link, 1, &made, &e) == 0, "a pair: %s", e.text);
	CHECK(make(lab, &link, 1, &none, &e) < 0 && e.num == EEXIST &&
		      is_there(lab, lab->host, "out0") && !is_there(lab, lab->ns, "eth1"),
	      "a name of the host that is taken: %s", e.text);
	link.bridge = "br7";
	link.host = NULL;
	CHECK(make(lab, &link, 1, &none, &e) < 0 && e.num == ENODEV &&
		      !is_there(lab, lab->ns, "eth1"),
	      "no such bridge: %s", e.text);
	e = (struct err)ERR_NONE;
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 &&
		      !is_there(lab, lab->host, "out0") && !is_there(lab, net.ns, "eth0"),
	      "undone: %s", e.text);
	runs(lab, lab->host, "ip link add out0 type veth peer name out1");
	net.ns = -1;
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && is_there(lab, lab->host, "out0"),
	      "another of that name is not touched: %s", e.text);
}

/* In the namespace that is joined: as soon as eth7 is there, another one has its name */
static __attribute__((noreturn)) void swap_names(const struct lab *lab)
{
	struct ifreq away = { .ifr_name = "eth7", .ifr_newname = "real" };
	struct ifreq in = { .ifr_name = "mine", .ifr_newname = "eth7" };
	int s = enter(lab->ns) ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;

	while (s >= 0 && ioctl(s, SIOCSIFNAME, &away) < 0 && errno == ENODEV)
		;
	_exit(s < 0 || ioctl(s, SIOCSIFNAME, &in) < 0);
}

/* It says of itself what only the other end of another container's device should: the
 * number 55, and that its other one has the number 77 */
static bool enemy_round(struct lab *lab, int *seen)
{
	struct net_link link = {
		.kind = NET_VETH, .where = "w", .bridge = "br0", .name = "eth7"
	};
	struct net net = lab_net(lab, NULL);
	struct err e, why = ERR_NONE;
	net_made_t made;
	pid_t enemy;
	bool won;

	CHECK(runs(lab, lab->ns,
		   "ip link add mine index 55 type veth peer name mine2 index 77"),
	      "a device like the other's");
	enemy = fork();
	if (enemy == 0)
		swap_names(lab);
	if (make(lab, &link, 1, &made, &e) == 0)
		CHECK(made.n == 1 && !str_eq(made.items[0].host, "victim0") &&
			      net_undo(&net, &made, &lab->a, &why) == 0,
		      "it is not taken for ours: %s", why.text);
	else
		*seen += e.num == EAGAIN;
	kill(enemy, SIGKILL);
	waitpid(enemy, NULL, 0);
	won = is_there(lab, lab->ns, "mine2") && !is_there(lab, lab->ns, "mine");
	CHECK(is_there(lab, lab->host, "victim0") &&
		      !strstr(said(lab, lab->host, "ip link show victim0"), "master"),
	      "the other's is left alone: %s", e.text);
	runs(lab, lab->ns, "ip link del mine2");
	return won;
}

static void test_veth_enemy(struct lab *lab)
{
	int won = 0, seen = 0, rounds = 0;

	CHECK(runs(lab, lab->host,
		   "ip link add victim0 index 77 type veth peer name v1 index 55"),
	      "another container's device");
	while (rounds++ < ENEMY_ROUNDS && seen < 3)
		won += enemy_round(lab, &seen);
	CHECK(won > 0, "swapped in %d of %d rounds, %d times in time", won,
	      rounds - 1, seen);
}

static void test_macvlan(struct lab *lab)
{
	struct net_link link = { .kind = NET_MACVLAN, .where = "w", .host = "p0" };
	struct net net = lab_net(lab, NULL);
	net_made_t made;
	struct err e;

	link.mode = "private";
	strings_add(&lab->a, &link.addresses, "10.6.0.2/24");
	CHECK(make(lab, &link, 1, &made, &e) == 0 &&
		      has(lab, lab->ns, "ip -d addr show eth0", "macvlan mode private") &&
		      has(lab, lab->ns, "ip -d addr show eth0", "10.6.0.2/24"),
	      "a macvlan device: %s", e.text);
	CHECK(net_undo(&net, &made, &lab->a, &e) == 0 && !is_there(lab, lab->ns, "eth0"),
	      "undone: %s", e.text);
	link.mode = "loose";
	CHECK(make(lab, &link, 1, &made, &e) < 0 &&
		      strstr(e.text, "\"loose\" is no mode"),
	      "%s", e.text);
	link.mode = NULL;
	link.host = "gone0";
	CHECK(make(lab, &link, 1, &made, &e) < 0 && e.num == ENODEV, "%s", e.text);
}

/* ----------------------------------------------------------------------------------- */

int main(void)
{
	static void (*const tests[])(struct lab * lab) = {
		test_move,     test_changed,	   test_enemy,	 test_names,
		test_failures, test_refused,	   test_held,	 test_ended,
		test_veth,     test_veth_failures, test_veth_enemy, test_macvlan,
	};
	struct err e = ERR_NONE;
	struct lab lab;

	if (system("command -v ip >/dev/null") != 0) {
		CHECK_SKIP("no ip of iproute2");
		return check_done();
	}
	if (!lab_open(&lab, &e)) {
		CHECK_SKIP("no user namespace to be had: %s: %s", e.text,
			   err_name(e.num));
		return check_done();
	}
	if (system("ip link add t0 type veth peer name t1 2>/dev/null") != 0) {
		CHECK_SKIP("this kernel has no veth devices");
		return check_done();
	}
	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		lab_reset(&lab);
		tests[i](&lab);
		CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD,
		      "no process is left");
	}
	return check_done();
}
