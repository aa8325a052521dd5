#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# aril completion: the scripts, asked by the shells they are for.
# shellcheck disable=SC2016 # what the shells expand

load ../lib/bundle.bash

prepare() {
	only_aril 'is what this is about'
	mkdir "$T/bin" "$T/some-dir"
	ln -s "$ARIL" "$T/bin/aril"
	export PATH=$T/bin:$PATH
	touch "$T/some-file"
	cd "$T" || return
}
# Two containers, named as those that are completed
containers() {
	args /probe pause
	cfg 'del(.linux.cgroupsPath)'
	for name in first-one second; do
		aril create -b "$B" "$name" </dev/null >"$T/out" 2>&1 || return
	done
}

# What bash proposes for the last word. Words are split as readline splits them: at =.
bash_says() { # WORD...
	aril completion bash >"$T/script"
	run bash --norc --noprofile -c '
		source "$1" && shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_aril
		printf "%s\n" "${COMPREPLY[@]}"' bash "$T/script" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}
fish_says() { # LINE
	aril completion fish >"$T/script"
	run --separate-stderr env HOME="$T" fish --no-config -c 'source $argv[1]
		complete -C $argv[2] | sed "s/\t.*//"' "$T/script" "$1"
	# shellcheck disable=SC2154 # run sets it
	echo "$output$stderr"
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
}
# What is left of a line when TAB was pressed at its end, in a zsh that has a terminal
zsh_makes() { # LINE LINE
	aril completion zsh >"$T/script"
	rm -f "$T/line"
	HOME=$T ZDOTDIR=$T SCRIPT=$T/script LINE=$T/line timeout 20 zsh -f -c '
		zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell "autoload -Uz compinit; compinit -u -D; source \$SCRIPT"
		zpty -w shell "tabbed() { zle complete-word
			print -r -- \"\$BUFFER\" >\$LINE.new
			command mv \$LINE.new \$LINE; zle kill-whole-line }"
		zpty -w shell "zle -N tabbed; bindkey \"^I\" tabbed"
		zpty -w -n shell "$1"$'"'\t'"'
		"$2" wait-file $LINE 15000
		result=$?
		zpty -d shell
		exit $result' zsh "$1" "$ARIL_PROBE" </dev/null >"$T/zsh.log" 2>&1 3>&- ||
		{ cat "$T/zsh.log" && return 1; }
	echo "$(cat "$T/line")|"
	[ "$(cat "$T/line")" = "$2" ]
}

@test "the scripts have no mistakes that their shells see" {
	local shell
	for shell in bash zsh fish; do
		aril completion $shell >"$T/script"
		[ "$(wc -l <"$T/script")" -gt 50 ]
		! command -v $shell >/dev/null || $shell -n "$T/script"
	done
	run aril completion tcsh
	fails 'unknown shell "tcsh": one of bash, zsh, fish'
}

@test "every command and every option of --help is in the scripts" {
	local shell verb option
	for shell in bash zsh fish; do
		aril completion $shell >"$T/script"
		while read -r verb; do
			grep -qE "'$verb:| -a $verb " "$T/script"
			while read -r option; do
				grep -qE -- "'--$option:| -l $option( |$)" "$T/script" ||
					{ echo "$shell $verb $option" && return 1; }
			done < <(aril "$verb" --help |
				sed -nE 's/^ .* --([a-z0-9-]+).*/\1/p')
		done < <(aril --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')
	done
}

@test "bash: commands, options, words of options" {
	bash_says aril ru
	[ "$output" = run ]
	bash_says aril --root /x ru
	[ "$output" = run ]
	bash_says aril run --cons
	[ "$output" = --console-socket ]
	bash_says aril --log-format ''
	[ "$output" = $'text\njson' ]
	bash_says aril --log-format = js
	[ "$output" = json ]
	bash_says aril --rootless = ''
	[ "$output" = $'true\nfalse\nauto' ]
	bash_says aril --rootless ru
	[ "$output" = run ]
	bash_says aril list -f j
	[ "$output" = json ]
	bash_says aril completion f
	[ "$output" = fish ]
	bash_says aril kill x US
	[ "$output" = $'USR1\nUSR2' ]
}

@test "bash: containers of the root that is given, not those of a new name" {
	containers
	bash_says aril --root "$STATE" kill ''
	[ "$output" = $'first-one\nsecond' ]
	bash_says aril --root = "$STATE" kill --all sec
	[ "$output" = second ]
	bash_says aril --root "$STATE" delete first-one s
	[ "$output" = second ]
	bash_says aril --root "$STATE" run ''
	[ -z "$output" ]
	# the command of exec has its own options
	bash_says aril --root "$STATE" exec first
	[ "$output" = first-one ]
	bash_says aril --root "$STATE" exec first-one ls --
	[ -z "$output" ]
}

@test "bash: files and directories" {
	bash_says aril run --bundle some
	[ "$output" = some-dir ]
	bash_says aril run --pid-file some
	[ "$(sort <<<"$output")" = $'some-dir\nsome-file' ]
	bash_says aril check some
	[ "$output" = some-dir ]
}

@test "bash: at a terminal" {
	aril completion bash >"$T/script"
	printf 'aril ru\ttoken --cons\tx\nexit\n' >"$T/typed"
	cat >"$T/rc" <<-'END'
		PS1=
		source "$SCRIPT"
		aril() { echo "got:$*"; }
	END
	run env HOME="$T" SCRIPT="$T/script" INPUTRC=/dev/null TERM=dumb "$ARIL_PROBE" \
		pty 24 80 bash --noprofile --rcfile "$T/rc" -i <"$T/typed"
	echo "$output"
	[[ $output == *'got:run token --console-socket x'* ]]
}

@test "zsh: commands, options, words of options" {
	need zsh
	zsh_makes 'aril ru' 'aril run '
	zsh_makes 'aril run --cons' 'aril run --console-socket '
	zsh_makes 'aril --log-format js' 'aril --log-format json '
	zsh_makes 'aril --log-format=js' 'aril --log-format=json '
	zsh_makes 'aril --root /x comp' 'aril --root /x completion '
	zsh_makes 'aril list -f j' 'aril list -f json '
	zsh_makes 'aril run --bundle some-d' 'aril run --bundle some-dir/'
}

@test "zsh: containers of the root that is given" {
	need zsh
	containers
	zsh_makes "aril --root $STATE kill f" "aril --root $STATE kill first-one "
	zsh_makes "aril --root=$STATE delete first-one s" \
		"aril --root=$STATE delete first-one second "
	zsh_makes "aril --root $STATE kill second US" "aril --root $STATE kill second USR"
}

@test "fish: commands, options, words of options, containers" {
	need fish
	fish_says 'aril ru'
	[ "$output" = run ]
	fish_says 'aril --root /x ru'
	[ "$output" = run ]
	fish_says 'aril run --cons'
	[ "$output" = --console-socket ]
	fish_says 'aril --log-format '
	[ "$(sort <<<"$output")" = $'json\ntext' ]
	fish_says 'aril list --format=j'
	[ "$output" = --format=json ]
	fish_says 'aril completion f'
	[ "$output" = fish ]
	fish_says 'aril run --bundle some'
	[ "$output" = some-dir/ ]
	containers
	fish_says "aril --root $STATE kill "
	want first-one second
	fish_says "aril --root=$STATE delete first-one s"
	[ "$output" = second ]
	fish_says "aril --root $STATE kill second USR"
	[ "$(sort <<<"$output")" = $'USR1\nUSR2' ]
}
