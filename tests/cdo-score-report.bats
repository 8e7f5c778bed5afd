#!/usr/bin/env bats
# cdo-score --report: the pages, as text and in a browser.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >rules.json <<-'END'
	{"rules": [
	  {"name": "t", "field": ".t", "required": true, "type": "number",
	   "max": 60, "message": "too hot"},
	  {"field": ".city", "pattern": "^[A-Z]"}]}
	END
}

# Data that tries to be markup, everywhere.
hostile='{"t":99,"city":"<script>alert(1)</script>&\"|`x`*_[a](b)"}'

# browse PAGE WIDTH: the page as the browser has it after running; err: what
# it complained of.
browse() {
	chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--disable-background-networking --disable-sync --no-first-run \
		--user-data-dir="$BATS_TEST_TMPDIR/browser" --enable-logging=stderr \
		--window-size="$2,900" --virtual-time-budget=2000 --dump-dom \
		"file://$PWD/$1" 2>chromium.err
}

@test "cdo-score: --report writes a page beside the records" {
	run_filter '{"t":20,"city":"Lima"}
{"t":99,"city":"Oslo"}' cdo-score -R rules.json --report page.txt
	assert_status 0
	[[ $(wc -l <<<"$out") -eq 2 ]]
	# validity: type 2/2, max 1/2, pattern 2/2: 5/6
	[[ $(head -3 page.txt) == $'Data quality\n\nscore 91.7, 2 records, 0 malformed lines, 0 without a score' ]]
	grep -q '^  validity       83.3 #################\.\.\.  worst \.t at 75\.0$' page.txt
	grep -q '^  +8.33  .t maximum: look for wrong units.*; failed: 1 (50 %)$' page.txt
	grep -q '^      99 <stdin>:2$' page.txt
	grep -qF '      rule: {"name":"t","field":".t","max":60,"message":"too hot"}' page.txt
}

@test "cdo-score: a report of groups, and of merged summaries" {
	run_filter '{"t":20,"city":"Lima"}
{"t":99,"city":"Oslo"}' cdo-score -R rules.json --summary --by .city --report a.md
	assert_status 0
	[[ $(grep '^##' a.md) == $'## Lima\n\n## Oslo' || $(grep '^##' a.md) == $'## Lima\n## Oslo' ]]
	cdo-score --merge --report b.md <<<"$out" >/dev/null
	cmp a.md b.md
}

@test "cdo-score: nothing of the data is markup in a report" {
	for page in page.html page.md page.txt; do
		run_filter "$hostile" cdo-score -R rules.json --summary \
			--by .city --report "$page"
		assert_status 0
	done
	grep -qF '&lt;script&gt;alert(1)&lt;/script&gt;&amp;' page.html
	if grep -qi '<script' page.html; then fail 'a script'; fi
	grep -qF '## \<script\>alert(1)\</script\>\&"\|\`x\`\*\_\[a\](b)' page.md
}

@test "cdo-score: no row of backquotes ends the code in Markdown" {
	run_filter '{"t":"a``b```<b>c</b>"}' cdo-score -R rules.json --summary \
		--report page.md
	grep -qF '   - ````"a``b```<b>c</b>"```` \<stdin\>:1' page.md || fail "$(<page.md)"
}

@test "cdo-score: a report of windows says which, and has an end" {
	run_filter '{"at":"2026-11-28T12:00:00Z"}' cdo-score --summary \
		--window 5m -t .at --report page.txt
	[[ $(sed -n 3p page.txt) == '2026-11-28T12:00:00Z to 2026-11-28T12:05:00Z' ]]
	# 100 in full, 10000 with a line, 1 more
	seq 10001 | cdo-score --summary --window 1 --report page.html >out
	[[ $(wc -l <out) -eq 10001 && $(grep -c '<h2 id' page.html) -eq 100 ]]
	[[ $(grep -c '<tr><td>' page.html) -eq 10000 ]]
	grep -qF '<p>And 1 more.</p>' page.html
	grep -q '<tr><td>10000 to 10000</td><td class="n soft">none</td><td class="n">1</td><td class="n">0</td></tr>' page.html
	seq 10001 | cdo-score --summary --window 1 --report page.txt >out
	[[ $(tail -n 1 page.txt) == 'And 9901 more.' ]]
}

@test "cdo-score: a report that cannot be written is 73, and the old one stays" {
	echo old >page.txt
	mkdir d
	run_filter '{"t":1}' cdo-score -R rules.json --report none/page.txt
	assert_status 73
	[[ $err == *'none/page.txt: No such file or directory'* && -n $out ]]
	(
		ulimit -f 0
		trap '' XFSZ
		cdo-score -R rules.json --report page.txt <<<'{"t":1}' |
			cat >/dev/null
		[[ ${PIPESTATUS[0]} -eq 73 ]]
	)
	[[ $(<page.txt) == old && $(ls -A) != *.page.txt.* ]]
}

@test "cdo-score: a summary may be too deep for a page" {
	deep=$(printf '{"a":%.0s' $(seq 1021))1$(printf '}%.0s' $(seq 1021))
	cdo-score -R rules.json --summary <<<'{"t":99}' |
		sed "s/\"paste\":{[^}]*}/\"paste\":$deep/" >deep.json
	run_filter '' cdo-score --merge --report page.txt deep.json
	assert_status 73
	[[ $err == *'page.txt: a summary is nested too deeply for a page'* ]]
	[[ $out == '{"records":1,'* && ! -e page.txt ]]
}

@test "cdo-score: a browser shows the page, without a complaint" {
	{
		printf '%s\n' "$hostile" bad
		for i in {1..200}; do
			echo "{\"t\":$((i % 70)),\"city\":\"Averyveryveryverylongnameofacitywithoutanyspace$i\"}"
		done
	} | cdo-score -q -R rules.json --report page.html >/dev/null || true
	browse page.html 900 >dom
	if grep 'CONSOLE\|Refused to' chromium.err; then fail 'a complaint'; fi
	for text in 'Data quality' '>records<' '>201<' 'Records by score' \
	    'What to mend first' 'too hot' '>completeness<'; do
		grep -qF -- "$text" dom || fail "$text"
	done
	# on a phone nothing sticks out: the page in a frame of 360 pixels
	{
		echo '<!DOCTYPE html><body><iframe id=f width=360 height=800 srcdoc="'
		sed 's/&/\&amp;/g; s/"/\&quot;/g' page.html
		echo '"></iframe><script>onload = () => { const d ='
		echo 'document.getElementById("f").contentDocument.documentElement;'
		echo 'document.title = d.clientWidth + " " + d.scrollWidth +'
		echo '" " + d.querySelectorAll("article").length }</script>'
	} >phone.html
	browse phone.html 900 >dom
	[[ $(grep -o '<title>[^<]*' dom | head -1) == '<title>'* ]]
	read -r wide all articles < <(grep -o '<title>[0-9 ]*' dom | head -1 |
		sed 's/<title>//')
	[[ $wide -ge 300 && $all -le $wide && $articles -ge 2 ]] ||
		fail "$wide $all $articles"
}
