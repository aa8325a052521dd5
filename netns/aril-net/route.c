/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routes by a device; runs in aril-net */
#include "netns/aril-net/route.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/fmt.h"
#include "base/str.h"

#define DUMP_TRIES 5
#define BYTES_MAX  1024 /* of a route: those with one gateway have less than 200 */

/* --- read -------------------------------------------------------------------------- */

struct list {
	int index;
	strings_t *all;
	struct arena *arena;
};

static bool is_set(const struct rtmsg *route)
{
	return route->rtm_type == RTN_UNICAST && route->rtm_table != RT_TABLE_LOCAL &&
	       route->rtm_protocol != RTPROT_KERNEL && route->rtm_protocol != RTPROT_RA &&
	       !(route->rtm_flags & RTM_F_CLONED);
}

static void take_route(const struct nlmsghdr *head, void *to)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(head);
	const uint8_t *bytes = mnl_nlmsg_get_payload(head);
	size_t n = mnl_nlmsg_get_payload_len(head);
	const struct nlattr *by[RTA_GATEWAY + 1];
	struct list *list = to;
	char *text;

	if (head->nlmsg_type != RTM_NEWROUTE || n > BYTES_MAX || !is_set(route))
		return;
	rtnl_attributes(head, sizeof(*route), by, RTA_GATEWAY);
	if (!by[RTA_OIF] || (int)mnl_attr_get_u32(by[RTA_OIF]) != list->index)
		return;
	text = arena_get(list->arena, n * 2 + 1);
	for (size_t i = 0; i < n; i++)
		fmt_text(text + i * 2, 3, "%02x", bytes[i]);
	strings_add(list->arena, list->all, text);
}

int route_list(struct rtnl *r, int index, strings_t *all, struct err *e)
{
	struct list list = { index, all, r->arena };
	struct rtnl_message m;
	int ret, tries = 0;

	do {
		rtnl_begin(&m, RTM_GETROUTE, NLM_F_DUMP, sizeof(struct rtmsg));
		all->n = 0;
		*e = (struct err)ERR_NONE;
		ret = rtnl_talk(r, &m, take_route, &list, "list routes", e);
	} while (ret < 0 && e->num == EINTR && ++tries < DUMP_TRIES);
	return ret;
}

/* --- set --------------------------------------------------------------------------- */

/* The request that sets it, by that device; NULL: the text is none */
static const struct nlattr *read_route(struct rtnl_message *m, const char *text,
				       int index, const struct nlattr **gateway)
{
	size_t n = strlen(text) / 2;
	const struct nlattr *by[RTA_GATEWAY + 1];
	struct rtmsg *route;
	uint8_t *bytes;

	if (n < sizeof(*route) || n > BYTES_MAX || strlen(text) % 2)
		return NULL;
	bytes = rtnl_begin(m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, n);
	for (size_t i = 0; i < n; i++) {
		int high = str_hex(text[i * 2]), low = str_hex(text[i * 2 + 1]);

		if (high < 0 || low < 0)
			return NULL;
		bytes[i] = (uint8_t)(high * 16 + low);
	}
	route = (struct rtmsg *)(void *)bytes;
	route->rtm_flags &= RTNH_F_ONLINK; /* others are states */
	rtnl_attributes(m->head, sizeof(*route), by, RTA_GATEWAY);
	*gateway = by[RTA_GATEWAY];
	if (by[RTA_OIF] && mnl_attr_get_payload_len(by[RTA_OIF]) == 4)
		memcpy(mnl_attr_get_payload(by[RTA_OIF]), &index, 4);
	return by[RTA_OIF];
}

/* Those without a gateway first: they may lead to the gateways of others */
static int restore_some(struct rtnl *r, int index, const strings_t *routes,
			bool by_gateway, struct err *e)
{
	LIST_EACH (text, routes) {
		const struct nlattr *gateway = NULL;
		struct err why = ERR_NONE;
		struct rtnl_message m;

		if (!read_route(&m, *text, index, &gateway))
			return err_plain(e, EINVAL, "\"%.40s\" is no route", *text);
		if ((gateway != NULL) != by_gateway ||
		    rtnl_talk(r, &m, NULL, NULL, "restore a route", &why) == 0 ||
		    why.num == EEXIST)
			continue;
		*e = why;
		return -1;
	}
	return 0;
}

int route_restore(struct rtnl *r, int index, const strings_t *routes, struct err *e)
{
	if (restore_some(r, index, routes, false, e) < 0)
		return -1;
	return restore_some(r, index, routes, true, e);
}

int route_add(struct rtnl *r, int index, const char *gateway, struct err *e)
{
	struct rtnl_message m;
	struct rtmsg *route =
		rtnl_begin(&m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof(*route));
	uint8_t to[16];
	bool six = strchr(gateway, ':') != NULL;

	route->rtm_family = six ? AF_INET6 : AF_INET;
	route->rtm_table = RT_TABLE_MAIN;
	route->rtm_protocol = RTPROT_BOOT;
	route->rtm_scope = RT_SCOPE_UNIVERSE;
	route->rtm_type = RTN_UNICAST;
	if (inet_pton(route->rtm_family, gateway, to) != 1)
		return err_plain(e, EINVAL, "\"%s\" is no address of a gateway", gateway);
	mnl_attr_put(m.head, RTA_GATEWAY, six ? 16 : 4, to);
	mnl_attr_put_u32(m.head, RTA_OIF, (uint32_t)index);
	return rtnl_talk(r, &m, NULL, NULL,
			 arena_fmt(r->arena, "make %s the default gateway", gateway), e);
}
