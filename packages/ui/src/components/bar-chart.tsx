interface BarChartProps {
  readonly values: readonly number[]
  /** Places for bars; those of the time before the gateway began stay empty. */
  readonly places: number
  /** The same in a sentence. */
  readonly label: string
}

const HEIGHT = 40

/** One bar for each step, the newest on the right; a bar of nothing is a thin line. */
export function BarChart({ values, places, label }: BarChartProps) {
  const most = Math.max(1, ...values)
  const first = Math.max(0, places - values.length)
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${(first + values.length) * 4} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={values.map((value, at) => barOf(first + at, Math.max(1, (value / most) * HEIGHT))).join('')} />
    </svg>
  )
}

function barOf(at: number, height: number): string {
  return `M${at * 4} ${HEIGHT}v${-height}h3v${height}z`
}
