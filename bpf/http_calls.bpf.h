/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls that move bytes over sockets: which they are, and where their arguments say the bytes are. */
#ifndef HTTP_CALLS_BPF_H
#define HTTP_CALLS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "http_conn.bpf.h"
#include "http_filter.bpf.h"
#include "http_group.bpf.h"
#include "http_move.bpf.h"
#include "http_piece.bpf.h"
#include "http_state.bpf.h"

#if defined(__TARGET_ARCH_x86)
#define CALL_NUMBER(x86, arm64) x86
#elif defined(__TARGET_ARCH_arm64)
#define CALL_NUMBER(x86, arm64) arm64
#else
#error "the numbers of the system calls are known for x86 and arm64 only"
#endif

/* Flags of the receiving calls, as the C library's headers name them. */
#define MSG_OOB_FLAG 0x1
#define MSG_PEEK_FLAG 0x2
#define MSG_TRUNC_FLAG 0x20
#define MSG_ERRQUEUE_FLAG 0x2000
/* The messages of one sendmmsg or recvmmsg that are followed. */
#define MESSAGES 64

enum hp_shape {
	/* Argument 1 is a buffer. */
	HP_BUFFER = 1,
	/* Argument 1 is an array of segments, argument 2 its length. */
	HP_SEGMENTS = 2,
	/* Argument 1 is a struct msghdr. */
	HP_MESSAGE = 3,
	/* Argument 1 is an array of struct mmsghdr; the result counts messages. */
	HP_MESSAGES = 4,
	/* The bytes never were in user memory. */
	HP_OUT_OF_SIGHT = 5,
	/* No bytes: the descriptor's sending side was shut down. */
	HP_SHUTDOWN = 6,
	/* As HP_OUT_OF_SIGHT, from the descriptor in argument 0 to that in argument 2. */
	HP_SPLICED = 7,
};

struct hp_call {
	long ret;
	__u64 args[4];
	__u32 fd;
	__u32 shape;
	__u32 direction;
	__u32 flags;
	/* One message of a call with several. */
	__u32 is_several;
	/* Its bytes are not where a system call of the thread says. */
	__u32 is_unseen;
};

static __always_inline long number_of(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->orig_ax;
#else
	return regs->syscallno;
#endif
}

/* The arguments are still in the registers when the call ends, but for the first of arm64, kept elsewhere. */
static __always_inline void read_arguments(struct pt_regs *regs, struct hp_call *call)
{
#if defined(__TARGET_ARCH_x86)
	call->args[0] = regs->di;
	call->args[1] = regs->si;
	call->args[2] = regs->dx;
	call->args[3] = regs->r10;
#else
	call->args[0] = regs->orig_x0;
	call->args[1] = regs->regs[1];
	call->args[2] = regs->regs[2];
	call->args[3] = regs->regs[3];
#endif
}

/* Set in a task that makes a 32-bit system call (x86, in `status`) or is a 32-bit process (arm64, in `flags`). */
#if defined(__TARGET_ARCH_x86)
#define COMPAT_FIELD thread_info.status
#define COMPAT_BIT 2
#else
#define COMPAT_FIELD thread_info.flags
#define COMPAT_BIT (1 << 22)
#endif

/* A 32-bit process on x86 uses other numbers for the same calls. */
static __always_inline bool is_compat(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (can_read_task())
		return bpf_get_current_task_btf()->COMPAT_FIELD & COMPAT_BIT;
	return BPF_CORE_READ(task, COMPAT_FIELD) & COMPAT_BIT;
}

static __always_inline void set_call(struct hp_call *call, __u32 shape, __u32 direction, __u32 flags)
{
	call->fd = call->args[0];
	call->shape = shape;
	call->direction = direction;
	call->flags = flags;
}

/* Leaves the shape 0 for a call that moves nothing over sockets. */
static __always_inline void recognise(long number, struct hp_call *call)
{
	switch (number) {
	case CALL_NUMBER(0, 63): /* read */
		return set_call(call, HP_BUFFER, HP_RECEIVED, 0);
	case CALL_NUMBER(1, 64): /* write */
	case CALL_NUMBER(44, 206): /* sendto */
		return set_call(call, HP_BUFFER, HP_SENT, 0);
	case CALL_NUMBER(45, 207): /* recvfrom */
		return set_call(call, HP_BUFFER, HP_RECEIVED, call->args[3]);
	case CALL_NUMBER(19, 65): /* readv */
	case CALL_NUMBER(327, 286): /* preadv2 */
		return set_call(call, HP_SEGMENTS, HP_RECEIVED, 0);
	case CALL_NUMBER(20, 66): /* writev */
	case CALL_NUMBER(328, 287): /* pwritev2 */
		return set_call(call, HP_SEGMENTS, HP_SENT, 0);
	case CALL_NUMBER(47, 212): /* recvmsg */
		return set_call(call, HP_MESSAGE, HP_RECEIVED, call->args[2]);
	case CALL_NUMBER(46, 211): /* sendmsg */
		return set_call(call, HP_MESSAGE, HP_SENT, 0);
	case CALL_NUMBER(299, 243): /* recvmmsg */
		return set_call(call, HP_MESSAGES, HP_RECEIVED, call->args[3]);
	case CALL_NUMBER(307, 269): /* sendmmsg */
		return set_call(call, HP_MESSAGES, HP_SENT, 0);
	case CALL_NUMBER(40, 71): /* sendfile */
		return set_call(call, HP_OUT_OF_SIGHT, HP_SENT, 0);
	case CALL_NUMBER(275, 76): /* splice */
		return set_call(call, HP_SPLICED, HP_SENT, 0);
	case CALL_NUMBER(48, 210): /* shutdown */
		return set_call(call, HP_SHUTDOWN, HP_SENT, 0);
	}
}

