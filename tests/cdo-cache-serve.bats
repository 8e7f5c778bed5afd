#!/usr/bin/env bats
# cdo-cache serve: the store behind a socket, for clients of Redis.

load helper

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
	kill -"${1:-TERM}" "$server"
	status=0
	wait "$server" || status=$?
	server=
}

r() { redis-cli -s "$socket" "$@"; }

# asks COMMANDS WANT: one connection, one command a line.
asks() {
	local got
	got=$(r <<<"$1" | sed '/^$/d')
	[[ $got == "$2" ]] || fail "$got"
}

@test "serve: what was set is got, by any client of Redis" {
	start_server
	asks $'set a 1\nget a\nget b\nmget a b\nexists a b a\ndel a b\nget a' \
	    $'OK\n1\n1\n2\n1'
	head -c 300000 /dev/urandom >big
	[[ $(r -x set big <big) == OK ]]
	r get big | head -c 300000 | cmp - big
	r -x set empty </dev/null
	[[ $(r exists empty) == 1 && $(r get empty) == '' ]]
}

@test "serve: what was answered is there after the end and after kill -9" {
	for signal in TERM KILL; do
		start_server
		[[ $(r set "a$signal" 1) == OK ]]
		[[ $(r -n 1 set "b$signal" 2) == OK ]]
		stop_server $signal
	done
	start_server
	[[ $(r mget aTERM aKILL) == $'1\n1' ]]
	[[ $(r -n 1 mget bTERM bKILL) == $'2\n2' ]]
}

@test "serve: the state and the cache are two databases" {
	start_server
	asks $'set a 1\nselect 1\nget a\nset a 2\nselect 0\nget a\nselect 2' \
	    $'OK\nOK\nOK\nOK\n1\nERR DB index is out of range: 0 is the state, 1 the cache'
	[[ $(r -n 1 get a) == 2 ]]
}

@test "serve: an entry lives as long as EX, PX and EXPIRE say" {
	start_server
	asks $'set a 1 ex 100\nttl a\nset b 1 px 50000\nttl b\nset c 1\nttl c\npttl none' \
	    $'OK\n100\nOK\n50\nOK\n-1\n-2'
	asks $'expire c 10\nttl c\nset c 2 keepttl\nttl c\nset c 2\nttl c\nexpire none 10' \
	    $'1\n10\nOK\n10\nOK\n-1\n0'
	asks $'pexpire c 0\nget c\nset a 1 ex 0\nset a 1 px 1 ex 1\nset a 1 ex' \
	    $'1\nERR invalid expire time in \'set\' command\nERR syntax error\nERR syntax error'
	r set short 1 px 30
	is_gone() { [[ $(r exists short) == 0 ]]; }
	within 2 is_gone
}

@test "serve: SET NX, XX, GET; counters" {
	start_server
	asks $'set a 1 xx\nset a 1 nx\nset a 2 nx\nset a 3 xx get\nget a\nset a 1 nx xx' \
	    $'OK\n1\n3\nERR syntax error'
	asks $'incr n\nincrby n 10\ndecr n\ndecrby n 20\nget n\nset x y\nincr x' \
	    $'1\n11\n10\n-10\n-10\nOK\nERR value is not an integer or out of range'
	asks $'set m 9223372036854775807\nincr m\nincrby m -1\nset l 5 ex 100\nincr l\nttl l' \
	    $'OK\nERR increment or decrement would overflow\n9223372036854775806\nOK\n6\n100'
}
