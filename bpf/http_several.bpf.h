/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sendmmsg and recvmmsg, whose messages the socket layer tells one by one: which of them is this
 * one?
 */
#ifndef HTTP_SEVERAL_BPF_H
#define HTTP_SEVERAL_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_abi.bpf.h"
#include "http_hits.bpf.h"
#include "http_layout.bpf.h"
#include "http_loss.bpf.h"
#include "http_task.bpf.h"

/*
 * Threads in a sendmmsg or recvmmsg at one time; on stream sockets these are rare. Each processor
 * sets 128 entries aside for itself, and where they are not enough for all, one throws another's
 * away that is in use.
 */
#define SEVERAL 16384

/* How far a thread is in a call with several messages. */
struct hp_several {
	__u64 array;
	/* When the thread began: another may have its number before its entry is gone. */
	__u64 born;
	__u32 next;
	__u32 _pad;
};

/*
 * tid → hp_several. Inserted with a call's first message; deleted with its last, and by whatever
 * else the thread does on a socket next. A thread that ends in between leaves its entry, so those
 * that were not used for longest make room. Where there is none, the message is counted and told by
 * its length only.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SEVERAL);
	__type(key, __u32);
	__type(value, struct hp_several);
} hp_several SEC(".maps");

/* Where the map above was never used, the lookup is spared. */
static __always_inline void call_is_over(struct task_struct *task)
{
	__u32 tid;

	if (!hp_hits[HP_HOOK_SEVERAL])
		return;
	tid = ids_of(task);
	bpf_map_delete_elem(&hp_several, &tid);
}

/* Did the message that was sent go out in part only? The call ends with it then. */
static __always_inline bool is_partial(const struct hp_call *call, __u64 address)
{
	struct hp_extent segments;
	__u64 whole = 0;

	if (call->direction != HP_SENT || !read_message(call->layout, address, &segments))
		return false;
	for (__u32 i = 0; i < MESSAGES && i < segments.len; i++) {
		__u64 len = 0;

		if (!read_length(call->layout, segments.base, i, &len))
			return false;
		whole += len;
	}
	return call->ret < (long)whole;
}

/* Each message is told on its own, in order: counts them to know which this one is. */
static __always_inline void point_at_next(struct hp_call *call, struct task_struct *task)
{
	__u32 tid = ids_of(task);
	struct hp_several *before = bpf_map_lookup_elem(&hp_several, &tid);
	struct hp_several now = {
		.array = call->args[1], .born = BPF_CORE_READ(task, start_time), .next = 1};
	__u64 address;

	if (before && before->array == now.array && before->born == now.born)
		now.next = before->next + 1;
	address = nth_message(call->layout, now.array, now.next - 1);
	hook_was_hit(HP_HOOK_SEVERAL);
	call->shape = HP_MESSAGE;
	if (now.next >= (__u32)call->args[2] || is_partial(call, address)) {
		bpf_map_delete_elem(&hp_several, &tid);
	} else if (bpf_map_update_elem(&hp_several, &tid, &now, BPF_ANY)) {
		count_loss(HP_LOST_SEGMENTS);
		call->shape = HP_OUT_OF_SIGHT;
	}
	call->args[1] = address;
	call->is_several = 1;
}

#endif
