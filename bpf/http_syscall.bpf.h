/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that moved bytes, as the end of any system call tells them: was it one of those, and over
 * which socket?
 */
#ifndef HTTP_SYSCALL_BPF_H
#define HTTP_SYSCALL_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_abi.bpf.h"
#include "http_group.bpf.h"
#include "http_hits.bpf.h"
#include "http_ignored.bpf.h"
#include "http_layout.bpf.h"
#include "http_message.bpf.h"
#include "http_socket.bpf.h"

/*
 * One message of several, whose place and length are in the scratch: a function of its own, seen
 * once by the verifier.
 */
__noinline int one_of_several(__u32 slot)
{
	struct hp_scratch *scratch = scratch_at(slot);
	struct hp_call call = {.shape = HP_MESSAGE};

	if (!scratch)
		return 0;
	call.ret = scratch->move.len;
	call.args[1] = scratch->move.message;
	call.direction = scratch->move.direction;
	call.layout = scratch->move.layout;
	return one_message(scratch, conn_of(&scratch->move.socket), &call, current_task(),
			   &scratch->piece.group);
}

/*
 * The messages of one call follow each other in the stream; its position is known where the last
 * one ends.
 */
static __always_inline int several_messages(struct hp_scratch *scratch, const struct hp_call *call)
{
	__u32 behind = 0;

	if (call->ret > MESSAGES) {
		count_loss(HP_LOST_SEGMENTS);
		return 0;
	}
	for (__u32 i = 0; i < MESSAGES && i < call->ret; i++)
		behind += length_of_message(call->layout, call->args[1], i);
	for (__u32 i = 0; i < MESSAGES && i < call->ret; i++) {
		__u32 len = length_of_message(call->layout, call->args[1], i);

		behind -= len;
		scratch->move.message = nth_message(call->layout, call->args[1], i);
		scratch->move.len = len;
		scratch->move.behind = behind;
		if (len)
			one_of_several(scratch->move.slot);
	}
	scratch->move.behind = 0;
	return 0;
}

/* The socket that the call is about: of a splice, whichever end is one. */
static __always_inline bool find_its_socket(struct hp_call *call, struct task_struct *task,
					    struct hp_socket *socket)
{
	if (call->shape != HP_SPLICED)
		return find_socket(call->fd, task, socket);
	if (find_socket(call->args[2], task, socket))
		return true;
	call->direction = HP_RECEIVED;
	return find_socket(call->args[0], task, socket);
}

static __always_inline int wanted_call_ended(struct hp_scratch *scratch, struct hp_call *call,
					     struct task_struct *task)
{
	struct hp_group *group = &scratch->piece.group;
	struct hp_conn *conn;

	if (!find_its_socket(call, task, &scratch->move.socket))
		return 0;
	conn = conn_of(&scratch->move.socket);
	if (call->ret < 0 && !error_is_end(&scratch->move.socket, conn, call->direction))
		return 0;
	/* As a sendfile() whose file has no more. */
	if (!call->ret && call->direction == HP_SENT && call->shape != HP_SHUTDOWN)
		return 0;
	*group = group_of(task);
	/* As in socket_moved(). */
	if (call->ret > 0 && !group_is_wanted(group, conn))
		return 0;
	scratch->move.direction = call->direction;
	scratch->move.layout = call->layout;
	if (call->ret > 0 && scratch->move.socket.family != AF_UNIX)
		read_places(scratch->move.socket.sock, &scratch->move);
	if (call->ret > 0 && call->shape == HP_MESSAGES)
		return several_messages(scratch, call);
	return wanted_ended(scratch, conn, call, task, group);
}

/* A function of its own, so that the verifier forgets how a group was found. */
__noinline int current_is_ignored(void)
{
	struct hp_group group = group_of(current_task());

	return is_known_as_ignored(&group);
}

static __always_inline int call_ended(struct pt_regs *regs, long ret)
{
	struct hp_call call = {.ret = ret};
	struct task_struct *task;
	struct hp_scratch *scratch;

	hook_was_hit(HP_HOOK_CALL);
	if (ret < 0 && !other_end_went(ret))
		return 0;
	recognise(read_arguments(regs, &call), &call);
	if (!call.shape || moves_nothing(&call))
		return 0;
	task = current_task();
	if (is_compat(task) != call.layout || (ret > 0 && current_is_ignored()))
		return 0;
	scratch = scratch_at((__u32)ids_of(task) % SCRATCHES);
	if (!scratch || !take_scratch(scratch, ids_of(task)))
		return 0;
	wanted_call_ended(scratch, &call, task);
	leave_scratch(scratch);
	return 0;
}

#endif
