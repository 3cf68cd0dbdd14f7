/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program works on while it looks at one message: too much for a stack of 512 bytes. */
#ifndef HTTP_SCRATCH_BPF_H
#define HTTP_SCRATCH_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_head.bpf.h"
#include "http_loss.bpf.h"
#include "http_part.bpf.h"
#include "http_probe.h"
#include "http_socket.bpf.h"

/* One message on one socket, and how far its bytes have been taken. */
struct hp_move {
	struct hp_socket socket;
	/* Where the next bytes are, and how many lie there. */
	__u64 base;
	__u64 base_len;
	/* The array of segments that `base` came from; 0 if there is one buffer only. */
	__u64 segments;
	__u32 segment_count;
	__u32 next_segment;
	/* Bytes to pass over before the next are taken. */
	__u32 skip;
	/* Bytes of the message that have not been taken yet. */
	__u32 left;
	__u32 offset;
	__u32 len;
	/*
	 * Bytes that the same call moved after these, and where the message is: for calls with
	 * several messages.
	 */
	__u32 behind;
	/* The scratch's own number. */
	__u32 slot;
	__u64 message;
	__u32 direction;
	/*
	 * Over TCP, where the streams stand after the call: the sequences of the next bytes to be
	 * sent and to be read.
	 */
	__u32 sent;
	__u32 received;
	/* 0 where the bytes never were in user memory (sendfile, splice). */
	__u32 readable;
	/* User space had heard of the connection. */
	__u32 was_told;
	/* enum hp_layout of the segments. */
	__u32 layout;
};

/*
 * A few for each processor, chosen by thread: kernels from 5.12 on may let another thread run in
 * the middle of some programs, and that one may be in a program too. Two threads with the same one
 * are noticed and counted.
 */
#define SCRATCHES 8
struct hp_scratch {
	/* A connection's entry in the making. */
	struct hp_conn fresh;
	struct hp_move move;
	struct hp_scan scan;
	struct hp_part part;
	/* The thread that uses it; 0 for none. */
	__u32 owner;
	__u32 _pad;
	/*
	 * What goes to the ring in one piece. Last, so that what a small message uses lies close
	 * together.
	 */
	struct hp_piece piece;
	/*
	 * Twice as long as ever filled, because the verifier bounds position and length on their
	 * own.
	 */
	__u8 bytes[2 * HP_RECORD_BYTES];
};
_Static_assert(HP_SCAN_BYTES <= HP_RECORD_BYTES, "no head is scanned beyond what is taken");

/* Thread modulo SCRATCHES → scratch. Nothing in it outlives a call of a program. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SCRATCHES);
	__type(key, __u32);
	__type(value, struct hp_scratch);
} hp_scratch SEC(".maps");

/*
 * Handed on by number, because 5.10 hands no pointers to functions that the verifier looks at once.
 */
static __always_inline struct hp_scratch *scratch_at(__u32 slot)
{
	return bpf_map_lookup_elem(&hp_scratch, &slot);
}

/* Takes a thread's scratch; false, and counted, if another thread is in the middle of using it. */
static __always_inline bool take_scratch(struct hp_scratch *scratch, __u32 thread)
{
	if (scratch->owner && scratch->owner != thread) {
		count_loss(HP_LOST_INTERRUPTED);
		return false;
	}
	scratch->owner = thread;
	scratch->move.slot = thread % SCRATCHES;
	return true;
}

static __always_inline void leave_scratch(struct hp_scratch *scratch)
{
	scratch->owner = 0;
}

#endif
