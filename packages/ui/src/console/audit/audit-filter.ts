/** What the reader wants to see of the log. */
export interface AuditFilter {
  readonly kind: string
  readonly deviceId: string | undefined
  /** Days as the fields of the browser write them, or nothing; both are shown. */
  readonly from: string
  readonly to: string
}

/** The same for the gateway: days of the reader's own calendar are moments there. */
export function paramsOf({ kind, deviceId, from, to }: AuditFilter) {
  const [sinceMs, untilMs] = [startOf(from, 0), startOf(to, 1)]
  return {
    ...(kind !== '' && { kind }),
    ...(deviceId !== undefined && { deviceId }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(untilMs !== undefined && { untilMs }),
  }
}

/** When a day begins, or one so many days later: not every day has 24 hours. */
function startOf(text: string, later: number): number | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (year === '') return undefined
  return Math.max(0, new Date(Number(year), Number(month) - 1, Number(day) + later).getTime())
}
