#!/usr/bin/env bats
# The units of share/systemd, and cdo-cache serve with the socket it is handed.

load helper
load serve

# activate ARG...: as systemd does when the first client comes.
activate() {
	socket=$PWD/act
	rm -f "$socket" # of the one before: it would be taken for this
	systemd-socket-activate -l "$socket" "$@" \
		--setenv="CDO_STATE_DIR=$CDO_STATE_DIR" cdo-cache serve -v \
		2>server.err 3>&- &
	server=$!
	within 10 test -S "$socket"
}

@test "systemd: the units are sound" {
	for kind in system user; do
		mkdir -p $kind run
		for unit in "$ROOT/share/systemd/$kind"/*; do
			sed "s|@PREFIX@/bin|$CDO_BIN|" "$unit" \
				>"$kind/$(basename "${unit/@/@x}")"
		done
		run env XDG_RUNTIME_DIR="$PWD/run" systemd-analyze --$kind verify \
			--man=no "$PWD/$kind/cdo-cache.socket" \
			"$PWD/$kind/cdo-cache.service" \
			"$PWD/$kind/cdo-alert-tick@x.timer" \
			"$PWD/$kind/cdo-alert-tick@x.service"
		[[ $status -eq 0 && $output != *cdo-* ]] || fail "$kind: $output"
	done
}

@test "systemd: a socket that is handed over is served, and left alone" {
	activate
	[[ $(r set a 1) == OK && $(r get a) == 1 ]]
	[[ ! -e $CDO_STATE_DIR/socket ]]
	grep -q 'serving at the socket of systemd' server.err
	stop_server
	assert_status 143
	[[ -S $socket ]]
}

@test "systemd: of several sockets the one of that name is taken, or none" {
	activate -l "$PWD/other" --fdname=x.socket:cdo-cache.socket
	sockets=("$socket" "$PWD/other")
	redis-cli -s "$socket" ping >/dev/null &
	socket=$PWD/other
	within 10 answers
	stop_server
	activate -l "$PWD/third" --fdname=x.socket:y.socket
	r ping || true
	wait "$server" && status=0 || status=$?
	server=
	assert_status 78
	[[ $(<server.err) == *'none of several has the name cdo-cache.socket'* ]] || fail "$(<server.err)"
}

@test "systemd: no other user is served, whatever the socket's mode" {
	[[ $(id -u) -eq 0 ]] || skip 'only root can be somebody else'
	dir=$(mktemp -d /tmp/cdo-systemd-XXXXXX)
	chmod 711 "$dir"
	activate
	r ping
	stop_server
	cd "$dir"
	activate
	[[ $(r ping) == PONG ]]
	chmod 666 "$socket"
	! setpriv --reuid 65534 --clear-groups redis-cli -s "$socket" ping 2>&1 |
		grep PONG || fail 'somebody else was served'
	[[ $(r info) == *rejected_connections:[1-9]* ]]
	rm -r "$dir"
}
