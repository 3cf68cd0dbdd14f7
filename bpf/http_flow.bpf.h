/* SPDX-License-Identifier: GPL-2.0-only */
/* Where in a direction's messages its stream stands, as far as that is known for sure. */
#ifndef HTTP_FLOW_BPF_H
#define HTTP_FLOW_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_conn.bpf.h"
#include "http_head.bpf.h"
#include "http_move.bpf.h"
#include "http_probe.h"

/* What comes next is not known; a body that is under way ends where it does all the same. */
static __always_inline void doubt_next(struct hp_flow *flow)
{
	if (flow->mode == HP_IN_BODY)
		flow->mode = HP_IN_LAST_BODY;
	else if (flow->mode != HP_IN_LAST_BODY && flow->mode != HP_UNTIL_CLOSE)
		flow->mode = HP_UNSURE;
}

/*
 * Once requests are not followed, neither are responses: whether one has a body is up to its
 * request.
 */
static __always_inline void be_unsure(struct hp_conn *conn, __u32 direction)
{
	conn->flow[direction & 1].mode = HP_UNSURE;
	if (direction == conn->request_direction)
		doubt_next(&conn->flow[!direction]);
}

/* A body of which more may be missing than offsets tell apart. */
#define LARGE_BODY (1ULL << 31)

/*
 * How many bytes of a TCP stream had been read when the call ended that read these; a packet may
 * come in between.
 */
static __always_inline __u64 read_in_all(const struct hp_move *move)
{
	struct tcp_sock *tcp = (void *)move->socket.sock;
	__u64 received = BPF_CORE_READ(tcp, bytes_received);

	return received - (BPF_CORE_READ(tcp, rcv_nxt) - BPF_CORE_READ(tcp, copied_seq)) -
	       move->behind;
}

static __always_inline bool may_miss_much(const struct hp_flow *flow, const struct hp_move *move)
{
	return flow->left >= LARGE_BODY && move->direction == HP_RECEIVED &&
	       move->socket.family != AF_UNIX;
}

static __always_inline void note_read(struct hp_flow *flow, const struct hp_move *move)
{
	if (may_miss_much(flow, move))
		flow->read = read_in_all(move);
}

/*
 * The bytes that were not seen before these: of a large body so many may be read by splice that
 * offsets begin anew. Too many where these lie before what was seen.
 */
static __always_inline __u64 missing_before(const struct hp_flow *flow, const struct hp_move *move)
{
	__u32 missing = move->offset - flow->next;
	__u64 passed;

	if (!may_miss_much(flow, move))
		return missing > 1u << 31 ? ~0ULL : missing;
	passed = read_in_all(move) - move->len - flow->read;
	return missing + ((passed - missing + (1u << 31)) >> 32 << 32);
}

/*
 * Functions of their own for the verifier, which then looks at each once; hence what they need is
 * in a scratch.
 */
__noinline int find_head_end(__u32 slot, __u32 taken)
{
	struct hp_scratch *scratch = scratch_at(slot);

	if (!scratch)
		return 0;
	scan_head(scratch->bytes, taken, &scratch->scan);
	return scratch->scan.end;
}

__noinline __s64 number_in_head(__u32 slot, __u64 at)
{
	struct hp_scratch *scratch = scratch_at(slot);

	if (!scratch || at > HP_SCAN_BYTES)
		return -1;
	return plain_number(scratch->bytes, at);
}

/* The length of the body behind the head in the scratch; -1 if not known, -2 if until close. */
static __always_inline __s64 body_length(struct hp_scratch *scratch, bool is_request)
{
	const struct hp_scan *scan = &scratch->scan;

	if (!is_request && status_has_no_body(scratch->bytes))
		return 0;
	if (scan->framed_otherwise)
		return -1;
	if (!scan->length_at)
		return is_request ? 0 : -2;
	return number_in_head(scratch->move.slot, scan->length_at);
}

/* The head in the scratch ends, and so many bytes of body follow; `avail` of both are there. */
static __always_inline void head_ended(struct hp_scratch *scratch, struct hp_flow *flow,
				       __u64 length, __u32 avail)
{
	flow->left = scratch->scan.end + length - avail;
	note_read(flow, &scratch->move);
	flow->mode = flow->left ? HP_IN_BODY : HP_AT_HEAD;
}

/*
 * A head should begin with the first of `taken` bytes in the scratch, and its end was found;
 * `avail` are there in all. Is what follows it known to be body to the end of the message?
 */
static __always_inline bool is_sure_head(struct hp_scratch *scratch, struct hp_conn *conn,
					 __u32 taken, __u32 avail)
{
	__u32 direction = scratch->move.direction & 1;
	bool is_request = direction == conn->request_direction;
	struct hp_flow *flow = &conn->flow[direction];
	__s64 length;

	if (is_request ? !is_token_byte(scratch->bytes[0])
		       : !starts_response(scratch->bytes, taken))
		return false;
	if (is_request && !names_http(scratch->bytes, scratch->scan.line_end))
		return false;
	length = body_length(scratch, is_request);
	if (length == -2) {
		flow->mode = HP_UNTIL_CLOSE;
		scratch->piece.body = HP_BODY_UNTIL_CLOSE;
		return true;
	}
	if (length < 0 || scratch->scan.end + length < avail)
		return false;
	scratch->piece.body = length;
	head_ended(scratch, flow, length, avail);
	return true;
}

/*
 * Passes over what is known to be body and returns how many bytes that were; the whole piece if all
 * of it was.
 */
static __always_inline __u32 pass_body(struct hp_scratch *scratch, struct hp_conn *conn,
				       struct hp_flow *flow)
{
	__u32 len = scratch->move.len;
	__u64 missing = missing_before(flow, &scratch->move);
	__u64 left = flow->left;

	if (flow->mode == HP_UNTIL_CLOSE)
		return len;
	if (flow->mode != HP_IN_BODY && flow->mode != HP_IN_LAST_BODY)
		return 0;
	if (missing > left) {
		be_unsure(conn, scratch->move.direction);
		return 0;
	}
	left -= missing;
	if (left > len) {
		flow->left = left - len;
		note_read(flow, &scratch->move);
		return len;
	}
	flow->left = 0;
	flow->mode = flow->mode == HP_IN_BODY ? HP_AT_HEAD : HP_UNSURE;
	flow->next = scratch->move.offset + left;
	return left;
}

#endif
