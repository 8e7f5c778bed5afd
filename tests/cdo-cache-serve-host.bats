#!/usr/bin/env bats
# cdo-cache serve on its host: the lock, the socket, systemd, full disks.

load helper
load serve

# serve ARG...: one that is to fail; sets err and status.
serve() {
	status=0
	CDO_STORE_WAIT=${WAIT:-300ms} timeout 20 cdo-cache serve "$@" \
		2>err 3>&- || status=$?
	err=$(<err)
}

@test "serve: one server a store, told by whom it is held" {
	start_server
	serve
	assert_status 75
	[[ $err == "cdo-cache: $CDO_STATE_DIR: cache: in use by process $server for more than 300ms; if that is another server, one is enough" ]] || fail "$err"
	answers
}

@test "serve: the socket is for its user alone, and goes when the server does" {
	start_server
	[[ $(stat -c %a "$socket") == 600 && $(stat -c %a store) == 700 ]]
	stop_server
	assert_status 143
	[[ ! -e $socket ]]
	[[ ! -e $socket.new ]]
	start_server
	stop_server KILL
	[[ -S $socket ]]
	start_server
	[[ $(r ping) == PONG ]]
}

@test "serve: a socket of somebody else is neither taken nor removed" {
	start_server
	CDO_STATE_DIR=$PWD/second serve --socket "$socket"
	assert_status 75
	[[ $err == *"$socket: a server answers there already" ]] || fail "$err"
	answers
	# a socket that is not ours any more stays when we go
	mv "$socket" moved
	: >"$socket"
	stop_server
	[[ -e $socket ]]
}

@test "serve: a path where no socket can be is told" {
	mkdir -m 700 dir
	echo precious >dir/file
	serve --socket dir/file
	assert_status 73
	[[ $err == *'dir/file: is there, and no socket; move it away' && $(<dir/file) == precious ]] || fail "$err"
	mkdir -m 777 open
	chmod 777 open
	serve --socket open/socket
	assert_status 77
	[[ $err == *'open: a socket belongs into a directory that only its user can write to' ]] || fail "$err"
	serve --socket "dir/$(printf %0120d 0)"
	assert_status 78
	[[ $err == *'longer than the '*' bytes that a socket'*' name may have; name another by --socket' ]] || fail "$err"
	serve --socket none/socket
	assert_status 73
	CDO_STORE=redis://localhost serve
	assert_status 78
	[[ $err == *'what is served is a directory; name one in CDO_STORE' ]] || fail "$err"
	serve --idle soon
	assert_status 64
}

@test "serve: --idle ends it when nobody was there for that long" {
	start_server --idle 400ms
	within 10 has_ended
	stop_server
	assert_status 0
	[[ ! -e $socket ]]
	start_server --idle 400ms
	mkfifo in
	r <in >out 3>&- &
	exec 4>in
	echo ping >&4
	within 5 test -s out
	sleep 1
	! has_ended
	echo ping >&4
	exec 4>&-
	wait $!
	[[ $(<out) == $'PONG\nPONG' ]]
	within 10 has_ended
}

@test "serve: nothing that it has open goes to children" {
	start_server
	r ping
	n=0
	ours=$(readlink /proc/$$/fd/* || true)
	for fd in /proc/"$server"/fd/*; do
		# what was open here before it started is not its own
		[[ $'\n'$ours$'\n' != *$'\n'"$(readlink "$fd")"$'\n'* ]] ||
			continue
		case $(readlink "$fd") in
		*/store/* | socket:* | pipe:* | anon_inode:*)
			[[ ${fd##*/} -gt 2 ]] || continue
			n=$((n + 1))
			flags=$(sed -n 's/^flags:[^0-9]*//p' \
				"/proc/$server/fdinfo/${fd##*/}")
			[[ $((flags & 02000000)) -ne 0 ]] ||
				fail "$fd $(readlink "$fd")" ;;
		esac
	done
	[[ $n -ge 5 ]]
	[[ ! -s server.err ]]
}

@test "serve: a commit that fails is told, and the next one is as before" {
	start_server
	stop_server
	# a limit on file sizes is like a full disk that one can lift
	(trap '' XFSZ; ulimit -f 200; exec cdo-cache serve) 2>server.err 3>&- &
	server=$!
	within 10 answers
	[[ $(r set a 1) == OK ]]
	head -c 400000 /dev/urandom >big
	got=$(r -x set big <big)
	[[ $got == "IOERR $CDO_STATE_DIR: state: "*'File too large' ]] || fail "$got"
	[[ $(r exists big) == 0 && $(r get a) == 1 && $(r set b 2) == OK ]]
	{ echo multi; echo set a 9; echo "set big $(base64 -w 0 big)"; echo exec; } | r >out
	[[ $(grep -c '^IOERR' out) -eq 1 && $(r mget a b) == $'1\n2' ]] || fail "$(cut -c1-200 out)"
	stop_server
	start_server
	[[ $(r mget a b) == $'1\n2' && $(r exists big) == 0 ]]
}

@test "serve: a full disk, until there is room again" {
	cat >fill <<'END'
mount -t tmpfs -o size=2m,mode=700 none store || exit 99
cdo-cache serve 2>>server.err &
server=$!
trap 'kill $server; wait; umount -l store' EXIT
r() { redis-cli -s store/socket "$@"; }
for i in $(seq 100); do r ping 2>/dev/null && break; sleep 0.1; done
r set a 1
for i in 1 2 3 4 5 6 7 8; do r -x set big$i <big; done
mount -o remount,size=16m store
for i in $(seq 40); do r set b 2 | grep OK && break; sleep 0.1; done
r mget a b
END
	mkdir store
	head -c 400000 /dev/urandom >big
	[[ $(id -u) -eq 0 ]] && user= || user=-r
	unshare -m $user true 2>/dev/null || user+=' --propagation unchanged'
	status=0
	CDO_STATE_DIR=store unshare -m $user bash fill >out 2>err || status=$?
	[[ $status -ne 99 ]] || skip 'no right to mount a small disk'
	grep -q '^IOERR store: state: .*No space left on device' out || fail "$(<out) $(<err)"
	[[ $(tail -n 3 out) == $'OK\n1\n2' ]] || fail "$(<out)"
}
