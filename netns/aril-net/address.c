/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses; runs in aril-net */
#include "netns/aril-net/address.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/fmt.h"
#include "base/str.h"
#include "base/text.h"

#define DUMP_TRIES 5

/* What is asked for in flags; the others are states of an address */
#define FLAGS_KEPT                                                                       \
	(IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE |  \
	 IFA_F_MCAUTOJOIN | IFA_F_DEPRECATED)

static size_t bytes_of(const struct address *address)
{
	return address->family == AF_INET6 ? 16 : 4;
}

/* --- read -------------------------------------------------------------------------- */

struct list {
	int index;
	addresses_t *all;
	struct arena *arena;
};

static void copy(uint8_t *to, const struct nlattr *attr, size_t n)
{
	if (attr && mnl_attr_get_payload_len(attr) == n)
		memcpy(to, mnl_attr_get_payload(attr), n);
}

/* Which address is whose is another thing in IPv4 and IPv6: ip-address(8), and
 * inet6_rtm_newaddr() of the kernel */
static void take_address(const struct nlmsghdr *head, void *to)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(head);
	const struct nlattr *by[IFA_RT_PRIORITY + 1];
	struct list *list = to;
	struct address x = { .family = info->ifa_family,
			     .length = info->ifa_prefixlen,
			     .scope = info->ifa_scope,
			     .flags = info->ifa_flags };
	size_t n = bytes_of(&x);

	if (head->nlmsg_type != RTM_NEWADDR || (int)info->ifa_index != list->index ||
	    (x.family != AF_INET && x.family != AF_INET6))
		return;
	rtnl_attributes(head, sizeof(*info), by, IFA_RT_PRIORITY);
	if (by[IFA_FLAGS])
		x.flags = mnl_attr_get_u32(by[IFA_FLAGS]);
	if (!(x.flags & IFA_F_PERMANENT))
		return;
	if (by[IFA_RT_PRIORITY])
		x.metric = mnl_attr_get_u32(by[IFA_RT_PRIORITY]);
	copy(x.peer, by[IFA_ADDRESS], n);
	copy(x.local, by[IFA_LOCAL] ? by[IFA_LOCAL] : by[IFA_ADDRESS], n);
	copy(x.broadcast, by[IFA_BROADCAST], sizeof(x.broadcast));
	x.has_broadcast = by[IFA_BROADCAST] != NULL;
	if (by[IFA_LABEL])
		fmt_text(x.label, sizeof(x.label), "%s", mnl_attr_get_str(by[IFA_LABEL]));
	*list_add(list->arena, list->all) = x;
}

int address_list(struct rtnl *r, int index, addresses_t *all, struct err *e)
{
	struct list list = { index, all, r->arena };
	struct rtnl_message m;
	int ret, tries = 0;

	do {
		struct ifaddrmsg *info =
			rtnl_begin(&m, RTM_GETADDR, NLM_F_DUMP, sizeof(*info));

		info->ifa_index = (unsigned)index;
		all->n = 0;
		*e = (struct err)ERR_NONE;
		ret = rtnl_talk(r, &m, take_address, &list, "list addresses", e);
	} while (ret < 0 && e->num == EINTR && ++tries < DUMP_TRIES);
	return ret;
}

bool address_is_kept(const struct address *address)
{
	return (address->flags & IFA_F_PERMANENT) && address->scope == RT_SCOPE_UNIVERSE;
}

/* --- given ------------------------------------------------------------------------- */

/* One that was found to be nobody else's is not looked for again: it goes on as it was */
static uint32_t flags_of(const struct address *x)
{
	uint32_t flags = x->flags & FLAGS_KEPT;

	if (x->family == AF_INET6 && !(x->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)))
		flags |= IFA_F_NODAD;
	return flags & ~(uint32_t)IFA_F_DEPRECATED;
}

static void put_rest(struct rtnl_message *m, const struct address *x)
{
	struct ifa_cacheinfo life = { .ifa_valid = UINT32_MAX };

	mnl_attr_put_u32(m->head, IFA_FLAGS, flags_of(x));
	if (x->has_broadcast)
		mnl_attr_put(m->head, IFA_BROADCAST, 4, x->broadcast);
	if (x->label[0])
		mnl_attr_put_strz(m->head, IFA_LABEL, x->label);
	if (x->metric)
		mnl_attr_put_u32(m->head, IFA_RT_PRIORITY, x->metric);
	if (x->flags & IFA_F_DEPRECATED)
		mnl_attr_put(m->head, IFA_CACHEINFO, sizeof(life), &life);
}

