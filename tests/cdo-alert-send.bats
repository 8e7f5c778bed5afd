#!/usr/bin/env bats
# cdo-alert: how receivers are told, by webhook, Slack and programs.

load helper

export CDO_NOW=2026-01-02T03:04:05Z

setup() {
	cd "$BATS_TEST_TMPDIR"
	export CDO_STATE_DIR=$PWD/state
}

# Nothing is remembered.
fresh() { rm -rf state; }

# alerts RECEIVERS ROUTE [RULE...]: an alerts file.
alerts() {
	local receivers=$1 route=$2 IFS=,
	shift 2
	[[ $# -gt 0 ]] || set -- '{"name":"a","when":".x","key":".k"}'
	printf '{"receivers":{%s},"route":%s,"rules":[%s]}' "$receivers" "$route" "$*" >a.json
}

# The webhook "hook" at PATH of the test server, and all alerts to it.
hook() {
	alerts '"hook":{"webhook":{"url":"'"$url$1"'"'"${2:-}"'}}' '{"receiver":"hook"}'
}

names() { jq -r .event <<<"$out" | xargs; }

# Is nobody listening on that port of 127.0.0.1 any more?
free_port() {
	start_httpd
	stop_httpd
	echo "${url##*:}"
}

@test "cdo-alert: a webhook gets the alert once, with the body that is promised" {
	start_httpd --hooks hooks --hook-headers heads
	alerts '"hook":{"webhook":{"url":"'"$url"'/hook"}}' '{"receiver":"hook","group_by":["rule","severity"]}' \
		'{"name":"heat","when":".t > 40","key":".city","severity":"warning","title":".city + \"!\"","body":".t"}'
	run_filter '{"city":"Rio","t": 41}
{"city":"Rio","t":42}' cdo-alert -R a.json
	assert_status 0
	assert_err ''
	fp=$(printf '{"city":"Rio","rule":"heat"}' | sha256sum | cut -d' ' -f1)
	thread=$(jq -r .thread hooks)
	[[ $(<hooks) == '{"version":1,"receiver":"hook","status":"firing","cause":"new","thread":"'$thread'","group":{"rule":"heat","severity":"warning"},"created_at":"2026-01-02T03:04:05Z","alerts":[{"fingerprint":"'$fp'","rule":"heat","status":"firing","severity":"warning","labels":{"city":"Rio"},"title":"Rio!","body":"41","starts_at":"2026-01-02T03:04:05Z","ends_at":null,"record":{"city":"Rio","t": 41}}]}' ]] || fail "$(<hooks)"
	[[ $(jq -r '[.method,.path,.headers["content-type"],.headers["x-cdo-signature"]]|@csv' heads) == '"POST","/hook","application/json",' ]] || fail "$(<heads)"
	[[ $(names) == 'firing notified' ]]
	id=$(jq -r '.headers["idempotency-key"]' heads)
	[[ $(tail -n 1 <<<"$out") == '{"event":"notified","fingerprint":"'$fp'","rule":"heat","receiver":"hook","at":"2026-01-02T03:04:05Z","status":"firing","notification":"'$id'"}' ]] || fail "$out"
}

@test "cdo-alert: hmac signs the body, and stays secret" {
	start_httpd --hooks hooks --hook-headers heads
	umask 077
	printf 'tiger & $(lily)\n' >key
	hook /hook ',"hmac":{"secret":"file:key","prefix":"v1-"}'
	run_filter '{"x":1,"k":"é\u0000\""}' cdo-alert -vv -R a.json
	assert_status 0
	sum=$(head -c -1 hooks | openssl dgst -sha256 -hmac 'v1-tiger & $(lily)' -r | cut -d' ' -f1)
	[[ $(jq -r '.headers["x-cdo-signature"]' heads) == "sha256=$sum" ]]
	[[ $out$err != *tiger* ]]
}

@test "cdo-alert: a failure that passes is tried again, with the same key" {
	start_httpd --hooks hooks --hook-headers heads
	hook '/hook?fail=1&fail_status=500'
	run_filter '{"x":1}' cdo-alert -R a.json
	assert_status 0
	[[ $(names) == 'firing notified' ]]
	[[ $(requests /hook) -eq 2 && $(wc -l <hooks) -eq 1 ]]
}

@test "cdo-alert: one that does not pass is an event failed, waits in the outbox, and exits 3" {
	start_httpd
	hook '/hook?status=503'
	run_filter '{"x":1}' cdo-alert -R a.json
	assert_status 3
	assert_err 'cdo-alert: hook: HTTP 503 (1 alert kept in the outbox)'
	[[ $(names) == 'firing failed' ]]
	[[ $(jq -r '.error // empty' <<<"$out") == 'HTTP 503' ]]
	[[ $(requests /hook) -eq 2 ]]
}

@test "cdo-alert: a refusal for good is not tried again, and exits 69" {
	start_httpd
	for code in 400 401 404 302; do
		fresh
		hook "/hook$code?status=$code"
		run_filter $'{"x":1}\n{"x":1,"k":2}' cdo-alert -R a.json
		assert_status 69
		assert_err "cdo-alert: hook: HTTP $code (2 alerts not delivered)"
		[[ $(requests /hook$code) -eq 1 ]]
	done
}

@test "cdo-alert: nobody there: 3; the others are told all the same" {
	port=$(free_port)
	alerts '"gone":{"webhook":{"url":"http://127.0.0.1:'$port'"}},"log":{"exec":{"argv":["tee","log"]}}' \
		'{"receiver":"gone","routes":[{"receiver":"gone","continue":true},{"receiver":"log"}]}'
	run_filter '{"x":1}' cdo-alert -R a.json
	assert_status 3
	[[ $(jq -r '"\(.event) \(.receiver)"' <<<"$out" | sort) == $'failed gone\nfiring null\nnotified log' ]] || fail "$out"
	[[ $(jq -r .receiver log) == log ]]
	grep -q '^cdo-alert: gone: .*Connection refused (1 alert kept in the outbox)$' <<<"$err"
}

@test "cdo-alert: a server that hangs is left after the timeout" {
	start_httpd
	hook '/hook?delay=60000' ',"timeout":"200ms"'
	run_filter '{"x":1}' timeout 20 cdo-alert -R a.json
	assert_status 3
	grep -q 'timed out' <<<"$err"
}

@test "cdo-alert: a receiver that only fails is left for later, however many groups wait" {
	alerts '"slow":{"exec":{"argv":["sleep","99"],"timeout":"10s"}},"log":{"exec":{"argv":["tee","log"]}}' \
		'{"receiver":"slow","group_by":"k","routes":[{"receiver":"slow","continue":true},{"receiver":"log"}]}'
	run_filter $'{"x":1,"k":1}\n{"x":1,"k":2}\n{"x":1,"k":3}' cdo-alert -R a.json
	assert_status 3
	[[ $(jq -r '"\(.event) \(.receiver)"' <<<"$out" | sort | uniq -c | xargs) == '1 failed slow 3 firing null 3 notified log' ]] || fail "$out"
	grep -qx 'cdo-alert: 2 more notifications for receivers that fail kept in the outbox' <<<"$err"
	[[ $(cdo-alert outbox | jq .attempts | sort | xargs) == '0 0 1' ]]
}

@test "cdo-alert: routes choose, groups part, one notification each" {
	alerts '"x":{"exec":{"argv":["tee","-a","x"]}},"y":{"exec":{"argv":["tee","-a","y"]}},"z":{"exec":{"argv":["tee","-a","z"]}}' \
		'{"receiver":"x","group_by":"rule","routes":[
			{"match":{"severity":"critical"},"receiver":"y","group_by":["k"],"continue":true},
			{"match":{"severity":"critical"},"receiver":"z","group_by":[]},
			{"match":{"k":"7"},"routes":[{"match":{"rule":"b"},"receiver":"z"}]}]}' \
		'{"name":"a","when":".x","key":".k"}' '{"name":"b","when":".x","key":".k"}' \
		'{"name":"c","when":".x > 1","key":".k","severity":"critical"}'
	run_filter $'{"x":1,"k":1}\n{"x":2,"k":2}\n{"x":2,"k":7}' cdo-alert -R a.json
	assert_status 0
	show='"\(.group) \([.alerts[] | .rule + .labels.k])"'
	[[ $(jq -r "$show" x) == $'{"rule":"a"} ["a1","a2","a7"]\n{"rule":"b"} ["b1","b2"]' ]] || fail "$(<x)"
	[[ $(jq -r "$show" y) == $'{"k":"2"} ["c2"]\n{"k":"7"} ["c7"]' ]] || fail "$(<y)"
	[[ $(jq -r "$show" z) == $'{} ["c2","c7"]\n{"rule":"b"} ["b7"]' ]] || fail "$(<z)"
}

