#!/bin/busybox sh
# Makes the guest a machine as the profiler expects one, and starts the work. A guest that does not get to the end, for
# whatever reason, is told by the missing last line.
bb=/bin/busybox
setting() { $bb sed -n "s/.*guest\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

$bb mount -t proc proc /proc
$bb mount -t sysfs sys /sys
$bb mount -t tmpfs tmp /tmp
echo "GUEST up $($bb uname -r) $($bb uname -m) after $($bb cut -d' ' -f1 /proc/uptime) s"
if [ "$(setting cgroups)" = hybrid ]; then
	$bb mount -t tmpfs cgroups /sys/fs/cgroup
	$bb mkdir /sys/fs/cgroup/pids /sys/fs/cgroup/unified
	$bb mount -t cgroup -o pids pids /sys/fs/cgroup/pids
	$bb mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
else
	$bb mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
$bb ip link set lo up
$bb hostname guest
GUEST_CAPABILITY=$(setting capability) /usr/bin/node /app/guest.mjs
echo "GUEST halts after $($bb cut -d' ' -f1 /proc/uptime) s"
$bb poweroff -f
