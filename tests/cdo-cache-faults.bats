#!/usr/bin/env bats
# The store under cdo-cache: many writers, sudden death, damage, full disks.

load helper

setup() {
	export CDO_STATE_DIR=$BATS_TEST_TMPDIR/store
	cd "$BATS_TEST_TMPDIR"
}

call() {
	status=0
	"$@" </dev/null >out 2>err || status=$?
	out=$(<out) err=$(<err)
}

put() { printf '%s' "$2" | cdo-cache put "${@:3}" "$1"; }

# writer NAME N: put N keys, one process each; the value is the key.
writer() {
	local i
	for ((i = 1; i <= $2; i++)); do
		printf '%s' "$1:$i" | cdo-cache put "$1:$i"
		echo "$1:$i" >>"acked-$1"
	done
}

# Are all acknowledged keys there, with their values?
assert_acked() {
	cat acked-* | LC_ALL=C sort >want
	cdo-cache ls 2>err | LC_ALL=C sort >got
	comm -23 want got >lost
	[[ ! -s lost && ! -s err ]] || fail "lost: $(<lost) $(<err)"
	for key in $(shuf -n 20 want); do
		[[ $(cdo-cache get "$key") == "$key" ]] || fail "$key"
	done
}

@test "store: four writers at once lose nothing" {
	for w in a b c d; do writer $w 200 3>&- & done
	wait
	[[ $(cat acked-* | wc -l) -eq 800 ]]
	# and do not leave a file each
	[[ $(find store/cache | wc -l) -lt 50 ]]
	assert_acked
}

@test "store: kill -9 of four writers at any moment loses nothing acknowledged" {
	local pids w
	for round in $(seq 10); do
		pids=()
		for w in a b c d; do
			writer "$round$w" 1000 3>&- 4>&- &
			pids+=($!)
		done
		within 20 test -s "acked-${round}d"
		sleep "0.0$((RANDOM % 9))"
		for pid in "${pids[@]}"; do
			kill -KILL "$pid" $(pgrep -P "$pid") 2>/dev/null || true
		done
		wait "${pids[@]}" 2>/dev/null || true
	done
	assert_acked
}

@test "store: the wait for the lock ends with a message and 75" {
	put a 1
	flock -o store/cache.lock sleep 30 3>&- &
	holder=$!
	within 5 bash -c '! flock -n store/cache.lock true'
	CDO_STORE_WAIT=300ms call cdo-cache get a
	assert_status 75
	[[ $err =~ ^'cdo-cache: '.*'/store: cache: in use by process '[0-9]+' for more than 300ms; try again later'$ ]] || fail "$err"
	kill $holder
	within 5 flock -n store/cache.lock true
	call cdo-cache get a
	assert_out 1
}

@test "store: a wait that is no duration is told (78)" {
	CDO_STORE_WAIT=long call cdo-cache get a
	assert_status 78
	[[ $err == 'cdo-cache: '*'CDO_STORE_WAIT: long: not a duration; write 10s, 1m' ]] || fail "$err"
}

@test "store: who waits for the lock gets it when it is free" {
	put a 1
	mkfifo gate
	flock store/cache.lock cat gate 3>&- &
	within 5 bash -c '! flock -n store/cache.lock true'
	cdo-cache get a >out 3>&- &
	: >gate
	wait $!
	[[ $(<out) == 1 ]]
}

