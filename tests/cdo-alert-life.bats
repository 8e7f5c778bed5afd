#!/usr/bin/env bats
# cdo-alert: what is remembered from run to run, in each kind of store.
# shellcheck disable=SC2154

load helper
load store

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	start_store
}

teardown() { stop_store; stop_httpd; }

# file ROUTE RULE...: an alerts file; the receiver "x" writes to the file x.
file() {
	local route=$1 IFS=,
	shift
	printf '{"receivers":{"x":{"exec":{"argv":["tee","-a","x"]}}%s},"route":%s,"rules":[%s]}' \
		"${more:-}" "$route" "$*" >a.json
}

# at TIME WORD...: cdo-alert at that time of 2026-01-01; its events in out.
at() {
	status=0
	CDO_NOW=2026-01-01T$1Z cdo-alert "${@:2}" </dev/null >out 2>err || status=$?
	out=$(<out) err=$(grep -v '^{' err || :)
}

# see TIME RECORD...: records at that time.
see() {
	local time=$1
	shift
	printf '%s\n' "$@" >in
	at "$time" -R a.json in
	[[ $status -eq 0 ]] || fail "$time: status $status: $err"
}

# What x was told since the last call: "cause: alert status, ..."
told() {
	[[ ! -e x ]] || jq -r '.cause + ": " + ([.alerts[] | .rule + .labels.k + " " + .status] | sort | join(", "))' x
	rm -f x
}

expect() { local is; is=$(told); [[ $is == "$1" ]] || fail "told: $is, not $1"; }

events() { jq -r .event <<<"$out" | xargs; }

A='{"name":"a","when":".x > 0","key":".k"}'

@test "alert life: told once, told again after repeat_interval, resolved after group_interval" {
	file '{"receiver":"x"}' "$A"
	see 00:00:00 '{"x":1,"k":1}'
	expect 'new: a1 firing'
	see 00:05:00 '{"x":1,"k":1}'
	[[ -z $out ]] || fail "$out"
	expect ''
	see 03:59:00 '{"x":1,"k":1}'
	at 04:00:00 tick -R a.json
	expect 'repeat: a1 firing'
	see 04:01:00 '{"x":0,"k":1}'
	[[ $(events) == resolved ]]
	expect ''
	at 04:05:00 tick -R a.json
	expect 'resolved: a1 resolved'
	at 09:00:00 tick -R a.json
	expect ''
	at 09:00:00 list --all -R a.json
	[[ -z $out ]] || fail "$out"
}

@test "alert life: group_wait gathers, group_interval holds back, what fires again says nothing" {
	file '{"receiver":"x","group_wait":"1m","group_interval":"10m"}' "$A"
	see 00:00:00 '{"x":1,"k":1}'
	see 00:00:30 '{"x":1,"k":2}'
	expect ''
	at 00:01:00 tick -R a.json
	expect 'new: a1 firing, a2 firing'
	see 00:02:00 '{"x":1,"k":3}' '{"x":0,"k":1}'
	see 00:03:00 '{"x":1,"k":1}'
	expect ''
	at 00:11:00 tick -R a.json
	expect 'new: a1 firing, a2 firing, a3 firing'
}

@test "alert life: worse is told at once, an ack stops repeats and is told once" {
	file '{"receiver":"x"}' '{"name":"a","when":".x > 0","key":".k","severity":"warning","raise":{"critical":".x > 9"}}'
	see 00:00:00 '{"x":1,"k":1}'
	expect 'new: a1 firing'
	see 00:00:10 '{"x":10,"k":1}'
	[[ $(jq -r .severity <<<"$out" | head -n 1) == critical ]]
	expect 'new: a1 firing'
	fp=$(CDO_NOW=2026-01-01T00:01:00Z cdo-alert list | jq -r .fingerprint)
	at 00:01:00 ack "${fp:0:10}" --by ann --comment 'on it' --for 10h -R a.json
	assert_status 0
	[[ $(events) == 'acked notified' && $(jq -r .alerts[0].reason x) == 'acked by ann: on it' ]]
	expect 'acked: a1 firing'
	at 08:00:00 tick -R a.json
	expect ''
	see 08:01:00 '{"x":1,"k":2}'
	expect 'new: a1 firing, a2 firing'
	see 08:02:00 '{"x":0,"k":1}' '{"x":0,"k":2}'
	at 08:10:00 tick -R a.json
	expect 'resolved: a1 resolved, a2 resolved'
	at 08:10:00 history "$fp" -n 2
	[[ $(events) == 'resolved notified' ]] || fail "$out"
}

