/* SPDX-License-Identifier: GPL-2.0-only */
/* Which hooks have fired: one may attach and never do. */
#ifndef HTTP_HITS_BPF_H
#define HTTP_HITS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_probe.h"

/* enum hp_hook → whether it has. Written here, read by user space, never reset. */
__u32 hp_hits[HP_HOOKS] SEC(".data.hp") = {};

/* Writes once only: the line stays shared by all processors. */
static __always_inline void hook_was_hit(__u32 hook)
{
	if (!hp_hits[hook])
		hp_hits[hook] = 1;
}

#endif
