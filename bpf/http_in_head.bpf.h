/* SPDX-License-Identifier: GPL-2.0-only */
/* Heads: brought into the scratch, and those of requests followed where they come in parts. */
#ifndef HTTP_IN_HEAD_BPF_H
#define HTTP_IN_HEAD_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_conn.bpf.h"
#include "http_flow.bpf.h"
#include "http_move.bpf.h"
#include "http_part.bpf.h"
#include "http_probe.h"
#include "http_shed.bpf.h"

/*
 * Brings a message's first bytes into the scratch, looks for the end of its head unless `first` is
 * 0, and returns how many bytes they are. Heads are mostly whole in the `first` bytes of the first
 * segment: what is behind them is not copied then, and none of them is taken. A function of its
 * own, so that the verifier forgets which way its result came about.
 */
__noinline int take_head(__u32 slot, __u32 first)
{
	struct hp_scratch *scratch = scratch_at(slot);
	__u32 taken;

	if (!scratch)
		return 0;
	scratch->scan.end = 0;
	if (!scratch->move.readable)
		return 0;
	if (first && !scratch->move.skip) {
		taken = peek_bytes(scratch, first);
		if (find_head_end(slot, taken))
			return taken;
		if (taken == scratch->move.left) {
			scratch->move.left = 0;
			return taken;
		}
	}
	taken = take_bytes(slot);
	if (first)
		find_head_end(slot, taken);
	return taken;
}

/* A function of its own for the verifier, as that above. */
__noinline int part_in_scratch(__u32 slot, __u32 taken)
{
	struct hp_scratch *scratch = scratch_at(slot);

	if (!scratch || !taken || taken > HP_SCAN_BYTES)
		return HP_PART_UNSURE;
	return part_came(scratch->bytes, taken, &scratch->scan, &scratch->part);
}

/* As is_sure_head(), of the head of a request that begins or goes on, and may not end here. */
static __always_inline void note_part(struct hp_scratch *scratch, const struct hp_flow *flow,
				      __u32 taken, __u32 avail)
{
	struct hp_part *part = &scratch->part;

	part->length = 0;
	part->seen = 0;
	part->went = HP_PART_UNSURE;
	if (flow->mode == HP_IN_HEAD) {
		part->length = flow->left;
		part->seen = flow->read;
	} else if (flow->mode == HP_UNSURE || scratch->scan.end || taken < HP_METHOD_BYTES ||
		   !is_token_byte(scratch->bytes[0])) {
		return;
	} else if (makes_answers_unsure(scratch->bytes)) {
		part->seen = HP_SEEN_DOUBT;
	}
	part->went = part_in_scratch(scratch->move.slot, taken);
	if (part->went == HP_PART_OF_HEAD && taken != avail)
		part->went = HP_PART_UNSURE;
	if (part->went == HP_PART_ENDS && scratch->scan.end + part->length < avail)
		part->went = HP_PART_UNSURE;
}

/* A part of a request's head was sent, `len` bytes with what is behind it: that is known. */
static __always_inline void part_was_sent(struct hp_scratch *scratch, struct hp_conn *conn,
					  __u32 len)
{
	__u32 requests = conn->request_direction & 1;
	struct hp_flow *flow = &conn->flow[requests];
	struct hp_part *part = &scratch->part;

	if (part->went == HP_PART_OF_HEAD) {
		flow->left = part->length;
		flow->read = part->seen;
		flow->mode = HP_IN_HEAD;
		return;
	}
	request_began(conn);
	if (part->seen & HP_SEEN_DOUBT)
		doubt_next(&conn->flow[!requests]);
	head_ended(scratch, flow, part->length, len);
}

#endif
