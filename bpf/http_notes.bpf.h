/* SPDX-License-Identifier: GPL-2.0-only */
/* Of two programs that see the same, the second one asks whether the first one was left out. */
#ifndef HTTP_NOTES_BPF_H
#define HTTP_NOTES_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_loss.bpf.h"

/*
 * Notes that the first one leaves of what it sees, until the second one has asked. Two that share a
 * place are hardly ever both in between, where there are a few instructions. A line of the cache
 * for each.
 */
#define NOTE_BITS 10
#define NOTES (1 << NOTE_BITS)
struct hp_note {
	__u64 seen;
	__u64 _pad[7];
};
struct hp_note hp_call_notes[NOTES] SEC(".data.notes") = {};
struct hp_note hp_change_notes[NOTES] SEC(".data.notes") = {};

/* Asked once by the second program. Counts what the first one has missed. */
static __always_inline bool first_saw(struct hp_note *note, __u64 what, __u32 caught)
{
	bool saw_it = note->seen == what;

	note->seen = 0;
	if (!saw_it)
		count_loss(caught);
	return saw_it;
}

#endif