@test "cdo-alert: resolved before it was told: nobody is told" {
	alerts '"x":{"exec":{"argv":["tee","x"]}}' '{"receiver":"x"}'
	run_filter $'{"x":1}\n{"x":false}' cdo-alert -R a.json
	assert_status 0
	[[ $(names) == 'firing resolved' && ! -e x ]]
}

@test "cdo-alert: told as firing, then as resolved: at control lines and between files" {
	alerts '"x":{"exec":{"argv":["tee","-a","x"]}}' '{"receiver":"x","group_interval":"0s"}'
	run_filter $'{"x":1}\n{"_cdo":{"checkpoint":{"seq":1}}}\n{"x":false}' cdo-alert -R a.json
	assert_status 0
	[[ $(jq -r '.event // "control"' <<<"$out" | xargs) == 'firing notified control resolved notified' ]]
	[[ $(jq -r .status x | xargs) == 'firing resolved' ]]
	[[ $(jq -c '[(.alerts|length),.alerts[0].status,.alerts[0].ends_at]' x | tail -n 1) == '[1,"resolved","2026-01-02T03:04:05Z"]' ]]
	rm x
	echo '{"x":1}' >1; echo '{"x":false}' >2
	run_filter '' cdo-alert -R a.json 1 2
	[[ $(names) == 'firing notified resolved notified' ]]
}

