/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Talking rtnetlink(7); runs in aril-net */
#include "netns/aril-net/rtnl.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/fd.h"

/* The kernel answers at once, but may have to wait for its lock on all devices */
#define WAIT_S	    10
#define ANSWER_SIZE 65536 /* a message of a dump is at most 32 KiB (libmnl's manual) */

int rtnl_open(struct rtnl *r, struct arena *a, struct err *e)
{
	struct timeval wait = { .tv_sec = WAIT_S };
	int on = 1;

	*r = (struct rtnl){ .arena = a, .number = (uint32_t)clock_ms() };
	r->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!r->socket || mnl_socket_bind(r->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(r->socket), SOL_SOCKET, SO_RCVTIMEO, &wait,
		       sizeof(wait)) < 0)
		return err_sys(e, "open a netlink socket");
	/* the kernel's words; its filters on dumps: without them there is more to read */
	mnl_socket_setsockopt(r->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(r->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

void rtnl_done(struct rtnl *r)
{
	if (r->socket)
		mnl_socket_close(r->socket);
	r->socket = NULL;
}

void *rtnl_begin(struct rtnl_message *m, uint16_t type, uint16_t flags, size_t size)
{
	memset(m->bytes, 0, sizeof(m->bytes));
	m->head = mnl_nlmsg_put_header(m->bytes);
	m->head->nlmsg_type = type;
	m->head->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	return mnl_nlmsg_put_extra_header(m->head, size);
}

void rtnl_attributes(const struct nlmsghdr *head, size_t size, const struct nlattr **by,
		     uint16_t max)
{
	const struct nlattr *attr;

	for (unsigned i = 0; i <= max; i++)
		by[i] = NULL;
	mnl_attr_for_each(attr, head, (unsigned)size) if (mnl_attr_get_type(attr) <= max)
		by[mnl_attr_get_type(attr)] = attr;
}

/* What the kernel says about the error, if it says something */
static const char *words_of(const struct nlmsghdr *head)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(head);
	const struct nlattr *by[NLMSGERR_ATTR_MAX + 1];
	size_t size = sizeof(*error);

	if (!(head->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	/* behind it is the request, unless it was capped */
	if (!(head->nlmsg_flags & NLM_F_CAPPED))
		size += error->msg.nlmsg_len - sizeof(error->msg);
	if (size > mnl_nlmsg_get_payload_len(head))
		return NULL;
	rtnl_attributes(head, size, by, NLMSGERR_ATTR_MAX);
	return by[NLMSGERR_ATTR_MSG] ? mnl_attr_get_str(by[NLMSGERR_ATTR_MSG]) : NULL;
}

/* An error, or the acknowledgement. 1: it was that */
static int take_end(const struct nlmsghdr *head, const char *what, struct err *e)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(head);
	const char *words;

	if (mnl_nlmsg_get_payload_len(head) < sizeof(*error))
		return err_set(e, EPROTO, "%s: the kernel's answer is too short", what);
	if (error->error == 0)
		return 1;
	words = words_of(head);
	if (words)
		return err_set(e, -error->error, "%s (%s)", what, words);
	return err_set(e, -error->error, "%s", what);
}

struct reader {
	uint32_t number;
	void (*each)(const struct nlmsghdr *head, void *to);
	void *to;
	const char *what;
};

/* One message of the answer. 1: it was the last */
static int take(const struct reader *in, const struct nlmsghdr *head, struct err *e)
{
	if (head->nlmsg_seq != in->number)
		return 0;
	if (head->nlmsg_flags & NLM_F_DUMP_INTR)
		return err_set(e, EINTR, "%s", in->what);
	if (head->nlmsg_type == NLMSG_ERROR)
		return take_end(head, in->what, e);
	if (head->nlmsg_type == NLMSG_DONE)
		return 1;
	if (in->each && head->nlmsg_type >= NLMSG_MIN_TYPE)
		in->each(head, in->to);
	return 0;
}

int rtnl_talk(struct rtnl *r, struct rtnl_message *m,
	      void (*each)(const struct nlmsghdr *head, void *to), void *to,
	      const char *what, struct err *e)
{
	struct reader in = { ++r->number, each, to, what };
	autofree char *answer = malloc(ANSWER_SIZE);

	if (!answer)
		return err_set(e, ENOMEM, "%s", what);
	m->head->nlmsg_seq = in.number;
	m->head->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(r->socket, m->head, m->head->nlmsg_len) < 0)
		return err_sys(e, "%s", what);
	for (;;) {
		ssize_t n = mnl_socket_recvfrom(r->socket, answer, ANSWER_SIZE);
		struct nlmsghdr *head = (struct nlmsghdr *)(void *)answer;
		int left = (int)n, ret = 0;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "%s", what);
		for (; ret == 0 && mnl_nlmsg_ok(head, left);
		     head = mnl_nlmsg_next(head, &left))
			ret = take(&in, head, e);
		if (ret != 0)
			return ret < 0 ? -1 : 0;
	}
}
