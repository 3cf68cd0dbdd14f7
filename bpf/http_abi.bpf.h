/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls that move bytes over sockets: their numbers, and which arguments say where the bytes
 * are.
 */
#ifndef HTTP_ABI_BPF_H
#define HTTP_ABI_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_compat.bpf.h"
#include "http_probe.h"

/* Flags of the receiving calls, as the C library's headers name them. */
#define MSG_OOB_FLAG 0x1
#define MSG_PEEK_FLAG 0x2
#define MSG_TRUNC_FLAG 0x20
#define MSG_ERRQUEUE_FLAG 0x2000
/* Of shutdown(): only what is received ends. */
#define SHUT_RD_FLAG 0
/* The messages of one sendmmsg or recvmmsg that are followed. */
#define MESSAGES 64

enum hp_shape {
	/* Argument 1 is a buffer. */
	HP_BUFFER = 1,
	/* Argument 1 is an array of segments, argument 2 its length. */
	HP_SEGMENTS = 2,
	/* Argument 1 is a struct msghdr. */
	HP_MESSAGE = 3,
	/* Argument 1 is an array of struct mmsghdr; the result counts messages. */
	HP_MESSAGES = 4,
	/* The bytes never were in user memory. */
	HP_OUT_OF_SIGHT = 5,
	/* No bytes: the descriptor's sending side was shut down. */
	HP_SHUTDOWN = 6,
	/* As HP_OUT_OF_SIGHT, from the descriptor in argument 0 to that in argument 2. */
	HP_SPLICED = 7,
};

struct hp_call {
	long ret;
	__u64 args[4];
	/* The struct msghdr that the kernel handed to the socket, where that is known; 0 elsewhere.
	 */
	__u64 message;
	__u32 fd;
	__u32 shape;
	__u32 direction;
	__u32 flags;
	/* One message of a call with several. */
	__u32 is_several;
	/* Its bytes are not where a system call of the thread says. */
	__u32 is_unseen;
	/* enum hp_layout of what its arguments point at. */
	__u32 layout;
	__u32 _pad;
};

static __always_inline long number_of(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->orig_ax;
#else
	return regs->syscallno;
#endif
}

/*
 * The arguments are still in the registers when the call ends, but for the first of arm64, kept
 * elsewhere. Returns the call's number, as a 64-bit process has it.
 */
static __always_inline long read_arguments(struct pt_regs *regs, struct hp_call *call)
{
	call->layout = is_of_32_bits(regs);
	/* As in read_segment(). */
	if (__builtin_expect(is_of_32_bits(regs), 0))
		return read_compat_call(regs, call->args);
#if defined(__TARGET_ARCH_x86)
	call->args[0] = regs->di;
	call->args[1] = regs->si;
	call->args[2] = regs->dx;
	call->args[3] = regs->r10;
#else
	call->args[0] = regs->orig_x0;
	call->args[1] = regs->regs[1];
	call->args[2] = regs->regs[2];
	call->args[3] = regs->regs[3];
#endif
	return number_of(regs);
}

static __always_inline void set_call(struct hp_call *call, __u32 shape, __u32 direction,
				     __u32 flags)
{
	call->fd = call->args[0];
	call->shape = shape;
	call->direction = direction;
	call->flags = flags;
}

/* Leaves the shape 0 for a call that moves nothing over sockets. */
static __always_inline void recognise(long number, struct hp_call *call)
{
	switch (number) {
	case CALL_NUMBER(0, 63): /* read */
		return set_call(call, HP_BUFFER, HP_RECEIVED, 0);
	case CALL_NUMBER(1, 64): /* write */
	case CALL_NUMBER(44, 206): /* sendto */
		return set_call(call, HP_BUFFER, HP_SENT, 0);
	case CALL_NUMBER(45, 207): /* recvfrom */
		return set_call(call, HP_BUFFER, HP_RECEIVED, call->args[3]);
	case CALL_NUMBER(19, 65): /* readv */
	case CALL_NUMBER(327, 286): /* preadv2 */
		return set_call(call, HP_SEGMENTS, HP_RECEIVED, 0);
	case CALL_NUMBER(20, 66): /* writev */
	case CALL_NUMBER(328, 287): /* pwritev2 */
		return set_call(call, HP_SEGMENTS, HP_SENT, 0);
	case CALL_NUMBER(47, 212): /* recvmsg */
		return set_call(call, HP_MESSAGE, HP_RECEIVED, call->args[2]);
	case CALL_NUMBER(46, 211): /* sendmsg */
		return set_call(call, HP_MESSAGE, HP_SENT, 0);
	case CALL_NUMBER(299, 243): /* recvmmsg */
		return set_call(call, HP_MESSAGES, HP_RECEIVED, call->args[3]);
	case CALL_NUMBER(307, 269): /* sendmmsg */
		return set_call(call, HP_MESSAGES, HP_SENT, 0);
	case CALL_NUMBER(40, 71): /* sendfile */
		return set_call(call, HP_OUT_OF_SIGHT, HP_SENT, 0);
	case CALL_NUMBER(275, 76): /* splice */
		return set_call(call, HP_SPLICED, HP_SENT, 0);
	case CALL_NUMBER(48, 210): /* shutdown */
		if (call->args[1] != SHUT_RD_FLAG)
			return set_call(call, HP_SHUTDOWN, HP_SENT, 0);
	}
}

/* Bytes that will be read again, or that are not of the stream. */
static __always_inline bool moves_nothing(const struct hp_call *call)
{
	return call->flags & (MSG_PEEK_FLAG | MSG_OOB_FLAG | MSG_ERRQUEUE_FLAG);
}

#endif
