import { type DocumentNode, type MemberNode, type ObjectNode, parse, type Token } from '@humanwhocodes/momoa'

/** A config file with every place in it: where its objects, its commas and its comments stand. */
export interface ConfigTree {
  readonly root: ObjectNode
  readonly tokens: readonly Token[]
}

/** One setting or section on the way to a path. */
export interface FoundMember {
  /** The object that it stands in. */
  readonly home: ObjectNode
  readonly member: MemberNode
}

/** @returns `undefined` for a text that is no JSON5 object. */
export function readConfigTree(text: string): ConfigTree | undefined {
  let document: DocumentNode
  try {
    document = parse(text, { mode: 'json5', ranges: true, tokens: true })
  } catch {
    return undefined
  }
  const { body, tokens = [] } = document
  return body.type === 'Object' ? { root: body, tokens } : undefined
}

/** The members that lead to a path, as far as they exist. Of a name that stands twice the last one counts. */
export function findMembers({ root }: ConfigTree, names: readonly string[]): readonly FoundMember[] {
  const found: FoundMember[] = []
  let home: ObjectNode | undefined = root
  for (const name of names) {
    const member: MemberNode | undefined = home?.members.findLast((each) => nameOf(each) === name)
    if (!home || !member) break
    found.push({ home, member })
    home = member.value.type === 'Object' ? member.value : undefined
  }
  return found
}

/** The line on which a setting stands, or the section that it should be in; the first one is 1. */
export function lineOf(text: string, path: string): number | undefined {
  const tree = readConfigTree(text)
  if (!tree) return undefined
  // A name with dots in it is one of the mistakes that are reported.
  const plain = tree.root.members.findLast((each) => nameOf(each) === path)
  return (plain ?? findMembers(tree, path.split('.')).at(-1)?.member)?.loc.start.line
}

/** Where a node or a token begins and ends in the text. */
export function rangeOf({ range }: { readonly range?: readonly number[] | undefined }) {
  const [start = 0, end = 0] = range ?? []
  return { start, end }
}

function nameOf({ name }: MemberNode): string {
  return name.type === 'Identifier' ? name.name : name.value
}
