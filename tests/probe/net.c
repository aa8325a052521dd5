/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Networks: the devices, addresses and routes that a process sees, and traffic over
 * them. Runs in the container, and on the host as the other side.
 */
#include "tests/probe/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MS 10000

/* links: "link.lo=up" for each device, and its MTU and hardware address */
static int net_links(int argc, char **argv)
{
	struct if_nameindex *list = if_nameindex();
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argc;
	(void)argv;
	if (!list || s < 0)
		give_up("if_nameindex");
	for (struct if_nameindex *i = list; i->if_name; i++) {
		struct ifreq r = { .ifr_ifru.ifru_ivalue = 0 };
		const unsigned char *mac = (const unsigned char *)r.ifr_hwaddr.sa_data;

		snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", i->if_name);
		if (ioctl(s, SIOCGIFFLAGS, &r) < 0)
			give_up(i->if_name);
		printf("link.%s=%s\n", i->if_name, r.ifr_flags & IFF_UP ? "up" : "down");
		if (ioctl(s, SIOCGIFMTU, &r) == 0)
			printf("mtu.%s=%d\n", i->if_name, r.ifr_mtu);
		if (ioctl(s, SIOCGIFHWADDR, &r) == 0)
			printf("mac.%s=%02x:%02x:%02x:%02x:%02x:%02x\n", i->if_name,
			       mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	}
	if_freenameindex(list);
	close(s);
	return 0;
}

static unsigned mask_length(const struct sockaddr *mask)
{
	const void *at =
		mask->sa_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)mask)->sin_addr
			: &((const struct sockaddr_in6 *)mask)->sin6_addr;
	const unsigned char *byte = at;
	unsigned n = 0;

	for (size_t i = 0; i < (mask->sa_family == AF_INET ? 4 : 16); i++)
		n += (unsigned)__builtin_popcount(byte[i]);
	return n;
}

/* addresses: "address=eth0 10.0.0.2/24" for each */
static int net_addresses(int argc, char **argv)
{
	struct ifaddrs *list;

	(void)argc;
	(void)argv;
	if (getifaddrs(&list) < 0)
		give_up("getifaddrs");
	for (struct ifaddrs *i = list; i; i = i->ifa_next) {
		char text[INET6_ADDRSTRLEN];
		const void *at;

		if (!i->ifa_addr || !i->ifa_netmask)
			continue;
		if (i->ifa_addr->sa_family == AF_INET)
			at = &((struct sockaddr_in *)(void *)i->ifa_addr)->sin_addr;
		else if (i->ifa_addr->sa_family == AF_INET6)
			at = &((struct sockaddr_in6 *)(void *)i->ifa_addr)->sin6_addr;
		else
			continue;
		inet_ntop(i->ifa_addr->sa_family, at, text, sizeof(text));
		printf("address=%s %s/%u\n", i->ifa_name, text,
		       mask_length(i->ifa_netmask));
	}
	freeifaddrs(list);
	return 0;
}

/* "fd000000000000000000000000000001" */
static void print_gateway6(const char *hex, const char *device)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;

	for (size_t i = 0; i < 16; i++) {
		unsigned byte;

		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return;
		a.s6_addr[i] = (unsigned char)byte;
	}
	printf("gateway=%s %s\n", device, inet_ntop(AF_INET6, &a, text, sizeof(text)));
}

/* gateways: "gateway=eth0 10.0.0.1" for each default route that has one */
static int net_gateways(int argc, char **argv)
{
	FILE *f = fopen("/proc/net/route", "re");
	char line[512], device[64], hex[40], text[INET_ADDRSTRLEN];
	unsigned to, gateway, mask;

	(void)argc;
	(void)argv;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %x %x %*x %*d %*d %*d %x", device, &to, &gateway,
			   &mask) == 4 &&
		    to == 0 && mask == 0 && gateway)
			printf("gateway=%s %s\n", device,
			       inet_ntop(AF_INET, &gateway, text, sizeof(text)));
	if (f)
		fclose(f);
	f = fopen("/proc/net/ipv6_route", "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*32[0] 00 %*s %*s %39s %*s %*s %*s %*s %63s", hex,
			   device) == 2 &&
		    strspn(hex, "0") != strlen(hex))
			print_gateway6(hex, device);
	if (f)
		fclose(f);
	return 0;
}

