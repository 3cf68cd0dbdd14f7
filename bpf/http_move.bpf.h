/* SPDX-License-Identifier: GPL-2.0-only */
/* Walking through the bytes that a system call moved, in user memory. */
#ifndef HTTP_MOVE_BPF_H
#define HTTP_MOVE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_layout.bpf.h"
#include "http_loss.bpf.h"
#include "http_probe.h"
#include "http_scratch.bpf.h"
#include "http_task.bpf.h"

/*
 * The segments that are looked at for one record; what has more, and fills none, is told by length
 * only.
 */
#define SEGMENTS 256

/* Makes the next segment current; false when there is none. */
static __always_inline bool next_segment(struct hp_move *move)
{
	struct hp_extent segment;

	if (move->next_segment >= move->segment_count)
		return false;
	if (!read_segment(move->layout, move->segments, move->next_segment, &segment)) {
		count_loss(HP_LOST_UNREADABLE);
		return false;
	}
	move->next_segment++;
	move->base = segment.base;
	move->base_len = segment.len;
	return true;
}

/* Passes over bytes that are not wanted, up to the end of the current segment. */
static __always_inline void skip_some(struct hp_move *move)
{
	__u64 some = move->skip < move->base_len ? move->skip : move->base_len;

	move->skip -= some;
	move->base += some;
	move->base_len -= some;
}

/* How many of the current segment's bytes to take, `filled` of the record being taken. */
static __always_inline __u64 some_of(const struct hp_move *move, __u64 filled)
{
	__u64 some = move->base_len;

	if (some > move->left)
		some = move->left;
	if (some > HP_RECORD_BYTES - filled)
		some = HP_RECORD_BYTES - filled;
	return some;
}

/*
 * Takes the message's next bytes into the scratch and returns how many. The verifier looks at it
 * once, on its own.
 */
__noinline int take_bytes(__u32 slot)
{
	struct hp_scratch *scratch = scratch_at(slot);
	__u64 filled = 0;

	if (!scratch)
		return 0;
	for (__u32 i = 0; i < SEGMENTS; i++) {
		struct hp_move *move = &scratch->move;
		__u64 some;

		if (move->skip)
			skip_some(move);
		if (!move->base_len && !next_segment(move))
			return filled;
		if (move->skip)
			continue;
		some = some_of(move, filled);
		asm volatile("" : "+r"(some), "+r"(filled));
		if (some > HP_RECORD_BYTES || filled >= HP_RECORD_BYTES)
			return filled;
		if (bpf_probe_read_user(scratch->bytes + filled, some, (void *)move->base)) {
			count_loss(HP_LOST_UNREADABLE);
			move->readable = 0;
			return filled;
		}
		move->base += some;
		move->base_len -= some;
		move->left -= some;
		filled += some;
		if (!move->left || filled >= HP_RECORD_BYTES)
			return filled;
	}
	if (!filled) {
		count_loss(HP_LOST_SEGMENTS);
		scratch->move.readable = 0;
	}
	return filled;
}

/*
 * The message's next bytes into the scratch, at most `most`, from the first segment that has any.
 * They are not taken.
 */
static __always_inline __u64 peek_bytes(struct hp_scratch *scratch, __u64 most)
{
	struct hp_move *move = &scratch->move;
	__u64 some = most;

	for (__u32 i = 0; i < 4 && !move->base_len; i++)
		if (!next_segment(move))
			return 0;
	if (some > move->left)
		some = move->left;
	if (some > move->base_len)
		some = move->base_len;
	asm volatile("" : "+r"(some));
	if (some > HP_RECORD_BYTES || bpf_probe_read_user(scratch->bytes, some, (void *)move->base))
		return 0;
	return some;
}

#endif
