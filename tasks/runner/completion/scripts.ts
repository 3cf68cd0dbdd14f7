import type { ShellName } from '../args.ts';

/*
 * What the scripts share: they find the project's own program, since npx would take half a second, and ask it for
 * `candidate<TAB>about` lines. Where it has none the shell offers files. In a folder where everybody may make files (`-k`, as /tmp)
 * only what is the user's own is run by a Tab.
 */

const findBin = (fallback: string): string => `_tasks_bin() {
  local folder=$PWD
  while [ -n "$folder" ]; do
    if [ -x "$folder/node_modules/.bin/tasks" ] && { [ ! -k "$folder" ] || [ -O "$folder/node_modules" ]; }; then
      echo "$folder/node_modules/.bin/tasks"; return
    fi
    folder=\${folder%/*}
  done
  ${fallback} tasks
}`;

const bash = `# Completion of \`tasks\` and \`npx tasks\` for bash. Load it with: eval "$(tasks --completion=bash)"
# For an alias \`t\`: complete -o default -F _tasks t
${findBin('type -P')}

# Splits a line as bash reads it: \`words\`, the \`quote\` that is still open, and how much of the last word bash will keep.
_tasks_split() {
  local line=$1 breaks=\${COMP_WORDBREAKS//[^:=]/} char word= isWord= before=0 i
  words=() quote= kept=0
  for ((i = 0; i < \${#line}; i++)); do
    char=\${line:i:1}
    if [[ -n $quote && $char == "$quote" ]]; then quote= kept=$before
    elif [[ $quote == '"' && $char == '\\' && \${line:i+1:1} == [\\"\\\\\\$\\\`] ]]; then word+=\${line: ++i:1}
    elif [[ -n $quote ]]; then word+=$char
    elif [[ $char == [\\'\\"] ]]; then quote=$char isWord=1 before=$kept kept=\${#word}
    elif [[ $char == '\\' ]]; then word+=\${line: ++i:1} isWord=1
    elif [[ $char == [$' \\t'] ]]; then [[ -n $word$isWord ]] && words+=("$word"); word= isWord= kept=0
    else
      word+=$char
      # Bash ends words at \`:\` and \`=\` too, and replaces only what follows the last of them.
      [[ -n $breaks && $char == [$breaks] ]] && kept=\${#word}
    fi
  done
  words+=("$word")
}

_tasks() {
  local bin cut candidate quote kept
  local -a words
  COMPREPLY=()
  bin=$(_tasks_bin) || return
  _tasks_split "\${COMP_LINE:0:COMP_POINT}"
  if [[ \${words[0]} == npx ]]; then
    [[ \${words[1]} == tasks && \${#words[@]} -gt 2 ]] || return
    words=("\${words[@]:1}")
  fi
  cut=\${words[\${#words[@]}-1]:0:kept}
  while IFS=$'\\t' read -r candidate _; do
    candidate=\${candidate#"$cut"}
    # Within an open quote bash writes it as it is, and closes the quote itself.
    if [[ -z $quote ]]; then printf -v candidate %q "$candidate"
    elif [[ $candidate == *"$quote"* || ( $quote == '"' && $candidate == *[\\\\\\$\\\`]* ) ]]; then continue; fi
    COMPREPLY+=("$candidate")
  done < <("$bin" --completion=candidates -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]] && type compopt >/dev/null 2>&1 && compopt -o nospace
  return 0
}

complete -o default -F _tasks tasks npx
`;

const zsh = `#compdef tasks
# Completion of \`tasks\` and \`npx tasks\` for zsh. Load it with: source <(tasks --completion=zsh)
# For an alias \`t\`: compdef _tasks t
${findBin('whence -p')}

_tasks() {
  local bin line
  local -a typed names shown open openShown
  bin=$(_tasks_bin) || return 1
  typed=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
  if [[ \${words[1]} == npx ]]; then
    [[ \${words[2]} == tasks && CURRENT -gt 2 ]] || { _default; return }
    shift typed
  fi
  for line in "\${(@f)$("$bin" --completion=candidates -- "\${typed[@]}" 2>/dev/null)}"; do
    [[ -n $line ]] || continue
    if [[ \${line%%$'\\t'*} == *= ]]; then
      open+=("\${line%%$'\\t'*}"); openShown+=("\${line//$'\\t'/  }")
    else
      names+=("\${line%%$'\\t'*}"); shown+=("\${line//$'\\t'/  }")
    fi
  done
  (( $#names + $#open )) || { _files; return }
  (( $#names )) && compadd -l -d shown -a names
  (( $#open )) && compadd -S '' -l -d openShown -a open
  return 0
}

# As macOS comes, nobody has loaded what completes.
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
compdef _tasks tasks npx
`;

const fish = `# Completion of \`tasks\` and \`npx tasks\` for fish. Load it with: tasks --completion=fish | source
# For an alias \`t\`: complete -c t -w tasks
function __tasks_bin
  set -l folder $PWD
  while test -n "$folder"
    if test -x "$folder/node_modules/.bin/tasks"; and begin; not test -k "$folder"; or test -O "$folder/node_modules"; end
      echo "$folder/node_modules/.bin/tasks"
      return
    end
    set folder (string replace -r '/[^/]*$' '' -- $folder)
  end
  command -s tasks
end

function __tasks_candidates
  set -l bin (__tasks_bin); or return
  set -l words (commandline -opc)
  test "$words[1]" = npx; and set -e words[1]
  set -l typed (commandline -ct)
  set -l found ($bin --completion=candidates -- $words[2..-1] (string unescape -- "$typed") 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end

complete -c tasks -f -a '(__tasks_candidates)'
complete -c npx -f -n '__fish_seen_subcommand_from tasks' -a '(__tasks_candidates)'
`;

/** What a person loads into the shell. */
export const completionScripts: Readonly<Record<ShellName, string>> = { bash, zsh, fish };
