import type { Latencies } from './latencies.ts'
import { BUCKETS, METRICS, type MetricName, type MetricRow } from './metric-table.ts'

/** Values of a metric's labels, in the order of its row. */
export type Labels = readonly string[]
export type Sample =
  | { readonly labels: Labels; readonly value: number }
  | { readonly labels: Labels; readonly latencies: Latencies }

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Everything that is measured, in the text format 0.0.4 of Prometheus. */
export function writeExposition(samples: Readonly<Record<MetricName, readonly Sample[]>>): string {
  const lines: string[] = []
  for (const name of Object.keys(METRICS) as MetricName[]) {
    const row: MetricRow = METRICS[name]
    lines.push(`# HELP ${name} ${row.help}`, `# TYPE ${name} ${row.type}`)
    for (const sample of samples[name]) lines.push(...linesOf(name, row, sample))
  }
  return `${lines.join('\n')}\n`
}

function linesOf(name: string, { labels }: MetricRow, sample: Sample): readonly string[] {
  const pairs = labels.map((label, at) => pair(label, sample.labels[at] ?? ''))
  if ('value' in sample) return [`${name}${braced(pairs)} ${sample.value}`]
  const { latencies } = sample
  const bounds = [...BUCKETS.map(String), '+Inf']
  const buckets = latencies
    .cumulative()
    .map((count, at) => `${name}_bucket${braced([...pairs, pair('le', bounds[at] ?? '')])} ${count}`)
  return [
    ...buckets,
    `${name}_sum${braced(pairs)} ${latencies.sumSeconds}`,
    `${name}_count${braced(pairs)} ${latencies.count}`,
  ]
}

function pair(label: string, value: string): string {
  const escaped = value.replace(/[\\"\n]/g, (letter) => (letter === '\n' ? '\\n' : `\\${letter}`))
  return `${label}="${escaped}"`
}

function braced(pairs: readonly string[]): string {
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}
