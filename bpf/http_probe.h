/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The contract: everything that crosses between the kernel and user space.
 * `pid` is the process, as the initial pid namespace numbers it.
 * This file is longer than 200 lines because a contract is read in one place.
 * Times are nanoseconds of CLOCK_BOOTTIME. Layouts are read by user space from the object's BTF.
 */
#ifndef HTTP_PROBE_H
#define HTTP_PROBE_H

/* The most bytes of a stream that one record carries. */
#define HP_RECORD_BYTES 8192
/*
 * The records that one system call may fill with bytes; what it moved beyond is told by length
 * only.
 */
#define HP_RECORDS 32
#define HP_COMM_BYTES 16
/* sun_path of a Unix socket. */
#define HP_PATH_BYTES 108
/* A UTS node name is at most 64 bytes and a NUL. */
#define HP_NODE_BYTES 72
/*
 * A cgroup's name and those of the groups above it, innermost first; longer ones the kernel does
 * not have.
 */
#define HP_NAME_BYTES 256
/*
 * systemd in a container puts a user's service seven groups below the container's own; one more for
 * each part of a slice's name.
 */
#define HP_LEVELS 12
#define HP_PORT_RANGES 16

enum hp_kind {
	/* Data ring. */
	HP_OPEN = 1,
	HP_PIECE = 2,
	HP_EOF = 3,
	/* Control ring. */
	HP_CLOSE = 4,
	HP_CGROUP = 5,
};

/* Seen from the process that made the system call. */
enum hp_direction {
	HP_RECEIVED = 0,
	HP_SENT = 1,
};

/*
 * Kinds of hooks, which may attach and never fire: each says once that it did. The first two are
 * directions.
 */
enum hp_hook {
	HP_HOOK_RECEIVE = 0,
	HP_HOOK_SEND = 1,
	HP_HOOK_CALL = 2,
	/* No hook: a call with several messages was seen, so that all have to be counted. */
	HP_HOOK_SEVERAL = 3,
	/* The trampolines, each of which may be attached to a function that is never called. */
	HP_HOOK_RECEIVE4 = 4,
	HP_HOOK_RECEIVE6 = 5,
	HP_HOOK_RECEIVE_UNIX = 6,
	HP_HOOK_SEND4 = 7,
	HP_HOOK_SEND6 = 8,
	HP_HOOK_SEND_UNIX = 9,
	/* The kprobes: what they miss is told by the tracepoints behind them. */
	HP_HOOK_KPROBE_RECEIVE = 10,
	HP_HOOK_KPROBE_SEND = 11,
	/* No hook: a ring of io_uring was made, or has moved bytes that were not found. */
	HP_HOOK_URING = 12,
	HP_HOOKS = 13,
};

enum hp_decision {
	/* The kernel has announced the cgroup; until user space decides, it is traced. */
	HP_UNDECIDED = 0,
	HP_TRACE = 1,
	HP_IGNORE = 2,
	/*
	 * Traced, but met before its container had a name: announced again with its next
	 * connection.
	 */
	HP_UNNAMED = 3,
};

enum hp_loss {
	HP_LOST_RING_FULL = 0,
	HP_LOST_CONTROL_FULL = 1,
	HP_LOST_CONNECTION_REFUSED = 2,
	HP_LOST_UNREADABLE = 3,
	HP_LOST_SEGMENTS = 4,
	HP_LOST_CGROUP_REFUSED = 5,
	/* Requests, and with them their responses. */
	HP_LOST_SHED = 6,
	/* Calls whose bytes are not to be found: those of io_uring. */
	HP_LOST_UNSEEN = 7,
	/*
	 * Calls that were interrupted by another, or interrupted one, on the same processor; and
	 * those whose connection ended while they were looked at.
	 */
	HP_LOST_INTERRUPTED = 8,
	/* No loss: calls that a kprobe has missed, and the tracepoint behind it has not. */
	HP_CAUGHT = 9,
	/* No loss: changes of state that the first of two programs missed, and the second not. */
	HP_CAUGHT_STATE = 10,
	HP_LOST_KINDS = 11,
};