@test "cdo-alert: a slow stream is answered at once" {
	alerts '"x":{"exec":{"argv":["tee","-a","x"]}}' '{"receiver":"x","group_interval":"0s"}'
	mkfifo in
	cdo-alert -R a.json <in >out 2>err 3>&- &
	exec 4>in
	printf '{"x":1}\n{"x":' >&4
	within 5 grep -q notified out || fail "$(<out)"
	[[ $(wc -l <x) -eq 1 ]]
	echo 'false}' >&4
	within 5 grep -q resolved x
	exec 4>&-
	wait $!
}

@test "cdo-alert: many alerts go in notifications of 100" {
	alerts '"x":{"exec":{"argv":["tee","-a","x"]}}' '{"receiver":"x"}'
	run_filter "$(seq -f '{"x":1,"k":%g}' 230)" cdo-alert -R a.json
	assert_status 0
	[[ $(jq '.alerts|length' x | xargs) == '100 100 30' ]]
	[[ $(jq -r 'select(.event == "notified") | .notification' <<<"$out" | sort -u | wc -l) -eq 3 ]]
}

@test "cdo-alert: exec gets hostile strings unharmed, no shell, nothing but its three descriptors" {
	printf '#!/bin/bash\nls /proc/self/fd >fds\necho "$#:$1" >args\nexec cat >in\n' >'my prog'
	chmod +x 'my prog'
	alerts '"$(id)":{"exec":{"argv":["./my prog","$(id) `id`; echo *"]}}' '{"receiver":"$(id)"}' '{"name":"a","when":"true","key":".k","title":".k"}'
	run_filter '{"k":"$(touch no) `touch no`\u0000\u001b\"\n;\\ é"}' cdo-alert -R a.json 9<a.json
	assert_status 0
	[[ ! -e no && $(<args) == '1:$(id) `id`; echo *' ]]
	[[ $(jq -c '.alerts[0] | [.title, .labels.k, .record.k] | unique' in) == '["$(touch no) `touch no`\u0000\u001b\"\n;\\ é"]' ]] || fail "$(<in)"
	[[ $(xargs <fds) == '0 1 2 3' ]] # 3 is that of ls
}

