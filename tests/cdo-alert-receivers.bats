#!/usr/bin/env bats
# cdo-alert check: faults in receivers, by place and with what may be meant.

load helper
load channels

setup() { cd "$BATS_TEST_TMPDIR"; }

# refuse RECEIVER TEXT: the settings have this fault.
refuse() {
	printf '{"rules":[],"route":{"receiver":"r"},"receivers":{"r":%s}}' "$1" >a.json
	run_filter '' cdo-alert check a.json
	assert_status 78
	[[ $err == *"$2"* ]] || fail "$1: $err"
}

accept() {
	printf '{"rules":[],"route":{"receiver":"r"},"receivers":{"r":%s}}' "$1" >a.json
	run_filter '' cdo-alert check a.json
	assert_status 0
	[[ -z $err ]] || fail "$err"
	cdo-validate -q -s "$CDO_SHARE/schemas/alerts.schema.json" a.json >/dev/null 2>schema.err || fail "schema: $(<schema.err)"
}

@test "cdo-alert check: every channel with all its members is good, by the schema too; secrets need not be there" {
	url=https://example.org
	for channel in $WEB; do
		accept "$(receiver "$channel" ',"timeout":"5s"')"
	done
	accept '{"email":{"smtp":"smtps://mail.example.org:465","from":"cdo <cdo@example.org>","to":"a@example.org","tls":"required","user":"u","password":{"secret":"cred:none"},"ca":"/etc/ca.pem","link":"https://example.org","timeout":"20s"}}'
	accept '{"email":{"smtp":"smtp://[::1]","from":"cdo@example.org","to":["a@example.org"],"tls":"none"}}'
	accept '{"syslog":{"path":"/dev/log","facility":"local7","format":"rfc5424","timeout":"1s"}}'
	accept '{"journal":{"path":"/x"}}'
	accept '{"journal":{}}'
	accept '{"exec":{"argv":["true"]}}'
}

@test "cdo-alert check: what is wrong with a channel is told by place" {
	local secret='{"secret":"env:X"}'
	refuse '{"discrod":{}}' '/receivers/r/discrod: unknown channel; did you mean discord?'
	refuse '{"slack":{"url":"https://x","mentoin":"a"}}' '/receivers/r/slack/mentoin: unknown member; did you mean mention?'
	refuse '{"slack":{"url":"https://u:p@x"}}' '/receivers/r/slack/url: must be a URL of http or https, without a password'
	refuse '{"slack":{"url":"https://x/a b"}}' 'must be a URL of http or https'
	refuse '{"slack":{"url":"https://x","mention":"a\nb"}}' '/receivers/r/slack/mention: must be a text on one line, and not empty'
	refuse '{"slack":{"url":"https://x","link":"javascript:alert(1)"}}' '/receivers/r/slack/link: must be a URL'
	refuse '{"pagerduty":{"key":"abc"}}' '/receivers/r/pagerduty/key: must say where the secret is, not what it is'
	refuse '{"pagerduty":{}}' '/receivers/r/pagerduty: key is missing'
	refuse '{"telegram":{"token":'"$secret"',"chat":""}}' '/receivers/r/telegram/chat: must be a text on one line, and not empty'
	refuse '{"telegram":{"token":'"$secret"',"chat":"1","silent":1}}' '/receivers/r/telegram/silent: must be true or false'
	refuse '{"sns":{"topic":"alerts","access_key_id":"a","secret_access_key":'"$secret"'}}' '/receivers/r/sns/topic: must be an ARN like'
	refuse '{"sms":{"account":"a","token":'"$secret"',"from":"x","to":["+1555","0123"]}}' '/receivers/r/sms/to/1: must be a number like +15551234567'
	refuse '{"syslog":{"facility":"local9"}}' '/receivers/r/syslog/facility: must be one of kern,'
	refuse '{"syslog":{"timeout":"11m"}}' '/receivers/r/syslog/timeout: must be above 0 and at most 10m'
	refuse '{"gotify":{"url":"https://x","token":{"secret":"x"}}}' '/receivers/r/gotify/token/secret: must be env:NAME, file:PATH or cred:NAME'
}
