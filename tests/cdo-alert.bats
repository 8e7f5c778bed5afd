#!/usr/bin/env bats
# cdo-alert: rules over records, the events, and faults in alerts files.
# Delivery is in cdo-alert-send.bats.

load helper

export CDO_NOW=2026-01-02T03:04:05Z

setup() {
	cd "$BATS_TEST_TMPDIR"
	export CDO_STATE_DIR=$PWD/state
}

# Nothing is remembered.
fresh() { rm -rf state; }

# rules RULE...: an alerts file with these rules and no receivers.
rules() {
	local IFS=,
	printf '{"rules":[%s]}' "$*" >a.json
}

# names of the events with a label or the title: "firing x"
events() { jq -r "\"\\(.event) \\($1)\"" <<<"$out"; }

@test "cdo-alert: an alert fires once and is resolved once, as events" {
	rules '{"name":"heat","when":".t > 40","key":".city","severity":"warning","title":"\"\\(.city): \\(.t)\""}'
	fp=$(printf '{"city":"Rio","rule":"heat"}' | sha256sum | cut -d' ' -f1)
	run_filter '{"city":"Rio","t":41}
{"city":"Rio","t":42}
{"city":"Rio","t":40}
{"city":"Rio","t":39}' cdo-alert -R a.json
	assert_status 0
	assert_err ''
	rest='"severity":"warning","labels":{"city":"Rio"},"title":"Rio: 41"}'
	assert_out '{"event":"firing","fingerprint":"'$fp'","rule":"heat","at":"2026-01-02T03:04:05Z",'"$rest"'
{"event":"resolved","fingerprint":"'$fp'","rule":"heat","at":"2026-01-02T03:04:05Z",'"$rest"
}

@test "cdo-alert: it fires again after it was resolved, with the same fingerprint" {
	rules '{"name":"a","when":".x"}'
	run_filter $'{"x":1}\n{}\n{"x":1}' cdo-alert -R a.json
	[[ $(jq -r .event <<<"$out" | xargs) == 'firing resolved firing' ]]
	[[ $(jq -r .fingerprint <<<"$out" | sort -u | wc -l) -eq 1 ]]
}

@test "cdo-alert: for counts records of the same key in a row" {
	rules '{"name":"a","when":".x > 0","key":".k","for":2}'
	run_filter '{"k":1,"x":1}
{"k":2,"x":1}
{"k":1,"x":0}
{"k":1,"x":1}
{"k":2,"x":1}
{"k":2,"x":1}
{"k":1,"x":0}' cdo-alert -R a.json
	assert_status 0
	[[ $(events .labels.k) == 'firing 2' ]] || fail "$out"
}

@test "cdo-alert: severity is error and the title is rule and labels, if not given" {
	rules '{"name":"a","when":"true","key":[".z",".b.c[0]",".\"odd name\"",".m"]}'
	run_filter '{"z":1.50,"b":{"c":[{"d":null}]},"odd name":"x","m":null}' cdo-alert -R a.json
	assert_status 0
	[[ $(jq -cS .labels <<<"$out") == '{"b.c[0]":"{\"d\":null}","m":"","odd name":"x","z":"1.5"}' ]] || fail "$out"
	[[ $(jq -r .title <<<"$out") == 'a: {"d":null}, x, 1.5' ]]
	[[ $(jq -r .severity <<<"$out") == error ]]
}

@test "cdo-alert: absent and null fields of the key are empty, another rule is another alert" {
	rules '{"name":"a","when":".x","key":".k"}' '{"name":"b","when":".x","key":".k"}'
	run_filter $'{"x":1}\n{"x":1,"k":null}\n{"x":1,"k":""}' cdo-alert -R a.json
	[[ $(events .rule) == $'firing a\nfiring b' ]] || fail "$out"
	[[ $(jq -r .fingerprint <<<"$out" | sort -u | wc -l) -eq 2 ]]
}

@test "cdo-alert: a rule that fails is told once, decides nothing, and exits 3" {
	rules '{"name":"a","when":"(.x / 2) > 1"}' '{"name":"b","when":".x == \"s\"","title":".x / 2"}'
	run_filter $'{"x":4}\n{"x":"s"}\n{"x":[]}\n{"x":0}' cdo-alert -R a.json
	assert_status 3
	[[ $(events .title) == $'firing a\nfiring b\nresolved b\nresolved a' ]] || fail "$out"
	assert_err 'cdo-alert: <stdin>:2: rule a: when: string ("s") and number (2) cannot be divided
cdo-alert: <stdin>:2: rule b: title: string ("s") and number (2) cannot be divided
cdo-alert: rule a: failed on 2 records'
}

@test "cdo-alert: the 1001st alert of a rule is left out, told, and exits 3" {
	rules '{"name":"a","when":"true","key":".i"}'
	run_filter "$(seq -f '{"i":%g}' 1003)" cdo-alert -R a.json
	assert_status 3
	[[ $(grep -c '"labels":{"i"' <<<"$out") -eq 1000 ]]
	[[ $(tail -n 1 <<<"$out" | jq -r '.reason + "; " + .title') == 'too many; a: too many instances: more than 1000 alerts at a time, the others are left out' ]] || fail "$(tail -n 1 <<<"$out")"
	assert_err 'cdo-alert: warning: rule a: more than 1000 alerts at a time: the others are left out
cdo-alert: warning: rule a: 3 records had an alert too many'
}

@test "cdo-alert: records do not pass, control lines do, malformed lines exit 65" {
	rules '{"name":"a","when":".x"}'
	run_filter '{"x":false}
[1]
"s"
{"_cdo":{"checkpoint":{"seq":1}}}
{"x":}
{"x":true}' cdo-alert -R a.json
	assert_status 3 # jq cannot look for .x in an array
	[[ $out == '{"_cdo":{"checkpoint":{"seq":1}}}'$'\n''{"event":"firing"'* ]] || fail "$out"
	run_filter '{"x":}' cdo-alert -R a.json
	assert_status 65
	assert_out ''
}

@test "cdo-alert: hostile strings stay strings" {
	rules '{"name":"$(id)\"\n","when":"true","key":".k","title":".k"}'
	run_filter '{"k":"\"\\\u0000\u001b[2J\r\n`id` $(id) <!channel> \ud83d\ude00"}' cdo-alert -R a.json
	assert_status 0
	[[ $(wc -l <<<"$out") -eq 1 ]]
	[[ $(jq -c '[.rule,.labels.k,.title]' <<<"$out") == \
		'["$(id)\"\n","\"\\\u0000\u001b[2J\r\n`id` $(id) <!channel> 😀","\"\\\u0000\u001b[2J\r\n`id` $(id) <!channel> 😀"]' ]] || fail "$out"
}

@test "cdo-alert: long texts are cut between characters" {
	rules '{"name":"a","when":"true","key":".k","title":"\"x\" + .k"}'
	long=$(printf 'é%.0s' {1..2000})
	run_filter "{\"k\":\"$long\"}" cdo-alert -R a.json
	[[ $(jq -r '.labels.k | utf8bytelength' <<<"$out") -eq 1024 ]]
	[[ $(jq -r '.title | utf8bytelength' <<<"$out") -eq 1023 ]]
}

@test "cdo-alert: all faults of a file are told by place, and exit 78" {
	cat >a.json <<'END'
{"rules": [
  {"name": "a", "when": ".t >", "key": [".rule", ".x", ".x", "y"]},
  {"name": "a", "when": "f(", "severity": "eror", "for": 0, "tittle": "1"},
  {"when": 1, "key": "."}],
 "receivers": {
  "one": {"webhok": {}}, "two": {"exec": {"argv": []}}, "three": {},
  "four": {"webhook": {"url": "ftp://x", "hmac": "plain", "timeout": "0"}}},
 "route": {"receiver": "onne", "group_by": "z", "match": {}, "routes": [
  {"match": {"severity": "bad", "rule": "b", "x": 1}, "receiver": "two"}]}}
END
	for cmd in 'check' '-R'; do
		run_filter '{}' cdo-alert $cmd a.json
		assert_status 78
		assert_out ''
		assert_err "cdo-alert: a.json:2:25: /rules/0/when: syntax error, unexpected \$end
cdo-alert: a.json:2:41: /rules/0/key/0: the label rule is taken: it is the rule's own
cdo-alert: a.json:2:56: /rules/0/key/2: the label x is given twice
cdo-alert: a.json:2:62: /rules/0/key/3: at byte 0: a path starts with .
cdo-alert: a.json:3:71: /rules/1/tittle: unknown member; did you mean title?
cdo-alert: a.json:3:43: /rules/1/severity: must be one of info, warning, error, critical; did you mean error?
cdo-alert: a.json:3:12: /rules/1/name: another rule has this name
cdo-alert: a.json:3:25: /rules/1/when: syntax error, unexpected \$end
cdo-alert: a.json:3:58: /rules/1/for: must be an integer from 1, or a duration like 5m
cdo-alert: a.json:4:3: /rules/2: name is missing
cdo-alert: a.json:4:12: /rules/2/when: must be a string
cdo-alert: a.json:4:22: /rules/2/key: must name a field
cdo-alert: a.json:6:21: /receivers/one/webhok: unknown channel; did you mean webhook?
cdo-alert: a.json:6:51: /receivers/two/exec/argv: must be an array: a program, and its arguments
cdo-alert: a.json:6:66: /receivers/three: must have one channel, such as email or webhook
cdo-alert: a.json:7:70: /receivers/four/webhook/timeout: must be above 0 and at most 10m
cdo-alert: a.json:7:31: /receivers/four/webhook/url: must be a URL of http or https, without a password
cdo-alert: a.json:7:50: /receivers/four/webhook/hmac: must say where the secret is, not what it is: {\"secret\":\"env:NAME\"}
cdo-alert: a.json:8:11: /route: the outermost route takes all alerts: no match, no continue
cdo-alert: a.json:8:24: /route/receiver: unknown receiver onne; did you mean one?
cdo-alert: a.json: there are more faults"
	done
}

@test "cdo-alert: names in routes are checked" {
	printf '{"receivers":{"x":{"exec":{"argv":["cat"]}}},"rules":[{"name":"heat","when":"1","key":".city"}],
"route":{"receiver":"x","group_by":["citty"],"routes":[{"match":{"severity":"eror","rule":"heet","zz":"","city":1}}]}}' >a.json
	run_filter '' cdo-alert check a.json
	assert_status 78
	assert_err 'cdo-alert: a.json:2:37: /route/group_by/0: unknown label citty; did you mean city?
cdo-alert: a.json:2:77: /route/routes/0/match/severity: unknown severity eror; did you mean error?
cdo-alert: a.json:2:91: /route/routes/0/match/rule: unknown rule heet; did you mean heat?
cdo-alert: a.json:2:103: /route/routes/0/match/zz: unknown label zz
cdo-alert: a.json:2:113: /route/routes/0/match/city: must be a string'
}

@test "cdo-alert: timers, hours, severities and names that make no sense are faults" {
	cat >a.json <<'END'
{"name": "", "tick": "5m",
 "receivers": {"x": {"exec": {"argv": ["cat"]}, "rate": "often"}, "y": {"exec": {"argv": ["cat"]}}},
 "windows": {"night": ["22:00-06:00 Europe/Nowhere", "mun"]},
 "rules": [{"name": "a", "when": "1", "for": "5 min", "no_data": "alert", "raise": {"info": "1", "worst": "1"}, "flapping": {"changes": 1}, "max": 0},
  {"name": "heartbeat", "when": "1"}],
 "route": {"receiver": "x", "group_interval": "10m", "repeat_interval": "5m", "mute": "nigth", "routes": [
  {"repeat_interval": "2m", "group_interval": "1m"}, {"match": ["rule=~("]}, {"match": ["rule"]}]},
 "inhibit": [{"source": {"rule": "b"}, "target": ["severity!=bad"], "equal": "x"}], "fallback_receiver": "z"}
END
	run_filter '' cdo-alert check a.json
	assert_status 78
	assert_err "cdo-alert: a.json:1:10: /name: must have 1 to 127 bytes
cdo-alert: a.json:4:148: /rules/0/max: must be 1 to 1000
cdo-alert: a.json:4:46: /rules/0/for: must be an integer from 1, or a duration like 5m
cdo-alert: a.json:4:93: /rules/0/raise/info: is no more than the rule's severity, error
cdo-alert: a.json:4:107: /rules/0/raise/worst: unknown severity worst
cdo-alert: a.json:4:137: /rules/0/flapping/changes: must be 2 to 50, or 0: never
cdo-alert: a.json:4:66: /rules/0/no_data: how often does data come? every is missing
cdo-alert: a.json:5:12: /rules/1/name: is a name of our own
cdo-alert: a.json:2:57: /receivers/x/rate: must be like 20/m, or 20/m:5 with a burst
cdo-alert: a.json:3:24: /windows/night/0: Europe/Nowhere: no time zone that this system knows
cdo-alert: a.json:3:54: /windows/night/1: mun: days are like mon-fri,sun
cdo-alert: a.json:8:106: /fallback_receiver: unknown receiver z; did you mean x?
cdo-alert: a.json:6:73: /route/repeat_interval: is shorter than group_interval (10m): it would be that
cdo-alert: a.json:6:87: /route/mute: unknown window nigth; did you mean night?
cdo-alert: a.json:7:23: /route/routes/0/repeat_interval: is shorter than tick (5m): nobody would look in time
cdo-alert: a.json:7:65: /route/routes/1/match/0: missing closing parenthesis at byte 7
cdo-alert: a.json:7:89: /route/routes/2/match/0: rule: must be a label, one of = != =~ !~, and a value
cdo-alert: a.json:7:54: /route/routes/1: no alert comes here: route 0 takes all of them
cdo-alert: a.json:2:72: /receivers/y: no route leads to this receiver
cdo-alert: a.json:8:34: /inhibit/0/source/rule: unknown rule b; did you mean a?
cdo-alert: a.json: there are more faults"
}

@test "cdo-alert: contradictions, duplicates, bad JSON and missing files" {
	echo '{"receivers":{"x":{"exec":{"argv":["cat"]}}},"rules":[]}' >a.json
	run_filter '' cdo-alert check a.json
	assert_status 78
	assert_err 'cdo-alert: a.json:1:1: route is missing: no receiver would be told'
	echo '{"rules":[],"rules":[]}' >a.json
	run_filter '' cdo-alert check a.json
	assert_status 78
	[[ $err == 'cdo-alert: a.json:1:13: member given twice: '* ]]
	printf '{"rules":\n [}' >a.json
	run_filter '' cdo-alert -R a.json
	assert_status 78
	[[ $err == 'cdo-alert: a.json:2:'* ]]
	run_filter '' cdo-alert -R none.json
	assert_status 66
	assert_err 'cdo-alert: none.json: no such file, and no alerts of that name'
	rules '{"name":"a","when":".x"}'
	run_filter '' cdo-alert -R a.json none.ndjson
	assert_status 66
}

@test "cdo-alert: wrong calls exit 64" {
	rules '{"name":"a","when":".x"}'
	for wrong in '' '-R a.json -R a.json' 'chek a.json' 'check' 'check a.json a.json' '-R'; do
		# shellcheck disable=SC2086
		run_filter '' cdo-alert $wrong
		assert_status 64
		assert_out ''
	done
}

@test "cdo-alert: check needs no secrets; the example that is installed has no fault" {
	echo '{"receivers":{"x":{"webhook":{"url":{"secret":"env:NONE"},"hmac":{"secret":"file:/none"}}}},"rules":[],"route":{"receiver":"x"}}' >a.json
	run_filter '' cdo-alert check a.json
	assert_status 0
	assert_err ''
	run_filter '' cdo-alert -R a.json
	assert_status 78
	[[ $err == 'cdo-alert: a.json:1:47: /receivers/x/webhook/url/secret: '* ]] || fail "$err"
	run_filter '' cdo-alert check "$CDO_SHARE/alerts/weather.alerts.json"
	assert_status 0
	assert_err ''
}

@test "cdo-alert: alerts by name, and no file is told as that" {
	mkdir -p home/alerts
	rules '{"name":"a","when":".x > 1"}'
	mv a.json home/alerts/mine.alerts.json
	export CDO_HOME=$PWD/home
	run_filter '{"x":2}' cdo-alert -R mine
	assert_status 0
	[[ $(events .rule) == 'firing a' ]]
	run_filter '' cdo-alert check mine
	assert_status 0
	run_filter '' cdo-alert -R nothing
	assert_status 66
	assert_err 'cdo-alert: nothing: no such file, and no alerts of that name'
	run_filter '' cdo-alert -R mime
	assert_status 66
	assert_err 'cdo-alert: mime: no such file, and no alerts of that name; did you mean mine?'
	run_filter '' cdo-alert -R home
	assert_status 66
	assert_err 'cdo-alert: home: read: Is a directory'
	run_filter '' cdo-alert file.ndjson
	assert_status 64
	[[ $err == 'cdo-alert: file.ndjson: unknown command; for a file of records, which alerts? see --rules'* ]] || fail "$err"
}