@test "cdo-alert: exec: what fails is told; its output goes to stderr" {
	local case
	for case in '["false"] 69 false:_exit_status_1' '["sh","-c","exit_75"] 3 sh:_exit_status_75' \
		'["/none"] 69 /none:_No_such_file_or_directory' '["sh","-c","kill_-9_$$"] 3 sh:_killed_by_signal_9'; do
		# shellcheck disable=SC2086
		set -- $case
		fresh
		alerts '"x":{"exec":{"argv":'"${1//_/ }"'}}' '{"receiver":"x"}'
		run_filter '{"x":1}' cdo-alert -R a.json
		assert_status "$2"
		if [[ $2 -eq 3 ]]; then
			assert_err "cdo-alert: x: ${3//_/ } (1 alert kept in the outbox)"
			[[ $(names) == 'firing failed' ]]
		else
			assert_err "cdo-alert: x: ${3//_/ } (1 alert not delivered)"
			[[ $(names) == 'firing failed dead' ]]
		fi
	done
	fresh
	alerts '"x":{"exec":{"argv":["sh","-c","echo out; echo err >&2"]}}' '{"receiver":"x"}'
	run_filter '{"x":1}' cdo-alert -R a.json
	assert_status 0
	assert_err $'out\nerr'
	[[ $(names) == 'firing notified' ]]
}

@test "cdo-alert: exec: a program that hangs is ended with its children" {
	alerts '"x":{"exec":{"argv":["sh","-c","sleep 300 & echo $! >pid; wait"],"timeout":"300ms"}}' '{"receiver":"x"}'
	run_filter '{"x":1}' timeout 20 cdo-alert -R a.json
	assert_status 3
	assert_err 'cdo-alert: x: sh: timed out after 300ms (1 alert kept in the outbox)'
	within 5 bash -c '! kill -0 $(<pid) 2>/dev/null'
}

@test "cdo-alert: the address of a webhook that is a secret does not show" {
	start_httpd
	export HOOK="$url/hook/T0/sekret?status=410"
	alerts '"s":{"slack":{"url":{"secret":"env:HOOK"}}}' '{"receiver":"s"}'
	run_filter '{"x":1}' cdo-alert -R a.json
	assert_status 69
	[[ $out$err != *sekret* ]]
}

@test "cdo-alert: --strip keeps _cdo from receivers; a large record is left out" {
	alerts '"x":{"exec":{"argv":["tee","x"]}}' '{"receiver":"x"}'
	run_filter '{"x":1,"_cdo":{"a":1}}' cdo-alert --strip -R a.json
	[[ $(jq -c '.alerts[0].record' x) == '{"x":1}' ]]
	fresh
	run_filter '{"x":"'"$(printf 'y%.0s' {1..17000})"'"}' cdo-alert -R a.json
	assert_status 0
	[[ $(jq -c '.alerts[0].record' x) == null ]]
}

@test "cdo-alert: TERM: what fired is told, 143" {
	start_httpd --hooks hooks
	hook '/hook?delay=500'
	mkfifo in
	cdo-alert -R a.json <in >out 2>err 3>&- &
	exec 4>in
	echo '{"x":1}' >&4
	within 5 grep -q firing out
	kill -TERM $!
	status=0
	wait $! || status=$?
	exec 4>&-
	assert_status 143
	[[ $(jq -r .event out | xargs) == 'firing notified' && $(wc -l <hooks) -eq 1 ]] || fail "$(<out) $(<err)"
}

@test "cdo-alert: a receiver that does not read, a closed pipe, a full disk" {
	alerts '"x":{"exec":{"argv":["true"]}}' '{"receiver":"x"}'
	run_filter '{"x":"'"$(head -c 15000 /dev/zero | tr '\0' y)"'"}' cdo-alert -R a.json
	assert_status 0
	fresh
	status=0
	echo '{"x":1}' | cdo-alert -R a.json >/dev/full 2>err || status=$?
	assert_status 74
	echo '{"rules":[{"name":"a","when":".x"}]}' >a.json
	status=$(trap '' PIPE; { yes $'{"x":1}\n{"x":false}' 2>/dev/null | {
		timeout 10 cdo-alert -R a.json 2>/dev/null; echo $? >&3; } | true; } 3>&1)
	assert_status 141
}
