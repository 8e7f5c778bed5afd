#!/usr/bin/env bats
# cdo-alert: what each channel sends, byte for byte, and that data is only data.

load helper
load channels

export CDO_NOW=2026-01-02T03:04:05Z TZ=UTC TOKEN=s3kr3t-t0ken

setup() { cd "$BATS_TEST_TMPDIR"; }

# Hostile in each field: markup and mentions of every service, line ends, NUL,
# what turns writing around.
HOSTILE='{"x":1,"city":"Rio\r\nBcc: a@b","k":"<!channel>|\"]","t":"hot & <b>bold</b> @everyone\r\nX-Evil: 1","b":"[a](http://evil) *x* \u0000\u001b[31m\u202e <at>all</at> `c` </td>\n.\r\nQUIT"}'

@test "cdo-alert: each channel sends exactly what its service wants, data escaped" {
	start_httpd --hooks hooks --hook-headers heads
	for channel in $WEB; do
		tell "$(receiver "$channel")" "$HOSTILE"
		assert_status 0
		assert_err ''
		told >"$channel"
		diff "$ROOT/tests/data/channels/$channel" "$channel" || fail "$channel"
	done
}

@test "cdo-alert: data never becomes a header or a part of the address; secrets do not show" {
	start_httpd --hooks hooks --hook-headers heads
	for channel in $WEB; do
		tell "$(receiver "$channel")" "$HOSTILE"
		[[ $out$err != *s3kr3t* ]] || fail "$channel: $out$err"
	done
	sed -E 's/[0-9a-f]{64}/ID/g' heads | jq -c '[.method, .path, (.headers | del(.host, .["content-length"], .["accept-encoding"], .["user-agent"], .accept))]' >lines
	diff "$ROOT/tests/data/channels/headers" lines
}

@test "cdo-alert: what is resolved closes, in place where the service can" {
	start_httpd --hooks hooks --hook-headers heads
	for channel in opsgenie pagerduty discord slack; do
		tell "$(receiver "$channel")" $'{"x":1,"city":"Rio","t":"hot"}\n{"_cdo":{"checkpoint":{"seq":1}}}\n{"x":false,"city":"Rio","t":"hot"}'
		assert_status 0
		told >"$channel"
		[[ $(wc -l <"$channel") -eq 2 ]] || fail "$channel: $(<"$channel")"
	done
	[[ $(jq -r .event_action pagerduty | xargs) == 'trigger resolve' ]]
	[[ $(jq -r .path heads | sed -nE 's/[0-9a-f]{64}/ID/; /v2.alerts/p') == $'/hook/v2/alerts\n/hook/v2/alerts/ID/close' ]]
	[[ $(tail -n 1 slack | jq -r .text) == 'RESOLVED: hot' ]]
	[[ $(tail -n 1 discord | jq .embeds[0].color) -eq 3066993 ]]
}

@test "cdo-alert: long texts are cut to what the service takes, at a character, and marked" {
	start_httpd --hooks hooks
	big=$(printf '😀<é%.0s' {1..1400})
	rule='{"name":"heat","when":".x","key":".k","title":".t","body":".b"}'
	for channel in $WEB; do
		[[ $channel != webhook ]] || continue
		tell "$(receiver "$channel")" '{"x":1,"k":"'"$big"'","t":"'"$big"'","b":"'"$big"'"}' "$rule"
		assert_status 0
		cp hooks "$channel"
		: >hooks
	done
	# in UTF-16 units as jq has none: an emoji is two
	units='def units: explode | map(if . > 65535 then 2 else 1 end) | add;'
	check() { jq -e "$units $2" "$1" >/dev/null || fail "$1: $2: $(jq "$units ${2%%<=*}" "$1")"; }
	check discord '(.embeds[0].title | units) <= 256'
	check discord '(.embeds[0].description | units) <= 4096'
	check gotify '(.title | utf8bytelength) <= 250'
	check matrix '(tojson | utf8bytelength) <= 60000'
	check ntfy '(.title | utf8bytelength) <= 250'
	check ntfy '(.message | utf8bytelength) <= 4096'
	check opsgenie '(.message | units) <= 130'
	check opsgenie '(.description | units) <= 15000'
	check pagerduty '(.payload.summary | length) <= 1024'
	check slack '([.blocks[].text.text | units] | max) <= 3000'
	check slack '(.blocks[0].text.text | units) <= 150'
	check teams '(tojson | utf8bytelength) <= 28000'
	check telegram '(.text | units) <= 4096'
	for channel in discord gotify matrix ntfy opsgenie slack teams telegram; do
		! jq . "$channel" | grep -q '�' || fail "$channel: a character is cut"
		jq . "$channel" | grep -q '…' || fail "$channel: no mark"
	done
	grep -q '%E2%80%A6' sms
	grep -qE 'Subject=[^&]*\.\.\.&' sns
}

@test "cdo-alert: outcomes: 2xx is taken; 408, 429 and 5xx may work later; 4xx does not" {
	start_httpd --hooks hooks
	for case in '204 0' '400 69' '404 69' '408 3' '413 69' '429 3' '500 3' '501 3' '503 3'; do
		tell '{"teams":{"url":"'"$url/hook?status=${case% *}"'"}}' '{"x":1,"t":"a"}'
		assert_status "${case#* }"
	done
}

@test "cdo-alert: nobody is asked again before the time that Retry-After names" {
	start_httpd
	tell '{"teams":{"url":"'"$url/hook?fail=9&fail_status=429&retry_after=1800"'"}}' '{"x":1,"t":"a"}'
	assert_status 3
	[[ $(requests /hook) -eq 1 ]]
	: >in
	CDO_NOW=2026-01-02T03:24:05Z CDO_STATE_DIR=$PWD/state run_filter '' cdo-alert -R a.json in
	[[ $(requests /hook) -eq 1 ]]
	CDO_NOW=2026-01-02T03:34:06Z CDO_STATE_DIR=$PWD/state run_filter '' cdo-alert -R a.json in
	[[ $(requests /hook) -eq 2 ]]
}

