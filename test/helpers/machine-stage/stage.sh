#!/bin/bash
# A stage on which the real podman plays `podman machine` without a virtual machine. Everything is in namespaces of its own
# and in one folder: nothing of it outlives this script. The network is its own, too: podman chooses the machine's ssh port once
# and keeps it, so that anybody else here could take it between two starts.
#
#   unshare --mount --pid --net --fork --kill-child bash stage.sh FOLDER CHECKOUT
#
# An sshd unpacked by ci/sshd.sh goes before the system's.
# Then it reads commands, one a line, runs each as an ordinary user, and prints its output and `exit CODE`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 checkout=$2 user=4242
node=$(dirname "$(readlink -f "$(command -v node)")")

private_files() {
	mount --make-rprivate /
	mount -t proc proc /proc
	mkdir -p "$folder/home/.config/containers" "$folder/bin" "$folder/run" "$folder/checkout"
	mount --bind "$checkout" "$folder/checkout"
	cp -r "$here" "$folder/helpers"
	mount -t tmpfs tmpfs /run
	mkdir -p /run/stage /run/sshd /run/podman
	mount --rbind "$folder" /run/stage
	{
		grep -v '^\(sshd\|core\):' /etc/passwd
		printf 'sshd:x:65533:65534::/run/sshd:/bin/false\ncore:x:%s:%s::/run/stage/home:/bin/sh\n' "$user" "$user"
	} >"$folder/passwd"
	printf '%s:*:19000:0:99999:7:::\n' root core >"$folder/shadow"
	mount --bind "$folder/passwd" /etc/passwd
	mount --bind "$folder/shadow" /etc/shadow
}

programs() {
	for name in qemu-system-x86_64 gvproxy; do cp "$folder/helpers/stand-in-vm.py" "$folder/bin/$name"; done
	# shellcheck disable=SC2016
	printf '#!/bin/sh\ncase "$1" in info) echo "{\\"virtual-size\\": 1048576}" ;; *) echo Image resized. ;; esac\n' >"$folder/bin/qemu-img"
	printf '#!/bin/sh\necho Timezone=UTC\n' >"$folder/bin/timedatectl"
	# On a Mac every command but these goes to the machine.
	# shellcheck disable=SC2016
	printf '#!/bin/sh\ncase "$1" in machine | system | --version) exec /usr/bin/podman "$@" ;; *) exec /usr/bin/podman --remote "$@" ;; esac\n' >"$folder/bin/podman"
	printf 'a disk' >"$folder/disk.qcow2"
	printf '[engine]\nhelper_binaries_dir = ["/run/stage/bin"]\n[machine]\nimage = "/run/stage/disk.qcow2"\nvolumes = []\n' \
		>"$folder/home/.config/containers/containers.conf"
	chmod 755 "$folder" "$folder"/bin/*
	chown -R "$user:$user" "$folder/home" "$folder/run"
}

# The inside of the machine: an sshd that trusts the machine's key, and podman's service as root. An sshd with its defaults
# turns connections away at random when ten have not yet said who they are.
guest() {
	local unpacked=$checkout/.tasks/sshd sshd=/usr/sbin/sshd
	if [ -x "$unpacked/usr/sbin/sshd" ]; then
		sshd=$unpacked/usr/sbin/sshd PATH=$PATH:$unpacked/usr/bin
		export LD_LIBRARY_PATH=$unpacked/usr/lib/x86_64-linux-gnu:$unpacked/lib/x86_64-linux-gnu
	fi
	ssh-keygen -q -t ed25519 -N '' -f /run/hostkey
	printf '%s\n' 'Port 2222' 'MaxStartups 1000' 'ListenAddress 127.0.0.1' 'HostKey /run/hostkey' 'PermitRootLogin yes' 'StrictModes no' 'UsePAM no' \
		'AuthorizedKeysFile /run/stage/home/.ssh/podman-machine-default.pub /run/stage/home/.local/share/containers/podman/machine/machine.pub' \
		'AllowStreamLocalForwarding yes' 'PidFile none' >/run/sshd_config
	"$sshd" -D -f /run/sshd_config -E "$folder/sshd.log" &
	printf '[storage]\ndriver = "vfs"\ngraphroot = "/run/graph"\nrunroot = "/run/runroot"\n' >/run/storage.conf
	CONTAINERS_STORAGE_CONF=/run/storage.conf /usr/bin/podman system service -t 0 unix:///run/podman/podman.sock >"$folder/service.log" 2>&1 &
	until [ -S /run/podman/podman.sock ]; do sleep 0.1; done
}

as_user() {
	setpriv --reuid="$user" --regid="$user" --clear-groups env -i HOME=/run/stage/home XDG_RUNTIME_DIR=/run/stage/run STAGE=/run/stage \
		PATH="/run/stage/bin:$node:/usr/local/bin:/usr/bin:/bin:/run/stage/checkout/.tasks/sshd/usr/bin" TASKS_PLATFORM=darwin-arm64 MACHINE_READY_WITHIN=20 NO_COLOR=1 \
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
