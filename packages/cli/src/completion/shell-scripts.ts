/** The shells that completion is there for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** The hidden command that answers a shell: one candidate a line, `word<TAB>what it is for`. */
export const COMPLETE_COMMAND = '__complete'

/**
 * What a shell reads at its start. The words are always asked from the program that is being typed, so a
 * script from an older version knows the commands of a newer one.
 */
export const SHELL_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# openclaw completion for bash. Add to ~/.bashrc:  source <(openclaw completion bash)
_openclaw_complete() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" IFS=$'\\n'
  local words
  words="$("\${COMP_WORDS[0]}" ${COMPLETE_COMMAND} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)"
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _openclaw_complete openclaw pairgate
`,
  zsh: `#compdef openclaw pairgate
# openclaw completion for zsh. Add to ~/.zshrc, after compinit:  source <(openclaw completion zsh)
_openclaw_complete() {
  local -a names abouts
  local line
  while IFS= read -r line; do
    names+=("\${line%%$'\\t'*}")
    abouts+=("\${line%%$'\\t'*}  -- \${line#*$'\\t'}")
  done < <("\${words[1]}" ${COMPLETE_COMMAND} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#names} )); then
    compadd -l -d abouts -a names
  else
    _files
  fi
}
compdef _openclaw_complete openclaw pairgate
`,
  fish: `# openclaw completion for fish. Run once:  openclaw completion fish > ~/.config/fish/completions/openclaw.fish
function __openclaw_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  set -l found ($words[1] ${COMPLETE_COMMAND} -- $words[2..-1] "$typed" 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path $typed
  end
end
complete -c openclaw -f -a '(__openclaw_complete)'
complete -c pairgate -f -a '(__openclaw_complete)'
`,
}