static socklen_t address_read(const char *host, const char *port,
			      struct sockaddr_storage *to)
{
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)number(port, 65535));
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) != 1)
		give_up(host);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)number(port, 65535));
	return sizeof(*in6);
}

static bool ready(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, ms) == 1;
}

/* What comes until the end or a newline, at most `size` - 1 bytes */
static void receive(int fd, char *text, size_t size, int ms)
{
	size_t n = 0;

	do {
		ssize_t got =
			ready(fd, POLLIN, ms) ? recv(fd, text + n, size - 1 - n, 0) : 0;

		if (got <= 0)
			break;
		n += (size_t)got;
		text[n] = '\0';
	} while (n < size - 1 && !strchr(text, '\n'));
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

static int open_port(const char *kind, char **argv, struct sockaddr_storage *to,
		     socklen_t *n)
{
	int type = strcmp(kind, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM, one = 1;
	int s;

	*n = address_read(argv[2], argv[3], to);
	s = socket(to->ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0)
		give_up("socket");
	return s;
}

static void say_ready(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0 || close(fd) < 0)
		give_up(path);
}

/* serve tcp|udp ADDRESS PORT READY: make the file READY when the port is open; answer
 * the first who comes with "got:" and what he said, and print that */
static int net_serve(int argc, char **argv)
{
	bool udp = strcmp(argv[1], "udp") == 0;
	struct sockaddr_storage at, from;
	socklen_t n, len = sizeof(from);
	char text[4096] = "", reply[4200];
	int s = open_port(argv[1], argv, &at, &n), c = s;

	(void)argc;
	if (bind(s, (struct sockaddr *)&at, n) < 0 || (!udp && listen(s, 4) < 0))
		give_up("bind");
	say_ready(argv[4]);
	if (!ready(s, POLLIN, WAIT_MS)) {
		printf("received=nothing\n");
		return 1;
	}
	if (udp) {
		ssize_t got = recvfrom(s, text, sizeof(text) - 1, 0,
				       (struct sockaddr *)&from, &len);

		text[got > 0 ? got : 0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		snprintf(reply, sizeof(reply), "got:%s\n", text);
		if (sendto(s, reply, strlen(reply), 0, (struct sockaddr *)&from, len) < 0)
			give_up("sendto");
	} else {
		c = accept4(s, NULL, NULL, SOCK_CLOEXEC);
		if (c < 0)
			give_up("accept");
		receive(c, text, sizeof(text), WAIT_MS);
		snprintf(reply, sizeof(reply), "got:%s\n", text);
		if (send(c, reply, strlen(reply), MSG_NOSIGNAL) < 0)
			give_up("send");
	}
	printf("received=%s\n", text);
	close(c);
	return 0;
}

/* ask tcp|udp ADDRESS PORT TEXT [MS]: send the text, print the answer ("reply=...") or
 * why there is none ("connect=ECONNREFUSED") */
static int net_ask(int argc, char **argv)
{
	struct sockaddr_storage to;
	socklen_t n, len = sizeof(int);
	int s = open_port(argv[1], argv, &to, &n), why = 0;
	int ms = argc > 5 ? (int)number(argv[5], 60000) : WAIT_MS;
	char text[4200];

	if (connect(s, (struct sockaddr *)&to, n) < 0 && errno != EINPROGRESS) {
		printf("connect=%s\n", outcome(-1));
		return 0;
	}
	if (!ready(s, POLLOUT, ms))
		why = ETIMEDOUT;
	else if (getsockopt(s, SOL_SOCKET, SO_ERROR, &why, &len) < 0)
		give_up("getsockopt");
	errno = why;
	if (why || dprintf(s, "%s\n", argv[4]) < 0) {
		printf("connect=%s\n", outcome(-1));
		return 0;
	}
	receive(s, text, sizeof(text), ms);
	printf("reply=%s\n", *text ? text : "none");
	close(s);
	return 0;
}

const struct command net_commands[] = {
	{ "links", 0, 0, net_links, "" },
	{ "addresses", 0, 0, net_addresses, "" },
	{ "gateways", 0, 0, net_gateways, "" },
	{ "serve", 4, 4, net_serve, "tcp|udp ADDRESS PORT READY" },
	{ "ask", 4, 5, net_ask, "tcp|udp ADDRESS PORT TEXT [MS]" },
	{ 0 },
};
