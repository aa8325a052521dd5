/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cases of check_test.c: for each rule a part of a document that breaks it and, where
 * that says something, one that just doesn't. The rest of the document is a sound frame.
 */
#ifndef TESTS_UNIT_CHECK_CASES_H
#define TESTS_UNIT_CHECK_CASES_H

/* clang-format off */
/* Where a case is put */
enum frame { TOP, PROCESS, LINUX, RES, SECCOMP };
static const char *const frames[][2] = {
	[TOP] = { "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"r\"},", "}" },
	[PROCESS] = { "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"r\"},\"process\":{"
		      "\"cwd\":\"/\","
		      "\"args\":[\"sh\"],",
		      "}}" },
	[LINUX] = { "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"r\"},\"linux\":{",
		    "}}" },
	[RES] = { "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"r\"},\"linux\":{"
		  "\"resources\":{",
		  "}}}" },
	[SECCOMP] = { "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"r\"},\"linux\":{"
		      "\"seccomp\":{",
		      "}}}" },
};
#define NS(type)   "\"namespaces\":[{\"type\":\"" type "\"}],"
#define OK_DEFAULT "\"defaultAction\":\"SCMP_ACT_ALLOW\","

/* The part, and the first error that it must give ("path: what", or its beginning); NULL:
 * no error; a message that begins with '?' is a warning */
