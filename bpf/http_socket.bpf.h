/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a file descriptor to its connection, through the process's own table. Nothing about accept,
 * connect, dup or fork has to be followed, and what was opened before the probe is found the same
 * way.
 */
#ifndef HTTP_SOCKET_BPF_H
#define HTTP_SOCKET_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "http_filter.bpf.h"
#include "http_probe.h"
#include "http_task.bpf.h"

#define FILE_TYPE_MASK 0170000
#define FILE_IS_SOCKET 0140000
#define STREAM_SOCKET 1
#define PROTOCOL_TCP 6
#define RECEIVE_WAS_SHUT_DOWN 1
#define SEND_WAS_SHUT_DOWN 2

struct hp_socket {
	struct sock *sock;
	/* The inode of the socket. */
	__u64 conn;
	__u32 family;
	__u32 _pad;
};

static __always_inline struct file *file_of(__u32 fd, struct task_struct *task)
{
	struct file **files = NULL;
	struct file *file = NULL;
	__u32 size = 0;

	if (can_read_task()) {
		struct fdtable *table = task->files->fdt;

		size = table->max_fds;
		files = table->fd;
	} else {
		struct fdtable *table = BPF_CORE_READ(task, files, fdt);

		bpf_core_read(&size, sizeof(size), &table->max_fds);
		bpf_core_read(&files, sizeof(files), &table->fd);
	}
	if (fd >= size)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

/* May HTTP travel on a stream socket of that kind? */
static __always_inline bool is_traceable(__u32 family, __u32 protocol)
{
	return family == AF_UNIX ||
	       ((family == AF_INET || family == AF_INET6) && protocol == PROTOCOL_TCP);
}

/* Fills `found` if the descriptor is a stream socket that HTTP may travel on. */
static __always_inline bool find_socket(__u32 fd, struct task_struct *task, struct hp_socket *found)
{
	struct file *file = file_of(fd, task);
	struct inode *inode;
	struct socket *socket;
	struct sock *sock;

	if (!file)
		return false;
	inode = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(inode, i_mode) & FILE_TYPE_MASK) != FILE_IS_SOCKET)
		return false;
	socket = BPF_CORE_READ(file, private_data);
	if (BPF_CORE_READ(socket, type) != STREAM_SOCKET)
		return false;
	sock = BPF_CORE_READ(socket, sk);
	if (!sock)
		return false;
	found->sock = sock;
	found->conn = BPF_CORE_READ(inode, i_ino);
	found->family = BPF_CORE_READ(sock, __sk_common.skc_family);
	return is_traceable(found->family, BPF_CORE_READ(sock, sk_protocol));
}

/*
 * Has the other end's FIN come? One that reset the connection, or whose bytes nobody here wants to
 * hear, has sent none.
 */
#define FIN_CAME (1UL << SOCK_DONE)

static __always_inline bool fin_came(struct sock *sock)
{
	return BPF_CORE_READ(sock, __sk_common.skc_flags) & FIN_CAME;
}

static __always_inline bool nothing_more_will_come(struct sock *sock)
{
	return BPF_CORE_READ(sock, sk_shutdown) & RECEIVE_WAS_SHUT_DOWN;
}

static __always_inline bool nothing_more_will_go(struct sock *sock)
{
	return BPF_CORE_READ(sock, sk_shutdown) & SEND_WAS_SHUT_DOWN;
}

/* The TCP sequence of the next byte that is read. */
static __always_inline __u32 next_received(struct sock *sock)
{
	struct tcp_sock *tcp = (void *)sock;
	__u32 next = BPF_CORE_READ(tcp, copied_seq);

	/*
	 * A read that takes the FIN behind its bytes has counted it too (tcp_recvmsg_locked,
	 * found_fin_ok).
	 */
	return fin_came(sock) && next == BPF_CORE_READ(tcp, rcv_nxt) ? next - 1 : next;
}

/* The same of the next byte that is sent. */
static __always_inline __u32 next_sent(struct sock *sock)
{
	return BPF_CORE_READ((struct tcp_sock *)sock, write_seq);
}

/*
 * Not `skc_num`, which is given back when the other end resets the connection: what it had sent may
 * still be read then.
 */
static __always_inline __u16 local_port_of(struct sock *sock)
{
	return bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sock, inet_sport));
}

static __always_inline __u16 remote_port_of(struct sock *sock)
{
	return bpf_ntohs(BPF_CORE_READ(sock, __sk_common.skc_dport));
}

static __always_inline struct sock *unix_peer_of(struct sock *sock)
{
	return BPF_CORE_READ((struct unix_sock *)sock, peer);
}

/*
 * Leaves the path empty for a socket without a name; an abstract one begins with a NUL and goes on.
 */
static __always_inline void read_unix_path(struct sock *sock, __u8 *path)
{
	struct unix_address *address = BPF_CORE_READ((struct unix_sock *)sock, addr);

	if (address)
		bpf_core_read(path, HP_PATH_BYTES, &address->name[0].sun_path);
}

static __always_inline void read_addresses(const struct hp_socket *socket, struct hp_open *open)
{
	struct sock *sock = socket->sock;

	if (socket->family == AF_UNIX) {
		struct sock *peer = unix_peer_of(sock);

		open->peer = (__u64)peer;
		read_unix_path(sock, open->local_path);
		if (peer)
			read_unix_path(peer, open->remote_path);
		return;
	}
	if (socket->family == AF_INET) {
		bpf_core_read(open->local, 4, &sock->__sk_common.skc_rcv_saddr);
		bpf_core_read(open->remote, 4, &sock->__sk_common.skc_daddr);
	} else {
		bpf_core_read(open->local, 16, &sock->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(open->remote, 16, &sock->__sk_common.skc_v6_daddr);
	}
	open->local_port = local_port_of(sock);
	open->remote_port = remote_port_of(sock);
}

#endif
