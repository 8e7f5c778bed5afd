#!/usr/bin/env bats
# The store behind a server: Redis, and our own where it is found by itself.

load helper
load store

setup() { cd "$BATS_TEST_TMPDIR"; }

call() {
	status=0
	"$@" </dev/null >out 2>err || status=$?
	out=$(<out) err=$(<err)
}

put() { printf '%s' "$2" | cdo-cache put "${@:3}" "$1"; }

r() { redis-cli -p "$redis_port" "$@"; }

on_redis() {
	store_kind=redis
	start_store
}

@test "redis: keys without cdo: are neither seen nor touched" {
	on_redis
	r -n 1 set mine 1
	r -n 1 lpush cdo:list x
	r -n 1 set cdo:plain 12 px 60000
	put a 1
	call cdo-cache ls
	assert_out $'a\nplain'
	call cdo-cache get plain
	assert_out 12
	[[ $(cdo-cache ls --json plain) == '{"key":"plain","size":2,"created":null,"expires":"'*'"}' ]]
	cdo-cache clear
	call cdo-cache ls
	assert_out ''
	[[ $(r -n 1 keys '*' | grep -v '^cdo#' | sort) == mine ]]
}

@test "redis: it drops what is over by itself; what stays has no end" {
	on_redis
	put a 1 -t 1h
	put b 1
	ms=$(r -n 1 pttl cdo:a)
	[[ $ms -gt 3590000 && $ms -le 3600000 && $(r -n 1 pttl cdo:b) == -1 ]]
}

