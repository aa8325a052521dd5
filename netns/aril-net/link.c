/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network devices; runs in aril-net */
#include "netns/aril-net/link.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>

#include "base/fmt.h"
#include "base/str.h"

#define MAC_BYTES  32 /* MAX_ADDR_LEN of the kernel */
#define DUMP_TRIES 5

/* --- hardware addresses ------------------------------------------------------------ */

/* All zeros is none: devices without one, and PERM_ADDRESS of made up devices */
static void mac_text(const struct nlattr *attr, char text[LINK_MAC])
{
	const uint8_t *bytes = attr ? mnl_attr_get_payload(attr) : NULL;
	size_t n = attr ? mnl_attr_get_payload_len(attr) : 0, len = 0;
	bool some = false;

	for (size_t i = 0; i < n && i < MAC_BYTES; i++) {
		some = some || bytes[i];
		len += fmt_text(text + len, LINK_MAC - len, i ? ":%02x" : "%02x",
				bytes[i]);
	}
	if (!some)
		text[0] = '\0';
}

/* Its length in bytes; 0: it is none */
static size_t mac_bytes(const char *text, uint8_t bytes[MAC_BYTES])
{
	size_t n = 0;

	while (n < MAC_BYTES) {
		int high = str_hex(text[0]), low = high < 0 ? -1 : str_hex(text[1]);

		if (low < 0)
			return 0;
		bytes[n++] = (uint8_t)(high * 16 + low);
		if (text[2] == '\0')
			return n;
		if (text[2] != ':')
			return 0;
		text += 3;
	}
	return 0;
}

/* --- finding ----------------------------------------------------------------------- */

static int number_of(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) >= 4 ? (int)mnl_attr_get_u32(attr)
							   : 0;
}

static void copy_text(const struct nlattr *attr, char *text, size_t size)
{
	if (attr)
		fmt_text(text, size, "%s", mnl_attr_get_str(attr));
}

/* What nobody inside a namespace can choose: see identity.h */
static void take_nature(const struct nlattr **by, struct link *l)
{
	struct nlattr *part;
	char bus[24] = "", name[40] = "";

	if (by[IFLA_LINKINFO])
		mnl_attr_for_each_nested(part,
					 by[IFLA_LINKINFO]) if (mnl_attr_get_type(part) ==
								IFLA_INFO_KIND)
			copy_text(part, l->kind, sizeof(l->kind));
	copy_text(by[IFLA_PARENT_DEV_BUS_NAME], bus, sizeof(bus));
	copy_text(by[IFLA_PARENT_DEV_NAME], name, sizeof(name));
	if (name[0])
		fmt_text(l->parent, sizeof(l->parent), "%s %s", bus, name);
	mac_text(by[IFLA_PERM_ADDRESS], l->perm);
}

static void take_link(const struct nlmsghdr *head, void *to)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(head);
	const struct nlattr *by[IFLA_PARENT_DEV_BUS_NAME + 1];
	struct link *l = to;

	if (head->nlmsg_type != RTM_NEWLINK)
		return;
	rtnl_attributes(head, sizeof(*info), by, IFLA_PARENT_DEV_BUS_NAME);
	*l = (struct link){ .index = info->ifi_index, .flags = info->ifi_flags };
	l->mtu = (uint32_t)number_of(by[IFLA_MTU]);
	l->master = number_of(by[IFLA_MASTER]);
	l->other = number_of(by[IFLA_LINK]);
	l->other_ns = by[IFLA_LINK_NETNSID] ? number_of(by[IFLA_LINK_NETNSID]) : -1;
	copy_text(by[IFLA_IFNAME], l->name, sizeof(l->name));
	mac_text(by[IFLA_ADDRESS], l->mac);
	take_nature(by, l);
}

