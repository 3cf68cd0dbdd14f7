/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of 32-bit processes, made into those of 64-bit ones: their numbers (i386 and arm) and their
 * arguments.
 */
#ifndef HTTP_COMPAT_BPF_H
#define HTTP_COMPAT_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_task.bpf.h"

#if defined(__TARGET_ARCH_x86)
#define CALL_NUMBER(x86, arm64) x86
#define COMPAT_NUMBER(i386, arm) i386
#elif defined(__TARGET_ARCH_arm64)
#define CALL_NUMBER(x86, arm64) arm64
#define COMPAT_NUMBER(i386, arm) arm
#else
#error "the numbers of the system calls are known for x86 and arm64 only"
#endif

/*
 * Set in a task that makes a 32-bit system call (x86, in `status`) or is a 32-bit process (arm64,
 * in `flags`).
 */
#if defined(__TARGET_ARCH_x86)
#define COMPAT_FIELD thread_info.status
#define COMPAT_BIT 2
#else
#define COMPAT_FIELD thread_info.flags
#define COMPAT_BIT (1 << 22)
#endif

static __always_inline bool is_compat(struct task_struct *task)
{
	if (can_read_task())
		return task->COMPAT_FIELD & COMPAT_BIT;
	return BPF_CORE_READ(task, COMPAT_FIELD) & COMPAT_BIT;
}

/*
 * 1 where 32-bit code made the call, by a bit of the code segment that it runs in (x86) or of its
 * mode (arm64). On x86 64-bit code can make 32-bit calls too; those are not followed. Each time it
 * is read anew: the verifier would look twice at all that follows a branch by it, once for each
 * value, where it knew that it is the same.
 */
static __always_inline __u32 is_of_32_bits(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return (((volatile struct pt_regs *)regs)->cs >> 4 & 1) ^
	       1; /* __USER32_CS 0x23, __USER_CS 0x33 */
#else
	return ((volatile struct pt_regs *)regs)->pstate >> 4 & 1; /* PSR_MODE32_BIT */
#endif
}

/* More than any number of theirs, and a power of 2. */
#define COMPAT_CALLS 512
/* A number that no call has: 0 is one. */
#define NO_CALL -1
#define SAME_AS(x86, arm64) (CALL_NUMBER(x86, arm64) - NO_CALL)

/* By number, that of the same call in a 64-bit process, and 0 for all others. */
static const __u16 hp_compat_calls[COMPAT_CALLS] = {
	[3] = SAME_AS(0, 63), /* read */
	[4] = SAME_AS(1, 64), /* write */
	[145] = SAME_AS(19, 65), /* readv */
	[146] = SAME_AS(20, 66), /* writev */
	[187] = SAME_AS(40, 71), /* sendfile */
	[239] = SAME_AS(40, 71), /* sendfile64 */
	[COMPAT_NUMBER(313, 340)] = SAME_AS(275, 76), /* splice */
	[COMPAT_NUMBER(337, 365)] = SAME_AS(299, 243), /* recvmmsg */
	[COMPAT_NUMBER(345, 374)] = SAME_AS(307, 269), /* sendmmsg */
	[COMPAT_NUMBER(369, 290)] = SAME_AS(44, 206), /* sendto */
	[COMPAT_NUMBER(370, 296)] = SAME_AS(46, 211), /* sendmsg */
	[COMPAT_NUMBER(371, 292)] = SAME_AS(45, 207), /* recvfrom */
	[COMPAT_NUMBER(372, 297)] = SAME_AS(47, 212), /* recvmsg */
	[COMPAT_NUMBER(373, 293)] = SAME_AS(48, 210), /* shutdown */
	[COMPAT_NUMBER(378, 392)] = SAME_AS(327, 286), /* preadv2 */
	[COMPAT_NUMBER(379, 393)] = SAME_AS(328, 287), /* pwritev2 */
	[417] = SAME_AS(299, 243), /* recvmmsg_time64 */
#if defined(__TARGET_ARCH_arm64)
	[289] = SAME_AS(44, 206), /* send */
	[291] = SAME_AS(45, 207), /* recv */
#endif
};

#if defined(__TARGET_ARCH_x86)
#define SOCKETCALL 102
#define SOCKETCALLS 32

/* What socketcall() does, by its first argument. */
static const __u16 hp_socketcalls[SOCKETCALLS] = {
	[9] = SAME_AS(44, 206), /* send */
	[10] = SAME_AS(45, 207), /* recv */
	[11] = SAME_AS(44, 206), /* sendto */
	[12] = SAME_AS(45, 207), /* recvfrom */
	[13] = SAME_AS(48, 210), /* shutdown */
	[16] = SAME_AS(46, 211), /* sendmsg */
	[17] = SAME_AS(47, 212), /* recvmsg */
	[19] = SAME_AS(299, 243), /* recvmmsg */
	[20] = SAME_AS(307, 269), /* sendmmsg */
};

/* Its second argument says where those of the call are; those that it has not stay 0. */
static __always_inline long read_socketcall(struct pt_regs *regs, __u64 *args)
{
	__u32 what = regs->bx;

	for (int i = 0; i < 4; i++) {
		__u64 value = 0;

		bpf_probe_read_user(&value, sizeof(__u32), (void *)(regs->cx + i * sizeof(__u32)));
		args[i] = value;
	}
	return what < SOCKETCALLS ? (long)hp_socketcalls[what] + NO_CALL : NO_CALL;
}
#endif

/*
 * Reads the four first arguments of such a call, and returns the number that it would have. On x86
 * the upper halves of the registers are 0 then; cut off once more, they would be numbers of which
 * the verifier of 5.10 knows more than of others, and it would look twice at what follows.
 */
static __always_inline long read_compat_call(struct pt_regs *regs, __u64 *args)
{
#if defined(__TARGET_ARCH_x86)
	__u32 number = regs->orig_ax;

	if (number == SOCKETCALL)
		return read_socketcall(regs, args);
	args[0] = regs->bx;
	args[1] = regs->cx;
	args[2] = regs->dx;
	args[3] = regs->si;
#else
	__u32 number = regs->syscallno;

	args[0] = (__u32)regs->orig_x0;
	args[1] = (__u32)regs->regs[1];
	args[2] = (__u32)regs->regs[2];
	args[3] = (__u32)regs->regs[3];
#endif
	return number < COMPAT_CALLS ? (long)hp_compat_calls[number] + NO_CALL : NO_CALL;
}

#endif
