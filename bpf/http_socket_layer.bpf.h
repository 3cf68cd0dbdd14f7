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
#include "core_fixes.bpf.h"
#include "http_hits.bpf.h"
#include "http_ignored.bpf.h"
#include "http_in_call.bpf.h"
#include "http_message.bpf.h"
#include "http_several.bpf.h"
#include "http_uring.bpf.h"

static __always_inline __u64 inode_of(struct sock *sock)
{
	struct sock___since_6_17 *newer = (void *)sock;

	if (bpf_core_field_exists(newer->sk_ino))
		return newer->sk_ino;
	return sock->sk_socket->file->f_inode->i_ino;
}

/* `sock` is one whose fields may be read as they are. */
static __always_inline bool fill_socket(struct sock *sock, struct hp_socket *found)
{
	found->sock = sock;
	found->family = sock->__sk_common.skc_family;
	if (sock->sk_type != STREAM_SOCKET || !is_traceable(found->family, sock->sk_protocol))
		return false;
	/* The kernel's own sockets have no file. */
	if (!sock->sk_socket->file)
		return false;
	found->conn = inode_of(sock);
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

/* Does the end of such a call say anything? Not where it was to be tried again. */
static __always_inline bool says_something(const struct hp_call *call, struct task_struct *task)
{
	hook_was_hit(call->direction);
	if (call->ret <= 0)
		call_is_over(task);
	if (call->ret < 0 && !other_end_went(call->ret))
		return false;
	return !moves_nothing(call);
}

/*
 * Is what the call says of interest, of a socket with that connection, or with none that is known?
 */
static __always_inline bool is_wanted_of(const struct hp_socket *socket, struct hp_conn *conn,
					 const struct hp_call *call, const struct hp_group *group)
{
	if (call->ret < 0)
		return error_is_end(socket, conn, call->direction);
	if (!call->ret)
		return call->direction != HP_SENT;
	if (!is_of_interest(conn, call->direction) && !hp_hits[HP_HOOK_SEVERAL])
		return false;
	/*
	 * Whoever meets an end may tell of it: of a Unix connection it may be the one that is not
	 * traced.
	 */
	return group_is_wanted(group, conn);
}

/* Returns the scratch in which the wanted call is to be looked at; NULL where it is taken. */
static __always_inline struct hp_scratch *
scratch_for(const struct hp_socket *socket, struct hp_call *call, struct task_struct *task)
{
	struct hp_scratch *scratch;

	if (call->ret > 0)
		recognise_current(call, task);
	if (call->ret > 0 && !call->is_several)
		call_is_over(task);
	scratch = scratch_at((__u32)ids_of(task) % SCRATCHES);
	if (!scratch || !take_scratch(scratch, ids_of(task)))
		return NULL;
	scratch->move.socket = *socket;
	scratch->move.direction = call->direction;
	return scratch;
}

/*
 * A call on a socket ended; `flags` are those of a receiving one, `message` what the socket was
 * handed, or 0 where a note may say that.
 */
static __always_inline int socket_moved(struct sock *sock, long ret, __u32 direction, __u32 flags,
					__u64 message)
{
	struct hp_call call = {.ret = ret, .direction = direction, .flags = flags};
	struct task_struct *task = current_task();
	struct hp_socket socket = {};
	struct hp_scratch *scratch;
	struct hp_group group;
	struct hp_conn *conn;

	if (!says_something(&call, task))
		return 0;
	group = group_of(task);
	if (ret > 0 && is_known_as_ignored(&group))
		return 0;
	call.message = message ? message : take_handed();
	if (!fill_socket(sock, &socket))
		return 0;
	conn = conn_of(&socket);
	if (!is_wanted_of(&socket, conn, &call, &group))
		return 0;
	scratch = scratch_for(&socket, &call, task);
	if (!scratch)
		return 0;
	note_places(sock, &scratch->move);
	wanted_ended(scratch, conn, &call, task, &group);
	leave_scratch(scratch);
	return 0;
}

#endif
