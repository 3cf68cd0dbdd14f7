/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user space says of a connection of which the kernel does not know where its heads begin:
 * that it is no HTTP, or where it stands. So one that was copied whole, because of a chunked
 * request say, is so no longer than it takes to read that.
 */
#ifndef HTTP_WORD_BPF_H
#define HTTP_WORD_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_conn.bpf.h"
#include "http_flow.bpf.h"
#include "http_move.bpf.h"
#include "http_probe.h"

/*
 * The inode of a socket → hp_word. Inserted by user space, which cannot write to an entry of
 * `hp_conns` without the risk that it has become another connection's. Deleted here when a
 * connection is ignored from then on, else by user space when it forgets one that has not ended, or
 * all; as many as there are connections: those that were not used for longest make room.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, CONNS);
	__type(key, __u64);
	__type(value, struct hp_word);
} hp_words SEC(".maps");

/*
 * So long it holds what is said of a body: a stream whose places begin anew is not at the same one
 * so soon.
 */
#define WORD_HOLDS_NS 1000000000ULL

/*
 * Takes note of where the stream stands that goes on with the message in the scratch, if that was
 * said.
 */
static __always_inline void take_note(struct hp_scratch *scratch, struct hp_conn *conn,
				      struct hp_word *word)
{
	__u32 direction = scratch->move.direction & 1;
	struct hp_flow *flow = &conn->flow[direction];
	__u32 left = word->body_until[direction] - scratch->move.offset;

	if (!word->is_known[direction])
		return;
	word->is_known[direction] = 0;
	if (left && (left >> 31 || scratch->piece.time_ns - word->time_ns > WORD_HOLDS_NS))
		return;
	flow->left = left;
	flow->next = scratch->move.offset;
	if (direction == conn->request_direction)
		flow->mode = left ? HP_IN_BODY : HP_AT_HEAD;
	else if (left)
		flow->mode = HP_IN_LAST_BODY;
}

/*
 * Before a message in a direction where it is not known where heads begin. The verifier looks at it
 * once, on its own.
 */
__noinline int heed_word(__u32 slot)
{
	struct hp_scratch *scratch = scratch_at(slot);
	struct hp_word *word;
	struct hp_conn *conn;

	if (!scratch)
		return 0;
	word = bpf_map_lookup_elem(&hp_words, &scratch->move.socket.conn);
	conn = word ? conn_of(&scratch->move.socket) : NULL;
	/* A socket that was disconnected may be connected again. */
	if (!conn || word->time_ns < conn->opened_ns)
		return 0;
	take_note(scratch, conn, word);
	if (word->ignored) {
		conn->ignored = 1;
		bpf_map_delete_elem(&hp_words, &scratch->move.socket.conn);
	}
	return 0;
}

#endif