@test "cdo-alert: groups beyond the rate come as one digest, where none has something to be closed" {
	start_httpd --hooks hooks
	for channel in $WEB; do
		rm -rf state
		printf '{"receivers":{"r":%s},"route":{"receiver":"r","group_by":"k"},"rules":[{"name":"heat","when":".x","key":".k","title":".k"}]}' \
			"$(receiver "$channel" | sed 's/}$/,"rate":"1\/h"}/')" >a.json
		printf '{"x":1,"k":"%s"}\n' a b c >in
		CDO_STATE_DIR=$PWD/state run_filter '' cdo-alert -R a.json in
		: >in
		: >hooks
		CDO_NOW=2026-01-02T05:04:06Z CDO_STATE_DIR=$PWD/state run_filter '' cdo-alert -R a.json in
		case $channel in
		opsgenie | pagerduty) grep -q 'FIRING (error): b' hooks ;;
		pushover | sms | sns) grep -q 'DIGEST%20%28error%29%2C%202%20alerts%3A%20b' hooks ;;
		webhook) [[ $(jq -c '[.cause, [.alerts[].labels.k]]' hooks) == '["digest",["b","c"]]' ]] ;;
		*) grep -q 'DIGEST (error), 2 alerts: b.*2 error firing\(<br>\)*\\n[<a-z>*]*FIRING (error): b' hooks ;;
		esac || fail "$channel: $(<hooks)"
		[[ $channel == sms || $(wc -l <hooks) -eq 1 ]] || fail "$channel: $(<hooks)"
	done
}

@test "cdo-alert: sms: who has it is not told again within a try; each has an outcome" {
	start_httpd --hooks hooks
	tell '{"sms":{"url":"'"$url"'/hook?status=400&","account":"AC1","token":{"secret":"env:TOKEN"},"from":"cdo","to":["+15551234567","+4930123456"]}}' '{"x":1,"t":"a"}'
	assert_status 69
	assert_err 'cdo-alert: r: +15551234567: HTTP 400; +4930123456: HTTP 400 (1 alert not delivered)'
}

# receive FILE: datagrams of the socket "sock", one after the other.
receive() {
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("sock")
s.settimeout(20)
open(sys.argv[1], "wb").write(s.recv(1 << 20))' "$1" 3>&- &
	receiver_pid=$!
	within 10 test -S sock
}

@test "cdo-alert: syslog: one line of RFC 5424 or of the local form, whatever the data" {
	receive line
	tell '{"syslog":{"path":"sock","format":"rfc5424","facility":"local3"}}' "$HOSTILE"
	assert_status 0
	wait "$receiver_pid"
	sed -E 's/[0-9a-f]{64}/ID/g; s/05Z [^ ]+ cdo-alert [0-9]+/05Z HOST cdo-alert PID/' line >clean
	printf '%s' '<154>1 2026-01-02T03:04:05Z HOST cdo-alert PID firing [cdo@32473 fingerprint="ID" rule="heat" severity="critical" notification="ID" label="city=Rio Bcc: a@b" label="k=<!channel>|\"\]"] '$'\uFEFF''FIRING (critical): hot & <b>bold</b> @everyone X-Evil: 1: [a](http://evil) *x* ��[31m� <at>all</at> `c` </td> . QUIT' >want
	cmp clean want || fail "$(<clean)"
	rm sock
	receive line
	tell '{"syslog":{"path":"sock"}}' '{"x":1,"t":"hot"}'
	assert_status 0
	wait "$receiver_pid"
	[[ $(sed -E 's/\[[0-9]+\]/[PID]/' line) == '<26>Jan  2 03:04:05 cdo-alert[PID]: FIRING (critical): hot: null' ]] || fail "$(<line)"
}

@test "cdo-alert: journal: fields of the native protocol, line ends and NUL unharmed" {
	receive entry
	tell '{"journal":{"path":"sock"}}' "$HOSTILE"
	assert_status 0
	wait "$receiver_pid"
	python3 - entry >fields <<'END'
import json, sys
data, fields = open(sys.argv[1], "rb").read(), {}
while data:
    line, data = data.split(b"\n", 1)
    if b"=" in line:
        name, value = line.split(b"=", 1)
    else:
        size = int.from_bytes(data[:8], "little")
        name, value, data = line, data[8:8 + size], data[8 + size + 1:]
    fields[name.decode()] = value.decode()
print(json.dumps(fields))
END
	[[ $(jq -r '[.PRIORITY, .SYSLOG_IDENTIFIER, .CDO_RULE, .CDO_STATUS, .CDO_SEVERITY] | join(" ")' fields) == '2 cdo-alert heat firing critical' ]]
	[[ $(jq -c '.CDO_LABELS | fromjson' fields) == '{"city":"Rio\r\nBcc: a@b","k":"<!channel>|\"]"}' ]] || fail "$(<fields)"
	jq -e '.CDO_TITLE == "hot & <b>bold</b> @everyone\r\nX-Evil: 1" and (.CDO_BODY | contains("\u0000"))' fields >/dev/null || fail "$(<fields)"
}

@test "cdo-alert: nobody at the socket: 3, and why" {
	tell '{"syslog":{"path":"none"}}' '{"x":1,"t":"hot"}'
	assert_status 3
	assert_err 'cdo-alert: r: none: No such file or directory (1 alert kept in the outbox)'
}