static const struct {
	enum frame frame;
	const char *part, *message;
} cases[] = {
	{ TOP, "\"annotations\":{\"a\":\"\"}", NULL },
	{ TOP, "\"annotations\":{\"\":\"a\"}", "annotations: has an empty name" },
	{ TOP, "\"hostname\":\"\"", NULL },
	{ TOP, "\"hostname\":\"h\"",
	  "hostname: unable to set hostname without a private UTS namespace" },
	{ TOP, "\"domainname\":\"d\"",
	  "domainname: unable to set domainname without a private UTS namespace" },
	{ TOP, "\"hostname\":\"h\",\"linux\":{\"namespaces\":[{\"type\":\"uts\"}]}",
	  NULL },
	{ TOP,
	  "\"hostname\":\"h\",\"linux\":{\"namespaces\":[{\"type\":\"uts\",\"path\":\"/"
	  "x\"}]}",
	  NULL },
	{ TOP,
	  "\"hooks\":{\"poststop\":[{\"path\":\"/x\",\"timeout\":1},{\"path\":\"x\"}]}",
	  "hooks.poststop[1].path: \"x\" is not an absolute path" },
	{ TOP, "\"hooks\":{\"createRuntime\":[{\"path\":\"/x\",\"timeout\":0}]}",
	  "hooks.createRuntime[0].timeout: 0 is not more than 0" },
	{ TOP, "\"hooks\":{\"startContainer\":[{\"path\":\"\"}]}",
	  "hooks.startContainer[0].path: " },
	/* mounts */
	{ TOP, "\"mounts\":[{\"destination\":\"\",\"type\":\"proc\"}]",
	  "mounts[0].destination: is empty" },
	{ TOP, "\"mounts\":[{\"destination\":\"proc\",\"type\":\"proc\"}]",
	  "?mounts[0].destination: \"proc\" is relative" },
	{ TOP, "\"mounts\":[{\"destination\":\"/p\"}]", "mounts[0].type: is missing" },
	{ TOP, "\"mounts\":[{\"destination\":\"/p\",\"options\":[\"rshared\"]}]", NULL },
	{ TOP, "\"mounts\":[{\"destination\":\"/p\",\"options\":[\"bind\"]}]",
	  "mounts[0].source: is missing for a bind mount" },
	{ TOP,
	  "\"mounts\":[{\"destination\":\"/"
	  "p\",\"source\":\"s\",\"options\":[\"rbind\"]}]",
	  NULL },
	{ TOP,
	  "\"mounts\":[{\"destination\":\"/"
	  "p\",\"source\":\"s\",\"options\":[\"bind\",\"idmap\"]}]",
	  "mounts[0].options: idmap needs mappings or a user namespace" },
	{ TOP,
	  "\"mounts\":[{\"destination\":\"/"
	  "p\",\"type\":\"t\",\"uidMappings\":[{\"containerID\":0,"
	  "\"hostID\":0,\"size\":1}]}]",
	  "mounts[0].gidMappings: is missing: the two mappings go together" },
	{ TOP,
	  "\"mounts\":[{\"destination\":\"/p\",\"type\":\"t\",\"uidMappings\":[],"
	  "\"gidMappings\":[]}]",
	  NULL },
	{ TOP,
	  "\"mounts\":[{\"destination\":\"/"
	  "p\",\"type\":\"t\",\"options\":[\"idmap=uids=0-1-1\"]}]",
	  NULL },
	/* process */
	{ PROCESS, "\"env\":[\"A=\",\"B=c=d\"]", NULL },
	{ PROCESS, "\"env\":[\"A=\",\"B\"]", "process.env[1]: \"B\" has no '='" },
	{ PROCESS, "\"env\":[\"=x\"]", "process.env[0]: has no name before '='" },
	{ PROCESS, "\"user\":{\"uid\":4294967294,\"gid\":4294967294}", NULL },
	{ PROCESS, "\"user\":{\"uid\":4294967295}",
	  "process.user.uid: 4294967295 is not an id (0 to 4294967294)" },
	{ PROCESS, "\"user\":{\"gid\":4294967295}", "process.user.gid: " },
	{ PROCESS, "\"user\":{\"additionalGids\":[0,4294967295]}",
	  "process.user.additionalGids[1]: " },
	{ PROCESS, "\"user\":{\"umask\":511}", NULL },
	{ PROCESS, "\"user\":{\"umask\":512}",
	  "process.user.umask: 512 is more than 511" },
	{ PROCESS, "\"consoleSize\":{\"height\":70000,\"width\":1}", NULL },
	{ PROCESS, "\"terminal\":true,\"consoleSize\":{\"height\":65535,\"width\":1}",
	  NULL },
	{ PROCESS, "\"terminal\":true,\"consoleSize\":{\"height\":65536,\"width\":1}",
	  "process.consoleSize: a side is more than 65535" },
	{ PROCESS, "\"capabilities\":{\"bounding\":[\"CAP_KILL\",\"CAP_FLY\"]}",
	  "?process.capabilities.bounding[1]: unknown capability \"CAP_FLY\" is left "
	  "out" },
	{ PROCESS, "\"capabilities\":{\"ambient\":[\"kill\"]}",
	  "?process.capabilities.ambient[0]: " },
	{ PROCESS,
	  "\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1},"
	  "{\"type\":\"RLIMIT_AS\",\"soft\":1,\"hard\":2}]",
	  NULL },
	{ PROCESS, "\"rlimits\":[{\"type\":\"RLIMIT_CPUS\",\"soft\":1,\"hard\":1}]",
	  "process.rlimits[0].type: unknown word \"RLIMIT_CPUS\": one of RLIMIT_AS, " },
	{ PROCESS,
	  "\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1},"
	  "{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1}]",
	  "process.rlimits[1].type: RLIMIT_CPU is given twice" },
	{ PROCESS, "\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":2,\"hard\":1}]",
	  "process.rlimits[0].soft: is more than the hard limit" },
	{ PROCESS, "\"oomScoreAdj\":-1000", NULL },
	{ PROCESS, "\"oomScoreAdj\":-1001", "process.oomScoreAdj: -1001 is not within" },
	{ PROCESS, "\"scheduler\":{\"policy\":\"SCHED_FAST\"}",
	  "process.scheduler.policy: unknown word \"SCHED_FAST\": one of SCHED_OTHER" },
	{ PROCESS, "\"scheduler\":{\"policy\":\"SCHED_FIFO\",\"priority\":100}",
	  "process.scheduler.priority: 100 is not within 1 to 99" },
	{ PROCESS, "\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"priority\":1}",
	  "process.scheduler.priority: 1 is not 0" },
	{ PROCESS, "\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"nice\":20}",
	  "process.scheduler.nice: 20 is not within" },
	{ PROCESS,
	  "\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"flags\":[\"SCHED_FLAG_X\"]}",
	  "process.scheduler.flags[0]: unknown word" },
	{ PROCESS, "\"scheduler\":{\"policy\":\"SCHED_RR\",\"priority\":1,\"runtime\":5}",
	  "process.scheduler: runtime, deadline and period are for SCHED_DEADLINE" },
	{ PROCESS,
	  "\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"runtime\":1,"
	  "\"deadline\":2,\"period\":3}",
	  NULL },
	{ PROCESS, "\"scheduler\":{\"policy\":\"\"}", NULL },
	{ PROCESS, "\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":8}",
	  "process.ioPriority.priority: 8 is not within 0 to 7" },
	{ PROCESS, "\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":7}",
	  NULL },
	{ PROCESS, "\"ioPriority\":{\"class\":\"IOPRIO_CLASS_X\",\"priority\":7}",
	  "process.ioPriority.class: unknown word" },
	{ PROCESS, "\"execCPUAffinity\":{\"initial\":\"0-x\"}",
	  "process.execCPUAffinity.initial: \"0-x\" is not a list" },
	{ PROCESS, "\"execCPUAffinity\":{\"final\":\"0-3, 7\"}",
	  NULL },
	{ PROCESS, "\"execCPUAffinity\":{\"final\":\"3-0\"}",
	  "process.execCPUAffinity.final: \"3-0\" is not a list" },
	{ PROCESS, "\"execCPUAffinity\":{\"final\":\"8192\"}",
	  "process.execCPUAffinity.final: \"8192\" is not a list" },
	{ PROCESS, "\"execCPUAffinity\":{\"final\":\" , \"}",
	  "process.execCPUAffinity.final: \" , \" is not a list" },
	{ PROCESS, "\"execCPUAffinity\":{\"initial\":\"\"}", NULL },
	{ PROCESS, "\"apparmorProfile\":\"p\",\"selinuxLabel\":\"l\"", NULL },
	/* linux */
	{ LINUX, "\"namespaces\":[{\"type\":\"nett\"}]",
	  "linux.namespaces[0].type: unknown word \"nett\": one of pid, network, mount, "
	  "ipc, uts, "
	  "user, cgroup, time" },
	{ LINUX, "\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"pid\",\"path\":\"/x\"}]",
	  "linux.namespaces[1].type: pid is given twice" },
	{ LINUX, "\"namespaces\":[{\"type\":\"pid\",\"path\":\"x\"}]",
	  "linux.namespaces[0].path: \"x\" is not an absolute path" },
	{ LINUX, NS("user") "\"uidMappings\":[]", NULL }, /* the plan's to say */
	{ LINUX, "\"namespaces\":[{\"type\":\"user\",\"path\":\"/x\"}]", NULL },
	{ LINUX,
	  "\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1}],"
	  "\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1}]",
	  "linux.uidMappings: needs a user namespace" },
	{ LINUX,
	  NS("user") "\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1}]",
	  "linux.gidMappings: is missing for the user namespace" },
	{ LINUX,
	  NS("user") "\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":"
		     "4294967295}],"
		     "\"gidMappings\":[{\"containerID\":0,\"hostID\":5,\"size\":1},"
		     "{\"containerID\":1,\"hostID\":6,\"size\":1}]",
	  NULL },
	{ LINUX,
	  NS("user") "\"uidMappings\":[{\"containerID\":1,\"hostID\":0,\"size\":"
		     "4294967295}],"
		     "\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1}]",
	  "linux.uidMappings[0].containerID: the range ends above the last id" },
	{ LINUX,
	  NS("user") "\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":0}],"
		     "\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1}]",
	  "linux.uidMappings[0].size: is 0" },
	{ LINUX,
	  NS("user") "\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":5},"
		     "{\"containerID\":5,\"hostID\":4,\"size\":5}],"
		     "\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1}]",
	  "linux.uidMappings[1].hostID: the range overlaps with line 0" },
	{ LINUX, NS("time") "\"timeOffsets\":{\"realtime\":{\"secs\":1}}",
	  "linux.timeOffsets: unknown word \"realtime\": one of monotonic, boottime" },
	{ LINUX, NS("time") "\"timeOffsets\":{\"boottime\":{\"nanosecs\":1000000000}}",
	  "linux.timeOffsets: nanosecs of boottime is more than" },
	{ LINUX, "\"timeOffsets\":{\"boottime\":{\"secs\":1}}",
	  "linux.timeOffsets: needs a new time namespace" },
	{ LINUX, NS("time") "\"timeOffsets\":{\"boottime\":{\"secs\":1}}", NULL },
	{ LINUX,
	  "\"namespaces\":[{\"type\":\"time\",\"path\":\"/t\"}],\"timeOffsets\":"
	  "{\"boottime\":{\"secs\":1}}",
	  "linux.timeOffsets: needs a new time namespace" },
	{ LINUX, "\"timeOffsets\":{}", NULL },
	{ LINUX,
	  "\"devices\":[{\"type\":\"p\",\"path\":\"/p\"},{\"type\":\"u\",\"path\":\"/u\","
	  "\"major\":0,\"minor\":0}]",
	  NULL },
	{ LINUX, "\"devices\":[{\"type\":\"x\",\"path\":\"/p\"}]",
	  "linux.devices[0].type: unknown word \"x\": one of c, u, b, p" },
	{ LINUX, "\"devices\":[{\"type\":\"c\",\"path\":\"/p\",\"major\":1}]",
	  "linux.devices[0].minor: is missing" },
	{ LINUX,
	  "\"devices\":[{\"type\":\"b\",\"path\":\"/p\",\"major\":4096,\"minor\":0}]",
	  "linux.devices[0].major: 4096 is not within 0 to 4095" },
	{ LINUX, "\"devices\":[{\"type\":\"p\",\"path\":\"p\"}]",
	  "linux.devices[0].path: " },
	{ LINUX, "\"devices\":[{\"type\":\"p\",\"path\":\"/p\",\"fileMode\":4096}]",
	  "linux.devices[0].fileMode: " },
	{ LINUX, "\"devices\":[{\"type\":\"p\",\"path\":\"/p\",\"gid\":4294967295}]",
	  "linux.devices[0].gid: " },
	{ LINUX, NS("network") "\"netDevices\":{\"a/b\":{}}",
	  "linux.netDevices: the name \"a/b\" holds" },
	{ LINUX, NS("network") "\"netDevices\":{\"a\":{\"name\":\"x\"},\"x\":{}}",
	  "linux.netDevices: two devices get the name \"x\"" },
	{ LINUX, NS("network") "\"netDevices\":{\"a\":{\"name\":\"%s\"}}",
	  "linux.netDevices.a.name: \"%s\" holds" },
	{ LINUX,
	  NS("network") "\"netDevices\":{\"a\":{\"name\":\"x%d\"},\"b\":{\"name\":\"x%"
			"d\"}}",
	  NULL },
	{ LINUX, "\"cgroupsPath\":\"/a/..b/c...\"", NULL },
	{ LINUX, "\"cgroupsPath\":\"../x\"", "linux.cgroupsPath: has \"..\" in it" },
	{ LINUX, "\"cgroupsPath\":\"/a/..\"", "linux.cgroupsPath: has \"..\" in it" },
	{ LINUX, "\"intelRdt\":{\"memBwSchema\":\"L3:0\"}",
	  "linux.intelRdt.memBwSchema: does not begin with \"MB:\"" },
	{ LINUX, "\"intelRdt\":{\"l3CacheSchema\":\"a\\nb\"}",
	  "linux.intelRdt.l3CacheSchema: " },
	{ LINUX, "\"intelRdt\":{\"closID\":\"..\"}",
	  "linux.intelRdt.closID: is not the name" },
	{ LINUX, "\"intelRdt\":{\"closID\":\"/\"}", NULL },
	{ LINUX, "\"intelRdt\":{\"closID\":\"a/b\"}",
	  "linux.intelRdt.closID: is not the name" },
	{ LINUX, "\"intelRdt\":{\"closID\":\"mon_groups\"}",
	  "linux.intelRdt.closID: is not the name" },
	{ LINUX, "\"intelRdt\":{\"schemata\":[\"L3:0=f\",\"a\\nb\"]}",
	  "linux.intelRdt.schemata[1]: has a newline" },
	{ LINUX, "\"intelRdt\":{}", NULL },
	{ LINUX, "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\"}",
	  "linux.memoryPolicy.nodes: is missing for MPOL_BIND" },
	{ LINUX, "\"memoryPolicy\":{\"mode\":\"MPOL_LOCAL\",\"nodes\":\"0\"}",
	  "linux.memoryPolicy.nodes: must not be set for MPOL_LOCAL" },
	{ LINUX, "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0;1\"}",
	  "linux.memoryPolicy.nodes: \"0;1\" is not a list" },
	{ LINUX, "\"memoryPolicy\":{\"mode\":\"MPOL_X\",\"nodes\":\"0\"}",
	  "linux.memoryPolicy.mode: unknown word" },
	{ LINUX, "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0-1,3\"}", NULL },
	{ LINUX, "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"1024\"}",
	  "linux.memoryPolicy.nodes: \"1024\" is not a list" },
	{ LINUX,
	  "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":"
	  "[\"MPOL_F_X\"]}",
	  "linux.memoryPolicy.flags[0]: unknown word" },
	{ LINUX, NS("network") "\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"}", NULL },
	{ LINUX,
	  NS("ipc") "\"sysctl\":{\"kernel/shmmax\":\"1\",\"fs.mqueue.msg_max\":\"1\"}",
	  NULL },
	{ LINUX, NS("uts") "\"sysctl\":{\"kernel.domainname\":\"d\"}", NULL },
	{ LINUX, NS("ipc") "\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"}",
	  "linux.sysctl.net.ipv4.ip_forward: sysctl \"net.ipv4.ip_forward\" is not in a "
	  "separate "
	  "kernel namespace" },
	{ LINUX, "\"sysctl\":{\"vm.swappiness\":\"1\"}",
	  "linux.sysctl.vm.swappiness: sysctl \"vm.swappiness\" is not in a separate "
	  "kernel "
	  "namespace" },
	{ LINUX, NS("ipc") "\"sysctl\":{\"kernel.shmmaximum\":\"1\"}", "linux.sysctl." },
	{ LINUX, NS("uts") "\"sysctl\":{\"kernel.hostname\":\"h\"}",
	  "linux.sysctl.kernel.hostname: " },
	{ LINUX, NS("network") "\"sysctl\":{\"net.//.kernel.core_pattern\":\"|/x\"}",
	  "linux.sysctl.net.//.kernel.core_pattern: is not the name of a kernel "
	  "setting" },
	{ LINUX, "\"rootfsPropagation\":\"rslave\"", NULL },
	{ LINUX, "\"rootfsPropagation\":\"\"", NULL },
	{ LINUX, "\"rootfsPropagation\":\"open\"",
	  "linux.rootfsPropagation: unknown word \"open\"" },
	{ LINUX, NS("mount") "\"maskedPaths\":[\"/a\"],\"readonlyPaths\":[\"/b\"]",
	  NULL },
	{ LINUX, NS("mount") "\"readonlyPaths\":[\"/b\",\"c\"]",
	  "linux.readonlyPaths[1]: \"c\" is not an absolute path" },
	{ LINUX, "\"maskedPaths\":[\"/a\"]",
	  "linux.maskedPaths: needs a mount namespace" },
	{ LINUX, "\"mountLabel\":\"l\"", NULL },
	{ LINUX, "\"personality\":{\"domain\":\"LINUX64\"}",
	  "linux.personality.domain: unknown word \"LINUX64\": one of LINUX, LINUX32" },
	{ LINUX, "\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"x\"]}",
	  "linux.personality.flags: no flag is defined" },
	{ LINUX, "\"personality\":{\"domain\":\"LINUX32\"}", NULL },
	/* resources */
	{ RES,
	  "\"devices\":[{\"allow\":true},{\"allow\":false,\"type\":\"c\",\"major\":-1,"
	  "\"access\":\"mrw\"}]",
	  NULL },
	{ RES, "\"devices\":[{\"allow\":true,\"type\":\"p\"}]",
	  "linux.resources.devices[0].type: unknown word \"p\": one of a, b, c" },
	{ RES, "\"devices\":[{\"allow\":true,\"access\":\"rx\"}]",
	  "linux.resources.devices[0].access: " },
	{ RES, "\"devices\":[{\"allow\":true,\"minor\":-2}]",
	  "linux.resources.devices[0]: " },
	{ RES, "\"memory\":{\"limit\":-1,\"swap\":-1,\"swappiness\":100}", NULL },
	{ RES, "\"memory\":{\"limit\":-2}",
	  "linux.resources.memory.limit: -2 is below -1" },
	{ RES, "\"memory\":{\"limit\":2,\"swap\":1}", "linux.resources.memory.swap: " },
	{ RES, "\"memory\":{\"swappiness\":101}", "linux.resources.memory.swappiness: " },
	{ RES, "\"cpu\":{\"quota\":10,\"burst\":11}", "linux.resources.cpu.burst: " },
	{ RES, "\"cpu\":{\"quota\":-1,\"burst\":11,\"idle\":1,\"cpus\":\"0-3,7\"}",
	  NULL },
	{ RES, "\"cpu\":{\"idle\":2}", "linux.resources.cpu.idle: 2 is not 0 or 1" },
	{ RES, "\"cpu\":{\"cpus\":\"0-3\\n\"}", NULL },
	{ RES, "\"cpu\":{\"cpus\":\"0\\n3\"}", "linux.resources.cpu.cpus: " },
	{ RES, "\"cpu\":{\"mems\":\"all\"}",
	  "linux.resources.cpu.mems: \"all\" is not a list" },
	{ RES, "\"blockIO\":{\"weight\":0}", NULL },
	{ RES, "\"blockIO\":{\"weight\":9}", "linux.resources.blockIO: a weight" },
	{ RES, "\"blockIO\":{\"weightDevice\":[{\"major\":1,\"minor\":1}]}",
	  "linux.resources.blockIO.weightDevice[0]: has neither" },
	{ RES,
	  "\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":1},{\"pageSize\":\"1GB\","
	  "\"limit\":1}]",
	  NULL },
	{ RES, "\"hugepageLimits\":[{\"pageSize\":\"02MB\",\"limit\":1}]",
	  "linux.resources.hugepageLimits[0].pageSize: \"02MB\" is not a size" },
	{ RES, "\"hugepageLimits\":[{\"pageSize\":\"MB\",\"limit\":1}]",
	  "linux.resources.hugepageLimits[0].pageSize: " },
	{ RES,
	  "\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":1},{\"pageSize\":\"2MB\","
	  "\"limit\":1}]",
	  "linux.resources.hugepageLimits[1].pageSize: 2MB is given twice" },
	{ RES, "\"pids\":{\"limit\":0}", NULL },
	{ RES, "\"pids\":{\"limit\":-2}", "linux.resources.pids.limit: -2 is below -1" },
	{ RES, "\"rdma\":{\"mlx\":{}}", "linux.resources.rdma.mlx: has neither" },
	{ RES, "\"unified\":{\"memory.high\":\"1\"}", NULL },
	{ RES, "\"unified\":{\"../x\":\"1\"}",
	  "linux.resources.unified: unified resource \"../x\" must be a file name (no "
	  "slashes)" },
	{ RES, "\"unified\":{\"..\":\"1\"}", "linux.resources.unified: " },
	/* seccomp */
	{ SECCOMP,
	  "\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":4095,\"flags\":[]",
	  NULL },
	{ SECCOMP, "\"defaultAction\":\"SCMP_ACT_DENY\"",
	  "linux.seccomp.defaultAction: unknown word \"SCMP_ACT_DENY\": one of "
	  "SCMP_ACT_KILL, " },
	{ SECCOMP, "\"defaultAction\":\"SCMP_ACT_NOTIFY\",\"listenerPath\":\"/l\"",
	  NULL },
	{ SECCOMP, "\"defaultAction\":\"SCMP_ACT_NOTIFY\",\"listenerPath\":\"l\"",
	  "linux.seccomp.listenerPath: \"l\" is not an absolute path" },
	{ SECCOMP, OK_DEFAULT "\"defaultErrnoRet\":1",
	  "linux.seccomp.defaultErrnoRet: SCMP_ACT_ALLOW takes no value" },
	{ SECCOMP, "\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":4096",
	  "linux.seccomp.defaultErrnoRet: 4096 is more than 4095" },
	{ SECCOMP, OK_DEFAULT "\"architectures\":[\"SCMP_ARCH_X86\",\"x86\"]",
	  "linux.seccomp.architectures[1]: unknown word \"x86\"" },
	{ SECCOMP, OK_DEFAULT "\"flags\":[\"SECCOMP_FILTER_FLAG_NEW_LISTENER\"]",
	  "linux.seccomp.flags[0]: unknown word" },
	{ SECCOMP, OK_DEFAULT "\"syscalls\":[{\"names\":[],\"action\":\"SCMP_ACT_LOG\"}]",
	  "linux.seccomp.syscalls[0].names: is empty" },
	{ SECCOMP, OK_DEFAULT "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"LOG\"}]",
	  "linux.seccomp.syscalls[0].action: unknown word \"LOG\"" },
	{ SECCOMP,
	  OK_DEFAULT "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_TRACE\","
		     "\"errnoRet\":65535}]",
	  NULL },
	{ SECCOMP,
	  OK_DEFAULT "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_LOG\","
		     "\"errnoRet\":1}]",
	  "linux.seccomp.syscalls[0].errnoRet: SCMP_ACT_LOG takes no value" },
	{ SECCOMP,
	  OK_DEFAULT
	  "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_LOG\",\"args\":"
	  "[{\"index\":6,\"value\":0,\"op\":\"SCMP_CMP_EQ\"}]}]",
	  "linux.seccomp.syscalls[0].args[0].index: 6 is more than 5" },
	{ SECCOMP,
	  OK_DEFAULT
	  "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_LOG\",\"args\":"
	  "[{\"index\":5,\"value\":0,\"op\":\"==\"}]}]",
	  "linux.seccomp.syscalls[0].args[0].op: unknown word \"==\": one of "
	  "SCMP_CMP_NE, " },
	{ SECCOMP, OK_DEFAULT "\"listenerMetadata\":\"m\"",
	  "linux.seccomp.listenerMetadata: needs listenerPath" },
	{ SECCOMP, OK_DEFAULT "\"listenerPath\":\"/l\",\"listenerMetadata\":\"m\"",
	  NULL },
	{ SECCOMP,
	  OK_DEFAULT "\"listenerPath\":\"/l\",\"syscalls\":[{\"names\":[\"a\",\"write\"],"
		     "\"action\":\"SCMP_ACT_NOTIFY\"}]",
	  NULL },
};
/* clang-format on */

#endif
