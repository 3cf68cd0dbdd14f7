/* SPDX-License-Identifier: GPL-2.0-only */
/* Which socket lies at an address, where the verifier does not know that one does. */
#ifndef HTTP_OPEN_BPF_H
#define HTTP_OPEN_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "core_fixes.bpf.h"

/*
 * The inode of a socket of which the verifier does not know that it is one; 0 where it has none.
 */
static __always_inline __u64 read_inode(struct sock *sock)
{
	struct sock___since_6_17 *newer = (void *)sock;

	if (bpf_core_field_exists(newer->sk_ino))
		return BPF_CORE_READ(newer, sk_ino);
	return BPF_CORE_READ(sock, sk_socket, file, f_inode, i_ino);
}

/*
 * Is there still a socket with that inode at this address? One that nobody has open any more is
 * parted from its file; then its memory is another's, or nobody's.
 */
static __always_inline bool is_still_open(struct sock *sock, __u64 conn)
{
	return BPF_CORE_READ(sock, sk_socket) && read_inode(sock) == conn;
}

#endif
