/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the table files of the document share: ranges of the schema's integer types */
#ifndef SPEC_TABLES_H
#define SPEC_TABLES_H

#define JSON_U32     4294967295
#define JSON_I32_MIN (-2147483647 - 1)
#define JSON_I32_MAX 2147483647

#endif
