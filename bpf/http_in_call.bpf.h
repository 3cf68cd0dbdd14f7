/* SPDX-License-Identifier: GPL-2.0-only */
/* The system call that the thread is in: does it say where the bytes are that it moves? */
#ifndef HTTP_IN_CALL_BPF_H
#define HTTP_IN_CALL_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_abi.bpf.h"
#include "http_several.bpf.h"

/*
 * include/linux/sched.h: threads that work for io_uring, and those of the kernel; neither is in a
 * system call.
 */
#define PF_IO_WORKER_FLAG 0x10
#define PF_KTHREAD_FLAG 0x200000
#define ENOSYS_RESULT 38
/*
 * The size of a kernel stack, at whose end the registers of the caller lie; only asked of x86
 * before 5.15.
 */
#define STACK_BYTES 16384

/*
 * Is the thread in the very call that moved the bytes, and not in what io_uring has it do on its
 * way out?
 */
static __always_inline bool is_in_call(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return (long)regs->ax == -ENOSYS_RESULT;
#else
	return regs->regs[0] == regs->orig_x0;
#endif
}

/*
 * Is it a process's bytes that a thread moves which is in no system call? Those that work for
 * io_uring have its memory meanwhile. What the kernel moves for itself, as for a block device over
 * the network or between the sockets of a map, is in nobody's.
 */
static __always_inline bool has_memory(struct task_struct *task)
{
	if (can_read_task())
		return task->mm;
	return BPF_CORE_READ(task, mm);
}

/* Leaves the shape 0 where nothing says where the bytes are. */
static __always_inline void recognise_in(struct pt_regs *regs, struct hp_call *call,
					 struct task_struct *task)
{
	__u32 direction = call->direction;
	__u32 flags = call->flags;

	if (!is_in_call(regs) || is_compat(task) != is_of_32_bits(regs)) {
		call->is_unseen = 1;
		return;
	}
	recognise(read_arguments(regs, call), call);
	if (call->direction != direction || call->shape == HP_SHUTDOWN)
		call->shape = 0;
	/* io_uring does its work on the way into the kernel too, in a call of its own. */
	if (!call->shape && number_of(regs) == CALL_NUMBER(426, 426))
		call->is_unseen = 1;
	if (call->shape == HP_MESSAGES)
		point_at_next(call, task);
	call->direction = direction;
	call->flags = flags;
}

#if defined(__TARGET_ARCH_x86)
/*
 * Kernels before 5.15 have no bpf_task_pt_regs(), which "bpf: Add bpf_task_pt_regs() helper" added.
 */
static __always_inline void recognise_by_stack(struct hp_call *call, struct task_struct *task)
{
	struct pt_regs regs;

	if (BPF_CORE_READ(task, flags) & (PF_IO_WORKER_FLAG | PF_KTHREAD_FLAG)) {
		call->is_unseen = has_memory(task);
		return;
	}
	if (!bpf_probe_read_kernel(&regs, sizeof(regs),
				   BPF_CORE_READ(task, stack) + STACK_BYTES - sizeof(regs)))
		recognise_in(&regs, call, task);
}
#else
/*
 * No kernel of arm64 attaches these programs without having the helper, and its registers would not
 * fit on our stack.
 */
static __always_inline void recognise_by_stack(struct hp_call *call, struct task_struct *task)
{
}
#endif

static __always_inline void recognise_current(struct hp_call *call, struct task_struct *task)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs)) {
		if (task->flags & (PF_IO_WORKER_FLAG | PF_KTHREAD_FLAG))
			call->is_unseen = has_memory(task);
		else
			recognise_in((void *)bpf_task_pt_regs(task), call, task);
	} else {
		recognise_by_stack(call, task);
	}
	if (!call->shape)
		call->shape = HP_OUT_OF_SIGHT;
}

#endif
