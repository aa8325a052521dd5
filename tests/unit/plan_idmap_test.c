/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: mounts whose ids are mapped. Faked hosts, no privileges. */
#include "tests/unit/plan_fake.h"

#define MAP(in, out, n) "{'containerID':" #in ",'hostID':" #out ",'size':" #n "}"
#define MAPS(map)	",'uidMappings':[" map "],'gidMappings':[" map "]"
#define USER		",{'type':'user'}"
#define USERNS_DOC(maps, mount)                                                          \
	DOC("'linux':{'namespaces':[" ALL_NS USER "]" maps "},'mounts':[{" mount "}]")
#define BIND "'destination':'/d','source':'/s'"
#define TMP  "'destination':'/d','type':'tmpfs'"

static const char *shown(struct fake *k, const plan_maps_t *maps)
{
	const char *text = "";

	LIST_EACH (map, maps)
		text = arena_fmt(&k->a, "%s%u-%u-%u ", text, map->inside, map->outside,
				 map->size);
	return text;
}

/* Without a user namespace: the document's numbers are the host's */
static void test_given(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(&k, DOC_MOUNT("{" BIND MAPS(MAP(0, 1000, 10)) ",'options':["
								     "'bind','idmap']}"));
	if (m) {
		CHECK(m->idmap == IDMAP_MAPS && !m->idmap_recursive && m->by_host,
		      "idmap with mappings");
		CHECK_STR(shown(&k, &m->uids), "0-1000-10 ", "as they are");
	}
	m = fake_mount(&k, DOC_MOUNT("{" BIND MAPS(MAP(0, 1, 1)) ",'options':['bind']}"));
	if (m)
		CHECK(m->idmap == IDMAP_MAPS && !m->idmap_recursive,
		      "mappings without the word: not recursive");
	m = fake_mount(&k, DOC_MOUNT("{" BIND MAPS(MAP(0, 1, 1)) ",'options':['rbind',"
								 "'ridmap']}"));
	if (m)
		CHECK(m->idmap == IDMAP_MAPS && m->idmap_recursive, "ridmap");
	m = fake_mount(&k, DOC_MOUNT("{" TMP MAPS(MAP(0, 5, 1)) "}"));
	if (m)
		CHECK(m->idmap == IDMAP_MAPS && m->kind == MOUNT_NEW,
		      "a new file system, too");
	PLAN_NO(&k, DOC_MOUNT("{" BIND ",'options':['bind','idmap']}"),
		"mounts[0] /d: idmap needs mappings or a user namespace");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/d','options':['remount','ro']" MAPS(
			MAP(0, 1, 1)) "}"),
		"when a mount is made, not later");
	arena_done(&k.a);
}

static const struct {
	const char *text, *uids, *gids; /* or "" and a part of the error */
} texts[] = {
	{ "idmap=uids=0-1000-10#10-2000-5;gids=0-7-1", "0-1000-10 10-2000-5 ", "0-7-1 " },
	{ "ridmap=gids=1-2-3;uids=4-5-6", "4-5-6 ", "1-2-3 " },
	/* through the map of the container: 0 is 100000, from 1000 on 500000 */
	{ "idmap=uids=@0-1-10;gids=@0-990-20", "0-100001-10 ",
	  "0-100990-10 10-500000-10 " },
	{ "idmap=uids=0-1-1", "", "uids and gids go together" },
	{ "idmap=", "", "is not like" },
	{ "idmap=uids=0-1;gids=0-1-1", "", "is not like" },
	{ "idmap=uids=0-1-0;gids=0-1-1", "", "is not like" },
	{ "idmap=uids=0-1-x;gids=0-1-1", "", "is not like" },
	{ "idmap=uids=0-4294967290-10;gids=0-1-1", "", "is not like" },
	{ "idmap=uids=0-1-1;uids=0-1-1;gids=0-1-1", "", "is not like" },
	{ "idmap=pids=0-1-1;gids=0-1-1", "", "is not like" },
	{ "idmap=uids=@0-1995-10;gids=0-1-1", "", "ids 1995 to 2004 are not in the" },
};

