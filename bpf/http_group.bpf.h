/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who is in a container. A cgroup is announced once, with its names on both hierarchies; user space
 * decides, and until then its processes are traced, so that nobody's first request is lost.
 */
#ifndef HTTP_GROUP_BPF_H
#define HTTP_GROUP_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "core_fixes.bpf.h"
#include "http_filter.bpf.h"
#include "http_loss.bpf.h"
#include "http_probe.h"
#include "http_rings.bpf.h"
#include "http_task.bpf.h"

/*
 * Generations between the first process and any other; a longer chain leaves the host's name wrong.
 */
#define ANCESTORS 64
/* Room for the cgroups of a large host; user space removes the oldest when it fills. */
#define GROUPS 8192

/*
 * cgroup → enum hp_decision. Inserted here as HP_UNDECIDED when announced, and set to it when
 * announced again; decided and deleted by user space, which keeps it below its size. A refused
 * entry is counted and its processes are traced.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GROUPS);
	__type(key, struct hp_group);
	__type(value, __u32);
} hp_groups SEC(".maps");

static __always_inline struct cgroup *legacy_cgroup_of(struct css_set *set)
{
	struct cgroup_subsys_state *state = NULL;
	__u32 index;

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id))
		return NULL;
	index = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
	bpf_probe_read_kernel(&state, sizeof(state), (void *)&set->subsys + index * sizeof(state));
	return state ? BPF_CORE_READ(state, cgroup) : NULL;
}

static __always_inline struct css_set *current_css_set(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, cgroups);
}

/* As legacy_cgroup_of(), from a set whose fields may be read as they are. */
static __always_inline __u64 legacy_id_of(struct css_set *set)
{
	struct cgroup_subsys_state *state;
	__u64 at = bpf_core_field_offset(struct css_set, subsys);

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id))
		return 0;
	at += bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id) * sizeof(state);
	state = *(struct cgroup_subsys_state **)((void *)set + at);
	return state ? state->cgroup->kn->id : 0;
}

static __always_inline struct hp_group group_of(struct task_struct *task)
{
	struct hp_group group = {};

	if (can_read_task()) {
		struct css_set *set = task->cgroups;

		group.unified = set->dfl_cgrp->kn->id;
		if (hp_settings.legacy_cgroups)
			group.legacy = legacy_id_of(set);
		return group;
	}
	group.unified = bpf_get_current_cgroup_id();
	if (hp_settings.legacy_cgroups) {
		struct cgroup *legacy = legacy_cgroup_of(current_css_set());

		group.legacy = legacy ? BPF_CORE_READ(legacy, kn, id) : 0;
	}
	return group;
}

/* The UTS namespace of the host: that of the first process, which is everybody's ancestor. */
static __always_inline struct uts_namespace *host_uts(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	for (__u32 i = 0; i < ANCESTORS && BPF_CORE_READ(task, pid); i++)
		task = BPF_CORE_READ(task, real_parent);
	return BPF_CORE_READ(task, nsproxy, uts_ns);
}

static __always_inline void read_names(struct kernfs_node *node, __u8 (*names)[HP_NAME_BYTES])
{
	for (__u32 level = 0; level < HP_LEVELS; level++) {
		names[level][0] = 0;
		if (!node)
			continue;
		bpf_probe_read_kernel_str(names[level], HP_NAME_BYTES, BPF_CORE_READ(node, name));
		node = kernfs_parent_of(node);
	}
}

/*
 * Returns whether user space will learn of the current cgroup. A function of its own, seen once by
 * the verifier.
 */
__noinline int announce_group(void)
{
	struct hp_cgroup *event = bpf_ringbuf_reserve(&hp_control, sizeof(*event), 0);
	struct task_struct *task = (void *)bpf_get_current_task();
	struct css_set *set = current_css_set();
	struct cgroup *legacy;

	if (!event) {
		count_loss(HP_LOST_CONTROL_FULL);
		return false;
	}
	event->time_ns = bpf_ktime_get_boot_ns();
	event->group = group_of(current_task());
	event->kind = HP_CGROUP;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	event->node[0] = 0;
	event->host_node[0] = 0;
	BPF_CORE_READ_STR_INTO(&event->node, task, nsproxy, uts_ns, name.nodename);
	BPF_CORE_READ_STR_INTO(&event->host_node, host_uts(), name.nodename);
	read_names(BPF_CORE_READ(set, dfl_cgrp, kn), event->unified);
	legacy = hp_settings.legacy_cgroups ? legacy_cgroup_of(set) : NULL;
	read_names(legacy ? BPF_CORE_READ(legacy, kn) : NULL, event->legacy);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return true;
}

/*
 * What was decided about the cgroup of the current process, enum hp_decision. Announces a new one.
 */
static __always_inline __u32 decision_about(const struct hp_group *group)
{
	__u32 *decided = bpf_map_lookup_elem(&hp_groups, group);
	__u32 undecided = HP_UNDECIDED;

	if (decided)
		return *decided;
	if (bpf_map_update_elem(&hp_groups, group, &undecided, BPF_NOEXIST)) {
		/* Another processor was first, or the map is full. */
		if (!bpf_map_lookup_elem(&hp_groups, group))
			count_loss(HP_LOST_CGROUP_REFUSED);
		return HP_UNDECIDED;
	}
	if (!announce_group())
		bpf_map_delete_elem(&hp_groups, group);
	return HP_UNDECIDED;
}

/*
 * Is the current process to be traced, as far as its cgroup says? Of a known connection it is asked
 * once for each cgroup; what is decided otherwise later is left to user space there.
 */
static __always_inline bool group_is_wanted(const struct hp_group *group, struct hp_conn *conn)
{
	__u32 decision;

	if (conn && conn->group.unified == group->unified && conn->group.legacy == group->legacy)
		return true;
	decision = decision_about(group);
	if (decision == HP_IGNORE)
		return false;
	if (conn && decision != HP_UNDECIDED)
		conn->group = *group;
	return true;
}

/* A connection begins: a container that had no name when it was met may have one by now. */
static __always_inline void name_group(const struct hp_group *group)
{
	__u32 *decided = bpf_map_lookup_elem(&hp_groups, group);

	if (!decided || *decided != HP_UNNAMED)
		return;
	*decided = HP_UNDECIDED;
	if (!announce_group())
		*decided = HP_UNNAMED;
}

#endif