/* A connection whose first request seems to begin here. Its pieces follow in the same ring. */
struct hp_open {
	__u64 time_ns;
	/*
	 * The inode of the socket: one number for the life of a connection, whichever process holds
	 * it.
	 */
	__u64 conn;
	/* The key of the connection in `hp_conns`, for user space to give back; never shown. */
	__u64 sock;
	/* The other end of a Unix connection, likewise; 0 for TCP. */
	__u64 peer;
	__u32 kind;
	/* AF_UNIX, AF_INET or AF_INET6. */
	__u16 family;
	/* The direction that requests take. */
	__u16 request_direction;
	__u16 local_port;
	__u16 remote_port;
	__u32 _pad;
	__u8 local[16];
	__u8 remote[16];
	__u8 local_path[HP_PATH_BYTES];
	__u8 remote_path[HP_PATH_BYTES];
};
_Static_assert(sizeof(struct hp_open) == 296, "hp_open has holes");

/* What became of the bytes before a piece. */
enum hp_gap {
	HP_NO_GAP = 0,
	/* Whole exchanges were left out and counted; a request begins here. */
	HP_RESUMED = 1,
	/* Responses are left out from here on, so requests can only be counted. */
	HP_COUNT_ONLY = 2,
};

/*
 * What one system call moved, or a part of it; also HP_EOF, of which nothing counts but the kind,
 * the connection, the direction, whether there is a gap, and over TCP the offset.
 */
struct hp_piece {
	__u64 time_ns;
	__u64 conn;
	struct hp_group {
		/* kernfs ids: on the unified hierarchy, and on that of the pids controller. */
		__u64 unified;
		__u64 legacy;
	} group;
	__u32 kind;
	/*
	 * Where the piece begins in its direction's stream, modulo 2^32: the TCP sequence, or a
	 * count.
	 */
	__u32 offset;
	__u32 len;
	/* How many of those bytes follow this header; the others do not matter. */
	__u32 cap;
	__u32 pid;
	/*
	 * Over TCP. Of a response to a client: where its requests' stream stood when it was read.
	 * Of the first request that is seen of a connection: where the stream of its responses
	 * stood; 0 of others.
	 */
	__u32 other;
	/*
	 * Not 0: the piece begins with a head of so many bytes, of which only the first line
	 * follows.
	 */
	__u32 head;
	__u16 direction;
	/* enum hp_gap. */
	__u16 gap;
	/* With `head`: the bytes of the body, or HP_BODY_UNTIL_CLOSE. */
	__u64 body;
	__u8 comm[HP_COMM_BYTES];
};
_Static_assert(sizeof(struct hp_piece) == 88, "hp_piece has holes");
#define HP_BODY_UNTIL_CLOSE (~0ULL)

/* A known connection went to another TCP state: it sent its FIN, or it is over. */
struct hp_close {
	__u64 time_ns;
	__u64 conn;
	__u32 kind;
	/* TCP states, as the kernel numbers them. */
	__u32 old_state;
	__u32 new_state;
	/* Whether what was under way is not told to its end. */
	__u32 shed;
	/* By direction: where its stream stands. */
	__u32 ends[2];
};
_Static_assert(sizeof(struct hp_close) == 40, "hp_close has holes");

/* A cgroup that the probe meets for the first time. */
struct hp_cgroup {
	__u64 time_ns;
	struct hp_group group;
	__u32 kind;
	__u32 pid;
	__u8 comm[HP_COMM_BYTES];
	__u8 node[HP_NODE_BYTES];
	/* What the host is called: a container that is being made still bears its name. */
	__u8 host_node[HP_NODE_BYTES];
	__u8 unified[HP_LEVELS][HP_NAME_BYTES];
	__u8 legacy[HP_LEVELS][HP_NAME_BYTES];
};
_Static_assert(sizeof(struct hp_cgroup) == 6336, "hp_cgroup has holes");