@test "redis: characters that mean something in patterns mean themselves" {
	on_redis
	for key in 'a*' 'a*b' 'a[x' 'a?' 'a\' 'ab' 'ax'; do put "$key" 1; done
	[[ $(cdo-cache ls 'a*') == $'a*\na*b' ]]
	[[ $(cdo-cache ls 'a[') == 'a[x' && $(cdo-cache ls 'a?') == 'a?' ]]
	[[ $(cdo-cache ls 'a\') == 'a\' && $(cdo-cache ls | wc -l) -eq 7 ]]
}

@test "redis: a password comes from the URL, the environment or a file" {
	store_kind=redis
	CDO_REDIS_PASSWORD=s3same/1 start_redis --requirepass s3same/1
	call cdo-cache get a
	assert_status 77
	[[ $err == "cdo-cache: $CDO_STORE: NOAUTH Authentication required; set CDO_REDIS_PASSWORD, and the user in CDO_STORE" ]] || fail "$err"
	CDO_REDIS_PASSWORD=s3same/1 put a x
	echo s3same/1 >pw
	chmod 600 pw
	CDO_REDIS_PASSWORD=file:pw call cdo-cache get a
	assert_out x
	chmod 644 pw
	CDO_REDIS_PASSWORD=file:pw call cdo-cache get a
	assert_status 78
	[[ $err == *'CDO_REDIS_PASSWORD: pw: others can read'* ]] || fail "$err"
	export CDO_STORE=redis://default:s3same%2F1@127.0.0.1:$redis_port/0
	call cdo-cache get a
	assert_out x
	export CDO_STORE=redis://default:wrong-one@127.0.0.1:$redis_port/0
	call cdo-cache -v get a
	assert_status 77
	[[ $err != *wrong-one* && $err == *WRONGPASS* ]] || fail "$err"
}

@test "redis: the state's database and the next are needed (78)" {
	on_redis
	CDO_STORE=redis://127.0.0.1:$redis_port/3 call cdo-cache get a
	assert_status 78
	assert_err "cdo-cache: redis://127.0.0.1:$redis_port/3: ERR DB index is out of range; the state needs one database, the cache the next"
	CDO_STORE=redis://localhost:$redis_port/2 put a 1
	[[ $(r -n 3 exists cdo:a) == 1 ]]
}

@test "redis: a server that is away or stopped is told (75)" {
	on_redis
	put a 1
	kill -STOP "$store_pid"
	CDO_STORE_WAIT=1s call cdo-cache get a
	kill -CONT "$store_pid"
	assert_status 75
	assert_err "cdo-cache: $CDO_STORE: no answer within 1s"
	call cdo-cache get a
	assert_out 1
	stop_store
	call cdo-cache get a
	assert_status 75
	assert_err "cdo-cache: $CDO_STORE: Connection refused"
}

@test "redis: writes that are refused are told, and none is made" {
	on_redis
	r config set maxmemory 1
	status=0
	put a 1 2>err || status=$?
	assert_status 74
	[[ $(<err) == *'OOM command not allowed'* ]] || fail "$(<err)"
	r config set maxmemory 0
	call cdo-cache get a
	assert_status 1
}

@test "redis: 24 writers at once lose nothing" {
	on_redis
	for w in $(seq 24); do
		(for i in $(seq 10); do put "$w:$i" "$w" || echo lost; done) 3>&- &
	done >lost
	wait
	[[ ! -s lost && $(cdo-cache ls | wc -l) -eq 240 ]]
}

@test "server: one at DIR/socket is used without being told" {
	export CDO_STATE_DIR=$PWD/store
	put a 1
	apart cdo-cache serve
	within 10 test -S store/socket
	call cdo-cache get a
	assert_out 1
	put b 2
	[[ $(redis-cli -s store/socket -n 1 exists b) == 1 ]]
	[[ $(cdo-cache ls) == $'a\nb' ]]
	stop_store
	# what the server has written is read without it
	[[ $(cdo-cache ls) == $'a\nb' && $(cdo-cache get b) == 2 ]]
}

@test "server: a socket that is left over misleads nobody" {
	export CDO_STATE_DIR=$PWD/store
	put a 1
	apart cdo-cache serve
	within 10 test -S store/socket
	kill -KILL "$store_pid"
	within 5 is_over "$store_pid"
	[[ -S store/socket ]]
	call cdo-cache get a
	assert_out 1
	assert_err ''
}

@test "server: one that does not answer still owns the directory (75)" {
	export CDO_STATE_DIR=$PWD/store
	put a 1
	apart cdo-cache serve
	within 10 store_answers
	kill -STOP "$store_pid"
	CDO_STORE_WAIT=1s call cdo-cache get a
	kill -CONT "$store_pid"
	assert_status 75
	assert_err "cdo-cache: $PWD/store: cache: in use by process $store_pid for more than 1s; try again later"
	call cdo-cache get a
	assert_out 1
}

@test "server: a socket that is not our server's, but has no lock, is passed by" {
	export CDO_STATE_DIR=$PWD/store
	put a 1
	apart redis-server --port 0 --unixsocket "$PWD/store/socket" \
	    --unixsocketperm 700 --save ''
	within 5 test -S store/socket
	call cdo-cache get a
	assert_out 1
	put b 2
	[[ $(redis-cli -s store/socket -n 1 dbsize) == 0 ]]
}

@test "server: a socket of somebody else is refused (77)" {
	[[ $(id -u) -eq 0 ]] || skip 'only root can be two users'
	dir=$(mktemp -d /tmp/cdo-store-XXXXXX)
	chmod 711 "$dir"
	mkdir "$dir/other"
	chown 1:1 "$dir/other"
	(cd "$dir/other" && apart setpriv --reuid 1 --regid 1 --clear-groups \
	    redis-server --port 0 --unixsocket "$dir/other/socket" \
	    --unixsocketperm 777 --save '') || true
	within 5 test -S "$dir/other/socket"
	CDO_STORE=unix:$dir/other/socket call cdo-cache get a
	redis-cli -s "$dir/other/socket" shutdown nosave || true
	rm -r "$dir"
	assert_status 77
	assert_err "cdo-cache: unix:$dir/other/socket: the server belongs to uid 1, not to uid 0 who runs this"
}
