/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The thread that runs, asked for once: on processors that guard each return, a call into the
 * kernel costs more than all that is read of a thread here.
 */
#ifndef HTTP_TASK_BPF_H
#define HTTP_TASK_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/*
 * Fields of the current task may be read as they are since 5.11 (3ca1032ab7ab,
 * bpf_get_current_task_btf).
 */
static __always_inline bool can_read_task(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

static __always_inline struct task_struct *current_task(void)
{
	if (can_read_task())
		return bpf_get_current_task_btf();
	return (void *)bpf_get_current_task();
}

/*
 * The process in the upper half and the thread in the lower one, as bpf_get_current_pid_tgid()
 * gives them.
 */
static __always_inline __u64 ids_of(struct task_struct *task)
{
	if (can_read_task())
		return (__u64)task->tgid << 32 | (__u32)task->pid;
	return bpf_get_current_pid_tgid();
}

#endif
