/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Properties of units in D-Bus messages. Runs in aril-systemd. */
#include "cgroups/systemd/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* --- basic types: from a text, -EINVAL when it is none ------------------------------ */

static int append_text(sd_bus_message *message, char type, const char *text)
{
	return sd_bus_message_append_basic(message, type, text);
}

static int append_bool(sd_bus_message *message, char type, const char *text)
{
	int v = strcmp(text, "true") == 0;

	if (!v && strcmp(text, "false") != 0)
		return -EINVAL;
	return sd_bus_message_append_basic(message, type, &v);
}

static int append_double(sd_bus_message *message, char type, const char *text)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end)
		return -EINVAL;
	return sd_bus_message_append_basic(message, type, &v);
}

static int append_unsigned(sd_bus_message *message, char type, const char *text)
{
	uint64_t max = type == 'y'   ? UINT8_MAX
		       : type == 'q' ? UINT16_MAX
		       : type == 'u' ? UINT32_MAX
				     : UINT64_MAX;
	uint64_t v;
	uint8_t v8;
	uint16_t v16;
	uint32_t v32;

	if (!str_u64(text, max, &v))
		return -EINVAL;
	v8 = (uint8_t)v;
	v16 = (uint16_t)v;
	v32 = (uint32_t)v;
	return sd_bus_message_append_basic(message, type,
					   type == 'y'	 ? (void *)&v8
					   : type == 'q' ? (void *)&v16
					   : type == 'u' ? (void *)&v32
							 : (void *)&v);
}

static int append_signed(sd_bus_message *message, char type, const char *text)
{
	bool negative = text[0] == '-';
	uint64_t max = type == 'n' ? INT16_MAX : type == 'i' ? INT32_MAX : INT64_MAX;
	uint64_t v;
	int64_t v64;
	int32_t v32;
	int16_t v16;

	if (!str_u64(text + negative, max + negative, &v))
		return -EINVAL;
	v64 = (int64_t)(negative ? 0 - v : v);
	v32 = (int32_t)v64;
	v16 = (int16_t)v64;
	return sd_bus_message_append_basic(message, type,
					   type == 'n'	 ? (void *)&v16
					   : type == 'i' ? (void *)&v32
							 : (void *)&v64);
}

static const struct basic {
	char type;
	int (*append)(sd_bus_message *message, char type, const char *text);
} basics[] = {
	{ 's', append_text },	  { 'o', append_text },	    { 'g', append_text },
	{ 'b', append_bool },	  { 'd', append_double },   { 'y', append_unsigned },
	{ 'q', append_unsigned }, { 'u', append_unsigned }, { 't', append_unsigned },
	{ 'n', append_signed },	  { 'i', append_signed },   { 'x', append_signed },
};

static int append_basic(sd_bus_message *message, char type, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(basics); i++)
		if (basics[i].type == type)
			return basics[i].append(message, type, text);
	return -EINVAL;
}

/* --- arrays ------------------------------------------------------------------------ */

/* In place: "0aff" */
static int append_bytes(sd_bus_message *message, char *hex)
{
	size_t n = 0;

	for (; hex[2 * n]; n++) {
		int high = str_hex(hex[2 * n]);
		int low = str_hex(hex[2 * n + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		hex[n] = (char)(high << 4 | low);
	}
	return sd_bus_message_append_array(message, 'y', hex, n);
}

/* members: "s", or "st" of "(st)" */
static int append_elements(sd_bus_message *message, const struct property *p,
			   const char *members, size_t n, bool is_struct)
{
	int ret = p->values.n % n ? -EINVAL : 0;

	for (size_t i = 0; ret >= 0 && i < p->values.n; i++) {
		if (is_struct && i % n == 0)
			ret = sd_bus_message_open_container(message, 'r', members);
		if (ret >= 0)
			ret = append_basic(message, members[i % n], p->values.items[i]);
		if (ret >= 0 && is_struct && i % n == n - 1)
			ret = sd_bus_message_close_container(message);
	}
	return ret;
}

static int append_array(sd_bus_message *message, const struct property *p)
{
	const char *element = p->type + 1;
	bool is_struct = *element == '(';
	char members[16] = "";
	size_t n = strcspn(element + is_struct, ")");
	int ret;

	if (n == 0 || n >= sizeof(members) || (!is_struct && n != 1))
		return -EINVAL;
	memcpy(members, element + is_struct, n);
	ret = sd_bus_message_open_container(message, 'a', element);
	if (ret >= 0)
		ret = append_elements(message, p, members, n, is_struct);
	return ret < 0 ? ret : sd_bus_message_close_container(message);
}

static int append_value(sd_bus_message *message, const struct property *p)
{
	if (strcmp(p->type, "ay") == 0)
		return p->values.n == 1 ? append_bytes(message, p->values.items[0])
					: -EINVAL;
	if (p->type[0] == 'a')
		return append_array(message, p);
	if (strlen(p->type) != 1 || p->values.n != 1)
		return -EINVAL;
	return append_basic(message, p->type[0], p->values.items[0]);
}

static int append_property(sd_bus_message *message, const struct property *p)
{
	int ret = sd_bus_message_open_container(message, 'r', "sv");

	if (ret >= 0)
		ret = sd_bus_message_append(message, "s", p->name);
	if (ret >= 0)
		ret = sd_bus_message_open_container(message, 'v', p->type);
	if (ret >= 0)
		ret = append_value(message, p);
	if (ret >= 0)
		ret = sd_bus_message_close_container(message);
	return ret < 0 ? ret : sd_bus_message_close_container(message);
}

/* Process 0 is who sends the message, whatever number it has in systemd's namespace */
int message_properties(sd_bus_message *message, const struct request *r, bool own_process,
		       struct err *e)
{
	int ret = sd_bus_message_open_container(message, 'a', "(sv)");

	LIST_EACH (p, &r->properties) {
		if (ret >= 0)
			ret = append_property(message, p);
		if (ret < 0)
			return err_set(e, -ret,
				       "give %s its property %s (%s): \"%.100s\"",
				       r->unit, p->name, p->type,
				       p->values.n > 0 ? p->values.items[0] : "");
	}
	if (ret >= 0 && own_process)
		ret = sd_bus_message_append(message, "(sv)", "PIDs", "au", 1, 0U);
	if (ret >= 0)
		ret = sd_bus_message_close_container(message);
	return ret < 0 ? err_set(e, -ret, "give %s its properties", r->unit) : 0;
}