/* What the kernel knows of one direction of a connection: whether a head is to come. */
struct hp_flow {
	/*
	 * HP_IN_BODY: bytes of the body that are still to come. HP_IN_HEAD: how long the body will
	 * be.
	 */
	__u64 left;
	/*
	 * Of a large body that is received over TCP: about how many bytes had been read at `next`.
	 * HP_IN_HEAD: what has been seen of the head.
	 */
	__u64 read;
	/* Where the next piece should begin. */
	__u32 next;
	/* enum hp_flow_mode. */
	__u32 mode;
};

enum hp_flow_mode {
	/* Nothing has been seen in this direction. */
	HP_NEW = 0,
	HP_AT_HEAD = 1,
	/* Inside a body of known length, which is not copied. */
	HP_IN_BODY = 2,
	/* The body lasts as long as the connection. */
	HP_UNTIL_CLOSE = 3,
	/*
	 * Where heads begin is not known for sure, so everything is copied for user space to find
	 * out.
	 */
	HP_UNSURE = 4,
	/* As HP_IN_BODY, and HP_UNSURE behind it. */
	HP_IN_LAST_BODY = 5,
	/* Inside the head of a request, which comes in parts and is copied. */
	HP_IN_HEAD = 6,
};

/*
 * The value of `hp_words`: what user space says of a connection that it reads more of than the
 * kernel does.
 */
struct hp_word {
	/* When that was so. */
	__u64 time_ns;
	/*
	 * By direction of the bytes: to where they are known to be body, if they are. Behind a
	 * request's another begins.
	 */
	__u32 body_until[2];
	__u32 is_known[2];
	/* Not HTTP/1, or no more: nothing of it is to be reported. */
	__u32 ignored;
	__u32 _pad;
};
_Static_assert(sizeof(struct hp_word) == 32, "hp_word has holes");

enum hp_following {
	HP_FOLLOWED = 0,
	/*
	 * Nothing is told until a request begins for which there is room; requests are counted as
	 * lost.
	 */
	HP_SHEDDING = 1,
	/* Requests are told and responses are not, to the end of the connection. */
	HP_REQUESTS_ONLY = 2,
};

/* The value of `hp_conns`. */
struct hp_conn {
	__u64 conn;
	/* When it was first seen: what was said before is not of it. */
	__u64 opened_ns;
	/*
	 * A cgroup whose processes were decided to be traced, as far as it was asked about for this
	 * connection.
	 */
	struct hp_group group;
	/* Unix streams have no sequence numbers: the bytes moved so far, by direction. */
	__u32 counted[2];
	struct hp_flow flow[2];
	__u32 request_direction;
	/* Not HTTP/1, or no more: nothing is reported. */
	__u32 ignored;
	/* enum hp_following. */
	__u32 following;
	/* User space has heard of it. */
	__u32 is_told;
	/* Was there a request, and were there bytes of a response since the last one began? */
	__u32 was_asked;
	__u32 was_answered;
	/* A request began before any byte of the last one's response. */
	__u32 pipelines;
	/* The TCP state that it was in when it was last looked at. */
	__u32 state;
};
_Static_assert(sizeof(struct hp_conn) == 120, "hp_conn has holes");

struct hp_port_range {
	__u16 first;
	__u16 last;
};

/* Set before the object is loaded. Zero means no filter. */
struct hp_settings {
	/* Bit 0: report where the process receives requests; bit 1: where it sends them. */
	__u32 roles;
	/* Whether cgroups have names on a version 1 hierarchy too. */
	__u32 legacy_cgroups;
	/* How many of `ports` are set; either end of a connection may match. */
	__u32 port_ranges;
	struct hp_port_range ports[HP_PORT_RANGES];
};
_Static_assert(sizeof(struct hp_settings) == 76, "hp_settings has holes");

#endif
