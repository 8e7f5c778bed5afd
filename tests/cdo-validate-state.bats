#!/usr/bin/env bats
# cdo-validate --state: what rules remember goes on from run to run.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	export CDO_STATE_DIR=$PWD/state
	unset CDO_STORE
	echo '{"rules":[{"name":"once","unique":".id"},{"order":".n","by":".k"},
		{"sequence":".s","severity":"warning"},
		{"name":"day","unique":".d","within":"1h","time":".t"}]}' >r.json
}

@test "cdo-validate --state: each kind of rule goes on where it was" {
	run_filter '{"id":1,"n":5,"k":"a","s":7,"d":1,"t":"2026-01-01T10:00:00Z"}
{"id":2}' cdo-validate -R r.json --state s
	assert_status 0
	run_filter '{"id":2}
{"n":4,"k":"a"}
{"n":4,"k":"b"}
{"d":1,"t":"2026-01-01T10:30:00Z"}
{"d":1,"t":"2026-01-01T11:30:00Z"}
{"id":3,"s":9}' cdo-validate -a -R r.json --state s
	[[ $(jq -r '._cdo.validate | [.errors[], .warnings[] | .message] | join("; ")' <<<"$out") == 'was there before: .id 2
is 1 below 5

was there within 1h: .d 1

1 missing after 7' ]] || fail "$out"
	# another name, another memory; without one, none
	run_filter '{"id":1}' cdo-validate -R r.json --state other
	assert_out '{"id":1}'
	run_filter '{"id":3}' cdo-validate -R r.json
	assert_out '{"id":3}'
	# the name, and rules that remember nothing
	for name in '' a:b a/b; do
		run_filter '' cdo-validate -R r.json --state "$name"
		assert_status 64
	done
	run_filter '' cdo-validate -R weather --state x
	assert_status 64
}

@test "cdo-validate --state: a million keys, in chunks, are all there again" {
	echo '{"rules":[{"unique":".a"}]}' >u.json
	seq 300000 | sed 's/.*/{"a":&}/' >in
	cdo-validate -R u.json --state big <in | cmp - in
	run_filter '' cdo-validate -q -R u.json --state big in
	assert_status 0
	assert_out ''
	run_filter '' cdo-validate --max-keys 1000 -R u.json --state big
	assert_status 78
	[[ $err == 'cdo-validate: state big: '*'max_keys (1000)' ]]
}

@test "cdo-validate --state: a rule that has become another one is refused" {
	run_filter '{"id":1}' cdo-validate -R r.json --state s
	sed -i 's/"unique":".id"/"unique":[".id",".k"]/' r.json
	run_filter '{"id":1}' cdo-validate -R r.json --state s -r rejects
	assert_status 78
	assert_out ''
	assert_err 'cdo-validate: state s: rule once has become another one: what is kept is for "unique .id", but now it is "unique .id .k"; give it a new name'
	# under a new name it starts anew
	sed -i 's/once/twice/' r.json
	run_filter '{"id":1,"k":2}' cdo-validate -R r.json --state s
	assert_status 0
	assert_out '{"id":1,"k":2}'
	assert_err 'cdo-validate: warning: state s: what these rules remembered will be dropped, as they are gone or renamed: once'
	run_filter '{"id":1,"k":2}' cdo-validate -q -R r.json --state s
	assert_err ''
}

@test "cdo-validate --state: of two runs at once the later one exits 75" {
	mkfifo in
	cdo-validate -R r.json --state s <in >out1 2>err1 3>&- & pid=$!
	exec 4>in
	echo '{"id":1}' >&4
	within 5 test -s out1
	run_filter '{"id":2}' cdo-validate -R r.json --state s
	assert_status 0
	exec 4>&-
	status=0
	wait $pid || status=$?
	[[ $status -eq 75 && $(<err1) == 'cdo-validate: state s: another process has kept its own since this one began; that stays, run this one again' ]] || fail "$status: $(<err1)"
	run_filter $'{"id":1}\n{"id":2}' cdo-validate -q -R r.json --state s
	assert_out '{"id":1}'
}

@test "cdo-validate --state: kept after a control line, when all before it is out" {
	mkfifo in
	cdo-validate -R r.json --state s <in >out 3>&- & pid=$!
	exec 4>in
	printf '%s\n' '{"id":1}' '{"_cdo":{"checkpoint":{"seq":1}}}' >&4
	within 5 grep -q checkpoint out
	kept() { [[ $(cdo-validate -q -R r.json --state s <<<'{"id":1}' 2>&1) == '' ]]; }
	within 5 ls state/state/CURRENT
	kill -9 $pid
	exec 4>&-
	wait $pid || true
	within 5 kept
}

@test "cdo-validate --state: what is damaged is refused, the store full told" {
	run_filter '{"id":1}' cdo-validate -R r.json --state s
	chmod 0 state 2>/dev/null || true
	if [[ $(id -u) -ne 0 ]]; then
		run_filter '{"id":1}' cdo-validate -R r.json --state s
		[[ $status -ne 0 && $err == 'cdo-validate: state s: '* ]]
	fi
	chmod 700 state
	: >file
	CDO_STATE_DIR=$PWD/file run_filter '{"id":1}' cdo-validate -R r.json --state s
	[[ $status -ge 69 && $err == 'cdo-validate: state s: '* ]] || fail "$status $err"
	assert_out ''
}
