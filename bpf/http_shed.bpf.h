/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When user space falls behind, whole exchanges are left out and each is counted once: here those
 * whose request was never told, in user space those whose request was. The last quarter of the ring
 * is for what is under way.
 */
#ifndef HTTP_SHED_BPF_H
#define HTTP_SHED_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_conn.bpf.h"
#include "http_loss.bpf.h"
#include "http_move.bpf.h"
#include "http_probe.h"

/* No exchange begins when more of the ring is filled. */
#define RING_IS_CROWDED (RING_BYTES / 4 * 3)
/* Connections that were left out are taken in again when no more is filled. */
#define RING_HAS_ROOM (RING_BYTES / 2)

static __always_inline __u64 ring_filled(void)
{
	return bpf_ringbuf_query(&hp_data, BPF_RB_AVAIL_DATA);
}

/* A request begins, and its whole head is there: takes note of what came before it. */
static __always_inline void request_began(struct hp_conn *conn)
{
	struct hp_flow *answers = &conn->flow[!(conn->request_direction & 1)];

	if (conn->was_asked && !conn->was_answered)
		conn->pipelines = 1;
	/* A client that waits for its answers had the last one: the next begins with a head. */
	else if (!conn->pipelines && answers->mode == HP_UNSURE)
		answers->mode = HP_NEW;
	conn->was_asked = 1;
	conn->was_answered = 0;
}

/* May what the connection's next request comes to be told as if nothing had been left out? */
static __always_inline bool can_resume(const struct hp_conn *conn)
{
	return !conn->pipelines && ring_filled() <= RING_HAS_ROOM;
}

static __always_inline void tell_of_conn(struct hp_scratch *scratch, struct hp_conn *conn)
{
	bool is_told;

	if (conn->is_told)
		return;
	is_told = send_open(&scratch->move.socket, conn->request_direction);
	if (!is_still_of(conn, &scratch->move.socket))
		return;
	conn->is_told = is_told;
	if (!is_told)
		conn->following = HP_SHEDDING;
}

/* A request begins here for sure: is it told, or left out and counted? */
static __always_inline void admit_request(struct hp_scratch *scratch, struct hp_conn *conn)
{
	if (conn->following == HP_FOLLOWED) {
		if (ring_filled() > RING_IS_CROWDED)
			conn->following = HP_SHEDDING;
	} else if (conn->following == HP_SHEDDING && can_resume(conn)) {
		conn->following = HP_FOLLOWED;
		scratch->piece.gap = HP_RESUMED;
	}
	if (conn->following == HP_FOLLOWED)
		tell_of_conn(scratch, conn);
	if (conn->following == HP_SHEDDING)
		count_loss(HP_LOST_SHED);
}

/*
 * Bytes of requests, and where one begins only user space can tell: it gets them all, to count what
 * is left out. `at_head`: they begin with a request.
 */
static __always_inline void admit_bytes(struct hp_scratch *scratch, struct hp_conn *conn,
					bool at_head)
{
	if (conn->following == HP_FOLLOWED && ring_filled() > RING_IS_CROWDED)
		conn->following = HP_REQUESTS_ONLY;
	if (conn->following == HP_SHEDDING) {
		bool resumes = at_head && conn->was_answered && can_resume(conn);

		conn->following = resumes ? HP_FOLLOWED : HP_REQUESTS_ONLY;
		scratch->piece.gap = HP_RESUMED;
	}
	tell_of_conn(scratch, conn);
	if (conn->following == HP_SHEDDING)
		count_loss(HP_LOST_RING_FULL);
}

/* There was no room for a piece: what it belongs to is not told to its end. */
static __always_inline void piece_was_lost(struct hp_scratch *scratch, struct hp_conn *conn)
{
	__u32 requests = conn->request_direction & 1;
	bool is_request = (scratch->move.direction & 1) == requests;

	if (conn->flow[requests].mode == HP_UNSURE || conn->flow[requests].mode == HP_IN_HEAD) {
		conn->following = HP_REQUESTS_ONLY;
		if (is_request)
			count_loss(HP_LOST_RING_FULL);
		return;
	}
	conn->following = HP_SHEDDING;
	if (is_request && scratch->piece.head)
		count_loss(HP_LOST_SHED);
}

#endif
