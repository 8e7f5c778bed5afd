# Shared by the tests of cdo-cache serve: a server, and redis-cli to talk to it.

setup() {
	export CDO_STATE_DIR=$BATS_TEST_TMPDIR/store
	cd "$BATS_TEST_TMPDIR"
	socket=$CDO_STATE_DIR/socket
}

teardown() { stop_server; }

# start_server ARG...: and wait until it answers.
start_server() {
	cdo-cache serve "$@" 2>server.err 3>&- &
	server=$!
	within 10 answers || fail "$(<server.err)"
}

answers() { [[ $(r ping 2>/dev/null) == PONG ]]; }

# stop_server [SIGNAL]: sets status.
stop_server() {
	[[ -n ${server:-} ]] || return 0
	kill -"${1:-TERM}" "$server" 2>/dev/null || true
	status=0
	wait "$server" || status=$?
	server=
}

has_ended() { ! kill -0 "$server" 2>/dev/null; }

r() { redis-cli -s "$socket" "$@"; }

# asks COMMANDS WANT: one connection, one command a line; empty lines of the
# answers, which redis-cli adds to errors, and nil do not count.
asks() {
	local got
	got=$(r <<<"$1" | sed '/^$/d')
	[[ $got == "$2" ]] || fail "$got"
}