/* Bytes that will be read again, or that are not of the stream. */
static __always_inline bool moves_nothing(const struct hp_call *call)
{
	return call->flags & (MSG_PEEK_FLAG | MSG_OOB_FLAG | MSG_ERRQUEUE_FLAG);
}

/* Points the walk at the bytes of one struct msghdr. */
static __always_inline bool point_at_message(struct hp_move *move, __u64 address)
{
	struct user_msghdr message;

	if (bpf_probe_read_user(&message, sizeof(message), (void *)address)) {
		count_loss(HP_LOST_UNREADABLE);
		return false;
	}
	move->base = 0;
	move->base_len = 0;
	move->segments = (__u64)message.msg_iov;
	move->segment_count = message.msg_iovlen;
	move->next_segment = 0;
	move->skip = 0;
	return true;
}

static __always_inline void point_at_bytes(struct hp_move *move, const struct hp_call *call)
{
	move->base = 0;
	move->base_len = 0;
	move->segments = 0;
	move->segment_count = 0;
	move->next_segment = 0;
	move->skip = 0;
	move->readable = !(call->flags & MSG_TRUNC_FLAG);
	if (call->shape == HP_BUFFER) {
		move->base = call->args[1];
		move->base_len = call->ret;
	} else if (call->shape == HP_SEGMENTS) {
		move->segments = call->args[1];
		move->segment_count = call->args[2];
	} else if (call->shape == HP_MESSAGE) {
		move->readable &= point_at_message(move, call->args[1]);
	} else {
		move->readable = 0;
	}
}

/*
 * Where the stream stood before `len` bytes were moved. The count needs no atomic: two threads that write to one
 * direction of one socket at the same time mix their messages up themselves.
 */
static __always_inline __u32 offset_before(struct hp_move *move, struct hp_conn *conn, __u32 len)
{
	__u32 *counted = &conn->counted[move->direction & 1];
	__u32 offset = *counted;

	if (move->socket.family != AF_UNIX)
		return tcp_offset(move->socket.sock, move->direction, len + move->behind);
	*counted = offset + len;
	return offset;
}

static __always_inline void fill_who(struct hp_scratch *scratch, const struct hp_group *group)
{
	__u64 who = bpf_get_current_pid_tgid();

	scratch->piece.time_ns = bpf_ktime_get_boot_ns();
	scratch->piece.conn = scratch->move.socket.conn;
	scratch->piece.group = *group;
	scratch->piece.kind = HP_PIECE;
	scratch->piece.pid = who >> 32;
	scratch->piece.tid = who;
	scratch->piece.direction = scratch->move.direction;
	bpf_get_current_comm(scratch->piece.comm, sizeof(scratch->piece.comm));
}

/* Sends word that a direction has ended. */
static __always_inline void send_end(struct hp_scratch *scratch, const struct hp_conn *conn, __u32 direction)
{
	scratch->piece.conn = conn->conn;
	scratch->piece.gap = conn->following ? HP_RESUMED : HP_NO_GAP;
	scratch->piece.head = 0;
	scratch->piece.direction = direction;
	scratch->piece.kind = HP_EOF;
	scratch->piece.offset = 0;
	scratch->piece.len = 0;
	scratch->piece.cap = 0;
	if (bpf_ringbuf_output(&hp_data, scratch, sizeof(scratch->piece), BPF_RB_NO_WAKEUP))
		count_loss(HP_LOST_RING_FULL);
}

/* The bytes stopped: for this end, and over a Unix socket for the other, which nothing else tells. */
static __always_inline int direction_ended(struct hp_scratch *scratch, const struct hp_group *group)
{
	struct hp_socket *socket = &scratch->move.socket;
	__u32 direction = scratch->move.direction & 1;
	struct hp_conn *conn = conn_of(socket);
	__u64 peer;

	if (direction == HP_RECEIVED && !nothing_more_will_come(socket->sock))
		return 0;
	fill_who(scratch, group);
	if (conn && conn->is_told && !conn->ignored)
		send_end(scratch, conn, direction);
	if (socket->family != AF_UNIX)
		return 0;
	peer = (__u64)unix_peer_of(socket->sock);
	conn = bpf_map_lookup_elem(&hp_conns, &peer);
	if (conn && conn->is_told && !conn->ignored)
		send_end(scratch, conn, !direction);
	return 0;
}

