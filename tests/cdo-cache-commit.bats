#!/usr/bin/env bats
# cdo-cache commit: cursors move when what came before is out.

load helper
load store

setup() {
	cd "$BATS_TEST_TMPDIR"
	start_store
}

# point CURSOR [MORE]: a control line.
point() {
	printf '{"_cdo":{"checkpoint":{"source":"s","stream":"t","seq":1,"cursor":%s%s}}}' \
	    "$1" "${2:-}"
}

# The cursor's version and value.
cursor() { cdo-cache get --state cursor:s:t | jq -c '[.version,.value]'; }

@test "commit: records pass, the checkpoint does not, the cursor has moved" {
	run_filter '{"id":1}
{ "id" : 2 }
'"$(point 2)"'
{"id":3}
'"$(point 3)" cdo-cache commit
	assert_status 0
	assert_out '{"id":1}
{ "id" : 2 }
{"id":3}'
	assert_err ''
	[[ $(cursor) == '[2,3]' ]] || fail "$(cursor)"
}

@test "commit: a checkpoint without records moves it too" {
	run_filter "$(point '"2026-01-01T00:00:00Z"')" cdo-cache commit
	assert_status 0
	assert_out ''
	[[ $(cursor) == '[1,"2026-01-01T00:00:00Z"]' ]]
}

@test "commit: what is there already, or further, is fine and stays" {
	for value in 5 5 4; do
		run_filter "$(point $value)" cdo-cache commit
		assert_status 0
	done
	[[ $(cursor) == '[1,5]' ]]
}

@test "commit: the value keeps all digits" {
	run_filter "$(point '{ "n": 12345678901234567890123 }')" cdo-cache commit
	assert_status 0
	[[ $(cdo-cache get --state cursor:s:t) == *'"value":{ "n": 12345678901234567890123 }}' ]]
}

@test "commit: streams and partitions have cursors of their own" {
	run_filter "$(point 1)
$(point 2 ',"partition":"a:b"')
$(point 3 | sed 's/"t"/"u"/')" cdo-cache commit
	assert_status 0
	[[ $(cdo-cache ls --state cursor:) == $'cursor:s:t\ncursor:s:t:a%3Ab\ncursor:s:u' ]]
}

@test "commit: before the checkpoint the records are written, not after it" {
	mkfifo in out
	cdo-cache commit <in >out 3>&- &
	exec 4>in 5<out
	printf '{"id":1}\n%s\n' "$(point 1)" >&4
	read -r -t 10 line <&5
	[[ $line == '{"id":1}' ]]
	within 10 bash -c '[[ $(cdo-cache ls --state) == cursor:s:t ]]'
	exec 4>&- 5<&-
	wait $!
}

@test "commit: another run that moves the cursor meanwhile stops this one" {
	mkfifo in
	cdo-cache commit <in >got 2>told 3>&- &
	exec 4>in
	printf '{"id":1}\n%s\n' "$(point 1)" >&4
	within 10 bash -c '[[ $(cdo-cache ls --state) == cursor:s:t ]]'
	run_filter "$(point 7)" cdo-cache commit
	assert_status 0
	printf '{"id":2}\n%s\n{"id":3}\n' "$(point 2)" >&4
	exec 4>&-
	status=0
	wait $! || status=$?
	err=$(<told)
	assert_status 75
	[[ $(<got) == $'{"id":1}\n{"id":2}' ]]
	assert_err 'cdo-cache: <stdin>:4: checkpoint: cursor:s:t: was moved by another run; run again, from where it is now; the records before it are written, the cursor has not moved'
	[[ $(cursor) == '[2,7]' ]]
}

