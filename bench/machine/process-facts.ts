import { readFileSync } from 'node:fs'

/** Linux counts the time of a process in hundredths of a second, whatever the kernel ticks in. */
const TICKS_PER_SECOND = 100

/** CPU seconds that a process has used so far, all threads; `undefined` where there is no /proc. */
export function cpuSecondsOf(pid: number): number | undefined {
  const fields = statFields(`/proc/${pid}/stat`)
  return fields && (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** The same of this process and of every child that has ended. */
export function ownCpuSeconds(): number | undefined {
  const fields = statFields('/proc/self/stat')
  return fields && fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND
}

/** CPU seconds that all programs of the machine have used since it started. */
export function machineCpuSeconds(): number | undefined {
  const line = readText('/proc/stat')?.split('\n')[0]
  if (!line) return undefined
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softIrq) / TICKS_PER_SECOND
}

/** Resident memory in bytes; `undefined` where there is no /proc. */
export function residentBytesOf(pid: number): number | undefined {
  const found = readText(`/proc/${pid}/status`)?.match(/^VmRSS:\s+(\d+) kB$/m)?.[1]
  return found === undefined ? undefined : Number(found) * 1024
}

/** How many files and sockets this process, and those that it starts, may hold open. */
export function openFileLimit(): number | undefined {
  const found = readText('/proc/self/limits')?.match(/^Max open files\s+(\d+)/m)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** The fields after the name, which may hold spaces and brackets of its own. */
function statFields(path: string): readonly string[] | undefined {
  const text = readText(path)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
