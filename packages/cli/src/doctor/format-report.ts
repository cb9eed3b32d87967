import { DOCTOR_CHECK_IDS, DOCTOR_CHECKS, type DoctorCheckId, type Finding } from '@pairgate/gateway/doctor'
import { cleanText } from '../output/clean-text.ts'
import { bold, dim, green, yellow } from '../output/paint.ts'

const LONGEST = 1_000
const MARKS: Readonly<Record<Finding['level'], string>> = {
  ok: green('ok  '),
  note: dim('note'),
  warn: yellow('warn'),
  fail: bold(yellow('FAIL')),
}

/** In the order of the table, whatever was asked first. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return DOCTOR_CHECK_IDS.flatMap((id) => findings.filter(({ check }) => check === id))
}

/** The checks that nothing was found out about, for example for want of a right. */
export function notLookedAt(findings: readonly Finding[]): readonly DoctorCheckId[] {
  return DOCTOR_CHECK_IDS.filter((id) => !findings.some(({ check }) => check === id))
}

/** A line for each finding, with the command that helps below it; names of strangers are tamed. */
export function formatReport(findings: readonly Finding[], fixed: readonly string[]): readonly string[] {
  const width = Math.max(...DOCTOR_CHECK_IDS.map((id) => DOCTOR_CHECKS[id].title.length))
  const lines = findings.flatMap(({ check, level, what, advice }) => [
    `${MARKS[level]}  ${DOCTOR_CHECKS[check].title.padEnd(width)}  ${cleanText(what, LONGEST)}`,
    ...(advice === undefined ? [] : [`${' '.repeat(width + 8)}-> ${cleanText(advice, LONGEST)}`]),
  ])
  const unseen = notLookedAt(findings)
  return [
    ...lines,
    ...(unseen.length > 0 ? [dim(`Not looked at: ${unseen.join(', ')}`)] : []),
    ...fixed.map((text) => `Repaired: ${cleanText(text, LONGEST)}`),
    summaryOf(findings),
  ]
}

function summaryOf(findings: readonly Finding[]): string {
  const count = (wanted: Finding['level']) => findings.filter(({ level }) => level === wanted).length
  const [failures, warnings] = [count('fail'), count('warn')]
  if (failures + warnings === 0) return green('Nothing is wrong.')
  const fixable = findings.filter(({ repair }) => repair !== undefined).length
  const hint = fixable > 0 ? ` ${fixable} can be repaired by: openclaw doctor --fix` : ''
  return bold(`Failures: ${failures}. Warnings: ${warnings}.${hint}`)
}