@test "alert life: a silence keeps quiet, before the alert and until it ends" {
	file '{"receiver":"x"}' "$A"
	see 00:00:00 '{"x":0,"k":9}'
	at 00:00:00 silence 'k=~1|2' --for 1h --by ann
	assert_status 0
	id=$out
	see 00:01:00 '{"x":1,"k":1}' '{"x":1,"k":2}' '{"x":1,"k":3}'
	[[ $(events) == 'firing firing firing silenced silenced notified' ]] || fail "$out"
	expect 'new: a3 firing'
	see 00:02:00 '{"x":0,"k":2}'
	at 01:00:00 tick -R a.json
	expect 'new: a1 firing, a3 firing'
	at 01:00:00 unsilence "$id"
	assert_status 64
	at 01:00:00 silence k=1
	assert_status 64
	at 01:00:00 silence --json
	[[ $(jq -c '[.id,.state,.by]' <<<"$out") == '["'$id'","expired","ann"]' ]]
}

@test "alert life: a receiver that is down for a time is told late, and of all at once" {
	start_httpd --hooks hooks --hook-headers heads
	more=',"h":{"webhook":{"url":"'$url'/hook?fail=2&fail_status=503"}}' file '{"receiver":"h","group_interval":"1m"}' "$A"
	see() { printf '%s\n' "${@:2}" >in; at "$1" -R a.json in; }
	sed -i 's/"x":{"exec":{"argv":\["tee","-a","x"\]}},//' a.json
	see 00:00:00 '{"x":1,"k":1}'
	assert_status 3
	[[ $(events) == 'firing failed' && ! -s hooks ]] || fail "$out"
	at 00:00:10 outbox
	[[ $(jq -c '[.state,.receiver,.attempts,.error]' <<<"$out") == '["waiting","h",1,"HTTP 503"]' ]] || fail "$out"
	see 00:00:20 '{"x":0,"k":1}' '{"x":1,"k":2}'
	assert_status 3
	at 00:05:00 tick -R a.json
	assert_status 0
	[[ $(jq -c '[.note,(.alerts|map(.labels.k+.status))]' hooks) == '["delivery was delayed by 5m",["2firing","1resolved"]]' ]] || fail "$(<hooks)"
	at 00:06:00 outbox
	[[ -z $out ]]
}

@test "alert life: what is refused for good goes to the fallback receiver, and is a dead letter" {
	start_httpd --hooks hooks
	more=',"h":{"webhook":{"url":"'$url'/hook?status=404"}}' file '{"receiver":"h"},"fallback_receiver":"x"' "$A"
	printf '{"x":1,"k":1}\n' >in
	at 00:00:00 -R a.json in
	assert_status 69
	[[ $(jq -r '.event + " " + (.receiver // "")' <<<"$out" | xargs) == 'firing failed h dead h notified x' ]] || fail "$out"
	[[ $(jq -r .note x) == 'h could not be told: HTTP 404' ]]
	expect 'undelivered: a1 firing'
	at 00:00:00 outbox --dead
	[[ $(jq -c '[.state,.error]' <<<"$out") == '["dead","HTTP 404"]' ]]
	at 00:10:00 tick -R a.json
	expect ''
}

