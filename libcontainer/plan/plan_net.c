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
#include <linux/mount.h>
#include <string.h>

#include "base/text.h"
#include "libcontainer/plan/draft.h"
#include "libcontainer/plan/path.h"
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
	const char *text = annotation_get(&s->annotations, ANNOTATION_PUBLISH);
	const char *where = "--publish";
	strings_t ports = r->publish;

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

bool plan_net_user(const struct spec *s, const struct request *r, struct arena *a)
{
	struct err ignored = ERR_NONE;
	struct asked w = { .by_flag = false };

	return read_net(s, r, a, &w, &ignored) == 0 && w.net.kind == WISH_USER;
}

/* --- devices --------------------------------------------------------------- */

static int draft_link(struct draft *d, const struct net_wish *w, struct err *e)
{
	if (!draft_privileged(d))
		return err_plain(e, EPERM,
				 "%s: only root changes the network of the host; --net "
				 "user needs no privileges",
				 w->where);
	*list_add(d->a, &d->p->net.links) = w->link;
	return 0;
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

/* --- through a program ----------------------------------------------------- */

static int choose_program(const struct draft *d, const struct net_wish *w,
			  struct user_net *n, struct err *e)
{
	const char *const paths[] = {
		[USER_PASTA] = d->f->pasta, [USER_SLIRP] = d->f->slirp4netns
	};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (!paths[i] || (w->with && !str_eq(w->with, user_program_names[i])))
			continue;
		n->program = (enum user_program)i;
		n->path = draft_keep(d, paths[i]);
		return 0;
	}
	if (w->with)
		return err_plain(
			e, ENOENT, "%s: %s is not installed: install the package %s",
			w->where, w->with, str_eq(w->with, "pasta") ? "passt" : w->with);
	return err_plain(e, ENOENT,
			 "%s: neither pasta nor slirp4netns is installed: install the "
			 "package passt",
			 w->where);
}

static int check_tun(const struct draft *d, const struct net_wish *w, struct err *e)
{
	switch (d->f->tun_errno) {
	case 0:
		return 0;
	case EACCES:
	case EPERM:
		return err_set(e, d->f->tun_errno,
			       "%s: open /dev/net/tun: its mode must be 666, or the "
			       "device be allowed",
			       w->where);
	default:
		return err_set(e, d->f->tun_errno,
			       "%s: open /dev/net/tun: is the module tun loaded?",
			       w->where);
	}
}

static int check_ports(const struct user_net *n, struct err *e)
{
	LIST_EACH (port, &n->ports)
		if (port->ip6 && n->program == USER_SLIRP)
			return err_plain(e, EINVAL,
					 "--publish: [%s]:%u: slirp4netns has no IPv6: "
					 "use pasta",
					 port->address, port->host);
	return 0;
}

/* The container has a loopback of its own */
static bool is_loopback(const char *address)
{
	return str_starts(address, "127.") || strcmp(address, "::1") == 0;
}

/* What the container shall ask, when the user does not say */
static void default_dns(struct draft *d, const struct user_net *n, strings_t *dns)
{
	if (n->program == USER_SLIRP) {
		strings_add(d->a, dns, draft_keep(d, USER_SLIRP_DNS));
		return;
	}
	LIST_EACH (address, &d->f->resolvers)
		if (!is_loopback(*address))
			strings_add(d->a, dns, draft_keep(d, *address));
	if (dns->n == 0)
		draft_warn(d,
			   "%s: the host's /etc/resolv.conf has no nameserver that the "
			   "container could reach: dns= names one",
			   n->where);
}

static int draft_user(struct draft *d, const struct asked *w, strings_t *dns,
		      struct err *e)
{
	struct user_net *n = arena_new(d->a, struct user_net);

	*n = (struct user_net){ .where = w->net.where,
				.name = w->net.link.name,
				.ports = w->ports,
				.host_loopback = w->net.host_loopback,
				.as_root = d->f->euid == 0 };
	if (choose_program(d, &w->net, n, e) < 0 || check_tun(d, &w->net, e) < 0 ||
	    check_ports(n, e) < 0)
		return -1;
	if (dns->n == 0)
		default_dns(d, n, dns);
	d->p->net.user = n;
	return 0;
}

/* --- names ----------------------------------------------------------------- */

#define RESOLV_CONF "/etc/resolv.conf"

/* The document's own file, or a directory that has one, stays */
static bool is_covered(const struct plan *p)
{
	LIST_EACH (m, &p->mounts)
		if (strcmp(m->target, RESOLV_CONF) == 0 ||
		    path_below(RESOLV_CONF, m->target))
			return true;
	return false;
}

/* Read-only: it lies in the directory of the box, which is often in memory and has no
 * limit of its own */
static void draft_resolv(struct draft *d, const strings_t *dns)
{
	struct text text = TEXT(d->a);
	struct plan_mount *m;

	if (dns->n == 0 || is_covered(d->p))
		return;
	LIST_EACH (address, dns)
		text_add(&text, "nameserver %s\n", *address);
	d->p->net.resolv_conf = text.s;
	m = list_add(d->a, &d->p->mounts);
	*m = (struct plan_mount){
		.kind = MOUNT_BIND,
		.where = draft_keep(d, "the network's " RESOLV_CONF),
		.target = draft_keep(d, RESOLV_CONF),
		.source = arena_fmt(d->a, "%s/resolv.conf", d->r->box),
		.by_host = d->f->can_mount,
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			    MOUNT_ATTR_NOEXEC,
		.propagation = MS_PRIVATE,
	};
}

int draft_net(struct draft *d, struct err *e)
{
	struct asked w;
	int ret = 0;

	d->p->net.helper = request_net(d->r, d->a);
	if (draft_netdevs(d, e) < 0)
		return -1;
	if (read_asked(d->spec, d->r, d->a, &w, e) < 0)
		return -1;
	if (w.net.kind == WISH_USER)
		ret = draft_user(d, &w, &w.net.dns, e);
	else if (w.net.kind >= WISH_BRIDGE)
		ret = draft_link(d, &w.net, e);
	if (ret == 0)
		draft_resolv(d, &w.net.dns);
	return ret;
}
