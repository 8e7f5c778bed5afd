# A store for each test: a directory, our own server, or Redis, as the name of
# the file says: *-on-server.bats and *-on-redis.bats are links to the others.

case $BATS_TEST_FILENAME in
*-on-server.bats) store_kind=server ;;
*-on-redis.bats) store_kind=redis ;;
*) store_kind=directory ;;
esac

# start_store: in the folder store; the server's clock stands at the
# beginning of 2026, before any that at() names.
start_store() {
	export CDO_STATE_DIR=$BATS_TEST_TMPDIR/store
	case $store_kind in
	directory) return ;;
	server)
		apart env CDO_NOW=2026-01-01T00:00:00Z cdo-cache serve
		export CDO_STORE=unix:$CDO_STATE_DIR/socket
		;;
	redis) start_redis --databases 4 ;;
	esac
	within 10 store_answers || fail 'the store does not start'
}

# start_redis ARG...: at a free port of 127.0.0.1; sets CDO_STORE.
# shellcheck disable=SC2120
start_redis() {
	local port
	for _ in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 12000))
		mkdir -p "$BATS_TEST_TMPDIR/redis"
		apart redis-server --bind 127.0.0.1 --port $port --save '' \
		    --appendonly no --dir "$BATS_TEST_TMPDIR/redis" "$@"
		export CDO_STORE=redis://127.0.0.1:$port/0
		export redis_port=$port
		within 5 grep -q 'Ready to accept\|Failed' store.log
		grep -q 'Ready to accept' store.log && return
	done
	fail "$(<store.log)"
}

# apart CMD...: run it behind, no child of ours: wait does not wait for it.
apart() {
	: >store.log
	store_pid=$("$@" >>store.log 2>&1 3>&- 4>&- & echo $!)
}

store_answers() { cdo-cache get none 2>/dev/null || [[ $? -eq 1 ]]; }

stop_store() {
	[[ -n ${store_pid:-} ]] || return 0
	kill "$store_pid" 2>/dev/null || true
	within 10 is_over "$store_pid"
	store_pid=
}

is_over() { ! kill -0 "$1" 2>/dev/null; }

# on KIND...: is the store one of these?
on() { [[ " $* " == *" $store_kind "* ]]; }

teardown() { stop_store; }
