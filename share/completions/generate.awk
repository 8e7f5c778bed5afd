# Read a program's --help; write OUT/bash/NAME, OUT/zsh/_NAME and
# OUT/fish/NAME.fish.  -v name=NAME -v out=OUT
#
# What it understands is what our programs print: the usage, a call a line;
# one line an option, "  -r, --rejects FILE  what it does"; and at the end
# the common options in running text, "--log-format text|json", where
# "--[no-]x" is two.

BEGIN {
	about["--help"] = "print the synopsis and the options"
	about["--quiet"] = "report errors only"
	about["--verbose"] = "report more; twice, even more"
	about["--version"] = "print the version"
	about["--log-format"] = "how messages are written"
	about["--max-line"] = "longer lines are malformed"
	about["--progress"] = "show progress"
	about["--no-progress"] = "do not show progress"
	about["--strip"] = "leave _cdo out"
}

# Note an option; either of short and long may be "", arg too.
function add(short, long, arg, what) {
	if (long in known || (long == "" && short in known))
		return
	known[long] = known[short] = 1
	n++
	shorts[n] = short "" # -0 looks like a number
	longs[n] = long
	args[n] = arg ""
	whats[n] = what ? what : about[long]
}

# "name verb|verb ..." in the usage.
function take_usage(words, word, k, i) {
	if (words[1] != name || words[2] !~ /^[a-z|]+$/)
		return
	k = split(words[2], word, "|")
	for (i = 1; i <= k; i++)
		if (!(word[i] in is_verb)) {
			is_verb[word[i]] = 1
			verbs = verbs (verbs ? " " : "") word[i]
		}
}

# "-r, --rejects FILE  what it does"; "--env NAME, --cwd  what they do" is two.
function take_option(line, what, item, word, k, i, short) {
	what = ""
	if (match(line, /  +[^ ]/)) {
		what = substr(line, RSTART + RLENGTH - 1)
		line = substr(line, 1, RSTART - 1)
	}
	k = split(line, item, /, */)
	short = ""
	for (i = 1; i <= k; i++) {
		word[2] = ""
		split(item[i], word, /[ =]/)
		if (word[1] !~ /^--/) {
			short = word[1]
			if (i < k && word[2] == "")
				continue
			add(short, "", word[2], what)
		} else {
			add(short, word[1], word[2], what)
		}
		short = ""
	}
}

# The common options: an argument is the word behind its option.
function take_common(word, k, i, arg) {
	for (i = 1; i <= k; i++) {
		if (word[i] !~ /^-/)
			continue
		arg = i < k && word[i + 1] !~ /^-/ ? word[i + 1] : ""
		if (word[i] ~ /^--\[no-\]/) {
			sub(/\[no-\]/, "", word[i])
			add("", "--no-" substr(word[i], 3), "", "")
			add("", word[i], "", "")
		} else if (word[i] ~ /^--/) {
			add("", word[i], arg, "")
		} else if (i < k && word[i + 1] ~ /^--/) {
			add(word[i], word[i + 1], "", "")
			i++
		} else {
			add(word[i], "", "", "")
		}
	}
}

function is_choice(arg) {
	return arg ~ /^[a-z0-9.-]+(\|[a-z0-9.-]+)+$/
}

function choices(arg) {
	gsub(/\|/, " ", arg)
	return arg
}

function write_bash(to, i, f, all, with_arg) {
	to = out "/bash/" name
	f = "_" name
	gsub(/-/, "_", f)
	print "# bash completion for " name >to
	print f "() {" >to
	print "\tCOMPREPLY=()" >to
	print "\tcase $3 in" >to
	for (i = 1; i <= n; i++) {
		if (longs[i])
			all = all (all ? " " : "") longs[i]
		if (!args[i])
			continue
		with_arg = shorts[i] (shorts[i] && longs[i] ? " | " : "") longs[i]
		print "\t" with_arg ")" >to
		if (is_choice(args[i]))
			print "\t\tmapfile -t COMPREPLY < <(compgen -W '" \
			    choices(args[i]) "' -- \"$2\")" >to
		print "\t\treturn ;;" >to
	}
	print "\tesac" >to
	print "\tif [[ $2 == -* ]]; then" >to
	print "\t\tmapfile -t COMPREPLY < <(compgen -W '" all "' -- \"$2\")" >to
	if (verbs) {
		print "\telif [[ $COMP_CWORD -eq 1 ]]; then" >to
		print "\t\tmapfile -t COMPREPLY < <(compgen -W '" verbs \
		    "' -- \"$2\")" >to
	}
	print "\tfi" >to
	print "}" >to
	print "complete -o default -F " f " " name >to
	close(to)
}

# What stands in [] in a specification for _arguments, in single quotes.
function zsh_text(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/:/, "\\:", s)
	gsub(/\[/, "\\[", s)
	gsub(/\]/, "\\]", s)
	gsub(/'/, "'\\''", s)
	return s
}

function write_zsh(to, i, spec) {
	to = out "/zsh/_" name
	print "#compdef " name >to
	print "_arguments -s -S \\" >to
	for (i = 1; i <= n; i++) {
		spec = "'[" zsh_text(whats[i]) "]"
		if (args[i])
			spec = spec ":" zsh_text(is_choice(args[i]) ? "word" : args[i]) \
			    ":" (is_choice(args[i]) ? "(" choices(args[i]) ")" : "_files")
		spec = spec "'"
		if (shorts[i] && longs[i])
			spec = "'*'{" shorts[i] "," longs[i] "}" spec
		else
			spec = "'*'" shorts[i] longs[i] spec
		print "\t" spec " \\" >to
	}
	if (verbs)
		print "\t'1:verb:(" verbs ")' \\" >to
	print "\t'*:file:_files'" >to
	close(to)
}

function fish_text(s) {
	gsub(/[\\']/, "\\\\&", s)
	return "'" s "'"
}

function write_fish(to, i, line) {
	to = out "/fish/" name ".fish"
	print "# fish completion for " name >to
	for (i = 1; i <= n; i++) {
		line = "complete -c " name
		if (shorts[i])
			line = line " -s " substr(shorts[i], 2)
		if (longs[i])
			line = line " -l " substr(longs[i], 3)
		if (args[i])
			line = line (is_choice(args[i]) \
			    ? " -x -a " fish_text(choices(args[i])) : " -r")
		if (whats[i])
			line = line " -d " fish_text(whats[i])
		print line >to
	}
	if (verbs)
		print "complete -c " name " -n __fish_use_subcommand -f -a " \
		    fish_text(verbs) >to
	close(to)
}

/^(usage:|      ) +cdo-/ && !is_common {
	sub(/^(usage:)? +/, "")
	split($0, words, " ")
	take_usage(words)
	next
}
/^Common options/ {
	is_common = 1
	sub(/^[^:]*: */, "")
}
is_common {
	k = split($0, words, " ")
	take_common(words, k)
	next
}
/^ +-[-A-Za-z0-9]/ {
	sub(/^ +/, "")
	take_option($0)
}
END {
	write_bash()
	write_zsh()
	write_fish()
}
