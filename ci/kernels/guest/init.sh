#!/bin/busybox sh
# The guest's first program: finds the disks and changes over to them.
bb=/bin/busybox
$bb mount -t devtmpfs dev /dev
while read -r module; do
	$bb insmod "/modules/$module" || echo "GUEST cannot insert $module"
done </modules/order
tries=0
until [ -b /dev/vdb ] || [ $tries = 100 ]; do
	$bb sleep 0.1
	tries=$((tries + 1))
done
$bb mount -t ext4 -o ro,noload /dev/vda /disk || $bb poweroff -f
$bb mount -t ext4 -o ro,noload /dev/vdb /disk/app || $bb poweroff -f
$bb mount -o move /dev /disk/dev 2>/dev/null || $bb mount -t devtmpfs dev /disk/dev
exec $bb switch_root /disk /bin/busybox sh /app/start.sh
