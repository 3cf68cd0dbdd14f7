/* SPDX-License-Identifier: GPL-2.0-only */
/* The ends of TCP connections. May run in an interrupt: `current` means nothing here. */
#ifndef HTTP_STATE_BPF_H
#define HTTP_STATE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_conn.bpf.h"
#include "http_notes.bpf.h"
#include "http_place.bpf.h"

/*
 * A client's connection may be closed, by the other's FIN behind its own or by a reset, with what
 * came before that unread. Whoever holds its socket may read it, and then that it is over. One that
 * closes it throws that away before.
 */
static __always_inline bool may_still_be_read(struct sock *sock, const struct hp_conn *conn)
{
	if (conn->request_direction != HP_SENT || !BPF_CORE_READ(sock, sk_socket))
		return false;
	return BPF_CORE_READ(sock, sk_receive_queue.qlen);
}

/*
 * A reset that comes while a server's call is at work on its socket, or waits there for room, is
 * dealt with before that call ends: what it moved is told then, and that the connection is over. A
 * call that closes the socket has shut both directions down before.
 */
static __always_inline bool ends_in_call(struct sock *sock, const struct hp_conn *conn)
{
	if (conn->request_direction != HP_RECEIVED || !BPF_CORE_READ(sock, sk_socket))
		return false;
	return (BPF_CORE_READ(sock, sk_lock.owned) || BPF_CORE_READ(sock, sk_write_pending)) &&
	       !nothing_more_will_go(sock);
}

/*
 * Tells user space that a known connection sent its FIN or is over; forgets it then. One whose
 * socket is connected anew is, because what could still be read of it has been thrown away.
 */
static __always_inline int state_changed(struct sock *sock, int old_state, int new_state)
{
	__u64 key = (__u64)sock;
	struct hp_conn *conn;

	if (new_state != TCP_CLOSE && new_state != TCP_FIN_WAIT1 && new_state != TCP_LAST_ACK &&
	    new_state != TCP_SYN_SENT)
		return 0;
	conn = bpf_map_lookup_elem(&hp_conns, &key);
	if (!conn || conn->state == (__u32)new_state)
		return 0;
	if (new_state == TCP_SYN_SENT)
		new_state = TCP_CLOSE;
	conn->state = new_state;
	if (new_state == TCP_CLOSE && conn->is_told &&
	    (may_still_be_read(sock, conn) || ends_in_call(sock, conn)))
		return 0;
	/*
	 * What a client may still say is of no account: a request that it began is answered or not.
	 */
	if (conn->is_told && (new_state == TCP_CLOSE || conn->request_direction == HP_RECEIVED))
		send_close(sock, conn->conn, old_state, new_state, conn->following);
	if (new_state == TCP_CLOSE)
		bpf_map_delete_elem(&hp_conns, &key);
	return 0;
}

/*
 * What both programs see: which socket changed, and to what. Changes of one socket never overlap.
 */
static __always_inline __u64 change_of(const struct sock *sock, int state)
{
	__u64 key = (__u64)sock;
	__u64 address = 0;

	/* To the verifier a socket is no number. */
	bpf_probe_read_kernel(&address, sizeof(address), &key);
	return address + state;
}

/*
 * By socket, whatever it changes to: a note that the second program was not there to take away is
 * written over by the socket's next change.
 */
static __always_inline struct hp_note *change_note(__u64 change)
{
	return &hp_change_notes[place_of(change, NOTE_BITS)];
}

/* The first of the two programs at that place. */
static __always_inline int first_state_changed(struct sock *sock, int old_state, int new_state)
{
	__u64 change = change_of(sock, new_state);

	change_note(change)->seen = change;
	return state_changed(sock, old_state, new_state);
}

/* The second one, which tells what the first one has missed. */
static __always_inline int second_state_changed(struct sock *sock, int old_state, int new_state)
{
	__u64 change = change_of(sock, new_state);

	if (first_saw(change_note(change), change, HP_CAUGHT_STATE))
		return 0;
	return state_changed(sock, old_state, new_state);
}

/*
 * Called after bytes of a connection that nobody had been told of before them: its end may have
 * passed by then, when there was no entry yet or nobody knew of it. One that is told twice is of no
 * account.
 */
static __always_inline void forget_if_over(const struct hp_socket *socket)
{
	struct sock *sock = socket->sock;
	__u64 key = (__u64)sock;
	struct hp_conn *conn;

	if (socket->family == AF_UNIX || BPF_CORE_READ(sock, __sk_common.skc_state) != TCP_CLOSE)
		return;
	conn = conn_of(socket);
	if (conn && may_still_be_read(sock, conn)) {
		conn->state = TCP_CLOSE;
		return;
	}
	bpf_map_delete_elem(&hp_conns, &key);
	send_close(sock, socket->conn, TCP_CLOSE, TCP_CLOSE, HP_FOLLOWED);
}

#endif
