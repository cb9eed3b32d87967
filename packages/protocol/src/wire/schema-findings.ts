import type { TLocalizedValidationError } from 'typebox/error'

/**
 * What is wrong with a value, in the words that OpenClaw uses (protocol fact 5):
 * `at /client/id: must be equal to one of the allowed values`, joined by `; `.
 */
export function describeFindings(findings: readonly TLocalizedValidationError[]): string {
  return findings.flatMap(describe).join('; ')
}

function describe(finding: TLocalizedValidationError): readonly string[] {
  const where = finding.instancePath === '' ? 'root' : finding.instancePath
  if (finding.keyword === 'additionalProperties') {
    return finding.params.additionalProperties.map((name) => `at ${where}: unexpected property '${name}'`)
  }
  if (finding.keyword === 'required') {
    const prefix = finding.instancePath === '' ? '' : `at ${where}: `
    return finding.params.requiredProperties.map((name) => `${prefix}must have required property '${name}'`)
  }
  return [`at ${where}: ${finding.message}`]
}
