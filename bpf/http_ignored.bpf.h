/* SPDX-License-Identifier: GPL-2.0-only */
/* Cgroups that are known not to be traced: most sockets of a host are theirs. */
#ifndef HTTP_IGNORED_BPF_H
#define HTTP_IGNORED_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_probe.h"

/* More than most hosts have. */
#define IGNORED 1024

/*
 * An array, since asking about one is no call into the kernel then. The sum of a cgroup's ids,
 * modulo IGNORED → the cgroup. Inserted by user space if nothing else had been decided of
 * it, and deleted by it; one whose place another has taken is asked about in `hp_groups`.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, IGNORED);
	__type(key, __u32);
	__type(value, struct hp_group);
} hp_ignored SEC(".maps");

/* Is the cgroup known not to be traced? If not, it may be so all the same. */
static __always_inline bool is_known_as_ignored(const struct hp_group *group)
{
	__u32 place = (group->unified + group->legacy) % IGNORED;
	struct hp_group *ignored = bpf_map_lookup_elem(&hp_ignored, &place);

	return ignored && ignored->unified == group->unified && ignored->legacy == group->legacy;
}

#endif
