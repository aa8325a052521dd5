/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON table of linux.netDevices and the kernel's rules for names. Runs in the
 * program. */
#include "netns/devices.h"

#include <linux/if.h>
#include <stddef.h>
#include <string.h>

static const struct json_member netdev_members[] = {
	JSON_ROW(STR, struct netdev, name, "name"),
};
const struct json_shape netdev_shape = JSON_SHAPE(struct netdev, netdev_members);

/* isspace() of the kernel: these, and 0xa0 of Latin-1 */
#define NETDEV_SPACES " \t\n\v\f\r\xa0"

const char *netdev_name_mistake(const char *name, bool may_be_template)
{
	const char *percent = strchr(name, '%');

	if (name[0] == '\0')
		return "is empty";
	if (strlen(name) >= IFNAMSIZ)
		return "is longer than 15 bytes";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "is not a name for a network device";
	if (strpbrk(name, "/:" NETDEV_SPACES))
		return "holds '/', ':' or white space";
	if (!percent)
		return NULL;
	if (!may_be_template)
		return "holds '%'";
	if (percent[1] != 'd' || strchr(percent + 1, '%'))
		return "holds '%' other than one \"%d\"";
	return NULL;
}