int address_add(struct rtnl *r, int index, const char *name,
		const struct address *address, struct err *e)
{
	struct rtnl_message m;
	struct ifaddrmsg *info =
		rtnl_begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*info));
	struct err why = ERR_NONE;
	char text[INET6_ADDRSTRLEN] = "";

	info->ifa_family = address->family;
	info->ifa_prefixlen = address->length;
	info->ifa_scope = address->scope;
	info->ifa_index = (unsigned)index;
	mnl_attr_put(m.head, IFA_LOCAL, bytes_of(address), address->local);
	mnl_attr_put(m.head, IFA_ADDRESS, bytes_of(address), address->peer);
	put_rest(&m, address);
	inet_ntop(address->family, address->local, text, sizeof(text));
	if (rtnl_talk(r, &m, NULL, NULL,
		      arena_fmt(r->arena, "give %s the address %s/%u", name, text,
				address->length),
		      &why) == 0 ||
	    why.num == EEXIST)
		return 0;
	*e = why;
	return -1;
}

/* --- as text ----------------------------------------------------------------------- */

static void add_number(struct text *t, const char *word, uint32_t number)
{
	if (number)
		text_add(t, " %s %u", word, number);
}

char *address_text(const struct address *x, struct arena *a)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct text t = TEXT(a);

	inet_ntop(x->family, x->local, text, sizeof(text));
	text_add(&t, "%s/%u", text, x->length);
	if (memcmp(x->peer, x->local, bytes_of(x)) != 0) {
		inet_ntop(x->family, x->peer, text, sizeof(text));
		text_add(&t, " peer %s", text);
	}
	if (x->has_broadcast) {
		inet_ntop(AF_INET, x->broadcast, text, sizeof(text));
		text_add(&t, " broadcast %s", text);
	}
	add_number(&t, "scope", x->scope);
	add_number(&t, "flags", flags_of(x) | (x->flags & IFA_F_DEPRECATED));
	add_number(&t, "metric", x->metric);
	if (x->label[0])
		text_add(&t, " label %s", x->label);
	return t.s;
}

/* "ADDRESS/LENGTH" */
static bool read_local(const char *text, struct address *x)
{
	char local[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "/");
	uint64_t length;

	x->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (text[n] != '/' || n >= sizeof(local) ||
	    !str_u64(text + n + 1, bytes_of(x) * 8, &length))
		return false;
	x->length = (uint8_t)length;
	memcpy(local, text, n);
	local[n] = '\0';
	if (inet_pton(x->family, local, x->local) != 1)
		return false;
	memcpy(x->peer, x->local, sizeof(x->peer));
	return true;
}

static bool read_number(const char *text, uint32_t *number)
{
	uint64_t v;

	if (!str_u64(text, UINT32_MAX, &v))
		return false;
	*number = (uint32_t)v;
	return true;
}

static bool read_word(const char *word, const char *value, struct address *x)
{
	uint32_t scope = 0;

	if (strcmp(word, "peer") == 0)
		return inet_pton(x->family, value, x->peer) == 1;
	if (strcmp(word, "broadcast") == 0) {
		x->has_broadcast = true;
		return inet_pton(AF_INET, value, x->broadcast) == 1;
	}
	if (strcmp(word, "scope") == 0) {
		if (!read_number(value, &scope) || scope > UINT8_MAX)
			return false;
		x->scope = (uint8_t)scope;
		return true;
	}
	if (strcmp(word, "flags") == 0)
		return read_number(value, &x->flags);
	if (strcmp(word, "metric") == 0)
		return read_number(value, &x->metric);
	return strcmp(word, "label") == 0 &&
	       fmt_text(x->label, sizeof(x->label), "%s", value) < sizeof(x->label);
}

int address_read(const char *text, struct address *x, struct err *e)
{
	autoarena a = ARENA_NONE;
	strings_t words;
	bool good;

	if (arena_open(&a, false, e) < 0)
		return -1;
	words = str_split(&a, text, ' ');
	*x = (struct address){ .flags = 0 };
	good = words.n % 2 == 1 && read_local(words.items[0], x);
	for (size_t i = 1; good && i < words.n; i += 2)
		good = read_word(words.items[i], words.items[i + 1], x);
	x->flags |= IFA_F_PERMANENT;
	return good ? 0
		    : err_plain(e, EINVAL,
				"\"%s\" is no address with its length (10.0.0.2/24)",
				text);
}
