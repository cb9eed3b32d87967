import type { Instant } from '@pairgate/protocol'
import { thisMachine } from '../../platform/machine.ts'
import { checkExposure, exposureWarnings, resolveBind } from '../bind-address.ts'
import { ConfigError } from '../config-error.ts'
import type { ConfigProblem } from '../config-file.ts'
import { type ConfigInput, checkSettings, gatewayConfigOf } from '../read-config.ts'

/**
 * Everything for which a gateway would refuse to start with this text in its file, here and with this
 * environment. What only shows when two settings meet is looked for when each is right by itself.
 */
export function findConfigProblems(input: ConfigInput, text: string | undefined): readonly ConfigProblem[] {
  const { problems, values } = checkSettings(input, text)
  if (problems.length > 0) return problems
  try {
    const config = gatewayConfigOf(values, input.file)
    const exposure = checkExposure(config, resolveBind(config, thisMachine()))
    return exposure ? [{ message: exposure.message }] : []
  } catch (error) {
    if (error instanceof ConfigError) return [{ message: error.message }]
    throw error
  }
}

/** What a gateway with this text in its file would warn about at its start. Of a text without problems. */
export function findConfigWarnings(
  input: ConfigInput,
  text: string | undefined,
  now: Instant,
): readonly string[] {
  const config = gatewayConfigOf(checkSettings(input, text).values, input.file)
  return exposureWarnings(config, resolveBind(config, thisMachine()), now)
}
