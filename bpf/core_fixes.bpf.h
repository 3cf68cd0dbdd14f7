/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between kernels, each with the commit that caused it. */
#ifndef CORE_FIXES_BPF_H
#define CORE_FIXES_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>

/*
 * 633488947ef6 ("kernfs: Use RCU to access kernfs_node::parent.") renamed `parent` to `__parent`
 * in 6.15.
 */
struct kernfs_node___before_6_15 {
	struct kernfs_node *parent;
} __attribute__((preserve_access_index));

struct kernfs_node___since_6_15 {
	struct kernfs_node *__parent;
} __attribute__((preserve_access_index));

static __always_inline struct kernfs_node *kernfs_parent_of(struct kernfs_node *node)
{
	struct kernfs_node___since_6_15 *newer = (void *)node;
	struct kernfs_node___before_6_15 *older = (void *)node;

	if (bpf_core_field_exists(newer->__parent))
		return BPF_CORE_READ(newer, __parent);
	return BPF_CORE_READ(older, parent);
}

/*
 * 5d6b58c932ec ("net: lockless sock_i_ino()") keeps the number of a socket's inode in struct sock
 * too, since 6.17.
 */
struct sock___since_6_17 {
	unsigned long sk_ino;
} __attribute__((preserve_access_index));

#endif
