// SPDX-License-Identifier: GPL-2.0-only
/* Table of contents: where the kernel calls us, and what then happens. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "http_calls.bpf.h"
#include "http_state.bpf.h"

SEC("tp_btf/sys_exit")
int BPF_PROG(hp_sys_exit, struct pt_regs *regs, long ret)
{
	return call_ended(regs, ret);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(hp_state, const struct sock *sock, int old_state, int new_state)
{
	return state_changed((void *)sock, old_state, new_state);
}

/* Puts into the object's BTF what user space reads from there and nothing above names. */
struct hp_contract {
	struct hp_open open;
	struct hp_close close;
	struct hp_cgroup cgroup;
	enum hp_kind kind;
	enum hp_direction direction;
	enum hp_decision decision;
	enum hp_loss loss;
};
const struct hp_contract *hp_contract __attribute__((unused));

char LICENSE[] SEC("license") = "GPL";
