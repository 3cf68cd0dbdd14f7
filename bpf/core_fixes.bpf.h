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

/*
 * Where an iterator's bytes are. 8cd54c1c8480 ("iov_iter: separate direction from flavour") put
 * what it is into a field of its own in 5.14, fcb14cb1bdac ("new iov_iter flavour - ITER_UBUF")
 * brought those of one buffer in 6.0, and de4f5fed3f23 ("iov_iter: add iter_iovec() helper")
 * renamed `iov` in 6.4. The values of the kinds differ between kernels.
 */
struct iov_iter___before_5_14 {
	unsigned int type;
} __attribute__((preserve_access_index));

struct msghdr___before_5_14 {
	struct iov_iter___before_5_14 msg_iter;
} __attribute__((preserve_access_index));

struct iov_iter___since_5_14 {
	__u8 iter_type;
} __attribute__((preserve_access_index));

struct msghdr___since_5_14 {
	struct iov_iter___since_5_14 msg_iter;
} __attribute__((preserve_access_index));

struct iov_iter___since_6_0 {
	void *ubuf;
} __attribute__((preserve_access_index));

struct msghdr___since_6_0 {
	struct iov_iter___since_6_0 msg_iter;
} __attribute__((preserve_access_index));

struct iov_iter___before_6_4 {
	const struct iovec *iov;
} __attribute__((preserve_access_index));

struct msghdr___before_6_4 {
	struct iov_iter___before_6_4 msg_iter;
} __attribute__((preserve_access_index));

struct iov_iter___since_6_4 {
	const struct iovec *__iov;
} __attribute__((preserve_access_index));

struct msghdr___since_6_4 {
	struct iov_iter___since_6_4 msg_iter;
} __attribute__((preserve_access_index));

enum iter_type___since_6_0 {
	ITER_UBUF___since_6_0 = 0,
	ITER_IOVEC___since_6_0 = 1,
};

/* Before 5.14 the kind shares its field with the direction, and with a flag. */
#define ITER_FLAGS_BEFORE_5_14 3

static __always_inline __u32 iterator_kind(struct msghdr *message)
{
	struct msghdr___since_5_14 *newer = (void *)message;
	struct msghdr___before_5_14 *older = (void *)message;

	if (bpf_core_field_exists(newer->msg_iter.iter_type))
		return BPF_CORE_READ(newer, msg_iter.iter_type);
	return BPF_CORE_READ(older, msg_iter.type) & ~ITER_FLAGS_BEFORE_5_14;
}

static __always_inline bool is_one_buffer(struct msghdr *message)
{
	return bpf_core_enum_value_exists(enum iter_type___since_6_0, ITER_UBUF___since_6_0) &&
	       iterator_kind(message) ==
		       bpf_core_enum_value(enum iter_type___since_6_0, ITER_UBUF___since_6_0);
}

static __always_inline bool is_segments(struct msghdr *message)
{
	return iterator_kind(message) ==
	       bpf_core_enum_value(enum iter_type___since_6_0, ITER_IOVEC___since_6_0);
}

static __always_inline __u64 buffer_of(struct msghdr *message)
{
	struct msghdr___since_6_0 *newer = (void *)message;

	return (__u64)BPF_CORE_READ(newer, msg_iter.ubuf);
}

/* The segment that comes next; what came before it lies before it. */
static __always_inline __u64 segments_of(struct msghdr *message)
{
	struct msghdr___since_6_4 *newer = (void *)message;
	struct msghdr___before_6_4 *older = (void *)message;

	if (bpf_core_field_exists(newer->msg_iter.__iov))
		return (__u64)BPF_CORE_READ(newer, msg_iter.__iov);
	return (__u64)BPF_CORE_READ(older, msg_iter.iov);
}

#endif
