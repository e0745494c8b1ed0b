# SPDX-License-Identifier: BSD-2-Clause
# Two machines joined by a cable, for the tests of networks: "server" is 192.0.2.1, "client" 192.0.2.2, and there is nothing
# else. They are network namespaces, with the same files, and are gone with the test. Sourced after frame.sh.
#
#   net_make                     the machines; the whole test is skipped where they cannot be
#   net_apart                    gives each an /etc and a /run of its own, where only TPM and store are the same
#   on NAME                      the guide's steps run on this machine from now on
#   net_run NAME COMMAND...      runs a command there
#   net_pid NAME PROGRAM         the process of a program there
#   net_empty NAME               nothing runs there
#   net_end NAME                 ends all that does
#   net_host HOST                a name of the server

declare -A files=() # who is in the mount namespace of a machine
net_make()
{
	local machine
	needs ip ping nsenter
	[ -n "${INTEROP_NAMESPACE-}" ] || skip_all "it needs root, for two network namespaces"
	{ ip netns add server && ip netns add client; } 2>"$T/err" || skip_all "this system makes no network namespaces"
	trap net_leave EXIT
	ip link add cable netns server type veth peer name cable netns client 2>"$T/err" ||
		skip_all "this kernel makes no pairs of network devices"
	for machine in server client; do
		ip -n $machine link set lo up
		ip -n $machine link set cable up
	done
	ip -n server address add 192.0.2.1/24 dev cable
	ip -n client address add 192.0.2.2/24 dev cable
}

net_apart()
{
	local machine etc run
	for machine in server client; do
		etc=$T/machine/$machine/etc run=$T/machine/$machine/run
		mkdir -p -m 755 "$T/machine/$machine" "$run/tpm2-token" && cp -a /etc "$etc" && : >"$run/tpm.sock" &&
			: >"$run/tpm.sock.ctrl" || exit 1
		# A mount namespace lasts as long as somebody is in it.
		unshare --mount --propagation private sh -ec "
			mount --bind /run/tpm.sock '$run/tpm.sock'
			mount --bind /run/tpm.sock.ctrl '$run/tpm.sock.ctrl'
			mount --bind /run/tpm2-token '$run/tpm2-token'
			mount --bind '$etc' /etc
			mount --rbind '$run' /run
			: >/run/apart
			exec sleep 3600" &
		files[$machine]=$!
		pids+=($!)
		wait_for test -e "$run/apart"
	done
}

net_enter()
{
	local its=/proc/${files[$1]-}
	echo "nsenter --net=/run/netns/$1" ${files[$1]+"--mount=$its/ns/mnt --root=$its/root --wd=$its/root"}
}

on()
{
	inside=$(net_enter "$1")
}

net_run()
{
	$(net_enter "$1") "${@:2}"
}

net_pid()
{
	local pid
	for pid in $(ip netns pids "$1"); do
		[ "$(cat "/proc/$pid/comm")" != "$2" ] || echo "$pid"
	done
}

net_empty()
{
	[ -z "$(ip netns pids "$1")" ]
}

net_end()
{
	local all
	all=$(ip netns pids "$1")
	[ -z "$all" ] || kill $all 2>/dev/null
	wait_for net_empty "$1"
}

net_host()
{
	echo "192.0.2.1 $1" >>/etc/hosts
}

# What runs there need not be a child of the test.
net_leave()
{
	local status=$?
	net_end client
	net_end server
	(exit "$status")
	frame_leave
}
