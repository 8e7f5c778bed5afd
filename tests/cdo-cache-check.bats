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
}
