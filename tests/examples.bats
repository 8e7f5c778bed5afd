#!/usr/bin/env bats
# What the man pages show is what happens.

load helper

# README.md as if it were the EXAMPLES of a page.
text_of() {
	case $1 in
	*.md) echo EXAMPLES; sed -n 's/^    /           /p' "$1" ;;
	*) mandoc -T utf8 -O width=300 "$1" | LC_ALL=C.UTF-8 col -bx ;;
	esac
}

# The displays in a page's EXAMPLES, which stand 11 columns in, as "C command"
# (continued: "c more") and "O output".
examples_of() {
	text_of "$1" | awk '
	/^[A-Z]/	{ is_on = $0 == "EXAMPLES"; kind = "" }
	!is_on		{ next }
	/^ ? ? ? ? ? ? ? ? ? ?[^ ]/	{ kind = "" } # text
	{ line = substr($0, 12) }
	line ~ /^\$ /	{ kind = "C"; print "C " substr(line, 3); next }
	line ~ /^> / && kind == "C"	{ print "c " substr(line, 3); next }
	kind != ""	{ kind = "O"; print "O " line }'
}

# Run the command, if there is one, and compare what it prints; what is shown
# to print nothing must at least succeed.
check_example() {
	[[ -n $command ]] || return 0
	local printed status=0
	printed=$({ bash -o pipefail -c "$command" 2>"$BATS_TEST_TMPDIR/err" \
		</dev/null; } ) || status=$?
	printed=$(sed 's/ *$//' <<<"$printed") # mandoc shows none
	# empty lines at the end are for the eye
	while [[ $expected == *$'\n' ]]; do expected=${expected%$'\n'}; done
	[[ $printed == "$expected" && ( -n $expected || $status -eq 0 ) ]] ||
		fail "$page:
\$ $command
$printed
--- status $status
--- but the page says
$expected
--- stderr: $(<"$BATS_TEST_TMPDIR/err")"
	n_run=$((n_run + 1))
}

# run_examples PAGE: all of it in one fresh directory; sets n_run.
run_examples() {
	local page=${1##*/} command='' expected='' line rest
	n_run=0
	mkdir "$BATS_TEST_TMPDIR/$page"
	cd "$BATS_TEST_TMPDIR/$page"
	cp -R "$ROOT"/share/examples/. .
	export HOME=$PWD CDO_STATE_DIR=$PWD/state TZ=UTC
	while IFS= read -r line; do
		rest=${line:2}
		case $line in
		C*) check_example; command=$rest expected= ;;
		c*) command+=$'\n'$rest ;;
		O*) expected+=${expected:+$'\n'}$rest ;;
		esac
	done < <(examples_of "$1")
	check_example
}

@test "examples: every program's page has some, and they are true" {
	for tool in $(tools); do
		run_examples "$ROOT/man/$tool.1"
		[[ $n_run -gt 0 ]] || fail "$tool: no example to run"
	done
}

@test "examples: those of the other pages are true" {
	for page in "$ROOT"/man/*.[57]; do
		run_examples "$page"
	done
}

@test "examples: README's pipeline does what it shows, its table is the pages'" {
	run_examples "$ROOT/README.md"
	[[ $n_run -eq 2 ]] || fail "$n_run commands"
	for tool in $(tools); do
		about=$(sed -n 's/^\.Nd //p' "$ROOT/man/$tool.1")
		grep -qxF "| \`$tool\` | $about |" "$ROOT/README.md" || fail "$tool"
		[[ $about == $(grep -A 1 "^\.It Xr $tool 1" "$ROOT/man/cdo.7" | tail -n 1) ]] ||
			fail "cdo.7: $tool"
	done
}
