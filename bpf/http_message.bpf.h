/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One message that a call moved: where its bytes are, on which connection, and where in its stream.
 */
#ifndef HTTP_MESSAGE_BPF_H
#define HTTP_MESSAGE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_abi.bpf.h"
#include "http_conn.bpf.h"
#include "http_ends.bpf.h"
#include "http_filter.bpf.h"
#include "http_first.bpf.h"
#include "http_group.bpf.h"
#include "http_layout.bpf.h"
#include "http_move.bpf.h"
#include "http_piece.bpf.h"
#include "http_socket.bpf.h"
#include "http_state.bpf.h"
#include "http_uring.bpf.h"
#include "http_who.bpf.h"

/* Points the walk at the bytes of one struct msghdr. */
static __always_inline bool point_at_message(struct hp_move *move, __u64 address)
{
	struct hp_extent segments;

	if (!read_message(move->layout, address, &segments)) {
		count_loss(HP_LOST_UNREADABLE);
		return false;
	}
	move->segments = segments.base;
	move->segment_count = segments.len;
	return true;
}

static __always_inline void point_at_bytes(struct hp_move *move, const struct hp_call *call)
{
	move->base = 0;
	move->base_len = 0;
	move->segments = 0;
	move->segment_count = 0;
	move->next_segment = 0;
	move->skip = 0;
	move->layout = call->layout;
	move->readable = !(call->flags & MSG_TRUNC_FLAG);
	if (call->shape == HP_BUFFER) {
		move->base = call->args[1];
		move->base_len = call->ret;
	} else if (call->shape == HP_SEGMENTS) {
		move->segments = call->args[1];
		move->segment_count = call->args[2];
	} else if (call->shape == HP_MESSAGE) {
		move->readable &= point_at_message(move, call->args[1]);
	} else if (call->is_unseen) {
		move->message = call->message;
		move->readable &= find_handed(move->slot);
	} else {
		move->readable = 0;
	}
}

/*
 * Takes note of where the stream stands that the call was about, and of where the requests of an
 * answer to a client do.
 */
static __always_inline void read_places(struct sock *sock, struct hp_move *move)
{
	if (move->direction == HP_SENT || role_is_wanted(HP_SENT))
		move->sent = next_sent(sock);
	if (move->direction == HP_RECEIVED)
		move->received = next_received(sock);
}

/*
 * Where the stream stood before `len` bytes were moved. The count needs no atomic: two threads that
 * write to one direction of one socket at the same time mix their messages up themselves.
 */
static __always_inline __u32 offset_before(struct hp_move *move, struct hp_conn *conn, __u32 len)
{
	__u32 *counted = &conn->counted[move->direction & 1];
	__u32 offset = *counted;

	if (move->socket.family != AF_UNIX)
		return (move->direction == HP_SENT ? move->sent : move->received) - len -
		       move->behind;
	*counted = offset + len;
	return offset;
}

/*
 * Tells a response that came before its request's call had ended from one to a request that was
 * never seen; and with a connection's first request, where the answer to it begins.
 */
static __always_inline __u32 others_offset(const struct hp_move *move, const struct hp_conn *conn,
					   bool is_new)
{
	bool is_received = move->direction == HP_RECEIVED;
	struct sock *sock = move->socket.sock;

	if (move->socket.family == AF_UNIX)
		return 0;
	if (is_new)
		return is_received ? next_sent(sock) : next_received(sock);
	return is_received && conn->request_direction == HP_SENT ? move->sent : 0;
}

static __always_inline int one_message(struct hp_scratch *scratch, struct hp_conn *conn,
				       const struct hp_call *call, struct task_struct *task,
				       const struct hp_group *group)
{
	struct hp_move *move = &scratch->move;
	bool is_new = !conn;

	if (!is_of_interest(conn, move->direction))
		return 0;
	move->len = call->ret;
	move->left = call->ret;
	point_at_bytes(move, call);
	move->was_told = conn && conn->is_told;
	if (is_new)
		conn = try_open(scratch, call);
	if (!conn)
		return 0;
	if (is_new)
		name_group(group);
	move->offset = offset_before(move, conn, move->len);
	fill_who(scratch, task, group);
	scratch->piece.other = others_offset(move, conn, is_new);
	message_moved(scratch, conn);
	if (!move->was_told || was_closed_in_call(conn))
		forget_if_over(&move->socket);
	return 0;
}

/* A wanted call on a socket ended: it moved bytes, or says that no more will come. */
static __always_inline int wanted_ended(struct hp_scratch *scratch, struct hp_conn *conn,
					const struct hp_call *call, struct task_struct *task,
					const struct hp_group *group)
{
	if (call->ret < 0)
		return other_end_ended(scratch, conn);
	if (!call->ret)
		return direction_ended(scratch, conn);
	return one_message(scratch, conn, call, task, group);
}

#endif