@test "commit: a version that is not the one found, another definition: no" {
	run_filter "$(point 1 ',"definition":"id:int","version":0')" cdo-cache commit
	assert_status 0
	run_filter "$(point 2 ',"version":0')" cdo-cache commit
	assert_status 75
	run_filter "$(point 2 ',"definition":"id:time"')" cdo-cache commit
	assert_status 65
	[[ $err == *': cursor:s:t: was kept under another definition; to begin anew, remove it with cdo-cache del --state; '* ]] || fail "$err"
	run_filter "$(point 2 ',"definition":"id:int","version":1')" cdo-cache commit
	assert_status 0
	[[ $(cursor) == '[2,2]' ]]
}

@test "commit: a malformed line holds the cursor" {
	run_filter $'{"id":1}\n{"id":\n'"$(point 1)"$'\n{"id":2}' cdo-cache commit
	assert_status 65
	assert_out '{"id":1}'
	[[ $err == *':3: checkpoint: a malformed line came before; the records before it are written, the cursor has not moved' ]] || fail "$err"
	[[ -z $(cdo-cache ls --state) ]]
}

@test "commit: a checkpoint that lacks something stops, by its line" {
	local bad
	for bad in '{"stream":"t","cursor":1}' '{"source":1,"stream":"t","cursor":1}' \
	    '{"source":"s","cursor":1}' '{"source":"s","stream":"t"}' \
	    '{"source":"s","stream":"t","cursor":1,"version":-1}' \
	    '{"source":"s","stream":"t","cursor":1,"definition":7}' '1'; do
		run_filter $'{"id":1}\n{"_cdo":{"checkpoint":'"$bad}}"$'\n{"id":2}' \
		    cdo-cache commit
		assert_status 65
		assert_out '{"id":1}'
		[[ $err == 'cdo-cache: <stdin>:2: checkpoint: '* ]] || fail "$err"
	done
	[[ -z $(cdo-cache ls --state) ]]
}

@test "commit: a store that fails stops it before more is passed on" {
	echo file >plain
	CDO_STORE=$PWD/plain run_filter $'{"id":1}\n'"$(point 1)"$'\n{"id":2}' \
	    cdo-cache commit
	assert_status 73
	assert_out '{"id":1}'
	[[ $err == "cdo-cache: <stdin>:2: checkpoint: $PWD/plain: Not a directory; "* ]] || fail "$err"
}

@test "commit: a cursor that cannot be read is told, never reset" {
	printf '{"db":"state","key":"cursor:s:t","value":"{\\"v\\":7}"}\n' | cdo-cache load
	run_filter "$(point 1)" cdo-cache commit
	assert_status 65
	[[ $err == *'not a cursor that this version can read: v: not the version 1; look at it with cdo-cache get --state'* ]] || fail "$err"
	[[ $(cdo-cache get --state cursor:s:t) == '{"v":7}' ]]
}

@test "commit: kill -9 at any moment: no cursor is beyond what is written" {
	seq 3000 | while read -r n; do
		printf '{"id":%d}\n' "$n"
		point "$n"
		echo
	done >in
	for round in 1 2 3 4 5; do
		cdo-cache commit in >out 3>&- &
		sleep "0.$((RANDOM % 3))$((RANDOM % 9))"
		kill -KILL $!
		wait $! || true
		at=$(cdo-cache get --state cursor:s:t | jq .value)
		[[ -z $at || $(tail -n +"$at" out | head -n 1) == "{\"id\":$at}" ]] ||
			fail "$at: $(wc -l <out)"
		cdo-cache del --state cursor:s:t
	done
}

@test "cdo-cache commit: of a store that fails nobody says where the cursor is" {
	on directory || return 0
	mkdir -p store
	exec 7>>store/state.lock
	flock 7
	status=0
	printf '%s\n' '{"_cdo":{"checkpoint":{"source":"s","stream":"t","seq":1,"cursor":1}}}' |
	    CDO_STORE_WAIT=100ms cdo-cache commit >out 2>err || status=$?
	exec 7>&-
	assert_status 75
	[[ $(<err) == *': state: in use by '*'; the records before it are written' ]] || fail "$(<err)"
}
