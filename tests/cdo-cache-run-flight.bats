#!/usr/bin/env bats
# cdo-cache run: many at once, ends by force, trouble around it.

load helper
load store
load counted

@test "cdo-cache run: output passes while the command runs" {
	mkfifo gate
	cdo-cache run -- sh -c 'echo first; cat gate' >out 3>&- &
	within 5 grep -q first out
	echo second >gate
	wait $!
	[[ $(<out) == $'first\nsecond' ]]
}

@test "cdo-cache run: one process runs, the others wait for its result" {
	mkfifo gate
	for i in 1 2 3 4; do
		cdo-cache run -- sh -c 'echo run >>runs; cat gate' >"out$i" 3>&- &
	done
	within 5 test -s runs
	# the store is free meanwhile
	call timeout 5 cdo-cache ls lease:
	[[ $out == lease:run:sh:* ]] || fail "$out"
	echo result >gate
	wait
	cat out1 out2 out3 out4 >all
	assert_runs 1
	[[ $(<all) == $'result\nresult\nresult\nresult' ]] || fail "$(<all)"
	call cdo-cache ls lease:
	assert_out ''
}

@test "cdo-cache run: the wait for another one is bounded (124)" {
	mkfifo gate
	cdo-cache run -- cat gate >out1 3>&- &
	within 5 bash -c '[[ -n $(cdo-cache ls lease:) ]]'
	call cdo-cache run --wait 100ms -- cat gate
	assert_status 124
	assert_err "cdo-cache: cat: process $! runs it, and was not ready within 100ms; see --wait"
	echo x >gate
	wait
}

@test "cdo-cache run: the lease of a process that died is void" {
	mkfifo gate
	cdo-cache run -- sh -c 'echo run >>runs; read x <gate' 3>&- &
	within 5 test -s runs
	kill -KILL $!
	wait $! || true
	: >gate
	call timeout 10 cdo-cache run -- sh -c 'echo run >>runs; read x <gate' &
	within 5 bash -c '[[ $(wc -l <runs) -eq 2 ]]'
	: >gate
	wait $!
}

@test "cdo-cache run: TERM ends the command too, and nothing is kept" {
	cdo-cache run -- sh -c 'echo $$ >pid; exec sleep 100' 3>&- &
	within 5 test -s pid
	kill -TERM $!
	status=0
	wait $! || status=$?
	assert_status 143
	! kill -0 "$(<pid)" 2>/dev/null || fail "the command goes on"
	call cdo-cache ls
	assert_out ''
}

@test "cdo-cache run: a result that could not be written is not kept" {
	status=0
	cdo-cache run -- ./count >/dev/full 2>err || status=$?
	assert_status 74
	cdo-cache run -- sh -c 'echo x; echo x; sleep 0.1; echo x' | true
	[[ ${PIPESTATUS[0]} -eq 141 ]]
	call cdo-cache ls run:
	assert_out ''
}

@test "cdo-cache run: without a store the command runs all the same" {
	local where=$PWD/store
	if on directory; then echo file >store; else stop_store; where=$CDO_STORE; fi
	call cdo-cache run -- ./count 3
	assert_status 3
	assert_out 'out 1'
	[[ $err == "cdo-cache: warning: $where: "*'; running the command without the cache'* ]] || fail "$err"
}

@test "cdo-cache run: the command gets no descriptor of ours" {
	cdo-cache put a </dev/null
	sh -c 'ls /proc/$$/fd' </dev/null >want
	call cdo-cache run -- sh -c 'ls /proc/$$/fd'
	assert_out "$(<want)"
}

@test "cdo-cache run: who was stopped for long loses the lease, not its output" {
	# a lease of another host, which is not seen to die, ends by its time
	local now key holder='1 1 00000000-0000-0000-0000-000000000000 pid:[1]'
	mkfifo gate
	: >gate &
	cdo-cache run --key k -- cat gate
	key=$(cdo-cache ls run:k:)
	cdo-cache del "$key"
	now=$(date +%s)000
	lease() {
		printf '{"db":"cache","key":"lease:%s","value":"{\\"v\\":1,\\"holder\\":\\"%s\\",\\"expires\\":%d,\\"length_ms\\":60000,\\"fence\\":1}"}\n' \
		    "$key" "$holder" "$1" | cdo-cache load
	}
	lease $((now + 50000))
	call cdo-cache run --key k --wait 100ms -- ./count
	assert_status 124
	lease $((now - 1))
	call cdo-cache run --key k --wait 100ms -- ./count
	assert_status 0
	assert_out 'out 1'
}

@test "cdo-cache run: a lease that cannot be read is nobody's" {
	call cdo-cache run --key k -- ./count
	key=$(cdo-cache ls run:k:)
	cdo-cache del "$key"
	echo junk | cdo-cache put "lease:$key"
	call cdo-cache run --key k --wait 100ms -- ./count
	assert_status 0
	assert_out 'out 2'
}
