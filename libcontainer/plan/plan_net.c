/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The network that the command line or an annotation asks for: which namespace, which
 * devices, which names. Runs in the program; pure.
 *
 * A wish replaces the network namespace of the document, before the document is checked:
 * whatever depends on it (sysctls, network devices, a sysfs) sees the one that the
 * container will have. An annotation is part of the document: where that names a
 * namespace by its path as well, as engines do, it contradicts itself.
 */
#include "libcontainer/plan/draft.h"
#include "libcontainer/spec/annotations.h"
#include "netns/wish.h"

/* What was asked for, by flags or by annotations */
struct asked {
	struct net_wish net;
	net_ports_t ports;
	bool by_flag;
};

static int read_net(const struct spec *s, const struct request *r, struct arena *a,
		    struct asked *out, struct err *e)
{
	const char *text = annotation_get(&s->annotations, ANNOTATION_NET);

	out->by_flag = r->net != NULL;
	if (r->net)
		return net_wish_read(r->net, "--net", a, &out->net, e);
	if (text)
		return net_wish_read(text, "annotations.aril.net", a, &out->net, e);
	return 0;
}

static int read_ports(const struct spec *s, const struct request *r, struct arena *a,
		      struct asked *out, struct err *e)
{
	const char *where = "--publish", *text;
	strings_t ports = r->publish;

	text = annotation_get(&s->annotations, ANNOTATION_PUBLISH);

	if (ports.n == 0) {
		/* flags win: of another network the document says nothing */
		if (!text || (out->by_flag && out->net.kind != WISH_USER))
			return 0;
		ports = str_split(a, text, ',');
		where = "annotations.aril.publish";
	}
	if (out->net.kind != WISH_USER)
		return err_plain(e, EINVAL, "%s: only --net user publishes ports", where);
	LIST_EACH (port, &ports)
		if (net_port_read(*port, where, a, &out->ports, e) < 0)
			return -1;
	return 0;
}

static int read_asked(const struct spec *s, const struct request *r, struct arena *a,
		      struct asked *out, struct err *e)
{
	*out = (struct asked){ .by_flag = false };
	if (read_net(s, r, a, out, e) < 0)
		return -1;
	return read_ports(s, r, a, out, e);
}

static int check_document(const struct spec *s, const struct asked *w, struct err *e)
{
	const struct spec_namespace *ns = spec_namespace(s, "network");

	if (w->by_flag || !ns || str_empty(ns->path))
		return 0;
	return err_plain(e, EINVAL,
			 "%s: linux.namespaces has a path for the network namespace, too",
			 w->net.where);
}

/* All but the network namespace, and the one that is wanted */
static void replace_namespace(struct spec_linux *l, const struct net_wish *w,
			      struct arena *a)
{
	__typeof__(l->namespaces) kept = { NULL, 0 };

	LIST_EACH (ns, &l->namespaces)
		if (!str_eq(ns->type, "network"))
			*list_add(a, &kept) = *ns;
	if (w->kind != WISH_HOST)
		*list_add(a, &kept) = (struct spec_namespace){
			.type = arena_strdup(a, "network"),
			.path = (char *)w->path,
		};
	l->namespaces.items = kept.items;
	l->namespaces.n = kept.n;
}

int plan_net_spec(struct spec *s, const struct request *r, struct arena *a, struct err *e)
{
	struct asked w;

	if (read_asked(s, r, a, &w, e) < 0)
		return -1;
	if (w.net.kind == WISH_NOTHING)
		return 0;
	if (check_document(s, &w, e) < 0)
		return -1;
	if (!s->linux)
		s->linux = arena_new(a, struct spec_linux);
	replace_namespace(s->linux, &w.net, a);
	return 0;
}

static int draft_link(struct draft *d, const struct net_wish *w, struct err *e)
{
	if (!draft_privileged(d))
		return err_plain(e, EPERM,
				 "%s: only root changes the network of the host; --net "
				 "user needs no privileges",
				 w->where);
	return err_plain(e, EOPNOTSUPP, "%s: this version of aril does not make it yet",
			 w->where);
}

/* linux.netDevices, whose names spec_check() has passed */
static int draft_netdevs(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;

	if (!l || l->net_devices.n == 0)
		return 0;
	if (!draft_privileged(d))
		return err_plain(e, EPERM,
				 "linux.netDevices: network devices are not supported "
				 "for rootless containers");
	LIST_EACH (device, &l->net_devices)
		*list_add(d->a, &d->p->net.links) = (struct net_link){
			.kind = NET_MOVE,
			.where = arena_fmt(d->a, "linux.netDevices.%s", device->key),
			.host = device->key,
			.name = str_empty(device->name) ? device->key : device->name,
			.stays = true,
		};
	return 0;
}

char *request_net(const struct request *r, struct arena *a)
{
	return r->helpers ? arena_fmt(a, "%s/aril-net", r->helpers) : NULL;
}

int draft_net(struct draft *d, struct err *e)
{
	struct asked w;

	d->p->net.helper = request_net(d->r, d->a);
	if (draft_netdevs(d, e) < 0)
		return -1;
	if (read_asked(d->spec, d->r, d->a, &w, e) < 0)
		return -1;
	switch (w.net.kind) {
	case WISH_BRIDGE:
	case WISH_MACVLAN:
	case WISH_PHYS:
		return draft_link(d, &w.net, e);
	case WISH_USER:
		return err_plain(e, EOPNOTSUPP,
				 "%s: this version of aril does not make it yet",
				 w.net.where);
	default:
		return 0;
	}
}
