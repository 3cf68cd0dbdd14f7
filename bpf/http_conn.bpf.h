/* SPDX-License-Identifier: GPL-2.0-only */
/* Connections that speak HTTP, from their first request to their end. */
#ifndef HTTP_CONN_BPF_H
#define HTTP_CONN_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_filter.bpf.h"
#include "http_group.bpf.h"
#include "http_loss.bpf.h"
#include "http_move.bpf.h"
#include "http_probe.h"
#include "http_rings.bpf.h"
#include "http_socket.bpf.h"

/* Connections at one time; twice what a busy proxy is usually allowed (32768 descriptors). */
#define CONNS 65536

/*
 * struct sock * → the connection on it. Inserted by open_conn() with the first message; an entry
 * that is another socket's is replaced there. Deleted, over TCP, by state_changed() when it ends
 * and where its socket is connected anew, by forget_if_over() where it had ended before it was
 * told or in a call of its server, and by tell_close() once what came before its end was read or
 * that call has failed; by tell_end() where a call says
 * that the other end of a Unix connection has gone, or where a direction ends of one that user
 * space has not heard of; and by user space, which reads them, when they are silent for long,
 * or nobody has the socket of a Unix one any more. A refused entry is counted.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CONNS);
	__type(key, __u64);
	__type(value, struct hp_conn);
} hp_conns SEC(".maps");

/* The connection that was last seen on a socket, which may carry another one by now. */
static __always_inline struct hp_conn *last_conn_on(const struct sock *sock)
{
	__u64 key = (__u64)sock;

	return bpf_map_lookup_elem(&hp_conns, &key);
}

/* The connection that the socket carries now, if it is known. */
static __always_inline struct hp_conn *conn_of(const struct hp_socket *socket)
{
	struct hp_conn *conn = last_conn_on(socket->sock);

	return conn && conn->conn == socket->conn ? conn : NULL;
}

/*
 * Is an entry that was looked up still the connection's? One that ends on another processor
 * meanwhile is deleted, and the next connection may have its place at once: what is noted there
 * would be noted of that one.
 */
static __always_inline bool is_still_of(const struct hp_conn *conn, const struct hp_socket *socket)
{
	return *(const volatile __u64 *)&conn->conn == socket->conn;
}

/* Of a server's, whose end is told when the call is over in which it came. */
static __always_inline bool was_closed_in_call(const struct hp_conn *conn)
{
	return conn->state == TCP_CLOSE && conn->request_direction == HP_RECEIVED;
}

static __always_inline void send_close(struct sock *sock, __u64 conn, __u32 old_state,
				       __u32 new_state, __u32 shed)
{
	struct hp_close *event = bpf_ringbuf_reserve(&hp_control, sizeof(*event), 0);

	if (!event) {
		count_loss(HP_LOST_CONTROL_FULL);
		return;
	}
	event->time_ns = bpf_ktime_get_boot_ns();
	event->conn = conn;
	event->kind = HP_CLOSE;
	event->old_state = old_state;
	event->new_state = new_state;
	event->shed = shed;
	event->ends[HP_RECEIVED] = next_received(sock);
	event->ends[HP_SENT] = next_sent(sock);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

/* Tells user space of a connection. */
static __always_inline bool send_open(const struct hp_socket *socket, __u32 direction)
{
	struct hp_open *event = bpf_ringbuf_reserve(&hp_data, sizeof(*event), 0);

	if (!event)
		return false;
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_boot_ns();
	event->conn = socket->conn;
	event->sock = (__u64)socket->sock;
	event->kind = HP_OPEN;
	event->family = socket->family;
	event->request_direction = direction;
	read_addresses(socket, event);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return true;
}

/* A new entry is made in the scratch: where it is needed, little of the stack is left. */
static __always_inline struct hp_conn *open_conn(struct hp_scratch *scratch, __u32 direction)
{
	__u64 key = (__u64)scratch->move.socket.sock;
	struct hp_conn *fresh = &scratch->fresh;

	__builtin_memset(fresh, 0, sizeof(*fresh));
	fresh->conn = scratch->move.socket.conn;
	fresh->opened_ns = bpf_ktime_get_boot_ns();
	fresh->request_direction = direction;
	if (bpf_map_update_elem(&hp_conns, &key, fresh, BPF_ANY)) {
		count_loss(HP_LOST_CONNECTION_REFUSED);
		return NULL;
	}
	return bpf_map_lookup_elem(&hp_conns, &key);
}

#endif
