/* SPDX-License-Identifier: GPL-2.0-only */
/* Whatever could not be reported is counted by kind. */
#ifndef HTTP_LOSS_BPF_H
#define HTTP_LOSS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_probe.h"

/* enum hp_loss → times. Counted here, read by user space, never reset. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HP_LOST_KINDS);
	__type(key, __u32);
	__type(value, __u64);
} hp_loss SEC(".maps");

/*
 * Atomically, though each processor has its own: a thread that interrupts the program counts too,
 * and all that it counted would be gone with the number that was read before.
 */
static __always_inline void count_loss(__u32 kind)
{
	__u64 *times = bpf_map_lookup_elem(&hp_loss, &kind);

	if (times)
		__sync_fetch_and_add(times, 1);
}

#endif
