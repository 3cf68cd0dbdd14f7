/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two ways to user space, which reads both on a timer: records are submitted without waking it.
 */
#ifndef HTTP_RINGS_BPF_H
#define HTTP_RINGS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* Seconds of a busy server's heads while user space does not get to run. */
#define RING_BYTES (32 << 20)

/* struct hp_open, struct hp_piece and what it carries, in the order in which system calls ended. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} hp_data SEC(".maps");

/*
 * struct hp_close and struct hp_cgroup, apart from the data so that a burst of it drops none. There
 * is room for the ends of 100,000 connections, at two records of 40 bytes each.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} hp_control SEC(".maps");

#endif
