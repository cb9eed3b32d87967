export type Unit = 'ms' | 'MB' | 'KB' | '/s' | '%' | '×' | ''

export interface FigureRow {
  readonly name: string
  readonly unit: Unit
  /** Budgets of design section 11. */
  readonly atMost?: number
  readonly atLeast?: number
}

/** Every figure of the bench, in the order of the table, each beside its budget if it has one. */
export const FIGURES = {
  'start.first': { name: 'first start, no state and no compile cache', unit: 'ms' },
  'start.cold': { name: 'start to listening, median', unit: 'ms', atMost: 250 },
  'memory.idle': { name: 'resident after 3 s', unit: 'MB', atMost: 100 },
  'memory.after-connects': { name: 'resident after 1,000 connects, closed again', unit: 'MB', atMost: 100 },
  'memory.idle-socket': { name: 'each idle socket of a paired device', unit: 'KB', atMost: 15 },
  'connect.rate': { name: 'connects, 32 at once', unit: '/s' },
  'connect.rate-ratio': { name: '… of what a bare server does', unit: '%', atLeast: 70 },
  'connect.cpu-ratio': { name: '… by server CPU per connect', unit: '%', atLeast: 70 },
  'connect.p99': { name: 'connect to hello, p99, 32 at once', unit: 'ms' },
  'request.rate': { name: 'health requests on 8 sockets', unit: '/s' },
  'request.rate-ratio': { name: '… of what a bare echo does', unit: '%', atLeast: 60 },
  'request.cpu-ratio': { name: '… by server CPU per request', unit: '%', atLeast: 60 },
  'verify.rate': { name: 'verify with an access token, 64 at once', unit: '/s' },
  'verify.rate-ratio': { name: '… of what a bare "ok" does', unit: '%', atLeast: 60 },
  'verify.cpu-ratio': { name: '… by server CPU per request', unit: '%', atLeast: 60 },
  'proxied.rate': { name: 'GETs with an access token to an upstream, 64 at once', unit: '/s' },
  'proxied.rate-ratio': { name: '… of what a bare pass-through does', unit: '%', atLeast: 80 },
  'proxied.cpu-ratio': { name: '… by server CPU per request', unit: '%', atLeast: 80 },
  'revoke.answer-p50': { name: 'revoke to its answer, p50', unit: 'ms' },
  'revoke.answer-p99': { name: 'revoke to its answer, p99', unit: 'ms', atMost: 20 },
  'revoke.last-frame-p50': { name: 'revoke to the last frame of the device, p50', unit: 'ms' },
  'revoke.last-frame-p99': { name: 'revoke to the last frame of the device, p99', unit: 'ms', atMost: 20 },
  'revoke.closed-p99': { name: 'revoke to its socket closed, p99', unit: 'ms' },
  'revoke.served-late': { name: 'requests served that were sent after the answer', unit: '', atMost: 0 },
  'revoke.ignored-max': { name: 'revoke to TCP gone where the close is ignored, longest', unit: 'ms' },
  'command.help': { name: 'openclaw --help, median', unit: 'ms', atMost: 100 },
  'command.devices-list': { name: 'openclaw devices list, median', unit: 'ms', atMost: 200 },
  'command.devices-list-thousand': { name: 'openclaw devices list of 1,000 devices, median', unit: 'ms' },
  'size.bundle': { name: 'bundle', unit: 'KB' },
  'size.install': { name: 'what a user installs: bin and dist', unit: 'KB' },
  'store.find': { name: 'findTokenByHash', unit: '/s' },
  'store.find-ratio': { name: '… of a bare prepared statement', unit: '%' },
  'store.mutate': { name: 'mutate: one token and its event', unit: '/s' },
  'store.mutate-ratio': { name: '… of a bare transaction', unit: '%' },
  'flood.rate': { name: 'pairing requests of strangers', unit: '/s' },
  'flood.person': { name: 'connect of the person who was approved amid them', unit: 'ms' },
  'flood.memory-before': { name: 'resident before them', unit: 'MB' },
  'flood.memory-after': { name: 'resident after the last one', unit: 'MB' },
  'flood.memory-settled': { name: '… when all is quiet again', unit: 'MB' },
  'flood.database-before': { name: 'database and its log before them', unit: 'MB' },
  'flood.database-after': { name: 'database and its log after them', unit: 'MB' },
  'guess.quiet-p50': { name: 'connect of a paired device, quiet, p50', unit: 'ms' },
  'guess.quiet-p99': { name: 'connect of a paired device, quiet, p99', unit: 'ms' },
  'guess.addresses-p50': { name: '… while 500 addresses guess, p50', unit: 'ms' },
  'guess.addresses-p99': { name: '… while 500 addresses guess, p99', unit: 'ms' },
  'guess.loopback-p50': { name: '… while its own address guesses, p50', unit: 'ms' },
  'guess.loopback-p99': { name: '… while its own address guesses, p99', unit: 'ms' },
  'guess.refused': { name: 'connects of paired devices that were refused', unit: '' },
  'cutting.accepted-late': {
    name: 'proxied requests accepted that began after the answer',
    unit: '',
    atMost: 0,
  },
  'cutting.held-gone': { name: 'answer of the revoke to the end of the last request in flight', unit: 'ms' },
  'cutting.stream-p99': { name: 'answer to the end of a proxied stream, p99', unit: 'ms', atMost: 100 },
  'cutting.stream-max': { name: 'answer to the end of a proxied stream, longest', unit: 'ms', atMost: 100 },
  'cutting.memory-before': { name: 'resident before a download of 2 GB', unit: 'MB' },
  'cutting.memory-during': { name: '… at most while it runs', unit: 'MB' },
  'cutting.memory-again': { name: '… at most while a second one runs', unit: 'MB' },
  'cutting.memory-after': { name: '… a second after that', unit: 'MB' },
  'many.connect-p99-thousand': { name: 'connect p99 with 1,000 devices', unit: 'ms' },
  'many.connect-p99': { name: 'connect p99 with many', unit: 'ms' },
  'many.connect-p99-ratio': { name: '… of that with 1,000', unit: '×', atMost: 1.5 },
  'many.start': { name: 'start to listening with many', unit: 'ms' },
  'many.memory': { name: 'resident with many, idle', unit: 'MB' },
} as const satisfies Record<string, FigureRow>

export type FigureId = keyof typeof FIGURES

/** One measured value. */
export interface Figure {
  readonly id: FigureId
  readonly value: number
  readonly note?: string | undefined
}

/** `noisy`: missed, but it is a time, and others used the machine meanwhile. */
export type Verdict = 'ok' | 'MISSED' | 'noisy' | ''

export function judge({ id, value }: Figure, isNoisy: boolean): Verdict {
  const { atMost, atLeast, unit }: FigureRow = FIGURES[id]
  if (atMost === undefined && atLeast === undefined) return ''
  const isKept = value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? 0)
  if (isKept) return 'ok'
  return isNoisy && unit === 'ms' ? 'noisy' : 'MISSED'
}
