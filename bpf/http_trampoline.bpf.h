/* SPDX-License-Identifier: GPL-2.0-only */
/* The same calls as the socket functions end, for kernels that have no tracepoints for them. */
#ifndef HTTP_TRAMPOLINE_BPF_H
#define HTTP_TRAMPOLINE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_socket_layer.bpf.h"

/*
 * Set by user space while capture is paused, for kernels that attach a trampoline only once and
 * where it therefore stays.
 */
__u32 hp_asleep SEC(".data.asleep") = 0;

/* `message` is NULL where the bytes came from pages. */
static __always_inline int function_returned(struct socket *socket, struct msghdr *message, int ret,
					     __u32 direction, __u32 flags)
{
	if (hp_asleep)
		return 0;
	return socket_moved(socket->sk, ret, direction, flags, (__u64)message);
}

#endif
