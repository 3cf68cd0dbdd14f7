// SPDX-License-Identifier: GPL-2.0-only
/*
 * Table of contents: where the kernel calls us, and what then happens.
 * This file is longer than 200 lines because each place is named here.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "http_hits.bpf.h"
#include "http_kprobe.bpf.h"
#include "http_open.bpf.h"
#include "http_socket_layer.bpf.h"
#include "http_state.bpf.h"
#include "http_syscall.bpf.h"
#include "http_trampoline.bpf.h"
#include "http_uring.bpf.h"

/* User space loads one group of those that see bytes move, the first that attaches and fires. */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(hp_recv, struct sock *sock, int ret, int flags)
{
	return socket_moved(sock, ret, HP_RECEIVED, flags, 0);
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(hp_send, struct sock *sock, int ret, int flags)
{
	return socket_moved(sock, ret, HP_SENT, 0, 0);
}

/*
 * The same places by kprobe, for kernels from 7.0 on (a46023d5616e, "tracing: Guard
 * __DECLARE_TRACE() use of __DO_TRACE_CALL() with SRCU-fast"): there another thread may run in the
 * middle of a tracepoint's program, and what it moves meanwhile is not told to that program. No
 * thread runs in the middle of a kprobe's.
 */
SEC("kprobe.multi/call_trace_sock_recv_length")
int BPF_KPROBE(hp_kp_recv, struct sock *sock, int ret, int flags)
{
	hook_was_hit(HP_HOOK_KPROBE_RECEIVE);
	return socket_moved_in_kprobe(sock, ret, HP_RECEIVED, flags);
}

SEC("kprobe.multi/call_trace_sock_send_length")
int BPF_KPROBE(hp_kp_send, struct sock *sock, int ret)
{
	hook_was_hit(HP_HOOK_KPROBE_SEND);
	return socket_moved_in_kprobe(sock, ret, HP_SENT, 0);
}

/*
 * The tracepoints behind them, without which the kernel does not get to them. They tell what the
 * kprobe has missed: it is left out on a processor where a call to bpf() is interrupted.
 */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(hp_kp_recv_on, struct sock *sock, int ret, int flags)
{
	return kprobe_saw_it() ? 0 : socket_moved(sock, ret, HP_RECEIVED, flags, 0);
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(hp_kp_send_on, struct sock *sock, int ret, int flags)
{
	return kprobe_saw_it() ? 0 : socket_moved(sock, ret, HP_SENT, 0, 0);
}

/*
 * The same places by trampoline, for kernels before 6.3; other protocols' sockets never get here.
 */
SEC("fexit/inet_recvmsg")
int BPF_PROG(hp_fx_recv4, struct socket *socket, struct msghdr *message, size_t size, int flags,
	     int ret)
{
	hook_was_hit(HP_HOOK_RECEIVE4);
	return function_returned(socket, message, ret, HP_RECEIVED, flags);
}

SEC("fexit/inet6_recvmsg")
int BPF_PROG(hp_fx_recv6, struct socket *socket, struct msghdr *message, size_t size, int flags,
	     int ret)
{
	hook_was_hit(HP_HOOK_RECEIVE6);
	return function_returned(socket, message, ret, HP_RECEIVED, flags);
}

SEC("fexit/unix_stream_recvmsg")
int BPF_PROG(hp_fx_recv_ux, struct socket *socket, struct msghdr *message, size_t size, int flags,
	     int ret)
{
	hook_was_hit(HP_HOOK_RECEIVE_UNIX);
	return function_returned(socket, message, ret, HP_RECEIVED, flags);
}

SEC("fexit/inet_sendmsg")
int BPF_PROG(hp_fx_send4, struct socket *socket, struct msghdr *message, size_t size, int ret)
{
	hook_was_hit(HP_HOOK_SEND4);
	return function_returned(socket, message, ret, HP_SENT, 0);
}

SEC("fexit/inet6_sendmsg")
int BPF_PROG(hp_fx_send6, struct socket *socket, struct msghdr *message, size_t size, int ret)
{
	hook_was_hit(HP_HOOK_SEND6);
	return function_returned(socket, message, ret, HP_SENT, 0);
}

SEC("fexit/unix_stream_sendmsg")
int BPF_PROG(hp_fx_send_ux, struct socket *socket, struct msghdr *message, size_t size, int ret)
{
	hook_was_hit(HP_HOOK_SEND_UNIX);
	return function_returned(socket, message, ret, HP_SENT, 0);
}

SEC("fexit/inet_sendpage")
int BPF_PROG(hp_fx_page, struct socket *socket, struct page *page, int offset, size_t size,
	     int flags, int ret)
{
	return function_returned(socket, NULL, ret, HP_SENT, 0);
}

/* A function that kernels have until 6.5, as the one above. */
SEC("fexit/unix_stream_sendpage")
int BPF_PROG(hp_fx_page_ux, struct socket *socket, struct page *page, int offset, size_t size,
	     int flags, int ret)
{
	return function_returned(socket, NULL, ret, HP_SENT, 0);
}

/*
 * For io_uring, at the beginning of the same functions, where the tracepoints and kprobes above are
 * what tells that bytes were moved.
 */
SEC("fentry/inet_recvmsg")
int BPF_PROG(hp_fe_recv4)
{
	return message_handed(HP_HOOK_RECEIVE4, ctx);
}

SEC("fentry/inet6_recvmsg")
int BPF_PROG(hp_fe_recv6)
{
	return message_handed(HP_HOOK_RECEIVE6, ctx);
}

SEC("fentry/unix_stream_recvmsg")
int BPF_PROG(hp_fe_recv_ux)
{
	return message_handed(HP_HOOK_RECEIVE_UNIX, ctx);
}

SEC("fentry/inet_sendmsg")
int BPF_PROG(hp_fe_send4)
{
	return message_handed(HP_HOOK_SEND4, ctx);
}

SEC("fentry/inet6_sendmsg")
int BPF_PROG(hp_fe_send6)
{
	return message_handed(HP_HOOK_SEND6, ctx);
}

SEC("fentry/unix_stream_sendmsg")
int BPF_PROG(hp_fe_send_ux)
{
	return message_handed(HP_HOOK_SEND_UNIX, ctx);
}

SEC("tp_btf/io_uring_create")
int BPF_PROG(hp_uring_made)
{
	return uring_made();
}

SEC("tp_btf/sys_exit")
int BPF_PROG(hp_sys_exit, struct pt_regs *regs, long ret)
{
	return call_ended(regs, ret);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(hp_state, const struct sock *sock, int old_state, int new_state)
{
	return first_state_changed((void *)sock, old_state, new_state);
}

/*
 * What that has missed: a program does not run where an interrupt or another thread comes while it
 * does, but then the other one does.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(hp_state_too, const struct sock *sock, int old_state, int new_state)
{
	return second_state_changed((void *)sock, old_state, new_state);
}

/*
 * Attached to nothing: run when user space asks of a Unix connection, whose end may be told by no
 * call. Its arguments are those of struct hp_open.
 */
SEC("raw_tp")
int hp_is_open(struct bpf_raw_tracepoint_args *asked)
{
	return is_still_open((void *)asked->args[0], asked->args[1]);
}

/* Puts into the object's BTF what user space reads from there and nothing above names. */
struct hp_contract {
	struct hp_open open;
	struct hp_close close;
	struct hp_cgroup cgroup;
	struct hp_word word;
	enum hp_kind kind;
	enum hp_direction direction;
	enum hp_hook hook;
	enum hp_decision decision;
	enum hp_loss loss;
	__u32 _pad;
};
const struct hp_contract *hp_contract __attribute__((unused));

char LICENSE[] SEC("license") = "GPL";
