const WIDTH_OF_A_PIPE = 120
const NARROWEST = 40

/** Whether a person can be asked: both ends are a terminal. */
export function canAsk(): boolean {
  return Boolean(process.stdin.isTTY && process.stdout.isTTY)
}

/** Columns to lay a table out in: the terminal's, else `COLUMNS`, else a wide page. */
export function terminalWidth(env: NodeJS.ProcessEnv): number {
  const columns = process.stdout.columns ?? Number(env['COLUMNS'])
  return Number.isInteger(columns) && columns > 0 ? Math.max(columns, NARROWEST) : WIDTH_OF_A_PIPE
}

/** Everything on standard input, as text. */
export async function readStdin(): Promise<string> {
  process.stdin.setEncoding('utf8')
  let text = ''
  for await (const piece of process.stdin) text += String(piece)
  return text
}
