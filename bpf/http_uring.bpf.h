/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What io_uring moves: no system call says where the bytes are, so that is asked of the message
 * that the kernel hands to the socket's functions. Where those are not what the probe looks at,
 * trampolines at their beginning leave a note of it; user space attaches these once a ring is made.
 */
#ifndef HTTP_URING_BPF_H
#define HTTP_URING_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "core_fixes.bpf.h"
#include "http_group.bpf.h"
#include "http_hits.bpf.h"
#include "http_ignored.bpf.h"
#include "http_layout.bpf.h"
#include "http_scratch.bpf.h"
#include "http_task.bpf.h"

/* Segments of a message that are looked for; the bytes of one that filled more are not found. */
#define SEGMENTS_BACK 64

/*
 * By thread: the message that it handed to a socket last. A thread that works for io_uring may wait
 * long in between, so there are more places than threads of most hosts.
 */
#define HANDED 16384
struct hp_handed {
	__u64 message;
	/* Has the thread's number in it, since two that share a place may write at one time. */
	__u64 check;
};
struct hp_handed hp_handed[HANDED] SEC(".data.handed") = {};

static __always_inline struct hp_handed *handed_by(__u32 thread)
{
	return &hp_handed[thread % HANDED];
}

/* Of a function's arguments the message is the second. It is read as a number, to be combined. */
static __always_inline int message_handed(__u32 hook, void *context)
{
	__u32 thread = ids_of(current_task());
	struct hp_handed *note = handed_by(thread);
	__u64 message;

	hook_was_hit(hook);
	if (bpf_get_func_arg(context, 1, &message))
		return 0;
	note->message = message;
	note->check = message ^ thread;
	return 0;
}

/*
 * The message of the call of a thread that ends, or 0. It is taken once: a program that the kernel
 * leaves out at the beginning of the next one must not make this one be looked at again.
 */
static __always_inline __u64 take_handed(void)
{
	struct hp_handed *note;
	__u64 message;
	__u32 thread;

	/* Spares all others the look at the note. */
	if (!hp_hits[HP_HOOK_URING])
		return 0;
	thread = ids_of(current_task());
	note = handed_by(thread);
	message = note->message;
	if (note->check != (message ^ thread))
		return 0;
	note->check = 0;
	return message;
}

/* Some process has made a ring, and may move bytes by it. */
static __always_inline int uring_made(void)
{
	struct hp_group group = group_of(current_task());

	if (!is_known_as_ignored(&group))
		hook_was_hit(HP_HOOK_URING);
	return 0;
}

static __always_inline int point_at(struct hp_move *move, __u64 base, __u64 len)
{
	move->base = base;
	move->base_len = len;
	return 1;
}

/*
 * From where an iterator stands after the call back to where it stood before. Its segments lie in
 * the kernel, copied from where the process had them.
 */
static __always_inline int point_back(struct hp_move *move, __u64 segment, __u64 within)
{
	struct hp_extent extent = {.len = within};
	__u64 left = move->len;

	for (__u32 i = 0; i < SEGMENTS_BACK && left > extent.len; i++) {
		left -= extent.len;
		segment -= sizeof(extent);
		if (!read_segment(HP_LAYOUT_KERNEL, segment, 0, &extent))
			return 0;
	}
	if (left > extent.len)
		return 0;
	within = extent.len - left;
	if (!read_segment(HP_LAYOUT_KERNEL, segment, 0, &extent))
		return 0;
	move->segments = segment + sizeof(extent);
	move->segment_count = SEGMENTS_BACK;
	move->layout = HP_LAYOUT_KERNEL;
	return point_at(move, extent.base + within, extent.len - within);
}

/*
 * Points the walk at the bytes of a message that was handed to a socket; 0 where they are not to be
 * found in the memory of its process. The verifier looks at it once, on its own.
 */
__noinline int find_handed(__u32 slot)
{
	struct hp_scratch *scratch = scratch_at(slot);
	struct msghdr *message;
	struct hp_move *move;
	__u64 within;

	if (!scratch || !scratch->move.message)
		return 0;
	move = &scratch->move;
	message = (void *)move->message;
	within = BPF_CORE_READ(message, msg_iter.iov_offset);
	if (is_one_buffer(message))
		return point_at(move, buffer_of(message) + within - move->len, move->len);
	return is_segments(message) && point_back(move, segments_of(message), within);
}

#endif
