/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of --net and --publish; runs in the program */
#include "netns/wish.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/str.h"
#include "netns/devices.h"

#define MTU_MIN 68 /* RFC 791 */
#define MTU_MAX 65535

/* While a text is read */
struct reading {
	struct net_wish *w;
	struct arena *a;
	const char *where;
	const char *part; /* "ip=10.0.0.2/24" */
};

#define BIT(kind)  (1U << WISH_##kind)
#define ON_DEVICES (BIT(BRIDGE) | BIT(MACVLAN) | BIT(PHYS))

static const struct {
	const char *name, *subject; /* what stands behind its colon; NULL: no colon */
	enum wish_kind kind;
} kinds[] = {
	{ "none", NULL, WISH_NONE },	       { "host", NULL, WISH_HOST },
	{ "ns", "PATH", WISH_PATH },	       { "bridge", "NAME", WISH_BRIDGE },
	{ "macvlan", "DEVICE", WISH_MACVLAN }, { "phys", "DEVICE", WISH_PHYS },
	{ "user", NULL, WISH_USER },
};

static int mistake(const struct reading *r, const char *what, struct err *e)
{
	return err_plain(e, EINVAL, "%s: \"%s\" %s", r->where, r->part, what);
}

/* AF_INET, AF_INET6, or 0 when it is no address */
static int family(const char *text)
{
	unsigned char out[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, text, out) == 1)
		return AF_INET;
	return inet_pton(AF_INET6, text, out) == 1 ? AF_INET6 : 0;
}

static int read_ip(struct reading *r, char *value, struct err *e)
{
	const char *slash = strchr(value, '/');
	uint64_t length;
	int kind;

	if (!slash)
		return mistake(r, "lacks the length of the network, as in 10.0.0.2/24",
			       e);
	kind = family(arena_strndup(r->a, value, (size_t)(slash - value)));
	if (kind == 0)
		return mistake(r, "is not an address", e);
	if (!str_u64(slash + 1, kind == AF_INET ? 32 : 128, &length))
		return mistake(r, "has a length that is none", e);
	strings_add(r->a, &r->w->link.addresses, value);
	return 0;
}

static int read_address(struct reading *r, strings_t *list, char *value, struct err *e)
{
	if (family(value) == 0)
		return mistake(r, "is not an address", e);
	strings_add(r->a, list, value);
	return 0;
}

static int read_gateway(struct reading *r, char *value, struct err *e)
{
	return read_address(r, &r->w->link.gateways, value, e);
}

static int read_dns(struct reading *r, char *value, struct err *e)
{
	return read_address(r, &r->w->dns, value, e);
}

static int read_name(struct reading *r, char *value, struct err *e)
{
	const char *what = netdev_name_mistake(value, false);

	if (r->w->link.name)
		return mistake(r, "is a second name", e);
	if (what)
		return mistake(r, arena_fmt(r->a, "is not a name: it %s", what), e);
	r->w->link.name = value;
	return 0;
}

/* Six bytes; no address of a group, and not none */
static bool is_mac(const char *text)
{
	bool any = false;

	for (int i = 0; i < 17; i++) {
		if (i % 3 == 2 ? text[i] != ':' : str_hex(text[i]) < 0)
			return false;
		any |= i % 3 != 2 && text[i] != '0';
	}
	return text[17] == '\0' && any && !(str_hex(text[1]) & 1);
}

static int read_mac(struct reading *r, char *value, struct err *e)
{
	if (r->w->link.mac)
		return mistake(r, "is a second address", e);
	if (!is_mac(value))
		return mistake(r,
			       "is not the hardware address of one device, as in "
			       "02:00:00:00:00:01",
			       e);
	r->w->link.mac = value;
	return 0;
}

static int read_mtu(struct reading *r, char *value, struct err *e)
{
	uint64_t mtu;

	if (r->w->link.mtu)
		return mistake(r, "is a second one", e);
	if (!str_u64(value, MTU_MAX, &mtu) || mtu < MTU_MIN)
		return mistake(r, "is not a number of bytes from 68 to 65535", e);
	r->w->link.mtu = (uint32_t)mtu;
	return 0;
}