/* A connection for bytes on a socket that has none yet, if a request may begin with them. */
static __always_inline struct hp_conn *try_open(struct hp_scratch *scratch, const struct hp_call *call)
{
	struct hp_move *move = &scratch->move;
	struct sock *sock = move->socket.sock;

	if (!role_is_wanted(move->direction) || (!move->readable && !call->is_unseen))
		return NULL;
	if (!ports_are_wanted(move->socket.family, local_port_of(sock), remote_port_of(sock)))
		return NULL;
	if (call->is_unseen) {
		count_loss(HP_LOST_UNSEEN);
		return NULL;
	}
	if (!may_start_request(scratch->bytes, peek_bytes(scratch)))
		return NULL;
	return open_conn(&move->socket, move->direction);
}

static __always_inline int one_message(struct hp_scratch *scratch, const struct hp_call *call,
				       const struct hp_group *group)
{
	struct hp_move *move = &scratch->move;
	struct hp_conn *conn = conn_of(&move->socket);
	bool is_new = !conn;

	/* Most sockets of a host never carry a request: no more than this for them. */
	if (is_new ? !role_is_wanted(move->direction) : conn->ignored)
		return 0;
	point_at_bytes(move, call);
	move->len = call->ret;
	move->left = call->ret;
	if (is_new)
		conn = try_open(scratch, call);
	if (!conn)
		return 0;
	if (is_new)
		name_group(group);
	move->offset = offset_before(move, conn, move->len);
	fill_who(scratch, group);
	message_moved();
	if (is_new)
		forget_if_over(&move->socket);
	return 0;
}

/* One message of several, whose place and length are in the scratch: a function of its own, seen once by the verifier. */
__noinline int one_of_several(void)
{
	struct hp_scratch *scratch = scratch_here();
	struct hp_call call = {.shape = HP_MESSAGE};
	struct hp_group group;

	if (!scratch)
		return 0;
	call.ret = scratch->move.len;
	call.args[1] = scratch->move.message;
	call.direction = scratch->move.direction;
	group = scratch->piece.group;
	return one_message(scratch, &call, &group);
}

static __always_inline __u32 length_of_message(const struct hp_call *call, __u32 index)
{
	__u32 len = 0;

	bpf_probe_read_user(&len, sizeof(len),
			    (void *)(call->args[1] + index * sizeof(struct mmsghdr) + sizeof(struct user_msghdr)));
	return len;
}

/* The messages of one call follow each other in the stream; its position is known where the last one ends. */
static __always_inline int several_messages(struct hp_scratch *scratch, const struct hp_call *call,
					    const struct hp_group *group)
{
	__u32 behind = 0;

	scratch->piece.group = *group;
	if (call->ret > MESSAGES) {
		count_loss(HP_LOST_SEGMENTS);
		return 0;
	}
	for (__u32 i = 0; i < MESSAGES && i < call->ret; i++)
		behind += length_of_message(call, i);
	for (__u32 i = 0; i < MESSAGES && i < call->ret; i++) {
		__u32 len = length_of_message(call, i);

		behind -= len;
		scratch->move.message = call->args[1] + i * sizeof(struct mmsghdr);
		scratch->move.len = len;
		scratch->move.behind = behind;
		if (len)
			one_of_several();
	}
	scratch->move.behind = 0;
	return 0;
}

/* The socket that the call is about: of a splice, whichever end is one. */
static __always_inline bool find_its_socket(struct hp_call *call, struct hp_socket *socket)
{
	if (call->shape != HP_SPLICED)
		return find_socket(call->fd, socket);
	if (find_socket(call->args[2], socket))
		return true;
	call->direction = HP_RECEIVED;
	return find_socket(call->args[0], socket);
}

static __always_inline int call_ended(struct pt_regs *regs, long ret)
{
	struct hp_call call = {.ret = ret};
	struct hp_scratch *scratch;
	struct hp_group group;

	hook_was_hit(HP_HOOK_CALL);
	if (ret < 0)
		return 0;
	read_arguments(regs, &call);
	recognise(number_of(regs), &call);
	if (!call.shape || moves_nothing(&call) || is_own_process() || is_compat())
		return 0;
	scratch = scratch_here();
	if (!scratch || !find_its_socket(&call, &scratch->move.socket))
		return 0;
	group = current_group();
	if (!group_is_wanted(&group) && hp_settings.containers_only)
		return 0;
	scratch->move.direction = call.direction;
	if (!ret)
		return direction_ended(scratch, &group);
	if (call.shape == HP_MESSAGES)
		return several_messages(scratch, &call, &group);
	return one_message(scratch, &call, &group);
}

#endif
