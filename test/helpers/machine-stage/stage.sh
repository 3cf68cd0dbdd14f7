#!/bin/bash
# A stage on which the real podman plays `podman machine` without a virtual machine. Everything is in namespaces of its own
# and in one folder: nothing of it outlives this script. The network is its own, too: podman chooses the machine's ssh port once
# and keeps it, so that anybody else here could take it between two starts.
#
#   unshare --mount --pid --net --fork --kill-child bash stage.sh FOLDER CHECKOUT [ROOT]
#
# ROOT is an unpacked system whose podman plays, instead of this machine's; nothing is written to it. An sshd unpacked by
# ci/sshd.sh goes before this machine's. Then it reads commands, one a line, runs each as an ordinary user, and prints its
# output and `exit CODE`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
outside=$1 checkout=$2 root=${3:-} user=4242
folder=/run/stage
node=$(readlink -f "$(command -v node)")

private_files() {
	mount --make-rprivate /
	mkdir -p "$outside/home/.config/containers" "$outside/bin" "$outside/run" "$outside/checkout" "$outside/node"
	mount --bind "$checkout" "$outside/checkout"
	touch "$outside/node/node"
	mount --bind "$node" "$outside/node/node"
	cp -r "$here" "$outside/helpers"
	[ -z "$root" ] || mount --bind "$root" "$root"
	mount -t tmpfs tmpfs "$root/run"
	mkdir -p "$root$folder" "$root/run/sshd" "$root/run/podman"
	mount --rbind "$outside" "$root$folder"
	mount -t proc proc "$root/proc"
	[ -z "$root" ] || enter
	{
		grep -v '^\(sshd\|core\):' /etc/passwd
		printf 'sshd:x:65533:65534::/run/sshd:/bin/false\ncore:x:%s:%s::/run/stage/home:/bin/sh\n' "$user" "$user"
	} >"$folder/passwd"
	printf '%s:*:19000:0:99999:7:::\n' root core >"$folder/shadow"
	mount --bind "$folder/passwd" /etc/passwd
	mount --bind "$folder/shadow" /etc/shadow
}

enter() {
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/tmp"
	mkdir "$root/run/before"
	cd "$root"
	pivot_root . run/before
	cd /
	umount -l /run/before
}

programs() {
	for name in qemu-system-x86_64 gvproxy; do cp "$folder/helpers/stand-in-vm.py" "$folder/bin/$name"; done
	# shellcheck disable=SC2016
	printf '#!/bin/sh\ncase "$1" in info) echo "{\\"virtual-size\\": 1048576}" ;; *) echo Image resized. ;; esac\n' >"$folder/bin/qemu-img"
	printf '#!/bin/sh\necho Timezone=UTC\n' >"$folder/bin/timedatectl"
	# On a Mac every command but these goes to the machine.
	# shellcheck disable=SC2016
	printf '#!/bin/sh\ncase "$1" in machine | system | --version) exec /usr/bin/podman "$@" ;; *) exec /usr/bin/podman --remote "$@" ;; esac\n' >"$folder/bin/podman"
	# What podman 5 asks of the machine once it runs: its services, which are not here.
	mkdir -p "$folder/guest"
	printf '#!/bin/sh\n' >"$folder/guest/systemctl"
	printf 'a disk' >"$folder/disk.qcow2"
	printf '[engine]\nhelper_binaries_dir = ["/run/stage/bin"]\n[machine]\nimage = "/run/stage/disk.qcow2"\nvolumes = []\n' \
		>"$folder/home/.config/containers/containers.conf"
	chmod 755 "$folder" "$folder"/bin/* "$folder"/guest/*
	chown -R "$user:$user" "$folder/home" "$folder/run"
}

# The inside of the machine: an sshd that trusts the machine's key, and podman's service as root. An sshd with its defaults
# turns connections away at random when ten have not yet said who they are.
guest() {
	local unpacked=$folder/checkout/.tasks/sshd sshd=/usr/sbin/sshd
	if [ -z "$root" ] && [ -x "$unpacked/usr/sbin/sshd" ]; then
		sshd=$unpacked/usr/sbin/sshd PATH=$PATH:$unpacked/usr/bin
		export LD_LIBRARY_PATH=$unpacked/usr/lib/x86_64-linux-gnu:$unpacked/lib/x86_64-linux-gnu
	fi
	ssh-keygen -q -t ed25519 -N '' -f /run/hostkey
	printf '%s\n' 'Port 2222' 'MaxStartups 1000' 'ListenAddress 127.0.0.1' 'HostKey /run/hostkey' 'PermitRootLogin yes' 'StrictModes no' 'UsePAM no' \
		'AuthorizedKeysFile /run/stage/home/.ssh/podman-machine-default.pub /run/stage/home/.local/share/containers/podman/machine/machine.pub' \
		'SetEnv PATH=/run/stage/guest:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
		'AllowStreamLocalForwarding yes' 'PidFile none' >/run/sshd_config
	# Since OpenSSH 9.8 a source whose connections broke off too often is not let in for a while, and here all have one.
	if "$sshd" -t -f /run/sshd_config -o PerSourcePenalties=no 2>/dev/null; then echo 'PerSourcePenalties no' >>/run/sshd_config; fi
	"$sshd" -D -f /run/sshd_config -E "$folder/sshd.log" &
	printf '[storage]\ndriver = "vfs"\ngraphroot = "/run/graph"\nrunroot = "/run/runroot"\n' >/run/storage.conf
	CONTAINERS_STORAGE_CONF=/run/storage.conf /usr/bin/podman system service -t 0 unix:///run/podman/podman.sock >"$folder/service.log" 2>&1 &
	until [ -S /run/podman/podman.sock ]; do sleep 0.1; done
}

as_user() {
	setpriv --reuid="$user" --regid="$user" --clear-groups env -i HOME=/run/stage/home XDG_RUNTIME_DIR=/run/stage/run STAGE=/run/stage \
		PATH="/run/stage/bin:/run/stage/node:/usr/local/bin:/usr/bin:/bin:/run/stage/checkout/.tasks/sshd/usr/bin" TASKS_PLATFORM=darwin-arm64 MACHINE_READY_WITHIN=20 NO_COLOR=1 \
		PODMAN_IGNORE_CGROUPSV1_WARNING=1 bash -c "cd /run/stage/checkout || exit; $1" </dev/null
}

# The loopback interface of a new network is down; not every machine has `ip`.
python3 -c 'import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 1))'
private_files
programs
guest
echo 'exit 0'
while IFS= read -r command; do
	code=0
	as_user "$command" 2>&1 || code=$?
	printf 'exit %s\n' "$code"
done
