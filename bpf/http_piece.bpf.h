/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A piece of a stream: what of it is copied. The first line of a head is, and its body told by its
 * length, where these are known for sure; of a request's head that comes in parts all is. Where
 * they are not (chunked, pipelined, answers to HEAD), all is copied and user space, which parses,
 * throws the body away.
 */
#ifndef HTTP_PIECE_BPF_H
#define HTTP_PIECE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_conn.bpf.h"
#include "http_flow.bpf.h"
#include "http_head.bpf.h"
#include "http_in_head.bpf.h"
#include "http_move.bpf.h"
#include "http_probe.h"
#include "http_shed.bpf.h"
#include "http_state.bpf.h"
#include "http_word.bpf.h"

/*
 * Sends `len` bytes from `at` on, unless they are left out; the first `cap` of them are in the
 * scratch.
 */
static __always_inline void send_piece(struct hp_scratch *scratch, struct hp_conn *conn, __u32 at,
				       __u32 len, __u32 cap)
{
	bool is_answer = scratch->move.direction != conn->request_direction;
	__u64 bytes = cap;

	if (conn->following == HP_SHEDDING || (conn->following == HP_REQUESTS_ONLY && is_answer))
		return;
	if (conn->following == HP_REQUESTS_ONLY)
		scratch->piece.gap = HP_COUNT_ONLY;
	scratch->piece.offset = scratch->move.offset + at;
	scratch->piece.len = len;
	scratch->piece.cap = cap;
	/* The verifier must see the very value that is used. */
	asm volatile("" : "+r"(bytes));
	if (bytes > HP_RECORD_BYTES)
		return;
	if (bpf_ringbuf_output(&hp_data, &scratch->piece, sizeof(scratch->piece) + bytes,
			       BPF_RB_NO_WAKEUP))
		piece_was_lost(scratch, conn);
	scratch->piece.gap = HP_NO_GAP;
}

/* Sends a piece that begins with the head that was scanned. */
static __always_inline void send_head(struct hp_scratch *scratch, struct hp_conn *conn, __u32 at,
				      __u32 len)
{
	scratch->piece.head = scratch->scan.end;
	send_piece(scratch, conn, at, len, scratch->scan.line_end);
	scratch->piece.head = 0;
}

/*
 * Passes over the middle of a long message, told by its length, so that its end can be told whole:
 * where that lies inside of one chunk, as with most that is written at once, nothing is missed.
 * Returns where the end begins.
 */
static __always_inline __u32 pass_middle(struct hp_scratch *scratch, struct hp_conn *conn, __u32 at)
{
	struct hp_move *move = &scratch->move;
	__u32 middle = move->len - at - HP_RECORD_BYTES;

	if (!move->readable || move->len - at <= HP_RECORD_BYTES)
		return at;
	send_piece(scratch, conn, at, middle, 0);
	move->skip = middle;
	move->left -= middle;
	return at + middle;
}

/* Sends everything from `at` on, whose first `taken` bytes are in the scratch. */
static __always_inline void send_all(struct hp_scratch *scratch, struct hp_conn *conn, __u32 at,
				     __u32 taken)
{
	__u32 len = scratch->move.len;

	for (__u32 i = 0; i < HP_RECORDS; i++) {
		if (!taken)
			break;
		send_piece(scratch, conn, at, taken, taken);
		at += taken;
		if (at >= len || !scratch->move.readable)
			break;
		if (i + 2 == HP_RECORDS)
			at = pass_middle(scratch, conn, at);
		taken = i + 1 < HP_RECORDS ? take_bytes(scratch->move.slot) : 0;
	}
	if (at < len)
		send_piece(scratch, conn, at, len - at, 0);
}

/* Bytes that begin with a message: its first line, where that is enough, or all of it. */
static __always_inline void message_began(struct hp_scratch *scratch, struct hp_conn *conn,
					  __u32 at)
{
	__u32 direction = scratch->move.direction & 1;
	__u32 len = scratch->move.len - at;
	struct hp_flow *flow = &conn->flow[direction];
	bool is_request = direction == conn->request_direction;
	bool at_head = flow->mode == HP_AT_HEAD || flow->mode == HP_NEW;
	__u32 first = is_request ? HP_SCAN_BYTES : HP_ANSWER_BYTES;
	__u32 taken = take_head(scratch->move.slot, flow->mode == HP_UNSURE ? 0 : first);

	if (!is_still_of(conn, &scratch->move.socket)) {
		count_loss(HP_LOST_INTERRUPTED);
		return;
	}
	if (scratch->scan.end && flow->mode != HP_IN_HEAD &&
	    is_sure_head(scratch, conn, taken, len)) {
		if (is_request) {
			request_began(conn);
			if (makes_answers_unsure(scratch->bytes))
				doubt_next(&conn->flow[!direction]);
			admit_request(scratch, conn);
		}
		conn->ignored = !is_request && upgrades(scratch->bytes);
		send_head(scratch, conn, at, len);
		return;
	}
	note_part(scratch, flow, is_request ? taken : 0, len);
	be_unsure(conn, direction);
	if (is_request)
		admit_bytes(scratch, conn, at_head);
	if (scratch->part.went == HP_PART_ENDS) {
		/* What is behind it is not copied. */
		taken = scratch->scan.end;
		scratch->move.readable = 0;
	} else if (scratch->move.left == len && scratch->move.readable) {
		taken = take_bytes(scratch->move.slot);
	}
	send_all(scratch, conn, at, taken);
	if (scratch->part.went)
		part_was_sent(scratch, conn, len);
}

/*
 * The message in the scratch belongs to a known connection: tells user space what it has to know.
 */
static __always_inline int message_moved(struct hp_scratch *scratch, struct hp_conn *conn)
{
	struct hp_flow *flow;
	__u32 len, passed;

	if (!is_still_of(conn, &scratch->move.socket)) {
		count_loss(HP_LOST_INTERRUPTED);
		return 0;
	}
	scratch->piece.gap = HP_NO_GAP;
	scratch->piece.head = 0;
	if (scratch->move.direction != conn->request_direction)
		conn->was_answered = 1;
	flow = &conn->flow[scratch->move.direction & 1];
	len = scratch->move.len;
	if (flow->mode == HP_UNSURE || flow->mode == HP_IN_HEAD)
		heed_word(scratch->move.slot);
	if (conn->ignored)
		return 0;
	passed = pass_body(scratch, conn, flow);
	if (passed)
		send_piece(scratch, conn, 0, passed, 0);
	else
		/* An introduction. */
		passed = scratch->move.skip;
	if ((flow->mode == HP_AT_HEAD || flow->mode == HP_IN_HEAD) &&
	    flow->next != scratch->move.offset + passed)
		be_unsure(conn, scratch->move.direction);
	flow->next = scratch->move.offset + len;
	if (passed >= len)
		return 0;
	scratch->move.skip = passed;
	scratch->move.left = len - passed;
	message_began(scratch, conn, passed);
	return 0;
}

#endif
