/* SPDX-License-Identifier: GPL-2.0-only */
/* Who moved bytes, and when: what every piece says first. */
#ifndef HTTP_WHO_BPF_H
#define HTTP_WHO_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_move.bpf.h"
#include "http_task.bpf.h"

/* What the process is called; its threads may have names of their own. */
static __always_inline void read_command(struct task_struct *task, __u8 *command)
{
	if (can_read_task()) {
		__builtin_memcpy(command, task->group_leader->comm, HP_COMM_BYTES);
		return;
	}
	task = BPF_CORE_READ(task, group_leader);
	bpf_core_read(command, HP_COMM_BYTES, &task->comm);
}

static __always_inline void fill_who(struct hp_scratch *scratch, struct task_struct *task,
				     const struct hp_group *group)
{
	scratch->piece.time_ns = bpf_ktime_get_boot_ns();
	scratch->piece.conn = scratch->move.socket.conn;
	scratch->piece.group = *group;
	scratch->piece.kind = HP_PIECE;
	scratch->piece.pid = ids_of(task) >> 32;
	scratch->piece.direction = scratch->move.direction;
	read_command(task, scratch->piece.comm);
}

#endif
