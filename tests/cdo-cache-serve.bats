#!/usr/bin/env bats
# cdo-cache serve: the store behind a socket, for clients of Redis.

load helper
load serve

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

@test "serve: MULTI, EXEC, DISCARD; errors between them" {
	start_server
	asks $'multi\nset a 1\nincr a\nget a\nexec\nexec\ndiscard' \
	    $'OK\nQUEUED\nQUEUED\nQUEUED\nOK\n2\n2\nERR EXEC without MULTI\nERR DISCARD without MULTI'
	asks $'multi\nset a 5\ndiscard\nget a' $'OK\nQUEUED\nOK\n2'
	asks $'multi\nset a 5\nset\nexec\nget a' \
	    $'OK\nQUEUED\nERR wrong number of arguments for \'set\' command\nEXECABORT Transaction discarded because of previous errors.\n2'
	asks $'multi\nnope\nmulti\nexec' \
	    $'OK\nERR unknown command \'nope\'\nERR MULTI calls can not be nested\nEXECABORT Transaction discarded because of previous errors.'
	asks $'multi\nscan 0\nexec' \
	    $'OK\nERR scan is not possible within MULTI\nEXECABORT Transaction discarded because of previous errors.'
	asks $'set t x\nmulti\nset b 1\nincr t\nset c 1\nexec\nmget b c' \
	    $'OK\nOK\nQUEUED\nQUEUED\nQUEUED\nOK\nERR value is not an integer or out of range\nOK\n1\n1'
}

# watched CHANGE...: does EXEC refuse after other clients' CHANGE?
watched() {
	mkfifo in
	: >out
	r <in >>out 3>&- &
	exec 4>in
	printf 'watch a\nget a\n' >&4
	is_watching() { [[ $(wc -l <out) -eq 2 ]]; }
	within 5 is_watching
	"$@"
	printf 'multi\nset won yes\nexec\n' >&4
	exec 4>&-
	wait $!
	rm in
	[[ $(r del won) == 0 ]]
}

@test "serve: EXEC does nothing if a watched key has changed" {
	start_server
	r set a 1
	watched r set a 1
	watched r incr a
	watched r expire a 100
	watched r del a
	watched r set a 2 nx
	watched r flushdb
	r set a 1 px 100
	watched within 5 bash -c "[[ \$(redis-cli -s $socket exists a) == 0 ]]"
	r set a 1
	! watched r get a
	! watched r set b 1
	! watched r -n 1 set a 2
	asks $'watch a\nset a 2\nmulti\nexec\nwatch a\nset a 3\nunwatch\nmulti\nget a\nexec' \
	    $'OK\nOK\nOK\nOK\nOK\nOK\nOK\nQUEUED\n3'
	asks $'multi\nwatch a\nexec' \
	    $'OK\nERR WATCH inside MULTI is not allowed'
}

@test "serve: SCAN finds each key once, whatever happens meanwhile" {
	start_server
	for i in {1..500}; do echo "set k:$i $i"; done | r >/dev/null
	r set other 1
	diff <(r --scan | sort) <({ printf 'k:%s\n' {1..500}; echo other; } | sort)
	diff <(r --scan --pattern 'k:4?' | sort) <(printf 'k:%s\n' {40..49})
	[[ $(r --scan --pattern '[k-o]*[0r]' | wc -l) -eq 51 ]]
	cursor=0
	: >seen
	for round in {1..600}; do
		r scan $cursor match 'k:*' count 7 >part
		cursor=$(head -n 1 part)
		tail -n +2 part >>seen
		[[ $cursor != 0 ]] || break
		r set "k:0$round" new >/dev/null
		r del other "k:$(tail -n 1 seen | cut -d: -f2)" >/dev/null
	done
	[[ $cursor == 0 && -z $(sort seen | uniq -d) ]]
	[[ $(grep -c '^k:[1-9]' seen) -eq 500 ]]
	asks $'scan 99\nscan x\nscan 0 count 0\nscan 0 type' \
	    $'ERR this cursor is not known any more; begin again with 0\nERR invalid cursor\nERR syntax error\nERR syntax error'
}

@test "serve: what clients ask at their start, and what there is not" {
	start_server
	[[ $(r command count) -ge 30 && $(r command | wc -l) -gt 100 ]]
	asks $'client setname me\nclient setinfo lib-name x\nconfig get appendonly\nselect 0\necho hi\nping hi' \
	    $'OK\nOK\nappendonly\nyes\nOK\nhi\nhi'
	[[ $(r hello 2 | head -n 2) == $'server\ncdo-cache' ]]
	asks $'hello 3\nkeys *\neval x 0\nget\nset a\nconfig set a b' \
	    "NOPROTO unsupported protocol version
ERR unknown command 'keys'
ERR unknown command 'eval'
ERR wrong number of arguments for 'get' command
ERR wrong number of arguments for 'set' command
ERR CONFIG knows GET with one name"
	[[ $(r info) == *"process_id:$server"* ]]
	[[ $(r dbsize) == 0 && $(r set a 1) == OK && $(r dbsize) == 1 ]]
	[[ $(r flushdb) == OK && $(r dbsize) == 0 ]]
	key=$(printf %01025d 0)
	asks "set $key 1"$'\n'"set ${key:1} 1" $'ERR a key has 1 to 1024 bytes, none of them NUL\nOK'
}

@test "serve: the programs and clients of Redis see the same values" {
	printf 'from\0put' | cdo-cache put -t 1h direct
	start_server
	[[ $(r -n 1 pttl direct) -gt 3500000 ]]
	[[ $(r -n 1 get direct | tr -d '\0' | tail -c 8) == fromput ]]
	[[ $(r -n 1 set plain text ex 100) == OK ]]
	[[ $(CDO_STORE=unix:$socket cdo-cache get plain) == text ]]
	printf 'by socket' | CDO_STORE=unix:$socket cdo-cache put served
	r -n 1 incr counter
	stop_server
	[[ $(cdo-cache get plain) == text && $(cdo-cache get counter) == 1 ]]
	cdo-cache get direct | cmp - <(printf 'from\0put')
	[[ $(cdo-cache get served) == 'by socket' ]]
}

@test "serve: what is over goes, as does its space" {
	start_server
	for i in {1..300}; do echo "set k$i v px 50"; done | r -n 1 >/dev/null
	is_empty() { [[ $(r -n 1 dbsize) == 0 ]]; }
	within 10 is_empty
	stop_server
	[[ $(cdo-cache stats) == '{"entries":0,'*'"expired":300,'* ]] || fail "$(cdo-cache stats)"
}

@test "serve: a second server at the same directory says what to think of (75)" {
	start_server
	status=0
	CDO_STORE_WAIT=50ms cdo-cache serve 2>err || status=$?
	assert_status 75
	[[ $(<err) == *": in use by process $server for more than 50ms; if that is another server, one is enough" ]] ||
		fail "$(<err)"
}

@test "serve: a value larger than the server takes is told before it is sent (65)" {
	start_server
	status=0
	head -c 17M /dev/zero | cdo-cache put big 2>err || status=$?
	assert_status 65
	[[ $(<err) == *': big: the value is larger than 16 MiB' ]] || fail "$(<err)"
	head -c 15M /dev/zero | cdo-cache put big
	[[ $(cdo-cache get big | wc -c) -eq $((15 << 20)) ]]
	[[ $(cdo-cache run -- head -c 17M /dev/zero 2>err | wc -c) -eq $((17 << 20)) ]]
	[[ $(<err) == *'the value is larger than 16 MiB; the result is not kept' ]] || fail "$(<err)"
}
