/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of --net and --publish */
#include "base/str.h"
#include "netns/wish.h"
#include "tests/unit/check.h"

static const struct {
	const char *text, *error;
} mistakes[] = {
	{ "",
	  "is none of none, host, ns:PATH, bridge:NAME, macvlan:DEVICE, phys:DEVICE" },
	{ "bridg:br0", "\"bridg:br0\" is none of" },
	{ "nonesuch", "\"nonesuch\" is none of" },
	{ "none:x", "\"none:x\" has a colon" },
	{ "none,ip=10.0.0.2/24", "\"ip=10.0.0.2/24\" is not for this kind" },
	{ "host,dns=1.1.1.1", "\"dns=1.1.1.1\" is not for this kind" },
	{ "ns", "\"ns\" lacks something: ns:PATH" },
	{ "ns:", "lacks something: ns:PATH" },
	{ "ns:run/x", "\"ns:run/x\" is not an absolute path" },
	{ "bridge", "lacks something: bridge:NAME" },
	{ "bridge:", "lacks something: bridge:NAME" },
	{ "bridge:a/b", "is not a name: it holds '/'" },
	{ "bridge:0123456789abcdef", "is longer than 15 bytes" },
	{ "bridge:br0,", "\"\" is not an option of networks" },
	{ "bridge:br0,ip", "\"ip\" lacks a value" },
	{ "bridge:br0,ip=", "\"ip=\" lacks a value" },
	{ "bridge:br0,ip=10.0.0.2", "lacks the length of the network" },
	{ "bridge:br0,ip=10.0.0/24", "\"ip=10.0.0/24\" is not an address" },
	{ "bridge:br0,ip=10.0.0.2/33", "has a length that is none" },
	{ "bridge:br0,ip=fd00::2/129", "has a length that is none" },
	{ "bridge:br0,ip=10.0.0.2/", "has a length that is none" },
	{ "bridge:br0,ip=10.0.0.2/+8", "has a length that is none" },
	{ "bridge:br0,gw=10.0.0.1",
	  "\"gw=10.0.0.1\" has no ip= beside it of its family" },
	{ "bridge:br0,ip=10.0.0.2/24,gw=fd00::1", "\"gw=fd00::1\" has no ip=" },
	{ "bridge:br0,ip=10.0.0.2/24,gw=10.0.0.1/24", "is not an address" },
	{ "bridge:br0,dns=localhost", "\"dns=localhost\" is not an address" },
	{ "bridge:br0,name=a:b", "is not a name: it holds" },
	{ "bridge:br0,name=eth%d", "is not a name: it holds '%'" },
	{ "bridge:br0,name=a,name=b", "\"name=b\" is a second name" },
	{ "bridge:br0,mac=02:00:00:00:00", "is not the hardware address" },
	{ "bridge:br0,mac=03:00:00:00:00:01", "is not the hardware address" },
	{ "bridge:br0,mac=00:00:00:00:00:00", "is not the hardware address" },
	{ "bridge:br0,mac=02-00-00-00-00-01", "is not the hardware address" },
	{ "bridge:br0,mac=02:00:00:00:00:01:", "is not the hardware address" },
	{ "bridge:br0,mac=02:00:00:00:00:01,mac=02:00:00:00:00:01", "second address" },
	{ "bridge:br0,mtu=67", "is not a number of bytes from 68 to 65535" },
	{ "bridge:br0,mtu=65536", "is not a number of bytes" },
	{ "bridge:br0,mtu=1500,mtu=1500", "is a second one" },
	{ "bridge:br0,mode=vepa", "\"mode=vepa\" is not for this kind" },
	{ "macvlan:eth0,mode=other", "is none of bridge, private, vepa, passthru" },
	{ "phys:eth0,mac=02:00:00:00:00:01", "is not for this kind" },
	{ "phys:eth0,nonsense=1", "\"nonsense=1\" is not an option" },
	{ "user:x", "has a colon" },
	{ "user,with=vpn", "is none of pasta, slirp4netns" },
	{ "user,with=pasta,with=pasta", "is a second one" },
	{ "user,ip=10.0.0.2/24", "is not for this kind" },
	{ "user,host-loopback=yes", "has a value" },
};

static void test_mistakes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		autoarena a = check_arena();
		struct net_wish w;
		struct err e = ERR_NONE;
		int ret = net_wish_read(mistakes[i].text, "--net", &a, &w, &e);

		CHECK(ret < 0 && e.num == EINVAL && e.plain &&
			      str_starts(e.text, "--net") &&
			      strstr(e.text, mistakes[i].error),
		      "--net %s: %s", mistakes[i].text, e.text);
	}
}

static struct net_wish wish(const char *text, struct arena *a)
{
	struct net_wish w;
	struct err e = ERR_NONE;

	CHECK(net_wish_read(text, "--net", a, &w, &e) == 0, "--net %s %s", text, e.text);
	return w;
}

static void test_short(void)
{
	autoarena a = check_arena();

	CHECK(wish("none", &a).kind == WISH_NONE, "none");
	CHECK(wish("host", &a).kind == WISH_HOST, "host");
	CHECK(wish("ns:/run/netns/a,b", &a).kind == WISH_PATH, "a path");
	CHECK_STR(wish("ns:/run/netns/a,b", &a).path, "/run/netns/a,b", "with its comma");
	CHECK_STR(wish("user", &a).link.name, "eth0", "the device of user");
	CHECK(!wish("user", &a).with && !wish("user", &a).host_loopback,
	      "nothing is chosen by itself");
	CHECK_STR(wish("user,with=slirp4netns", &a).with, "slirp4netns", "with");
	CHECK(wish("user,host-loopback", &a).host_loopback, "host-loopback");
}

