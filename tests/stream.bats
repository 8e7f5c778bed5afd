#!/usr/bin/env bats
# The loop of all filters, by the one that with no options changes nothing:
# records in, the same bytes out.

load helper

# Is the process gone, or a zombie?
ended() { [[ $(ps -o stat= -p "$1") == Z* || ! -d /proc/$1 ]]; }

@test "stream: records pass byte for byte, whatever their spelling" {
	input=' { "a" : 1.0e0 , "\u0061":[ ]}  
"x\/y"
12345678901234567890123
-0'
	run_filter "$input" cdo-validate
	assert_status 0
	assert_out "$input"
	assert_err ''
}

@test "stream: blank lines and a BOM go, CR stays, the last LF comes" {
	printf '\xef\xbb\xbf{}\r\n\n \t\r\n1' | cdo-validate >"$BATS_TEST_TMPDIR/out"
	printf '{}\r\n1\n' | cmp - "$BATS_TEST_TMPDIR/out"
}

@test "stream: a malformed line is named by number and byte, and exits 65" {
	run_filter '{"a":1}
{"a":1e999}
{"a":}
{} {}
2' cdo-validate
	assert_status 65
	assert_out '{"a":1}
2'
	assert_err 'cdo-validate: <stdin>:2:6: number beyond the range of a double (byte 13)
cdo-validate: <stdin>:3:6: value expected (byte 25)
cdo-validate: <stdin>:4:4: text behind the value (byte 30)'
}

@test "stream: ten malformed lines are shown, then the total" {
	for jobs in 1 3; do
		run_filter "$(yes '[' | head -n 100000)" cdo-validate -j $jobs
		assert_status 65
		[[ $(wc -l <<<"$err") -eq 11 ]] || fail "$err"
		[[ $err == *$'\ncdo-validate: 100000 malformed lines in all and no record: '* ]]
	done
}

@test "stream: an annotation is the last member, twice is once" {
	entry='{"valid":true,"passed":0,"failed":0,"skipped":0,"errors":[],"warnings":[]}'
	want='{"a":1,"_cdo":{"validate":'$entry'}}
{"_cdo":{"validate":'$entry'}}
{"_cdo":{"x":1,"validate":'$entry'}}
[2]'
	run_filter $'{"a":1}\n\n{}\n{"_cdo":{"validate":0,"x":1}}\n[2]' cdo-validate -a
	assert_out "$want"
	run_filter "$out" cdo-validate -a
	assert_out "$want"
}

@test "stream: --strip undoes it, but for control lines" {
	run_filter '{"_cdo":{"x":1},"a":1}
{"a":2,"_cdo":{"x":1}}
{"_cdo":{"checkpoint":{"seq":2}}}' cdo-validate --strip
	assert_status 0
	assert_out '{"a":1}
{"a":2}
{"_cdo":{"checkpoint":{"seq":2}}}'
}

@test "stream: lines over --max-line are malformed, the rest passes" {
	run_filter '{"a":"0123456789"}
{"a":1}' cdo-validate --max-line 10
	assert_status 65
	assert_out '{"a":1}'
	assert_err 'cdo-validate: <stdin>:1:1: line too long (byte 0)'
	head -c 40000000 /dev/zero | tr '\0' '[' | cdo-validate 2>"$BATS_TEST_TMPDIR/err" || status=$?
	assert_status 65
	grep -q ':1:1: line too long' "$BATS_TEST_TMPDIR/err"
}

@test "stream: files in order; one that is missing exits 66" {
	cd "$BATS_TEST_TMPDIR"
	echo 1 >a; echo '[' >b
	run_filter 2 cdo-validate a - none b a
	assert_status 66
	assert_out $'1\n2\n1'
	assert_err 'cdo-validate: none: open: No such file or directory
cdo-validate: b:1:2: the text ends too early (byte 1)'
}

@test "stream: -j keeps the order" {
	seq 200000 >"$BATS_TEST_TMPDIR/in"
	for jobs in 1 2 7; do
		cdo-validate -j $jobs <"$BATS_TEST_TMPDIR/in" | cmp - "$BATS_TEST_TMPDIR/in"
		cat "$BATS_TEST_TMPDIR/in" | cdo-validate -j $jobs | cmp - "$BATS_TEST_TMPDIR/in"
	done
}

@test "stream: wrong values of options exit 64" {
	for wrong in '-j 0' '-j x' '--max-line 0' '--max-line 2G' '-j'; do
		# shellcheck disable=SC2086
		run_filter '' cdo-validate $wrong
		assert_status 64
	done
}

