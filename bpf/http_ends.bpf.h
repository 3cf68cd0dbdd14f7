/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ends of connections as calls tell them: nothing more will be read, the other end of a Unix
 * connection has gone, or one over TCP was closed or reset before its client had read everything.
 */
#ifndef HTTP_ENDS_BPF_H
#define HTTP_ENDS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_conn.bpf.h"
#include "http_loss.bpf.h"
#include "http_move.bpf.h"
#include "http_socket.bpf.h"

/* Sends word that a direction has ended. */
static __always_inline void send_end(struct hp_scratch *scratch, const struct hp_conn *conn,
				     __u32 direction)
{
	scratch->piece.conn = conn->conn;
	scratch->piece.gap = conn->following ? HP_RESUMED : HP_NO_GAP;
	scratch->piece.direction = direction;
	scratch->piece.kind = HP_EOF;
	if (scratch->move.socket.family != AF_UNIX)
		scratch->piece.offset = direction == HP_SENT
						? next_sent(scratch->move.socket.sock)
						: next_received(scratch->move.socket.sock);
	if (bpf_ringbuf_output(&hp_data, &scratch->piece, sizeof(scratch->piece), BPF_RB_NO_WAKEUP))
		count_loss(HP_LOST_RING_FULL);
}

/*
 * A client's TCP connection was closed before it was read, by a FIN or by a reset, and now it has
 * been.
 */
static __always_inline void tell_close(struct sock *sock, const struct hp_conn *conn, __u64 key)
{
	if (conn->is_told)
		send_close(sock, conn->conn, fin_came(sock) ? TCP_CLOSE_WAIT : TCP_ESTABLISHED,
			   TCP_CLOSE, conn->following);
	bpf_map_delete_elem(&hp_conns, &key);
}

/*
 * A Unix connection on which no response will come any more is forgotten here, while its address
 * cannot be another's yet; and so is one that user space has not heard of, because nobody else
 * would.
 */
static __always_inline void tell_end(struct hp_scratch *scratch, const struct hp_conn *conn,
				     __u64 key, __u32 direction)
{
	bool is_over =
		scratch->move.socket.family == AF_UNIX && direction != conn->request_direction;

	if (conn->state == TCP_CLOSE && direction == HP_RECEIVED) {
		tell_close(scratch->move.socket.sock, conn, key);
		return;
	}
	if (conn->is_told && !conn->ignored)
		send_end(scratch, conn, direction);
	if (is_over || !conn->is_told)
		bpf_map_delete_elem(&hp_conns, &key);
}

/*
 * The bytes stopped: for this end, and over a Unix socket for the other, which nothing else tells.
 */
static __always_inline int direction_ended(struct hp_scratch *scratch, struct hp_conn *conn)
{
	struct hp_socket *socket = &scratch->move.socket;
	__u32 direction = scratch->move.direction & 1;
	__u64 peer;

	if (direction == HP_RECEIVED && !nothing_more_will_come(socket->sock))
		return 0;
	if (conn)
		tell_end(scratch, conn, (__u64)socket->sock, direction);
	if (socket->family != AF_UNIX)
		return 0;
	peer = (__u64)unix_peer_of(socket->sock);
	conn = bpf_map_lookup_elem(&hp_conns, &peer);
	/* What was sent before may still be read there, until a read says that it was all. */
	if (conn && (direction == HP_RECEIVED ||
		     !BPF_CORE_READ((struct sock *)peer, sk_receive_queue.qlen)))
		tell_end(scratch, conn, peer, !direction);
	return 0;
}

/*
 * include/uapi/asm-generic/errno.h: what a socket says whose other end has gone, perhaps before it
 * had read everything.
 */
#define EPIPE_RESULT 32
#define ECONNRESET_RESULT 104

static __always_inline bool other_end_went(long ret)
{
	return ret == -EPIPE_RESULT || ret == -ECONNRESET_RESULT;
}

/*
 * Is a call's error the end of a known connection? Over TCP of one that was closed before it was
 * read, or in a call of its server; else the states tell it.
 */
static __always_inline bool error_is_end(const struct hp_socket *socket, const struct hp_conn *conn,
					 __u32 direction)
{
	if (!conn || socket->family == AF_UNIX)
		return conn;
	return was_closed_in_call(conn) || (direction == HP_RECEIVED && conn->state == TCP_CLOSE);
}

static __always_inline void tell_both_ends(struct hp_scratch *scratch, __u64 key)
{
	for (__u32 direction = HP_RECEIVED; direction <= HP_SENT; direction++) {
		struct hp_conn *conn = bpf_map_lookup_elem(&hp_conns, &key);

		if (conn)
			tell_end(scratch, conn, key, direction);
	}
}

/*
 * The other end of a known connection has gone, or over a Unix socket takes nothing more: what it
 * sent before may still be read there, until a read says that it has gone.
 */
static __always_inline int other_end_ended(struct hp_scratch *scratch, const struct hp_conn *conn)
{
	struct sock *sock = scratch->move.socket.sock;
	struct sock *peer;

	/* error_is_end() has said so; the verifier does not remember. */
	if (!conn)
		return 0;
	if (scratch->move.socket.family != AF_UNIX) {
		tell_close(sock, conn, (__u64)sock);
		return 0;
	}
	if (scratch->move.direction == HP_RECEIVED)
		tell_both_ends(scratch, (__u64)sock);
	else
		tell_end(scratch, conn, (__u64)sock, HP_SENT);
	peer = unix_peer_of(sock);
	if (peer && !BPF_CORE_READ(peer, sk_socket))
		tell_both_ends(scratch, (__u64)peer);
	return 0;
}

#endif