@test "alert life: missing data, until, keep_firing, inhibition" {
	file '{"receiver":"x","group_interval":"0s"},"inhibit":[{"source":["rule=down"],"target":["rule!=down"],"equal":"k"}]' \
		'{"name":"down","when":".up == false","key":".k"}' \
		'{"name":"hot","when":".t > 40","until":".t < 38","keep_firing":"10m","key":".k"}' \
		'{"name":"quiet","when":"false","key":".k","every":"5m","no_data":"alert"}'
	see 00:00:00 '{"t":41,"k":1}'
	expect 'new: hot1 firing'
	see 00:01:00 '{"t":39,"k":1}'
	see 00:02:00 '{"t":37,"k":1}'
	expect ''
	at 00:12:00 tick -R a.json
	expect 'resolved: hot1 resolved'
	at 00:17:00 tick -R a.json
	[[ $(jq -r '.reason // empty' <<<"$out") == 'no data' ]]
	expect 'new: quiet1 firing'
	see 00:18:00 '{"t":50,"k":1,"up":false}'
	expect 'new: down1 firing' # the others are inhibited
	fp=$(CDO_NOW=2026-01-01T00:18:00Z cdo-alert list rule=hot | jq -r .fingerprint)
	at 00:18:00 explain "$fp" -R a.json
	[[ $(jq -r .finding <<<"$out") == *'down ('*') fires and inhibits it'* ]] || fail "$out"
	see 00:19:00 '{"t":50,"k":1,"up":true}'
	expect 'new: down1 resolved, hot1 firing, quiet1 resolved'
}

@test "alert life: a job that does not report, one that fails, one that is well" {
	file '{"receiver":"x","group_interval":"0s"}' "$A"
	at 00:00:00 expect backup --every 1h --grace 10m -R a.json
	assert_status 0
	at 01:00:00 tick -R a.json
	expect ''
	at 01:10:00 tick -R a.json
	[[ $(jq -r .alerts[0].title x) == 'backup: no report for more than 1h10m' ]]
	expect 'new: heartbeat firing'
	at 01:11:00 watch -R a.json backup -- sh -c 'echo did it; exit 0'
	assert_status 0
	expect 'resolved: heartbeat resolved'
	at 01:12:00 watch -R a.json backup -- sh -c 'echo oh >&2; exit 7'
	assert_status 7
	[[ $(jq -r '.alerts[0] | .title + "; " + .body' x) == 'backup: failed with exit status 7; oh' ]] || fail "$(<x)"
	at 01:13:00 expect -R a.json
	[[ $(jq -c '[.name,.state,.exit]' <<<"$out") == '["backup","down",7]' ]] || fail "$out"
}

