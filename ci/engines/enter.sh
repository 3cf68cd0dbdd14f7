#!/usr/bin/env bash
# Runs a command in an unpacked Debian system as if that were the machine: mounts, processes and network are its own, the
# kernel is this one. Everything outside ROOT is as before when the command ends.
#
#   enter.sh ROOT COMMAND…
set -euo pipefail

root=$(realpath "$1")
shift
name=tasks-engine-$$
outer=te$$o
inner=te$$i
subnet=10.213.77

leave() {
	[ -z "${inside:-}" ] || kill -KILL "$inside" 2>/dev/null || :
	iptables -t nat -D POSTROUTING -s "$subnet.0/24" -j MASQUERADE 2>/dev/null || :
	ip netns del "$name" 2>/dev/null || :
}
trap leave EXIT
trap 'exit 143' INT TERM HUP

ip netns add "$name"
ip link add "$outer" type veth peer name "$inner" netns "$name"
ip addr add "$subnet.1/24" dev "$outer"
ip link set "$outer" up
ip -n "$name" addr add "$subnet.2/24" dev "$inner"
ip -n "$name" link set lo up
ip -n "$name" link set "$inner" up
ip -n "$name" route add default via "$subnet.1"
iptables -t nat -A POSTROUTING -s "$subnet.0/24" -j MASQUERADE

# `ip netns exec` would put a fresh /sys over this one, which has the cgroups.
nsenter --net="/run/netns/$name" \
	unshare --mount --pid --fork --kill-child --propagation private \
	bash -c '
		set -e
		root=$1
		shift
		mount --bind "$root" "$root"
		cd "$root"
		mkdir -p before
		mount -t proc proc proc
		mount --rbind /sys sys
		mount --rbind /dev dev
		mount -t tmpfs tmpfs run
		cp -f /etc/resolv.conf etc/resolv.conf
		pivot_root . before
		cd /
		umount -l before
		unset CONTAINERS_CONF
		export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
		exec "$@"' _ "$root" "$@" &
inside=$!
# A signal ends `wait`, and with it all that runs inside.
wait "$inside"