static void test_devices(void)
{
	autoarena a = check_arena();
	struct net_wish w = wish("bridge:br0,ip=10.0.0.2/24,ip=fd00::2/64,gw=10.0.0.1,"
				 "gw=fd00::1,dns=10.0.0.53,dns=fd00::53,name=lan,"
				 "mac=02:00:00:00:00:0A,mtu=1400",
				 &a);

	CHECK(w.kind == WISH_BRIDGE && w.link.kind == NET_VETH, "a pair");
	CHECK_STR(w.link.bridge, "br0", "bridge");
	CHECK_STR(w.link.where, "--net bridge", "where");
	CHECK(!w.link.host, "the kernel finds the name on the host");
	CHECK(w.link.addresses.n == 2 && w.link.gateways.n == 2 && w.dns.n == 2, "lists");
	CHECK_STR(w.link.addresses.items[1], "fd00::2/64", "address");
	CHECK_STR(w.link.gateways.items[0], "10.0.0.1", "gateway");
	CHECK_STR(w.dns.items[1], "fd00::53", "dns");
	CHECK_STR(w.link.name, "lan", "name");
	CHECK_STR(w.link.mac, "02:00:00:00:00:0A", "mac");
	CHECK(w.link.mtu == 1400, "mtu");
	w = wish("macvlan:eth1,mode=private", &a);
	CHECK(w.kind == WISH_MACVLAN && w.link.kind == NET_MACVLAN, "macvlan");
	CHECK_STR(w.link.host, "eth1", "below");
	CHECK_STR(w.link.mode, "private", "mode");
	CHECK_STR(w.link.name, "eth0", "name by default");
	CHECK_STR(wish("macvlan:eth1", &a).link.mode, "bridge", "mode by default");
	w = wish("phys:eth1", &a);
	CHECK(w.kind == WISH_PHYS && w.link.kind == NET_MOVE, "phys");
	CHECK_STR(w.link.host, "eth1", "the device");
	CHECK(!w.link.name, "keeps its name");
}

static const struct {
	const char *text, *error;
} port_mistakes[] = {
	{ "", "is not [IP:]HOST:BOX[/tcp|udp]" },
	{ "80", "is not [IP:]HOST:BOX" },
	{ "80:", "no number from 1 to 65535" },
	{ ":80", "no number" },
	{ "0:80", "no number" },
	{ "80:65536", "no number" },
	{ "80-90:80-90", "no number" },
	{ "80:+80", "no number" },
	{ "80:80/sctp", "other than /tcp or /udp" },
	{ "80:80/", "other than /tcp or /udp" },
	{ "localhost:80:80", "does not begin with an address" },
	{ "127.0.0.1:80", "no number" },
	{ "::1:80:80", "does not begin with an address" },
	{ "[::1:80:80", "does not begin with an address" },
	{ "[127.0.0.1]:80:80", "does not begin with an address" },
	{ "[::1]80:80", "does not begin with an address" },
	{ "8080:80", "for the second time" },
	{ "127.0.0.1:8080:81", "for the second time" },
};

static void test_port_mistakes(void)
{
	autoarena a = check_arena();
	net_ports_t ports = { NULL, 0 };
	struct err e = ERR_NONE;

	CHECK(net_port_read("8080:80", "--publish", &a, &ports, &e) == 0, "one port");
	for (size_t i = 0; i < ARRAY_LEN(port_mistakes); i++) {
		struct err why = ERR_NONE;
		int ret = net_port_read(port_mistakes[i].text, "--publish", &a, &ports,
					&why);

		CHECK(ret < 0 && why.num == EINVAL &&
			      str_starts(why.text, "--publish: ") &&
			      strstr(why.text, port_mistakes[i].error),
		      "-p %s: %s", port_mistakes[i].text, why.text);
	}
	CHECK(ports.n == 1, "nothing was added");
}

static void test_ports(void)
{
	autoarena a = check_arena();
	net_ports_t ports = { NULL, 0 };
	struct err e = ERR_NONE;
	static const char *const texts[] = { "8080:80", "8080:80/udp",
					     "127.0.0.1:53:5353/udp", "[::1]:53:5353/udp",
					     "10.0.0.1:22:22/tcp" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(net_port_read(texts[i], "-p", &a, &ports, &e) == 0, "%s %s",
		      texts[i], e.text);
	CHECK(!ports.items[0].address && ports.items[0].host == 8080 &&
		      ports.items[0].box == 80 && !ports.items[0].udp,
	      "all addresses, tcp");
	CHECK(ports.items[1].udp, "udp");
	CHECK_STR(ports.items[2].address, "127.0.0.1", "an address");
	CHECK_STR(ports.items[3].address, "::1", "without brackets");
	CHECK(ports.items[3].ip6 && !ports.items[2].ip6, "its family");
}

int main(void)
{
	test_mistakes();
	test_short();
	test_devices();
	test_port_mistakes();
	test_ports();
	return check_done();
}
