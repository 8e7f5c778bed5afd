#!/usr/bin/env bats
# cdo-alert: mail, by a server with STARTTLS and AUTH (tests/peers/smtpd).

load helper
load channels

export CDO_NOW=2026-01-02T03:04:05Z TOKEN=p

setup() { cd "$BATS_TEST_TMPDIR"; }

teardown() { [[ -z ${smtpd_pid:-} ]] || kill "$smtpd_pid" 2>/dev/null || :; }

# start_smtpd MODE [NAME]: sets server, HOST:PORT.  NAME: in its certificate.
start_smtpd() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem \
		-days 2 -subj "/CN=${2:-localhost}" -addext "subjectAltName=DNS:${2:-localhost}" 2>/dev/null
	rm -f smtpd.port
	"$BATS_TEST_DIRNAME/peers/smtpd" . cert.pem key.pem "$1" >smtpd.port 2>smtpd.err 3>&- &
	smtpd_pid=$!
	within 20 test -s smtpd.port || fail "the mail server does not start: $(<smtpd.err)"
	server=localhost:$(<smtpd.port)
}

# email TO [MORE]: a receiver, by default with a login.
email() {
	echo '{"email":{"smtp":"'"${scheme:-smtp}://$server"'","from":"Öps <cdo@example.org>","to":'"$1${2-,\"ca\":\"cert.pem\",\"user\":\"u\",\"password\":{\"secret\":\"env:TOKEN\"\}}"'}}'
}

RECORD='{"x":1,"city":"Rio","k":"a\r\nBcc: <b@c>","t":"São Paulo: é <b>quente</b>\r\nBcc: x@y","b":".\nFrom me\n=3D 😀 &amp; <script>\u0000"}'

# parsed FILE: what Python's parser of mail makes of it, as JSON.
parsed() {
	python3 - "$1" <<'END'
import email, email.policy, json, sys
raw = open(sys.argv[1], "rb").read()
m = email.message_from_bytes(raw, policy=email.policy.default)
parts = {p.get_content_type(): p.get_content().replace("\r\n", "\n") for p in m.walk() if not p.is_multipart()}
print(json.dumps({"headers": [[k, str(v)] for k, v in m.items()], "defects": [str(d) for p in m.walk() for d in p.defects],
    "parts": parts, "longest": max(len(l) for l in raw.split(b"\r\n")),
    "bare": raw.replace(b"\r\n", b"").count(b"\r") + raw.replace(b"\r\n", b"").count(b"\n"), "ascii": raw.isascii()}))
END
}

header() { jq -r --arg n "$1" '[.headers[] | select(.[0] == $n) | .[1]] | join("|")' mail; }

@test "cdo-alert: email: by STARTTLS and AUTH, a mail that parses, with nothing of the data as a header" {
	start_smtpd starttls
	tell "$(email '["a@example.org","b@example.org"]')" "$RECORD"
	assert_status 0
	assert_err ''
	[[ $(<1.to) == 'cdo@example.org a@example.org b@example.org' ]]
	parsed 1.eml >mail
	[[ $(jq -c '[.defects, .bare, .ascii]' mail) == '[[],0,true]' ]] || fail "$(<mail)"
	[[ $(jq .longest mail) -le 78 ]] || fail "$(jq .longest mail)"
	[[ $(jq -r '[.headers[][0]] | join(" ")' mail) == 'Date From To Subject Message-ID In-Reply-To References Auto-Submitted X-Auto-Response-Suppress MIME-Version Content-Type' ]]
	[[ $(header Subject) == 'FIRING (critical): São Paulo: é <b>quente</b> Bcc: x@y' ]] || fail "$(header Subject)"
	[[ $(header From) == 'Öps <cdo@example.org>' && $(header To) == 'a@example.org, b@example.org' ]]
	[[ $(header Date) == 'Fri, 02 Jan 2026 03:04:05 +0000' && $(header Auto-Submitted) == auto-generated ]]
	id=$(tail -n 1 <<<"$out" | jq -r .notification)
	[[ $(header Message-ID) == "<${id:0:32}.cdo@example.org>" ]] || fail "$(header Message-ID), not $id"
	[[ $(header References) == "$(header In-Reply-To)" && $(header References) == *.cdo@example.org\> ]]
	[[ $(jq -r '.parts["text/plain"]' mail) == $'FIRING (critical): São Paulo: é <b>quente</b> Bcc: x@y\n\n.\nFrom me\n=3D 😀 &amp; <script>�\ncity: Rio, k: a Bcc: <b@c>\nsince 2026-01-02T03:04:05Z' ]] || fail "$(jq '.parts["text/plain"]' mail)"
	jq -r '.parts["text/html"]' mail >page
	grep -qF '=3D 😀 &amp;amp; &lt;script&gt;�' page
	! grep -qE '<script|<b>|<b@c' page
}

@test "cdo-alert: email: a long subject and a digest's worth of alerts stay within the lines" {
	start_smtpd implicit
	scheme=smtps tell "$(scheme=smtps email '"a@example.org"')" \
		"$(for i in {1..60}; do printf '{"x":1,"k":"%s","t":"%s","b":"%s"}\n' "$i" "$(printf 'übermäßig%.0s' {1..80})" "$(printf 'x%.0s' {1..3000})"; done)"
	assert_status 0
	parsed 1.eml >mail
	[[ $(jq -c '[.defects, .bare, .ascii]' mail) == '[[],0,true]' && $(jq .longest mail) -le 78 ]] || fail "$(jq -c '[.defects,.longest]' mail)"
	[[ $(header Subject) == 'FIRING (critical), 60 alerts: übermäßig'*… ]] || fail "$(header Subject)"
	jq -r '.parts["text/html"]' mail | grep -q 'and [0-9]* more'
}