@test "alert life: what flaps is told as firing until it is calm" {
	file '{"receiver":"x","group_interval":"0s"}' '{"name":"a","when":".x > 0","key":".k","flapping":{"changes":4,"within":"1h"}}'
	for m in 00 01 02 03 04 05; do
		see 00:$m:00 '{"x":'$((1 - 10#$m % 2))',"k":1}'
	done
	expect $'new: a1 firing\nresolved: a1 resolved\nnew: a1 firing'
	at 00:35:00 tick -R a.json
	expect 'resolved: a1 resolved'
}

@test "alert life: digest of what a receiver's rate does not allow" {
	file '{"receiver":"x","group_by":"k"}' "$A"
	sed -i 's/"tee","-a","x"\]}/&,"rate":"1\/m"/' a.json
	printf '{"x":1,"k":%s}\n' 1 2 3 4 >in
	at 00:00:00 -R a.json in
	assert_status 3
	expect 'new: a1 firing'
	at 00:01:00 tick -R a.json
	assert_status 0
	expect 'digest: a2 firing, a3 firing, a4 firing'
}

@test "alert life: a clock that was far ahead holds nothing back" {
	file '{"receiver":"x"}' "$A"
	CDO_NOW=2027-01-01T00:00:00Z cdo-alert -R a.json <<<'{"x":1,"k":1}' >out 2>err
	expect 'new: a1 firing'
	see 00:00:00 '{"x":1,"k":2}'
	at 00:05:00 tick -R a.json
	expect 'new: a1 firing, a2 firing'
	at 04:05:00 tick -R a.json
	expect 'repeat: a1 firing, a2 firing'
}

@test "alert life: who may have heard of an alert hears of its end, though it was silenced meanwhile" {
	file '{"receiver":"x","group_interval":"0s"}' "$A"
	# it hears, and says that it did not
	sed -i 's/"tee","-a","x"/"sh","-c","tee -a x; test -e good || exit 75"/' a.json
	printf '%s\n' '{"x":1,"k":1}' >in
	at 00:00:00 -R a.json in
	assert_status 3
	expect 'new: a1 firing'
	touch good
	at 00:00:01 silence -R a.json k=1 --for 10m
	see 00:02:00 '{"x":0,"k":1}' '{"x":1,"k":2}'
	expect 'new: a2 firing'
	at 00:11:00 tick -R a.json
	expect 'resolved: a1 resolved, a2 firing'
}

@test "alert life: what waits for a receiver is not told while a silence is on" {
	file '{"receiver":"x"}' "$A"
	sed -i 's/"tee","-a","x"/"sh","-c","test -e good || exit 75; tee -a x"/' a.json
	printf '%s\n' '{"x":1,"k":1}' '{"x":1,"k":2}' >in
	at 00:00:00 -R a.json in
	assert_status 3
	at 00:00:01 silence -R a.json k=1 --for 30m
	touch good
	at 00:10:00 tick -R a.json
	expect 'new: a2 firing'
	at 00:31:00 tick -R a.json
	expect 'new: a1 firing, a2 firing'
}

@test "alert life: what waits for a receiver that is gone is a dead letter, and the fallback receiver has it" {
	file '{"receiver":"x"}' "$A"
	sed -i 's/"tee","-a","x"/"sh","-c","exit 75"/' a.json
	printf '%s\n' '{"x":1,"k":1}' >in
	at 00:00:00 -R a.json in
	assert_status 3
	file '{"receiver":"y"},"fallback_receiver":"y"' "$A"
	sed -i 's/{"x":{"exec"/{"y":{"exec"/' a.json
	at 00:01:00 tick -R a.json
	assert_status 0
	[[ $(events) == 'dead notified notified' ]] || fail "$out"
	[[ $(told | sort | xargs) == 'new: a1 firing undelivered: a1 firing' ]]
	at 00:01:00 outbox --dead
	[[ $(jq -r .error <<<"$out") == 'the alerts file has no such receiver now' ]] || fail "$out"
	at 00:02:00 expect -R a.json --every 9000000000d j
	assert_status 64
}

@test "alert life: a digest that is tried again has the same key, whatever came in between" {
	file '{"receiver":"x","group_by":"k"}' "$A"
	sed -i 's/"tee","-a","x"\]}/"sh","-c","tee -a x; test -e good || exit 75"]},"rate":"1\/m"/' a.json
	touch good
	printf '{"x":1,"k":%s}\n' 1 2 3 >in
	at 00:00:00 -R a.json in
	expect 'new: a1 firing'
	rm good
	at 00:01:00 tick -R a.json
	assert_status 3
	expect 'digest: a2 firing, a3 firing'
	at 00:01:01 history -n 1000
	first=$(jq -r 'select(.event=="failed").notification' <<<"$out" | sort -u)
	printf '{"x":1,"k":%s}\n' 4 5 6 >in
	at 00:01:01 -R a.json in
	touch good
	for m in 10 11 12 13; do
		at 00:$m:00 tick -R a.json
		cat out >>outs
	done
	[[ $(told | sort | xargs) == 'digest: a2 firing, a3 firing digest: a4 firing, a5 firing, a6 firing' ]] || fail "$(jq -c . outs)"
	[[ $(jq -r 'select(.event=="notified" and .notification=="'"$first"'").fingerprint' outs | wc -l) -eq 2 ]] || fail "$(<outs)"
}
