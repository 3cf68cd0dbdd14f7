/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first that is seen of a connection: do its bytes begin with a request, or with the answer to
 * one?
 */
#ifndef HTTP_FIRST_BPF_H
#define HTTP_FIRST_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_abi.bpf.h"
#include "http_conn.bpf.h"
#include "http_filter.bpf.h"
#include "http_hits.bpf.h"
#include "http_introduction.bpf.h"
#include "http_loss.bpf.h"
#include "http_move.bpf.h"
#include "http_shed.bpf.h"
#include "http_start.bpf.h"

/*
 * Most sockets of a host never carry a request: no more than this for them. A client's may show a
 * response first.
 */
static __always_inline bool is_of_interest(const struct hp_conn *conn, __u32 direction)
{
	return conn ? !conn->ignored : role_is_wanted(direction) || role_is_wanted(HP_SENT);
}

/*
 * Has a client a response on a connection that is not known? Then its request's call has not ended
 * yet, or never did for us. A letter alone is rather that of a HEAD, which a server reads byte by
 * byte.
 */
static __always_inline bool begins_response(struct hp_scratch *scratch)
{
	if (scratch->move.direction != HP_RECEIVED || !role_is_wanted(HP_SENT))
		return false;
	if (scratch->move.len == 1 && role_is_wanted(HP_RECEIVED))
		return false;
	return may_start_response(scratch->bytes, peek_bytes(scratch, HP_START_BYTES));
}

/*
 * A connection that is first seen by a response. What that one answers is up to user space; where
 * the next one begins is not known, for the request may have been a HEAD.
 */
static __always_inline struct hp_conn *open_by_response(struct hp_scratch *scratch)
{
	struct hp_conn *conn = open_conn(scratch, HP_SENT);

	if (!conn)
		return NULL;
	conn->flow[HP_RECEIVED].mode = HP_UNSURE;
	tell_of_conn(scratch, conn);
	return conn;
}

/*
 * Could the message in the scratch begin with a request, perhaps behind an introduction, which is
 * passed over? Where that is all there is, the connection begins with what comes next. A function
 * of its own, so that the verifier looks at it once.
 */
__noinline int begins_request(__u32 slot)
{
	struct hp_scratch *scratch = scratch_at(slot);
	__u32 length;

	if (!scratch || !may_start_request(scratch->bytes, peek_bytes(scratch, HP_START_BYTES)))
		return 0;
	if (!may_introduce(scratch->bytes))
		return 1;
	length = introduction_length(scratch->bytes, peek_bytes(scratch, HP_INTRODUCTION_BYTES));
	/* Of one that is not whole user space reads the rest. */
	if (length < scratch->move.len)
		scratch->move.skip = length;
	return length != scratch->move.len;
}

/* A connection for bytes on a socket that has none yet, if a request may begin with them. */
static __always_inline struct hp_conn *try_open(struct hp_scratch *scratch,
						const struct hp_call *call)
{
	struct hp_move *move = &scratch->move;
	struct sock *sock = move->socket.sock;

	if (!is_of_interest(NULL, move->direction) || (!move->readable && !call->is_unseen))
		return NULL;
	if (!ports_are_wanted(move->socket.family, local_port_of(sock), remote_port_of(sock)))
		return NULL;
	if (!move->readable) {
		count_loss(HP_LOST_UNSEEN);
		hook_was_hit(HP_HOOK_URING);
		return NULL;
	}
	if (begins_response(scratch))
		return open_by_response(scratch);
	if (!role_is_wanted(move->direction) || !begins_request(move->slot))
		return NULL;
	return open_conn(scratch, move->direction);
}

#endif