@test "cdo-alert: email: each recipient has an outcome; a refusal does not keep it from the others" {
	start_smtpd starttls
	tell "$(email '["reject@example.org","a@example.org"]')" "$RECORD"
	assert_status 69
	assert_err 'cdo-alert: r: reject@example.org: SMTP 550: 5.1.1 no such user here (1 alert not delivered)'
	[[ $(<1.to) == 'cdo@example.org a@example.org' ]]
	tell "$(email '["a@example.org","later@example.org"]')" "$RECORD"
	assert_status 3
	assert_err 'cdo-alert: r: later@example.org: SMTP 451: 4.3.0 try again later (1 alert kept in the outbox)'
	[[ $(<2.to) == 'cdo@example.org a@example.org' ]]
	: >in # the next try is for the one who is left
	CDO_NOW=2026-01-02T03:34:05Z CDO_STATE_DIR=$PWD/state run_filter '' cdo-alert -R a.json in
	assert_status 3
	[[ $err == *'r: later@example.org: SMTP 451'* && $err != *a@example.org* && ! -e 3.eml ]] || fail "$err"
	tell "$(email '["later@example.org","reject@example.org"]')" "$RECORD"
	assert_status 3
	[[ $err == *'later@example.org: SMTP 451'*'reject@example.org: SMTP 550'* && ! -e 3.eml ]] || fail "$err"
	tell "$(email '["full@example.org"]')" "$RECORD"
	assert_status 69
	assert_err 'cdo-alert: r: full@example.org: SMTP 552: 5.2.2 mailbox full (1 alert not delivered)'
}

@test "cdo-alert: email: a wrong password: 69, and it does not show" {
	start_smtpd starttls
	TOKEN=t1ger tell "$(email '"a@example.org"')" "$RECORD"
	assert_status 69
	[[ $err == *'SMTP 535'* && $err != *t1ger* && $err != *dDFnZXI* ]] || fail "$err"
}

@test "cdo-alert: email: no TLS, no mail: a server without it, one that nobody vouches for, one of another name" {
	start_smtpd plain
	tell "$(email '"a@example.org"' '')" "$RECORD"
	assert_status 69
	assert_err 'cdo-alert: r: a@example.org: the server has no TLS (1 alert not delivered)'
	tell "$(email '"a@example.org"' ',"tls":"none"')" "$RECORD"
	assert_status 0
	[[ -e 1.eml && ! -e 2.eml ]]
	kill "$smtpd_pid"
	start_smtpd starttls other.example.org
	tell "$(email '"a@example.org"')" "$RECORD"
	assert_status 69
	tell "$(email '"a@example.org"' ',"user":"u","password":{"secret":"env:TOKEN"}')" "$RECORD"
	assert_status 69
	[[ ! -e 2.eml ]]
	kill "$smtpd_pid"
	start_smtpd starttls
	SSL_CERT_FILE=cert.pem tell "$(email '"b@example.org"' ',"user":"u","password":{"secret":"env:TOKEN"}')" "$RECORD"
	assert_status 0
	[[ $(<1.to) == *' b@example.org' ]]
}

@test "cdo-alert: email: nobody there, and a server that says nothing: 3" {
	start_smtpd starttls
	kill "$smtpd_pid" && ! wait "$smtpd_pid" 2>/dev/null
	tell "$(email '"a@example.org"')" "$RECORD"
	assert_status 3
	python3 -c 'import socket, time
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
c = s.accept()
time.sleep(60)' >port 3>&- &
	smtpd_pid=$!
	within 10 test -s port
	server=127.0.0.1:$(<port)
	tell "$(email '"a@example.org"' ',"timeout":"300ms"')" "$RECORD"
	assert_status 3
}

@test "cdo-alert: check: addresses and servers are looked at" {
	server=localhost
	refuse() {
		printf '{"rules":[],"route":{"receiver":"r"},"receivers":{"r":%s}}' "$1" >a.json
		run_filter '' cdo-alert check a.json
		assert_status 78
		[[ $err == *"$2" ]] || fail "$err"
	}
	for to in 'a' 'a@' '@b' 'a b@c' 'a@b\r\nRCPT TO:<x@y>' 'a@b>' 'a@b..c' '.a@b' 'a@-_b' 'é@b' 'a@b,c@d' "$(printf 'x%.0s' {1..65})@b"; do
		refuse "$(email '["'"$to"'"]')" '/receivers/r/email/to/0: must be an address of mail'
	done
	refuse "$(email '[]')" '/receivers/r/email/to: must name 1 to 50 recipients'
	refuse '{"email":{"smtp":"http://x","from":"a@b","to":"a@b"}}' '/receivers/r/email/smtp: must be smtp://HOST:PORT or smtps://HOST:PORT'
	refuse '{"email":{"smtp":"smtp://u:p@x","from":"a@b","to":"a@b"}}' 'must be smtp://HOST:PORT or smtps://HOST:PORT'
	refuse '{"email":{"smtp":"smtp://x","from":"a <b>","to":"a@b"}}' '/receivers/r/email/from: must be an address of mail, or Name <address>'
	refuse '{"email":{"smtp":"smtp://x","from":"a@b","to":"a@b","tls":"none","user":"u","password":{"secret":"env:P"}}}' 'tls: a password is not sent without TLS'
	refuse '{"email":{"smtp":"smtp://x","from":"a@b","to":"a@b","user":"u"}}' 'user: user and password go together'
	refuse '{"email":{"smtp":"smtp://x","from":"a@b","to":"a@b","pasword":"u"}}' 'pasword: unknown member; did you mean password?'
	refuse '{"email":{"smtp":"smtp://x","from":"a@b","to":"a@b","user":"u","password":"p"}}' 'must say where the secret is, not what it is: {"secret":"env:NAME"}'
}
