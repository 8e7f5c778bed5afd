#!/usr/bin/env bats
# cdo-detect --plot: a picture of the series, drawn by gnuplot, as its page
# says.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	for i in $(seq 400); do
		echo "{\"k\":$((i % 2)),\"t\":$((1700000000 + i * 60)),\"x\":$((i == 300 ? 90 : i % 7)),\"y\":$((i % 5))}"
	done >in
}

draw() { run_filter "$(cat in)" cdo-detect "$@"; }

@test "cdo-detect: --plot draws what a method that streams says" {
	draw -m z_score -f .x --plot a.svg
	assert_status 0
	assert_err ''
	[[ $(wc -l <<<"$out") -eq 400 ]]
	head -n 1 a.svg | grep -q '<?xml'
	for word in usual expected value anomaly z_score .x; do
		grep -q ">$word<\|$word" a.svg || fail "$word"
	done
	draw -m z_score -f .x -t .t --plot a.svg --only
	assert_status 0
	grep -q '>11-14<' a.svg
}

@test "cdo-detect: --plot draws each field and key by itself, as PNG too" {
	draw -m mahalanobis -f .x -f .y -k .k --plot a.png
	assert_status 0
	[[ $(head -c 8 a.png | od -An -tx1 | tr -d ' ') == 89504e470d0a1a0a ]]
	draw -m mahalanobis -f .x -f .y -k .k --plot a.svg
	for name in '.x of 0' '.y of 0' '.x of 1' '.y of 1'; do
		grep -qF "$name" a.svg || fail "$name"
	done
}

@test "cdo-detect: --plot draws for a terminal, and by a model" {
	draw -m iqr -f .x --fit m.json --plot a.txt
	assert_status 0
	grep -q anomaly a.txt
	draw --model m.json --plot b.txt
	assert_status 0
	cmp a.txt b.txt
}

@test "cdo-detect: --plot loses no anomaly in a long series" {
	for i in $(seq 60); do
		cat in
	done | jq -c '.x%=7' | sed '17000s/"x":[0-9]*/"x":900/' >many
	cdo-detect -m z_score -f .x --plot a.txt <many >out
	grep -q '900\|1000' a.txt
	grep -q anomaly a.txt
}

@test "cdo-detect: --plot takes no name of a field for a command" {
	sed -i 's/"x"/"`touch evil`\\n\\"; system(`touch evil`)"/' in
	f='."`touch evil`\n\"; system(`touch evil`)"'
	draw -m z_score -f "$f" --plot a.svg
	assert_status 0
	[[ -s a.svg && ! -e evil ]]
}

@test "cdo-detect: --plot does not read .gnuplot" {
	echo 'system "touch evil"; set output "elsewhere"' >.gnuplot
	HOME=$PWD draw -m z_score -f .x --plot a.svg
	assert_status 0
	[[ -s a.svg && ! -e evil && ! -e elsewhere ]]
}

@test "cdo-detect: --plot tells what it cannot do, the records go out" {
	draw -m z_score -f .x --plot a.gif
	assert_status 64
	[[ $err == 'cdo-detect: --plot: a.gif: neither .svg, .png nor .txt'* ]]
	draw -m z_score -f .x --plot none/a.svg
	assert_status 73
	[[ $(wc -l <<<"$out") -eq 400 ]]
	mkdir bin
	printf '#!/bin/sh\necho no terminal >&2\nexit 1\n' >bin/gnuplot
	chmod +x bin/gnuplot
	PATH=$PWD/bin:$PATH draw -m z_score -f .x --plot a.svg
	assert_status 69
	[[ $err == 'cdo-detect: a.svg: gnuplot failed: no terminal'* ]] || fail "$err"
	[[ ! -e a.svg ]]
	run_filter '' cdo-detect -m z_score -f .x --plot a.svg
	assert_status 0
	[[ $err == 'cdo-detect: warning: a.svg: there is nothing to draw' ]]
	run_filter "$(seq 20 | jq -c '{k:., x:1}')" cdo-detect -m z_score -f .x -k .k --plot a.svg
	[[ $err == 'cdo-detect: warning: a.svg: only the first 8 series are drawn' ]] || fail "$err"
}
