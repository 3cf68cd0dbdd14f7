/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that moved bytes, as the socket layer tells them: the socket is given, so no descriptor is
 * looked up, and system calls that have nothing to do with sockets pay nothing. The bytes are found
 * through the arguments of the system call that the thread is in.
 */
#ifndef HTTP_SOCKET_LAYER_BPF_H
#define HTTP_SOCKET_LAYER_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_hits.bpf.h"
#include "http_message.bpf.h"
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

/* Leaves the shape 0 where nothing says where the bytes are. */
static __always_inline void recognise_in(struct pt_regs *regs, struct hp_call *call,
					 struct task_struct *task)
{
	__u32 direction = call->direction;
	__u32 flags = call->flags;

	if (!is_in_call(regs) || is_compat(task)) {
		call->is_unseen = 1;
		return;
	}
	read_arguments(regs, call);
	recognise(number_of(regs), call);
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
		call->is_unseen = 1;
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
			call->is_unseen = 1;
		else
			recognise_in((void *)bpf_task_pt_regs(task), call, task);
	} else {
		recognise_by_stack(call, task);
	}
	if (!call->shape)
		call->shape = HP_OUT_OF_SIGHT;
}

/* `sock` is one whose fields may be read as they are. */
static __always_inline bool fill_socket(struct sock *sock, struct hp_socket *found)
{
	struct file *file;

	found->sock = sock;
	found->family = sock->__sk_common.skc_family;
	if (sock->sk_type != STREAM_SOCKET || !is_traceable(found->family, sock->sk_protocol))
		return false;
	/* The kernel's own sockets have no file. */
	file = sock->sk_socket->file;
	if (!file)
		return false;
	found->conn = file->f_inode->i_ino;
	return true;
}

/* Takes note of where the streams of such a socket stand. */
static __always_inline void note_places(struct sock *sock, struct hp_move *move)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sock);

	if (!tcp)
		return;
	move->sent = tcp->write_seq;
	move->received = tcp->copied_seq;
	/* As next_received() says. */
	if (sock->__sk_common.skc_flags & FIN_CAME && move->received == tcp->rcv_nxt)
		move->received--;
}

/* A call on a socket ended; `flags` are those of a receiving one. */
static __always_inline int socket_moved(struct sock *sock, long ret, __u32 direction, __u32 flags)
{
	struct hp_call call = {.ret = ret, .direction = direction, .flags = flags};
	struct hp_socket socket = {};
	struct task_struct *task = current_task();
	struct hp_scratch *scratch;
	struct hp_group group;
	struct hp_conn *conn;

	hook_was_hit(direction);
	if (ret <= 0)
		call_is_over(task);
	if (ret < 0 && !other_end_went(ret))
		return 0;
	if (moves_nothing(&call) || !fill_socket(sock, &socket))
		return 0;
	conn = conn_of(&socket);
	if (ret < 0 && !error_is_end(&socket, conn, direction))
		return 0;
	if (ret > 0 ? !is_of_interest(conn, direction) && !hp_hits[HP_HOOK_SEVERAL]
		    : !ret && direction == HP_SENT)
		return 0;
	group = group_of(task);
	/*
	 * Whoever meets an end may tell of it: of a Unix connection it may be the one that is not
	 * traced.
	 */
	if (ret > 0 && !group_is_wanted(&group, conn))
		return 0;
	if (ret > 0)
		recognise_current(&call, task);
	if (ret > 0 && !call.is_several)
		call_is_over(task);
	scratch = scratch_at((__u32)ids_of(task) % SCRATCHES);
	if (!scratch || !take_scratch(scratch, ids_of(task)))
		return 0;
	scratch->move.socket = socket;
	scratch->move.direction = direction;
	note_places(sock, &scratch->move);
	wanted_ended(scratch, conn, &call, task, &group);
	leave_scratch(scratch);
	return 0;
}

#endif
