#!/usr/bin/env bats
# cdo-cache check on a damaged directory; it mends nothing.

load helper

setup() {
	export CDO_STATE_DIR=$BATS_TEST_TMPDIR/store
	unset CDO_STORE
	cd "$BATS_TEST_TMPDIR"
	for i in 1 2 3; do
		seq 2000 | cdo-cache put -t 1h "k$i"
		printf '{"db":"state","key":"s%d","value":"x"}\n' "$i" | cdo-cache load
	done
}

call() {
	status=0
	"$@" </dev/null >out 2>err || status=$?
	out=$(<out) err=$(<err)
}

@test "check: a store in order has no findings, also after a server" {
	for how in direct served; do
		call cdo-cache check
		assert_status 0
		assert_err ''
		assert_out $'{"db":"cache","entries":3,"findings":0}\n{"db":"state","entries":3,"findings":0}'
		cdo-cache serve 3>&- &
		within 10 test -S store/socket
		kill $!
		wait $! || true
	done
}

@test "check: damage in a file is found, and left as it is" {
	for db in cache state; do
		for file in "store/$db"/*.ldb; do
			printf 'scribbled' | dd of="$file" bs=1 seek=20 conv=notrunc status=none
		done
		call cdo-cache check
		assert_status 1
		[[ $err == *"cdo-cache: $db: block checksum mismatch"* ]] || fail "$err"
		[[ $out == *"\"db\":\"$db\","*'"findings":1}'* ]] || fail "$out"
	done
	! compgen -G 'store/*corrupt*' && [[ ! -e store/state/lost ]]
}

@test "check: a database without its head is found" {
	rm store/state/CURRENT
	call cdo-cache check
	assert_status 1
	assert_err 'cdo-cache: state: the file CURRENT is missing'
	[[ ! -e store/state/CURRENT ]]
}

@test "check: a directory that cannot be used is an error of its own" {
	echo file >plain
	CDO_STORE=$PWD/plain call cdo-cache check
	assert_status 73
	assert_out ''
}

@test "check: what others hold is waited for, and not said to be without findings" {
	exec 9<>store/cache.lock
	flock 9
	CDO_STORE_WAIT=50ms call cdo-cache check
	exec 9>&-
	assert_status 75
	assert_out '{"db":"state","entries":3,"findings":0}'
	[[ $err == *': cache: in use by process '*' for more than 50ms; try again later' ]] || fail "$err"
}

@test "check: what is sound has no findings, also after commits of the state" {
	printf '{"_cdo":{"checkpoint":{"source":"s","stream":"t","seq":1,"cursor":1}}}\n' |
	    cdo-cache commit
	call cdo-cache check
	assert_status 0
	assert_err ''
	assert_out '{"db":"cache","entries":3,"findings":0}
{"db":"state","entries":4,"findings":0}'
}

@test "check: waits for who is at work, as all do" {
	for db in cache state; do
		exec 7>>"store/$db.lock"
		flock 7
		CDO_STORE_WAIT=100ms call cdo-cache check
		exec 7>&-
		assert_status 75
		[[ $err == *"$db: in use by process "*'for more than 100ms'* ]] || fail "$err"
	done
}

@test "check: nobody fails who writes at the same time" {
	for i in {1..20}; do
		echo "$i" | cdo-cache put "n$i" 2>>failed || echo "put $i" >>failed
	done 3>&- &
	for i in {1..10}; do
		cdo-cache check >/dev/null 2>>failed || echo "check $i" >>failed
	done
	wait
	[[ ! -s failed ]] || fail "$(<failed)"
}

@test "check: a server is asked to read all that it has" {
	cdo-cache serve 2>serve.log 3>&- &
	within 10 test -S store/socket
	call cdo-cache check
	kill $!
	wait $! || true
	assert_status 0
	assert_out '{"db":"cache","entries":3,"findings":0}
{"db":"state","entries":3,"findings":0}'
}
