#!/usr/bin/env bats
# The completions offer what the programs take.

load helper

# The long options of a program's --help; --[no-]x is two.
long_options() {
	"$1" --help | grep -oE -- '--(\[no-\])?[a-z][a-z-]*' |
		sed 's/--\[no-\]\(.*\)/--\1\n--no-\1/' | sort -u
}

# complete_with WORDS...: what bash offers for the last of the words.
complete_with() {
	local words=("$@") last=$(($# - 1)) function
	function=$(complete -p "$1" | sed 's/.* -F \([^ ]*\) .*/\1/')
	COMP_WORDS=("${words[@]}") COMP_CWORD=$last COMPREPLY=()
	"$function" "$1" "${words[$last]}" "${words[$((last - 1))]}"
	printf '%s\n' "${COMPREPLY[@]}"
}

setup_file() {
	local tool
	cd "$BATS_FILE_TMPDIR"
	for tool in $(tools); do
		"$ROOT/share/completions/generate" . "$CDO_BIN/$tool"
	done
}

@test "completions: bash offers exactly the long options of --help" {
	for tool in $(tools); do
		source "$BATS_FILE_TMPDIR/bash/$tool"
		offered=$(complete_with "$tool" -- | sort)
		[[ $offered == "$(long_options "$tool")" ]] ||
			fail "$tool: $offered"
	done
}

@test "completions: bash offers the words that an option takes" {
	for tool in $(tools); do
		source "$BATS_FILE_TMPDIR/bash/$tool"
		[[ $(complete_with "$tool" --log-format '') == $'text\njson' ]]
		[[ $(complete_with "$tool" --log-format j) == json ]]
	done
}

@test "completions: bash offers the verbs of the usage" {
	cat >"$BATS_TEST_TMPDIR/cdo-some" <<-'END'
	#!/bin/sh
	cat <<-HELP
	usage: cdo-some get [-t ttl] key
	       cdo-some list|show [name]
	       cdo-some -m method [file ...]
	  -m, --method METHOD  it's [a]: or b
	  -t, --ttl DURATION   how long
	  -e                   a letter only
	  --env NAME, --cwd    both
	      --draft 7|2020-12  which one
	Common options, see cdo(7): -h --help
	  --log-format text|json --[no-]progress
	HELP
	END
	chmod +x "$BATS_TEST_TMPDIR/cdo-some"
	cd "$BATS_TEST_TMPDIR"
	"$ROOT/share/completions/generate" . ./cdo-some
	source bash/cdo-some
	[[ $(complete_with cdo-some '') == $'get\nlist\nshow' ]]
	[[ $(complete_with cdo-some get '') == '' ]]
	[[ $(complete_with cdo-some --draft '') == $'7\n2020-12' ]]
	[[ $(complete_with cdo-some -- | sort | tr '\n' ' ') == \
		'--cwd --draft --env --help --log-format --method --no-progress --progress --ttl ' ]]
	zsh -n zsh/_cdo-some
	fish -n fish/cdo-some.fish
	for word in get show; do
		fish -c "source fish/cdo-some.fish; complete -C 'cdo-some $word'" |
			grep -q "^$word"
	done
}

@test "completions: fish offers the same options" {
	for tool in $(tools); do
		offered=$(fish -c "source $BATS_FILE_TMPDIR/fish/$tool.fish
			complete -C '$tool --'" | cut -f 1 | sort -u)
		[[ $offered == "$(long_options "$tool")" ]] ||
			fail "$tool: $offered"
	done
}

@test "completions: those for zsh are well-formed and name every option" {
	for tool in $(tools); do
		file=$BATS_FILE_TMPDIR/zsh/_$tool
		zsh -n "$file"
		[[ $(head -n 1 "$file") == "#compdef $tool" ]]
		for option in $(long_options "$tool"); do
			grep -qE -- "[,']$option[}'=]" "$file" ||
				fail "$tool: $option"
		done
	done
}
