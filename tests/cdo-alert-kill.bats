#!/usr/bin/env bats
# cdo-alert, killed at every write and every send: no alert is lost, and what
# comes twice has the same id.  The calls are counted and ended by
# tests/peers/faults.c.
# shellcheck disable=SC2154

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export CDO_STATE_DIR=$PWD/state
	export ASAN_OPTIONS=verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
	start_httpd --hooks hooks --hook-headers heads
	echo '{"receivers":{"hook":{"webhook":{"url":"'"$url"'/hook"}}},
		"rules":[{"name":"a","when":".x","key":".k"}],
		"route":{"receiver":"hook","group_interval":"1m"}}' >a.json
}

at() { CDO_NOW=2026-01-01T$1Z cdo-alert "${@:2}"; }

# with NAME=VALUE... WORD...: run cdo-alert at the time, with faults.
with() { env LD_PRELOAD="$CDO_PEERS/faults.so" FAULTS_IN=cdo-alert "$@"; }

fire() { printf '{"x":1,"k":%s}\n' 1 2; }
calm() { printf '{"x":false,"k":%s}\n' 1 2; }

# How many calls a run makes that begins as things stand.
calls() {
	cp -a state kept 2>/dev/null || mkdir kept
	"$1" | with FAULTS_COUNT=count CDO_NOW=2026-01-01T"$2"Z cdo-alert -R a.json >/dev/null
	rm -rf state
	mv kept state
	cat count
}

# The status that the receiver was told last, and how often with which id.
# Bash alone, for it is asked often.
told() {
	local lines line id=
	mapfile -t lines <hooks
	line=${lines[-1]}
	[[ $line == *'"receiver":"hook","status":"'"$1"'"'* ]] || fail "$n: not $1: $line"
	[[ $line == *'"labels":{"k":"1"}'*'"labels":{"k":"2"}'* ]] || fail "$n: not all: $line"
	mapfile -t lines <heads
	[[ ${#lines[@]} -le 2 ]] || fail "$n: more than twice"
	for line in "${lines[@]}"; do
		[[ $line =~ '"idempotency-key":"'([0-9a-f]{64}) ]]
		[[ -z $id || ${BASH_REMATCH[1]} == "$id" ]] || fail "$n: several ids: $(<heads)"
		id=${BASH_REMATCH[1]}
	done
	[[ -n $id ]]
}

# kill_all BEFORE INPUT TIME AGAIN STATUS: at each call of the run in turn.
kill_all() {
	local n total
	total=$(calls "$2" "$3")
	[[ $total -gt 10 ]] || fail "only $total calls"
	for ((n = 1; n <= total; n++)); do
		rm -rf state
		cp -a "$1" state
		: >hooks; : >heads
		status=0
		"$2" | with FAULTS_AT=$n CDO_NOW=2026-01-01T"$3"Z \
			cdo-alert -R a.json >/dev/null 2>&1 || status=$?
		[[ $status -eq 137 ]] || fail "call $n of $total: not killed, $status"
		"$2" | at "$4" -R a.json >/dev/null
		told "$5"
	done
}

@test "cdo-alert, killed: what fires is told" {
	mkdir -p empty state
	calls fire 00:00:00 >/dev/null
	: >hooks; : >heads
	kill_all empty fire 00:00:00 00:01:00 firing
}

@test "cdo-alert, killed: what is resolved is told" {
	fire | at 00:00:00 -R a.json >/dev/null
	cp -a state before
	kill_all before calm 00:02:00 00:03:00 resolved
}

@test "cdo-alert: eight at once on the same alerts make one notification" {
	local i pid pids=()
	for i in {1..8}; do
		fire | at 00:00:00 -R a.json >"out$i" 2>"err$i" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[[ $(wc -l <hooks) -eq 1 ]] || fail "$(<hooks)"
	[[ $(cat out* | jq -r .event | sort | uniq -c | xargs) == '2 firing 2 notified' ]] || fail "$(cat out* err*)"
	[[ -z $(cat err*) ]] || fail "$(cat err*)"
}
