import type { GatewaySession, MethodResult } from '@pairgate/client'
import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { BarChart } from '../../components/bar-chart.tsx'
import { Heading } from '../../components/heading.tsx'
import { formatAge } from '../../texts/format.ts'
import { useConsole } from '../console-context.ts'
import { LiveProblem } from '../live-problem.tsx'
import { useLive } from '../use-live.ts'

type Figures = MethodResult<'gateway.figures'>

/** Each with the minutes of a bar, so that there are as many bars. */
const SPANS = [
  ['hour', 60, 2],
  ['day', 1_440, 48],
] as const
const BARS = 30
const LOOK_MS = 15_000
const LINES = ['connections', 'connects', 'requests', 'proxied'] as const

/** What went on lately: who came, what was done, what was refused and why. */
export function HealthView() {
  const { say, session, hello, gatewayNow, language } = useConsole()
  const [span, setSpan] = useState<(typeof SPANS)[number]>(SPANS[0])
  const load = useCallback(
    (from: GatewaySession) => from.request('gateway.figures', { minutes: span[1], step: span[2] }),
    [span],
  )
  const live = useLive(session, load, '')
  useEffect(() => {
    const timer = setInterval(live.reload, LOOK_MS)
    return () => clearInterval(timer)
  }, [live.reload])
  const begun = hello.snapshot.health.ts - hello.snapshot.uptimeMs
  return (
    <>
      <Heading takesFocus={false}>{say('health.title')}</Heading>
      <p class="intro">
        {say('health.since', {
          version: hello.server.version,
          when: formatAge(begun, gatewayNow(), language),
        })}
      </p>
      <fieldset class="choices row" aria-label={say('health.span')}>
        {SPANS.map((each) => (
          <label key={each[0]} class="choice">
            <input type="radio" name="span" checked={span === each} onChange={() => setSpan(each)} />
            <span>{say(`health.${each[0]}`)}</span>
          </label>
        ))}
      </fieldset>
      <LiveProblem live={live} />
      {live.data?.connects.length === 0 && <NoFigures minutes={span[2]} />}
      {live.data && live.data.connects.length > 0 && <Charts figures={live.data} minutes={span[2]} />}
    </>
  )
}

function NoFigures({ minutes }: { readonly minutes: number }) {
  const { say } = useConsole()
  return (
    <section class="card empty" role="status">
      <h2>{say('health.none')}</h2>
      <p>{say('health.none.text', { minutes })}</p>
    </section>
  )
}

interface ChartsProps {
  readonly figures: Figures
  /** Of a bar. */
  readonly minutes: number
}

function Charts({ figures, minutes }: ChartsProps) {
  const { say, language } = useConsole()
  const refused = Object.entries(figures.refused).map(([name, values]) => ({ name, count: sumOf(values) }))
  const total = figures.connects.map((_none, at) =>
    sumOf(Object.values(figures.refused).map((values) => values[at] ?? 0)),
  )
  return (
    <div class="cards">
      {LINES.map((line) => (
        <Chart
          key={line}
          title={say(`health.${line}`)}
          minutes={minutes}
          values={figures[line]}
          figure={line === 'connections' ? (figures[line].at(-1) ?? 0) : sumOf(figures[line])}
        />
      ))}
      <Chart title={say('health.refused')} minutes={minutes} values={total} figure={sumOf(total)}>
        <ul>
          {refused
            .filter(({ count }) => count > 0)
            .map(({ name, count }) => (
              <li key={name} class="quiet">
                <span class="mono">{name}</span> {count.toLocaleString(language)}
              </li>
            ))}
        </ul>
      </Chart>
    </div>
  )
}

interface ChartProps {
  readonly title: string
  readonly minutes: number
  readonly values: readonly number[]
  readonly figure: number
  readonly children?: ComponentChildren
}

function Chart({ title, minutes, values, figure, children }: ChartProps) {
  const { say, language, gatewayNow } = useConsole()
  const most = Math.max(0, ...values)
  return (
    <section class="card stack" aria-label={title}>
      <header class="request-head">
        <h2>{title}</h2>
        <strong class="figure">{figure.toLocaleString(language)}</strong>
      </header>
      <BarChart values={values} places={BARS} label={say('health.chart', { title, figure, most, minutes })} />
      <p class="axis quiet" aria-hidden="true">
        <span>{formatAge(gatewayNow() - BARS * minutes * 60_000, gatewayNow(), language)}</span>
        <span>{formatAge(0, 0, language)}</span>
      </p>
      {children}
    </section>
  )
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
