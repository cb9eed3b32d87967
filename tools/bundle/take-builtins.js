import { parseAst } from 'rolldown/parseAst'

/**
 * A chunk whose modules of Node.js are taken from the runtime instead of imported. An import reads every name
 * that the module has, and some of them load much that nobody here uses: `node:http` a client of its own for
 * `fetch` and WebSockets, `node:tls` all root certificates, `node:process` three streams.
 * @param {string} code an ES module as the bundler writes it
 * @returns {string} the same with as many lines
 */
export function takeBuiltins(code) {
  const imports = parseAst(code).body.filter(
    (node) => node.type === 'ImportDeclaration' && node.source.value.startsWith('node:'),
  )
  let taken = code
  for (const node of imports.toReversed())
    taken = taken.slice(0, node.start) + asConstant(node) + taken.slice(node.end)
  return taken
}

function asConstant({ source, specifiers }) {
  const module = `globalThis.process.getBuiltinModule(${JSON.stringify(source.value)})`
  const whole = specifiers.filter(({ type }) => type !== 'ImportSpecifier').map(({ local }) => local.name)
  const parts = specifiers
    .filter(({ type }) => type === 'ImportSpecifier')
    .map(({ imported, local }) => `${imported.name}: ${local.name}`)
  const names = parts.length > 0 ? [...whole, `{ ${parts.join(', ')} }`] : whole
  // What is imported for its effects has none that anybody waits for.
  return names.length === 0 ? '' : `const ${names.map((name) => `${name} = ${module}`).join(', ')};`
}