/* One of the words, once */
static int read_word(struct reading *r, const char *const *words, const char **to,
		     const char *value, struct err *e)
{
	const char *list = "";

	if (*to)
		return mistake(r, "is a second one", e);
	for (; *words; words++) {
		if (strcmp(*words, value) == 0) {
			*to = value;
			return 0;
		}
		list = arena_fmt(r->a, "%s%s%s", list, *list ? ", " : "", *words);
	}
	return mistake(r, arena_fmt(r->a, "is none of %s", list), e);
}

static int read_mode(struct reading *r, char *value, struct err *e)
{
	static const char *const modes[] = { "bridge", "private", "vepa", "passthru",
					     NULL };

	return read_word(r, modes, &r->w->link.mode, value, e);
}

static int read_with(struct reading *r, char *value, struct err *e)
{
	static const char *const programs[] = { "pasta", "slirp4netns", NULL };

	return read_word(r, programs, &r->w->with, value, e);
}

static int read_host_loopback(struct reading *r, char *value, struct err *e)
{
	if (value)
		return mistake(r, "has a value, which it takes none", e);
	r->w->host_loopback = true;
	return 0;
}

static const struct {
	const char *key;
	unsigned kinds;
	bool flag; /* without a value */
	int (*read)(struct reading *r, char *value, struct err *e);
} options[] = {
	{ "ip", ON_DEVICES, false, read_ip },
	{ "gw", ON_DEVICES, false, read_gateway },
	{ "dns", ON_DEVICES | BIT(USER), false, read_dns },
	{ "name", ON_DEVICES | BIT(USER), false, read_name },
	{ "mac", BIT(BRIDGE) | BIT(MACVLAN), false, read_mac },
	{ "mtu", ON_DEVICES, false, read_mtu },
	{ "mode", BIT(MACVLAN), false, read_mode },
	{ "with", BIT(USER), false, read_with },
	{ "host-loopback", BIT(USER), true, read_host_loopback },
};

static int read_option(struct reading *r, char *part, struct err *e)
{
	char *equals = strchr(part, '='), *key = part;

	r->part = arena_strdup(r->a, part);
	if (equals)
		key = arena_strndup(r->a, part, (size_t)(equals - part));
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		if (strcmp(options[i].key, key) != 0)
			continue;
		if (!(options[i].kinds & (1U << r->w->kind)))
			return mistake(r, "is not for this kind of network", e);
		if (!options[i].flag && (!equals || !equals[1]))
			return mistake(r, "lacks a value", e);
		return options[i].read(r, equals ? equals + 1 : NULL, e);
	}
	return mistake(r, "is not an option of networks", e);
}

static int unknown_kind(const struct reading *r, struct err *e)
{
	const char *list = "";

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		list = arena_fmt(r->a, "%s%s%s%s%s", list, i ? ", " : "", kinds[i].name,
				 kinds[i].subject ? ":" : "",
				 kinds[i].subject ? kinds[i].subject : "");
	return mistake(r, arena_fmt(r->a, "is none of %s", list), e);
}

/* "bridge:br0" */
static int read_kind(struct reading *r, char *part, char **subject, struct err *e)
{
	char *colon = strchr(part, ':');
	size_t n = colon ? (size_t)(colon - part) : strlen(part), i = 0;
	const char *wanted;

	r->part = part;
	while (i < ARRAY_LEN(kinds) &&
	       (strlen(kinds[i].name) != n || strncmp(kinds[i].name, part, n) != 0))
		i++;
	if (i == ARRAY_LEN(kinds))
		return unknown_kind(r, e);
	wanted = kinds[i].subject;
	if (wanted && (!colon || !colon[1]))
		return mistake(
			r,
			arena_fmt(r->a, "lacks something: %s:%s", kinds[i].name, wanted),
			e);
	if (!wanted && colon)
		return mistake(r, "has a colon, which it takes none", e);
	r->w->kind = kinds[i].kind;
	r->w->where = arena_fmt(r->a, "%s %s", r->where, kinds[i].name);
	r->where = r->w->where;
	*subject = colon ? colon + 1 : NULL;
	return 0;
}

/* The device of the host that the kind is about */
static int take_subject(struct reading *r, const char *subject, struct err *e)
{
	struct net_link *l = &r->w->link;
	const char *what;

	*l = (struct net_link){ .where = r->w->where };
	if (!subject)
		return 0;
	what = netdev_name_mistake(subject, false);
	if (what)
		return mistake(r, arena_fmt(r->a, "is not a name: it %s", what), e);
	l->kind = r->w->kind == WISH_BRIDGE ? NET_VETH
		  : r->w->kind == WISH_PHYS ? NET_MOVE
					    : NET_MACVLAN;
	if (r->w->kind == WISH_BRIDGE)
		l->bridge = subject;
	else
		l->host = subject;
	return 0;
}

