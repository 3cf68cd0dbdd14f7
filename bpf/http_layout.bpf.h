/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The segments and messages that a call's arguments point at. Those of 32-bit processes are laid
 * out as those of 64-bit ones are, with words of half the size; so sizes are shifted, where a
 * branch would make the verifier look twice at what follows.
 */
#ifndef HTTP_LAYOUT_BPF_H
#define HTTP_LAYOUT_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* How something is laid out that a call points at. */
enum hp_layout {
	HP_LAYOUT_64 = 0,
	/* For a 32-bit process. */
	HP_LAYOUT_32 = 1,
	/* As for a 64-bit process, and in memory of the kernel. */
	HP_LAYOUT_KERNEL = 2,
};

/* struct iovec, and two fields of struct msghdr: where something is, and how much of it. */
struct hp_extent {
	__u64 base;
	__u64 len;
};

/* False where it cannot be read, as below. */
static __always_inline bool read_halves(__u64 address, struct hp_extent *extent)
{
	struct {
		__u32 base, len;
	} small;

	if (bpf_probe_read_user(&small, sizeof(small), (void *)address))
		return false;
	extent->base = small.base;
	extent->len = small.len;
	return true;
}

/*
 * One of an array of struct iovec. The verifier looks first at what stands first: behind numbers of
 * which it knows least, those of 32 bits are none that it has not seen.
 */
static __always_inline bool read_segment(__u32 layout, __u64 array, __u32 index,
					 struct hp_extent *segment)
{
	__u64 address = array + index * sizeof(*segment);

	if (__builtin_expect(layout == HP_LAYOUT_64, 1))
		return !bpf_probe_read_user(segment, sizeof(*segment), (void *)address);
	if (layout == HP_LAYOUT_KERNEL)
		return !bpf_probe_read_kernel(segment, sizeof(*segment), (void *)address);
	return read_halves(array + index * sizeof(*segment) / 2, segment);
}

/* How long one is, into a number that is 0. Without a branch, for loops that add up. */
static __always_inline bool read_length(__u32 layout, __u64 array, __u32 index, __u64 *len)
{
	/* Subtracted, since the verifier does not follow a shift by what it does not know. */
	__u64 word = sizeof(__u64) - sizeof(__u32) * (layout & 1);

	return !bpf_probe_read_user(len, word, (void *)(array + (2 * index + 1) * word));
}

/* Where the segments of a struct msghdr are, and how many. */
static __always_inline bool read_message(__u32 layout, __u64 address, struct hp_extent *segments)
{
	address += offsetof(struct user_msghdr, msg_iov) >> (layout & 1);
	return read_segment(layout, address, 0, segments);
}

/* Where one of an array of struct mmsghdr is. */
static __always_inline __u64 nth_message(__u32 layout, __u64 array, __u32 index)
{
	return array + index * (sizeof(struct mmsghdr) >> (layout & 1));
}

/* How long it is, where a call says so once it has ended; 0 where that cannot be read. */
static __always_inline __u32 length_of_message(__u32 layout, __u64 array, __u32 index)
{
	__u64 before = sizeof(struct user_msghdr) >> (layout & 1);
	__u32 len = 0;

	bpf_probe_read_user(&len, sizeof(len),
			    (void *)(nth_message(layout, array, index) + before));
	return len;
}

#endif