@test "store: a corrupt cache is moved aside, with a warning, and starts empty" {
	for what in CURRENT MANIFEST ldb; do
		rm -rf store
		for i in 1 2 3 4 5; do put "k$i" "$(seq 1000)"; done
		for file in store/cache/*$what*; do
			printf 'scribbled' | dd of="$file" conv=notrunc status=none
		done
		call sh -c 'for i in 1 2 3 4 5; do cdo-cache get k$i; done'
		aside=$(echo store/cache.corrupt-*)
		[[ $err =~ ^'cdo-cache: warning: '.*'/store/cache: corrupt: '.*'; moved to '.*"/$aside"', the cache starts empty'$ ]] || fail "$what: $err"
		put new 1
		call cdo-cache ls
		assert_out new
		assert_err ''
	done
}

@test "store: truncated, emptied and missing files never crash or hang" {
	for damage in 'truncate -s 0' 'truncate -s 40' 'truncate -s +100' rm; do
		for what in CURRENT MANIFEST ldb log; do
			rm -rf store
			for i in 1 2 3 4 5; do put "k$i" "$(seq 100)"; done
			for file in store/cache/*$what*; do $damage "$file"; done
			call timeout 10 cdo-cache get k1
			[[ $status -le 1 ]] || fail "$damage $what: $status $err"
			put new 1
			call cdo-cache get new
			assert_out 1
		done
	done
}

@test "store: of corrupt caches only the last one is kept" {
	for i in 1 2 3; do
		put a x
		echo x >store/cache/CURRENT
		CDO_NOW=2026-01-01T00:00:0${i}Z call cdo-cache get a
	done
	[[ $(echo store/cache.corrupt-*) == store/cache.corrupt-2026-01-01T00:00:03Z ]]
}

@test "store: a directory in which nothing can be made is told (73, 77)" {
	: >file
	CDO_STATE_DIR=file/store call cdo-cache get a
	assert_status 73
	assert_err 'cdo-cache: file/store: Not a directory'
	CDO_STATE_DIR=/proc/none call cdo-cache get a
	assert_status 73
	put a 1
	chmod 500 store
	rm store/cache.lock
	if [[ $(id -u) -eq 0 ]]; then
		# root may write anywhere, so somebody else has to try
		dir=$(mktemp -d /tmp/cdo-cache-XXXXXX)
		mv store "$dir"
		chown -R 1:1 "$dir"
		CDO_STATE_DIR=$dir/store call setpriv --reuid 1 --regid 1 \
		    --clear-groups cdo-cache get a
		rm -r "$dir"
	else
		call cdo-cache get a
		chmod 700 store
	fi
	assert_status 77
	[[ $err == 'cdo-cache: '*': cache.lock: Permission denied' ]] || fail "$err"
}

@test "store: a limit on file sizes, like a full disk, fails (74) unharmed" {
	put a 1
	head -c 3000000 /dev/urandom >big
	status=0
	(trap '' XFSZ; ulimit -f 1000; cdo-cache put big) <big 2>err || status=$?
	assert_status 74
	[[ $(<err) == *'/store: cache: '*'File too large' ]] || fail "$(<err)"
	call cdo-cache ls
	assert_out a
	assert_err ''
}

@test "store: a full disk fails (74); what there was stays, and goes on" {
	cat >fill <<'END'
mount -t tmpfs -o size=1m,mode=700 none store || exit 99
trap 'umount -l store' EXIT
echo 1 | cdo-cache put a || exit 1
for i in 1 2 3 4 5; do
	cdo-cache put big$i <big || echo "$i $?" >>failed
done
cdo-cache get a
echo "$?" >got
mount -o remount,size=8m store
cdo-cache get a || exit 2
cdo-cache put b <big || exit 3
cdo-cache ls | grep -v big
END
	mkdir store
	head -c 300000 /dev/urandom >big
	[[ $(id -u) -eq 0 ]] && user= || user=-r
	# in a chroot that is no mount point, propagation cannot be changed
	unshare -m $user true 2>/dev/null || user+=' --propagation unchanged'
	call unshare -m $user sh fill
	[[ $status -ne 99 ]] || skip 'no right to mount a small disk'
	assert_status 0
	[[ $(tail -n 1 failed) == '5 74' && $(<got) =~ ^(0|74)$ ]]
	[[ $(sort -u <<<"$err") == 'cdo-cache: '*'/store: cache: '*': No space left on device' ]] || fail "$err"
	[[ $out == *$'1\na\nb' ]] || fail "$out"
}

@test "store: the cache stays below CDO_CACHE_MAX, old entries go first" {
	export CDO_CACHE_MAX=1M
	head -c 100000 /dev/urandom >big
	for i in $(seq 30); do
		CDO_NOW=$(printf '2026-01-01T00:00:%02dZ' $i) cdo-cache put "k$i" <big
		# a program that has it open may have a file twice for a moment
		[[ $(du -sb "$CDO_STATE_DIR/cache" | cut -f1) -le 1048576 ]]
	done
	[[ $(cdo-cache ls | wc -l) -ge 6 ]]
	[[ $(cdo-cache stats | jq '.evicted + .entries') -eq 30 ]]
	cdo-cache get k30 | cmp - big
	call cdo-cache get k1
	assert_status 1
	# nothing may be larger than the whole
	status=0
	head -c 1100000 /dev/zero | cdo-cache put large 2>err || status=$?
	assert_status 65
	[[ $(<err) == *'large: larger than the whole cache may be; see CDO_CACHE_MAX' ]]
	CDO_CACHE_MAX=much call cdo-cache get a
	assert_status 78
	CDO_CACHE_MAX=0 cdo-cache put large <big
}

@test "store: what looks like a server of another kind becomes no directory (78)" {
	for where in localhost:6379 memcached://h/ sqlite:x; do
		CDO_STORE=$where call cdo-cache get a
		assert_status 78
		assert_err "cdo-cache: $where: no kind of store; write a directory (./NAME if it has a colon), unix:PATH or redis://host:6379/0"
	done
	CDO_STORE=http://user:hidden@h/ call cdo-cache get a
	[[ $err != *hidden* ]]
	[[ ! -e localhost:6379 && ! -e memcached: && ! -e sqlite:x && ! -e http: ]]
	CDO_STORE=./a:b call cdo-cache get a
	assert_status 1
	CDO_STORE=unix:$PWD/none call cdo-cache get a
	assert_status 75
	assert_err "cdo-cache: unix:$PWD/none: No such file or directory; start cdo-cache serve there"
}

@test "store: a server keeps the cache below CDO_CACHE_MAX too" {
	head -c 100000 /dev/urandom >big
	CDO_CACHE_MAX=1M cdo-cache serve 3>&- &
	within 10 test -S store/socket
	for i in $(seq 20); do cdo-cache put "k$i" <big; done
	is_trimmed() { [[ $(cdo-cache ls | wc -l) -le 10 ]]; }
	within 10 is_trimmed
	[[ $(cdo-cache ls | wc -l) -ge 6 ]]
	kill $!
	wait $! || true
	cdo-cache stats | jq -e '.evicted + .entries == 20' >/dev/null
}