/* The kernel would say ENETUNREACH, and not of which */
static int check_gateways(struct reading *r, struct err *e)
{
	LIST_EACH (gateway, &r->w->link.gateways) {
		bool found = false;

		LIST_EACH (ip, &r->w->link.addresses)
			found |= !strchr(*ip, ':') == !strchr(*gateway, ':');
		r->part = arena_fmt(r->a, "gw=%s", *gateway);
		if (!found)
			return mistake(r, "has no ip= beside it of its family", e);
	}
	return 0;
}

int net_wish_read(const char *text, const char *where, struct arena *a,
		  struct net_wish *w, struct err *e)
{
	struct reading r = { .w = w, .a = a, .where = where };
	strings_t parts = str_split(a, text, ',');
	char *subject = NULL;

	*w = (struct net_wish){ .kind = WISH_NOTHING };
	if (read_kind(&r, parts.items[0], &subject, e) < 0)
		return -1;
	if (w->kind == WISH_PATH) { /* a path may hold commas */
		w->path = arena_strdup(a, strchr(text, ':') + 1);
		return w->path[0] == '/' ? 0 : mistake(&r, "is not an absolute path", e);
	}
	if (take_subject(&r, subject, e) < 0)
		return -1;
	for (size_t i = 1; i < parts.n; i++)
		if (read_option(&r, parts.items[i], e) < 0)
			return -1;
	if (!w->link.name && w->kind != WISH_PHYS)
		w->link.name = arena_strdup(a, "eth0");
	if (w->kind == WISH_MACVLAN && !w->link.mode)
		w->link.mode = arena_strdup(a, "bridge");
	return check_gateways(&r, e);
}

/* --- ports -------------------------------------------------------------------------- */

static bool read_number(const char *text, uint16_t *port)
{
	uint64_t n;

	if (!str_u64(text, UINT16_MAX, &n) || n == 0)
		return false;
	*port = (uint16_t)n;
	return true;
}

/* Cut "1.2.3.4:" or "[::1]:" off; NULL: what is there is no address */
static char *read_host(struct reading *r, struct net_port *p, char *text)
{
	char *end = text[0] == '[' ? strchr(text, ']') : strchr(text, ':');
	char *address;

	if (!end || (text[0] != '[' && !strchr(end + 1, ':')))
		return text[0] == '[' ? NULL : text;
	address = text[0] == '[' ? text + 1 : text;
	p->ip6 = text[0] == '[';
	p->address = arena_strndup(r->a, address, (size_t)(end - address));
	if (family(p->address) != (p->ip6 ? AF_INET6 : AF_INET))
		return NULL;
	end += p->ip6;
	return *end == ':' ? end + 1 : NULL;
}

static bool same_port(const struct net_port *a, const struct net_port *b)
{
	return a->host == b->host && a->udp == b->udp &&
	       (!a->address || !b->address || strcmp(a->address, b->address) == 0);
}

int net_port_read(const char *text, const char *where, struct arena *a,
		  net_ports_t *ports, struct err *e)
{
	struct reading r = { .a = a, .where = where, .part = text };
	char *copy = arena_strdup(a, text), *slash = strchr(copy, '/'), *colon;
	struct net_port p = { .address = NULL };

	if (slash) {
		*slash = '\0';
		p.udp = strcmp(slash + 1, "udp") == 0;
		if (!p.udp && strcmp(slash + 1, "tcp") != 0)
			return mistake(&r, "ends in something other than /tcp or /udp",
				       e);
	}
	copy = read_host(&r, &p, copy);
	if (!copy)
		return mistake(&r, "does not begin with an address (IPv6 in brackets)",
			       e);
	colon = strchr(copy, ':');
	if (!colon)
		return mistake(&r, "is not [IP:]HOST:BOX[/tcp|udp]", e);
	*colon = '\0';
	if (!read_number(copy, &p.host) || !read_number(colon + 1, &p.box))
		return mistake(&r, "has a port that is no number from 1 to 65535", e);
	LIST_EACH (other, ports)
		if (same_port(other, &p))
			return mistake(&r, "publishes a port for the second time", e);
	*list_add(a, ports) = p;
	return 0;
}
