/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same calls as the socket layer tells them, in a kprobe: the verifier does not know that what
 * it is handed is a socket, so each read of it is a call, and as little as possible is read.
 */
#ifndef HTTP_KPROBE_BPF_H
#define HTTP_KPROBE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_ignored.bpf.h"
#include "http_notes.bpf.h"
#include "http_open.bpf.h"
#include "http_socket_layer.bpf.h"
#include "http_uring.bpf.h"

/* Asked only of a socket without a known connection. As fill_socket() does. */
static __always_inline bool may_carry_http(const struct hp_socket *socket)
{
	struct sock *sock = socket->sock;

	return BPF_CORE_READ(sock, sk_type) == STREAM_SOCKET &&
	       is_traceable(socket->family, BPF_CORE_READ(sock, sk_protocol)) &&
	       BPF_CORE_READ(sock, sk_socket, file);
}

/* By thread. */
static __always_inline struct hp_note *call_note(__u32 thread)
{
	return &hp_call_notes[thread % NOTES];
}

/* Has the kprobe seen the call of which the tracepoint behind it tells? */
static __always_inline bool kprobe_saw_it(void)
{
	__u32 thread = ids_of(current_task());

	return first_saw(call_note(thread), thread, HP_CAUGHT);
}

/* A call on a socket ended; `flags` are those of a receiving one. */
static __always_inline int socket_moved_in_kprobe(struct sock *sock, long ret, __u32 direction,
						  __u32 flags)
{
	struct hp_call call = {.ret = ret, .direction = direction, .flags = flags};
	struct task_struct *task = current_task();
	struct hp_group group = group_of(task);
	struct hp_socket socket = {.sock = sock};
	struct hp_scratch *scratch;
	struct hp_conn *conn;

	call_note(ids_of(task))->seen = (__u32)ids_of(task);
	if (!says_something(&call, task) || (ret > 0 && is_known_as_ignored(&group)))
		return 0;
	call.message = take_handed();
	conn = last_conn_on(sock);
	socket.conn = read_inode(sock);
	socket.family = BPF_CORE_READ(sock, __sk_common.skc_family);
	if (conn && conn->conn != socket.conn)
		conn = NULL;
	if ((!conn && !may_carry_http(&socket)) || !is_wanted_of(&socket, conn, &call, &group))
		return 0;
	scratch = scratch_for(&socket, &call, task);
	if (!scratch)
		return 0;
	if (socket.family != AF_UNIX)
		read_places(sock, &scratch->move);
	wanted_ended(scratch, conn, &call, task, &group);
	leave_scratch(scratch);
	return 0;
}

#endif
