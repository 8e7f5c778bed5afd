# What the tests of channels share.

# tell RECEIVER RECORD [RULE]: have the alert of a record told to a receiver
# with these settings (JSON), by a rule over the members of the record.
tell() {
	local rule=${3:-'{"name":"heat","when":".x","key":[".city",".k"],"severity":"critical","title":".t","body":".b"}'}
	rm -rf state
	printf '{"receivers":{"r":%s},"route":{"receiver":"r","group_interval":"0s"},"rules":[%s]}' "$1" "$rule" >a.json
	printf '%s\n' "$2" >in # a file comes as one block, a pipe may not
	CDO_STATE_DIR=$PWD/state run_filter '' cdo-alert -R a.json in
}

# told: what was posted since the last call, without what depends on the run.
told() {
	sed -E 's/[0-9a-f]{64}/ID/g; s/Signature=ID/Signature=SIGNATURE/' hooks
	: >hooks
}

# The settings of each channel that talks HTTP, to the test server.
settings() {
	local secret='{"secret":"env:TOKEN"}' link='"link":"https://dash.example.org/?a=1&b=2"'
	case $1 in
	discord) echo '"url":"'"$url"'/hook","mention":"<@&42>",'"$link" ;;
	gotify) echo '"url":"'"$url"'/hook","token":'"$secret,$link" ;;
	matrix) echo '"url":"'"$url"'/hook/","room":"!a/b:example.org","token":'"$secret,$link" ;;
	ntfy) echo '"url":"'"$url"'/hook","topic":"ops","token":'"$secret,$link" ;;
	opsgenie) echo '"url":"'"$url"'/hook","key":'"$secret,$link" ;;
	pagerduty) echo '"url":"'"$url"'/hook","key":'"$secret,$link" ;;
	pushover) echo '"url":"'"$url"'/hook","token":'"$secret"',"user":'"$secret"',"device":"phone",'"$link" ;;
	slack) echo '"url":"'"$url"'/hook","mention":"<!here>",'"$link" ;;
	sms) echo '"url":"'"$url"'/hook","account":"AC1","token":'"$secret"',"from":"+15550001111","to":["+15551234567","+4930123456"]' ;;
	sns) echo '"url":"'"$url"'/hook","topic":"arn:aws:sns:eu-west-1:123456789012:alerts.fifo","access_key_id":"AKID","secret_access_key":'"$secret" ;;
	teams) echo '"url":"'"$url"'/hook",'"$link" ;;
	telegram) echo '"url":"'"$url"'/hook","token":'"$secret"',"chat":"-100123","topic":7,"silent":true,'"$link" ;;
	webhook) echo '"url":"'"$url"'/hook","hmac":'"$secret" ;;
	esac
}

WEB='discord gotify matrix ntfy opsgenie pagerduty pushover slack sms sns teams telegram webhook'

receiver() { printf '{"%s":{%s}}' "$1" "$(settings "$1")${2:-}"; }

