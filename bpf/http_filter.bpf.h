/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes and connections user space asked for. */
#ifndef HTTP_FILTER_BPF_H
#define HTTP_FILTER_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "http_probe.h"

#ifndef AF_UNIX
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#endif

/*
 * A section of its own, so that user space writes the whole struct without looking for variables.
 */
const volatile struct hp_settings hp_settings SEC(".rodata.hp") = {};

/* Would a request that moves this way be reported? */
static __always_inline bool role_is_wanted(__u32 direction)
{
	return hp_settings.roles >> direction & 1;
}

/* Unix sockets have no ports: naming ports leaves them out. */
static __always_inline bool ports_are_wanted(__u32 family, __u16 local, __u16 remote)
{
	if (!hp_settings.port_ranges)
		return true;
	if (family == AF_UNIX)
		return false;
	for (__u32 i = 0; i < HP_PORT_RANGES; i++) {
		__u16 first = hp_settings.ports[i].first;
		__u16 last = hp_settings.ports[i].last;

		if (i >= hp_settings.port_ranges)
			return false;
		if ((local >= first && local <= last) || (remote >= first && remote <= last))
			return true;
	}
	return false;
}

#endif