@test "stream: a slow stream is answered at once, a partial line waits" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	for jobs in 1 2; do
		: >"$BATS_TEST_TMPDIR/out"
		cdo-validate -j $jobs <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
		exec 4>"$BATS_TEST_TMPDIR/in"
		printf '1\n2\n{"a"' >&4
		within 5 grep -q 2 "$BATS_TEST_TMPDIR/out"
		[[ $(wc -l <"$BATS_TEST_TMPDIR/out") -eq 2 ]]
		printf ':3}' >&4
		exec 4>&-
		wait $!
		[[ $(tail -n 1 "$BATS_TEST_TMPDIR/out") == '{"a":3}' ]]
	done
}

@test "stream: TERM ends it after the records in hand, 128+n" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	for jobs in 1 3; do
		cdo-validate -j $jobs <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
		exec 4>"$BATS_TEST_TMPDIR/in"
		echo 1 >&4
		within 5 grep -q 1 "$BATS_TEST_TMPDIR/out"
		kill -TERM $!
		status=0
		within 10 ended $! || kill -KILL $!
		wait $! || status=$?
		exec 4>&-
		assert_status 143
	done
}

@test "stream: a full disk exits 74 while it runs" {
	for jobs in 1 2; do
		status=0
		yes '{"a":1}' | timeout 10 cdo-validate -j $jobs >/dev/full \
			2>"$BATS_TEST_TMPDIR/err" || status=$?
		assert_status 74
		[[ $(<"$BATS_TEST_TMPDIR/err") == 'cdo-validate: <stdout>: write: No space left on device' ]]
	done
}

@test "stream: a directory as input exits 74" {
	run_filter '' cdo-validate /
	assert_status 74
	assert_err 'cdo-validate: /: read: Is a directory'
}

@test "stream: a closed pipe ends it, even with SIGPIPE ignored" {
	local rc
	for jobs in 1 2; do
		rc=$(trap '' PIPE
			{ yes '{"value":1}' 2>/dev/null | {
				timeout 10 cdo-validate -j $jobs 2>/dev/null; echo $? >&3
			} | head -n 1 >/dev/null; } 3>&1)
		[[ $rc -eq 141 ]] || fail "status $rc"
	done
}

@test "share: a program in its tree finds what comes with it, from anywhere" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p moved/bin moved/share/cdo/rules
	cp "$CDO_BIN/cdo-validate" moved/bin
	echo '{"rules":[{"field":".x","required":true}]}' >moved/share/cdo/rules/mine.json
	run_filter '{"x":1}' env -u CDO_SHARE moved/bin/cdo-validate -R mine
	assert_status 0
	assert_out '{"x":1}'
	run_filter '' env -u CDO_SHARE moved/bin/cdo-validate -R none
	assert_status 66
}

@test "stream: a closed stdin is no input, and does not wait" {
	status=0
	err=$(timeout 10 cdo-validate <&- 2>&1) || status=$?
	assert_status 74
	assert_err 'cdo-validate: <stdin>: read: Bad file descriptor'
}

@test "stream: nothing takes the place of a closed stdout or stderr" {
	cd "$BATS_TEST_TMPDIR"
	echo '{"a":1}' >in
	status=0
	err=$(CDO_LOG_FILE=log cdo-validate in 2>&1 >&-) || status=$?
	assert_status 74
	assert_err 'cdo-validate: <stdout>: write: Bad file descriptor'
	[[ $(<log) != *'{"a":1}'* ]] || fail "$(<log)"
	CDO_LOG_FILE=log2 cdo-validate no-such 2>&- || true
	[[ $(<log2) != *$'\n'cdo-validate:* ]] || fail "$(<log2)"
	status=0
	cdo-validate --no-such 2>&- || status=$?
	assert_status 64
}

# has_read PID N: has it read that many bytes?
has_read() { [[ $(sed -n 's/^rchar: //p' "/proc/$1/io") -ge $2 ]]; }

@test "stream: a second signal kills, also if it is another one" {
	cd "$BATS_TEST_TMPDIR"
	mkfifo out
	yes '{"a":1}' | head -c 200000 >in || true
	env --default-signal=INT cdo-validate in >out 3>&- &
	exec 9<out # and nobody reads
	within 10 has_read $! 200000
	kill -INT $!
	kill -TERM $!
	status=0
	within 10 ended $! || kill -KILL $!
	wait $! || status=$?
	exec 9<&-
	# the system may deliver them in any order
	[[ $status -eq 130 || $status -eq 143 ]] || fail "status $status"
}

@test "stream: what is no record at all is told how to become one" {
	run_filter $'{\n  "a": 1\n}' cdo-validate
	assert_status 65
	[[ ${err##*$'\n'} == 'cdo-validate: 3 malformed lines in all and no record: records are one JSON value a line, not compressed; cdo-fetch file:PATH makes some of CSV, arrays and JSON over many lines' ]]
	run_filter $'{}\n[\n[\n[' cdo-validate
	[[ $(wc -l <<<"$err") -eq 3 ]]
}