static void *begin_get(struct rtnl_message *m, uint16_t flags)
{
	struct ifinfomsg *info = rtnl_begin(m, RTM_GETLINK, flags, sizeof(*info));

	mnl_attr_put_u32(m->head, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return info;
}

int link_find(struct rtnl *r, const char *name, int index, struct link *found,
	      struct err *e)
{
	const char *what = name ? arena_fmt(r->arena, "find the device %s", name)
				: arena_fmt(r->arena, "find the device %d", index);
	struct rtnl_message m;
	struct ifinfomsg *info = begin_get(&m, 0);

	*found = (struct link){ .index = 0 };
	if (name && strlen(name) >= IFNAMSIZ)
		return err_set(e, ENODEV, "%s", what);
	if (name)
		mnl_attr_put_strz(m.head, IFLA_IFNAME, name);
	else
		info->ifi_index = index;
	if (rtnl_talk(r, &m, take_link, found, what, e) < 0)
		return -1;
	return found->index ? 0 : err_set(e, ENODEV, "%s", what);
}

struct search {
	const char *mac;
	bool (*fits)(const struct link *l, const void *with);
	const void *with;
	struct link found;
	unsigned n;
};

static void take_same_mac(const struct nlmsghdr *head, void *to)
{
	struct search *s = to;
	struct link l = { .index = 0 };

	take_link(head, &l);
	if (!l.index || (s->mac && !str_eq(l.mac, s->mac) && !str_eq(l.perm, s->mac)) ||
	    !s->fits(&l, s->with))
		return;
	s->found = l;
	s->n++;
}

int link_find_mac(struct rtnl *r, const char *mac,
		  bool (*fits)(const struct link *l, const void *with), const void *with,
		  struct link *found, struct err *e)
{
	struct rtnl_message m;
	struct search s;
	int ret, tries = 0;

	do {
		s = (struct search){ .mac = mac, .fits = fits, .with = with };
		*e = (struct err)ERR_NONE;
		begin_get(&m, NLM_F_DUMP);
		ret = rtnl_talk(r, &m, take_same_mac, &s, "list devices", e);
	} while (ret < 0 && e->num == EINTR && ++tries < DUMP_TRIES);
	*found = s.found;
	return ret < 0 ? -1 : s.n == 1;
}

/* --- changing and making ----------------------------------------------------------- */

static int put_mac(struct rtnl_message *m, const char *mac, const char *what,
		   struct err *e)
{
	uint8_t bytes[MAC_BYTES];
	size_t n = mac_bytes(mac, bytes);

	if (n == 0)
		return err_set(e, EINVAL, "%s: \"%s\" is no hardware address", what, mac);
	mnl_attr_put(m->head, IFLA_ADDRESS, n, bytes);
	return 0;
}

int link_change(struct rtnl *r, int index, const struct link_change *c, const char *what,
		struct err *e)
{
	struct rtnl_message m;
	struct ifinfomsg *info = rtnl_begin(&m, RTM_SETLINK, 0, sizeof(*info));

	info->ifi_index = index;
	if (c->up)
		info->ifi_flags = info->ifi_change = IFF_UP;
	if (c->ns >= 0)
		mnl_attr_put_u32(m.head, IFLA_NET_NS_FD, (uint32_t)c->ns);
	if (c->name)
		mnl_attr_put_strz(m.head, IFLA_IFNAME, c->name);
	if (c->mac && put_mac(&m, c->mac, what, e) < 0)
		return -1;
	if (c->mtu)
		mnl_attr_put_u32(m.head, IFLA_MTU, c->mtu);
	if (c->master >= 0)
		mnl_attr_put_u32(m.head, IFLA_MASTER, (uint32_t)c->master);
	return rtnl_talk(r, &m, NULL, NULL, what, e);
}

static struct ifinfomsg *begin_make(struct rtnl_message *m)
{
	return rtnl_begin(m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
			  sizeof(struct ifinfomsg));
}

int link_make_veth(struct rtnl *r, const char *name, int ns, const char *peer,
		   struct err *e)
{
	struct nlattr *info, *data, *other;
	struct rtnl_message m;

	begin_make(&m);
	mnl_attr_put_strz(m.head, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(m.head, IFLA_LINKINFO);
	mnl_attr_put_strz(m.head, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(m.head, IFLA_INFO_DATA);
	other = mnl_attr_nest_start(m.head, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(m.head, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(m.head, IFLA_IFNAME, peer);
	mnl_attr_put_u32(m.head, IFLA_NET_NS_FD, (uint32_t)ns);
	mnl_attr_nest_end(m.head, other);
	mnl_attr_nest_end(m.head, data);
	mnl_attr_nest_end(m.head, info);
	return rtnl_talk(
		r, &m, NULL, NULL,
		arena_fmt(r->arena, "make a pair of devices, %s and %s", name, peer), e);
}

static const struct {
	const char *word;
	uint32_t mode;
} modes[] = {
	{ "bridge", MACVLAN_MODE_BRIDGE },
	{ "private", MACVLAN_MODE_PRIVATE },
	{ "vepa", MACVLAN_MODE_VEPA },
	{ "passthru", MACVLAN_MODE_PASSTHRU },
};

int link_make_macvlan(struct rtnl *r, const struct link *below, const char *mode, int ns,
		      const char *name, struct err *e)
{
	struct nlattr *info, *data;
	struct rtnl_message m;
	size_t i = 0;

	while (mode && i < ARRAY_LEN(modes) && strcmp(modes[i].word, mode) != 0)
		i++;
	if (i == ARRAY_LEN(modes))
		return err_plain(e, EINVAL, "\"%s\" is no mode of a macvlan device",
				 mode);
	begin_make(&m);
	mnl_attr_put_strz(m.head, IFLA_IFNAME, name);
	mnl_attr_put_u32(m.head, IFLA_LINK, (uint32_t)below->index);
	mnl_attr_put_u32(m.head, IFLA_NET_NS_FD, (uint32_t)ns);
	info = mnl_attr_nest_start(m.head, IFLA_LINKINFO);
	mnl_attr_put_strz(m.head, IFLA_INFO_KIND, "macvlan");
	data = mnl_attr_nest_start(m.head, IFLA_INFO_DATA);
	mnl_attr_put_u32(m.head, IFLA_MACVLAN_MODE, modes[i].mode);
	mnl_attr_nest_end(m.head, data);
	mnl_attr_nest_end(m.head, info);
	return rtnl_talk(
		r, &m, NULL, NULL,
		arena_fmt(r->arena, "make a macvlan device on top of %s", below->name),
		e);
}

int link_delete(struct rtnl *r, const struct link *l, struct err *e)
{
	struct rtnl_message m;
	struct ifinfomsg *info = rtnl_begin(&m, RTM_DELLINK, 0, sizeof(*info));

	info->ifi_index = l->index;
	return rtnl_talk(r, &m, NULL, NULL,
			 arena_fmt(r->arena, "delete the device %s", l->name), e);
}
