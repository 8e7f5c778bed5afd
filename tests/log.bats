#!/usr/bin/env bats
# What all programs say, and where: messages, levels, the log, the run event,
# progress.  cdo-validate stands for all.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset CDO_LOG_FILE CDO_LOG_LEVEL CDO_LOG_MAX_SIZE CDO_LOG_KEEP
	unset CDO_JOB CDO_RUN_ID NO_COLOR
	export CDO_NOW=2026-11-24T15:37:39Z
}

# on_terminal COMMAND: its standard error is a terminal; out is what it got
on_terminal() {
	out=$(TERM=xterm script -qec "$1" /dev/null | tr -d '\r')
}

@test "messages: nothing on stderr when all is well" {
	run_filter '{}' cdo-validate
	assert_status 0
	assert_err ''
}

@test "messages: -q leaves errors, -v tells what the run did" {
	run_filter $'{}\n[' cdo-validate -q
	assert_err 'cdo-validate: <stdin>:2:2: the text ends too early (byte 4)'
	run_filter '{}' cdo-validate -v
	[[ $err =~ $'\n''cdo-validate: run: 1 in, 1 out in '[0-9.]+m?s', exit 0'$ ]] ||
		fail "$err"
}

@test "messages: a CDO_NOW that is no time is told, not ignored" {
	CDO_NOW=yesterday run_filter '{}' cdo-validate
	assert_status 0
	assert_err 'cdo-validate: warning: CDO_NOW: yesterday: not an RFC 3339 date-time; taking the default'
}

@test "messages: --log-format json" {
	run_filter '[' cdo-validate --log-format json
	assert_err '{"time":"2026-11-24T15:37:39Z","level":"error","program":"cdo-validate","message":"<stdin>:1:2: the text ends too early (byte 1)"}'
	run_filter '' cdo-validate --log-format yaml
	assert_status 64
	[[ $err == 'cdo-validate: --log-format: yaml: neither text nor json'$'\n'usage:* ]]
}

@test "messages: control characters of data do not reach the terminal" {
	run_filter '' cdo-validate $'no\e[31m\nsuch\x9b\xc2\x9b'
	assert_status 66
	assert_err 'cdo-validate: no?[31m?such???: open: No such file or directory'
}

@test "messages: coloured on a terminal, unless NO_COLOR is set" {
	on_terminal 'echo "[" | cdo-validate'
	[[ $out == $'\e[31mcdo-validate:\e[0m <stdin>:1:2: '* ]] || fail "$out"
	on_terminal 'echo "[" | NO_COLOR=1 cdo-validate'
	[[ $out == 'cdo-validate: <stdin>:1:2: '* ]] || fail "$out"
}

@test "messages: each is one write" {
	yes '[' | head -n 5 | strace -f -e trace=write -e write=none -o trace \
		cdo-validate 2>err || true
	[[ $(grep -c 'write(2, ' trace) -eq $(wc -l <err) ]]
}

@test "log: messages and one run event are appended as JSON lines" {
	export CDO_LOG_FILE=$PWD/log CDO_JOB=weather CDO_RUN_ID=r1
	run_filter $'{"a":1}\n[\n{"a":2}' cdo-validate
	run_filter '{}' cdo-validate
	[[ $(wc -l <log) -eq 5 ]]
	[[ $(sed -n 1p log | jq -c 'del(.pid)') == '{"time":"2026-11-24T15:37:39Z","level":"error","program":"cdo-validate","job":"weather","run":"r1","message":"<stdin>:2:2: the text ends too early (byte 9)"}' ]]
	[[ $(sed -n 3p log | jq -c 'del(.pid, .duration_ms, .peak_kib)') == '{"time":"2026-11-24T15:37:39Z","level":"info","program":"cdo-validate","job":"weather","run":"r1","event":"run","started":"2026-11-24T15:37:39Z","exit":65,"records_in":2,"records_out":2,"rejected":0,"malformed":1,"bytes_in":18,"bytes_out":16,"retries":0,"cache_hits":0}' ]]
	[[ $(sed -n 5p log | jq .exit) == 0 ]]
}

@test "log: the run event is logged when the end comes early" {
	export CDO_LOG_FILE=$PWD/log
	run_filter '' cdo-validate -R no-such-file
	[[ $(tail -n 1 log | jq -r .exit) == "$status" && $status != 0 ]]
	: >log
	cdo-validate >/dev/full <<<'{}' 2>err || status=$?
	assert_status 74
	[[ $(tail -n 1 log | jq .exit) == 74 ]]
}

@test "log: CDO_LOG_LEVEL chooses, a wrong one is told" {
	export CDO_LOG_FILE=$PWD/log
	CDO_LOG_LEVEL=error run_filter '{}' cdo-validate
	[[ ! -s log ]]
	CDO_LOG_LEVEL=loud run_filter '{}' cdo-validate
	assert_err 'cdo-validate: warning: CDO_LOG_LEVEL: loud: not debug, info, warning or error; taking the default'
	assert_status 0
}

@test "log: a log that cannot be written is a warning, the run goes on" {
	CDO_LOG_FILE=$PWD/none/log run_filter '{}' cdo-validate
	assert_status 0
	assert_out '{}'
	assert_err "cdo-validate: warning: $PWD/none/log: open: No such file or directory; going on without a log"
	CDO_LOG_FILE=/dev/full run_filter '{}' cdo-validate
	assert_status 0
	assert_out '{}'
	[[ $err == *'going on without a log' ]] || fail "$err"
}

@test "log: it turns over at CDO_LOG_MAX_SIZE and keeps CDO_LOG_KEEP" {
	export CDO_LOG_FILE=$PWD/log CDO_LOG_MAX_SIZE=1K CDO_LOG_KEEP=2
	for _ in {1..20}; do
		cdo-validate <<<'{}' >/dev/null
	done
	[[ -s log && -s log.1 && -s log.2 && ! -e log.3 ]]
	[[ $(cat log log.1 log.2 | jq -c 'select(.event) | .event' | sort -u) == '"run"' ]]
	[[ $(stat -c %s log.1) -le 1024 ]]
}

@test "progress: asked for, it ends with the whole" {
	run_filter $'{"a":1}\n[' cdo-validate --progress -r /dev/null
	[[ $err =~ 'cdo-validate: 1 records, '.*'B/s, 1 rejected'$ ]] || fail "$err"
}

@test "progress: on a terminal it is renewed in place and taken away" {
	on_terminal '{ echo "{}"; sleep 0.8; echo "{}"; sleep 0.1; } | cdo-validate >/dev/null'
	[[ $out == *'2 records, '* && $out == *$'\e[K' ]] || fail "$out"
	on_terminal '{ echo "{}"; sleep 0.8; echo "{}"; } | cdo-validate --no-progress >/dev/null'
	[[ $out == '' ]]
}

@test "log: a pipe that nobody reads is one warning, not a wait" {
	mkfifo pipe
	status=0
	err=$(echo '{}' | CDO_LOG_FILE=pipe timeout 10 cdo-validate 2>&1 \
		>out) || status=$?
	assert_status 0
	assert_err 'cdo-validate: warning: pipe: open: No such device or address; going on without a log'
}
