/**
 * What a source file imports: static, for side effects, re-exported, dynamic and in types.
 * Formatted code starts an import on a line of its own, so comments and most texts need no parsing.
 */
export function readImports(text: string): string[] {
  const code = text.replace(/^[ \t]*(?:\/\*.*?\*\/|\/\*.*|\/\/.*|\*.*)/gm, '')
  return [
    ...specifiers(code, /^[ \t]*(?:import|export)\s[^'"`;()=]*?\bfrom\s*(['"])(?<specifier>[^'"\n]+)\1/gm),
    ...specifiers(code, /^[ \t]*import\s*(['"])(?<specifier>[^'"\n]+)\1/gm),
    ...specifiers(code, /\b(?:import|require)\s*\(\s*(['"`])(?<specifier>[^'"`\n]+)\1/g),
  ]
}

function specifiers(code: string, pattern: RegExp): string[] {
  return [...code.matchAll(pattern)].flatMap(({ groups }) => groups?.['specifier'] ?? [])
}
