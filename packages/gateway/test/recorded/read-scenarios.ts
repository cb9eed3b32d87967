import { readdirSync, readFileSync } from 'node:fs'

/** One line of a scenario: who does what, and what OpenClaw's gateway made of it. */
export interface Step {
  /** The connection, or `owner` or `gateway`. */
  readonly who: string
  readonly verb: string
  readonly rest: string
  /** The outcome that was recorded; left out where none is looked at. */
  readonly there: string | undefined
  /** Names the step in the table of differences. */
  readonly place: string
}

/** A story that was recorded at a gateway of OpenClaw; `scenarios/README.md` explains its language. */
export interface Scenario {
  readonly id: string
  readonly title: string
  /** Below `gateway` in the configuration. */
  readonly config: Readonly<Record<string, unknown>>
  /** What had happened before. */
  readonly givens: readonly string[]
  readonly steps: readonly Step[]
}

const FOLDER = new URL('scenarios/', import.meta.url)

export function readScenarios(): readonly Scenario[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))
  return files.flatMap((name) =>
    readFileSync(new URL(name, FOLDER), 'utf8').split(/^== /m).slice(1).map(readScenario),
  )
}

function readScenario(text: string): Scenario {
  const [title = '', ...lines] = text.trim().split('\n')
  const id = title.split(' ')[0] ?? ''
  const saying = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const [config = '{}'] = saying('config')
  return {
    id,
    title,
    config: JSON.parse(config),
    givens: saying('given'),
    steps: readSteps(
      id,
      lines.filter((line) => !/^(?:given|config) /.test(line)),
    ),
  }
}

function readSteps(id: string, lines: readonly string[]): readonly Step[] {
  const times = new Map<string, number>()
  return lines.map((line) => {
    const [said = '', there] = line.split(' => ')
    const [, who = '', verb = '', rest = ''] = /^(\S+) (\S+) ?(.*)$/.exec(said) ?? []
    const name = verb === 'connect' ? `${id} ${who}` : `${id} ${who} ${verb}`
    const time = (times.get(name) ?? 0) + 1
    times.set(name, time)
    return { who, verb, rest, there, place: time === 1 ? name : `${name} #${time}` }
  })
}