static void test_texts(void)
{
	struct fake k;

	fake_open(&k);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		bool planned = fake_plan(
			&k, arena_fmt(&k.a,
				      USERNS_DOC(MAPS(MAP(0, 100000, 1000) "," MAP(
							 1000, 500000, 1000)),
						 BIND ",'options':['bind','%s']"),
				      texts[i].text));
		const struct plan_mount *m = planned ? k.plan->mounts.items : NULL;

		if (!*texts[i].uids) {
			CHECK(!planned && strstr(k.err.text, texts[i].gids),
			      "%s: refused: %s", texts[i].text, k.err.text);
			continue;
		}
		if (!CHECK(planned, "%s: %s", texts[i].text, k.err.text))
			continue;
		CHECK_STR(shown(&k, &m->uids), texts[i].uids, "%s", texts[i].text);
		CHECK_STR(shown(&k, &m->gids), texts[i].gids, "%s", texts[i].text);
		CHECK(m->idmap_recursive == (texts[i].text[0] == 'r'), "ridmap=");
	}
	PLAN_NO(&k,
		USERNS_DOC(MAPS(MAP(0, 1, 1)),
			   BIND MAPS(MAP(0, 1, 1)) ",'options':['bind','idmap=uids=0-1-"
						   "1;gids=0-1-1']"),
		"it has uidMappings and gidMappings, too");
	arena_done(&k.a);
}

static void test_userns(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(&k, USERNS_DOC(MAPS(MAP(0, 100000, 1000)),
				      BIND ",'options':['bind','idmap']"));
	if (m)
		CHECK_STR(shown(&k, &m->gids), "0-100000-1000 ",
			  "the container's maps are taken");
	m = fake_mount(
		&k, USERNS_DOC(MAPS(MAP(0, 100000, 1000)), TMP ",'options':['idmap']"));
	if (m)
		CHECK(m->idmap == IDMAP_NONE, "what is made in it has its ids anyway");
	m = fake_mount(
		&k, USERNS_DOC(MAPS(MAP(0, 100000, 1000)), TMP MAPS(MAP(0, 100500, 10))));
	if (m)
		CHECK_STR(shown(&k, &m->uids), "0-500-10 ",
			  "init writes ids of the container");
	PLAN_NO(&k, USERNS_DOC(MAPS(MAP(0, 100000, 1000)), TMP MAPS(MAP(0, 1000, 1))),
		"its uids 1000 to 1000 are not in the container's user namespace");
	m = fake_mount(&k, DOC("'linux':{'namespaces':[" MNT
			       ",{'type':'user','path':'/u'}]},'mounts':[{" BIND
			       ",'options':['bind','idmap']}]"));
	if (m)
		CHECK(m->idmap == IDMAP_USERNS && str_eq(m->userns, "/u"),
		      "one that is joined is taken as it is");
	PLAN_NO(&k,
		DOC("'linux':{'namespaces':[" MNT
		    ",{'type':'user','path':'/u'}]},'mounts':[{" TMP MAPS(
			    MAP(0, 1, 1)) "}]"),
		"whose maps are not known");
	PLAN_NO(&k,
		DOC("'linux':{'namespaces':[" MNT
		    ",{'type':'user','path':'/u'}]},'mounts':[{" BIND
		    ",'options':['bind','idmap=uids=@0-1-1;gids=0-1-1']}]"),
		"the maps of a user namespace that is joined are not known");
	arena_done(&k.a);
}

/* An ordinary user: init tries, in ids of its own namespace */
static void test_rootless(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open_user(&k);
	m = fake_mount(&k, USERNS_DOC("", BIND ",'options':['bind','idmap']"));
	if (m) {
		CHECK(m->idmap == IDMAP_MAPS && !m->by_host, "init does it");
		CHECK_STR(shown(&k, &m->uids), "0-0-1 1-1-65536 ", "with its own ids");
	}
	arena_done(&k.a);
}

int main(void)
{
	test_given();
	test_texts();
	test_userns();
	test_rootless();
	return check_done();
}
