import { parseSetupCode } from '@pairgate/protocol'
import type { SetupCodeResult } from '@pairgate/protocol/wire'
import { makeDevice, type TestDevice } from '../harness/test-device.ts'

/** Stands for whatever secret the gateway shares. */
export const SHARED = 'the-shared-secret-of-all-recordings'

/** What the names of a scenario stand for here: `D1` a device, `T1` a token, `R1` a request. */
export interface Names {
  device(name: string): TestDevice
  /** Puts values for `$shared`, `$T1`, `$R1` and `$D1` into a text. */
  fill(text: string): string
  /** The name of a token; one that is new here gets the name that was recorded. */
  tellToken(secret: string, recorded: string): string
  /** The name of a setup code's id; its secret is called `B1` then, and the end of its join link `J1`. */
  tellSetup(setup: SetupCodeResult, recorded: string): string
  /** The same for the id of a request. */
  tellRequest(id: string, recorded: string): string
}

export function createNames(): Names {
  const devices = new Map<string, TestDevice>()
  const tokens = new Map<string, string>()
  const requests = new Map<string, string>()
  const setups = new Map<string, string>()
  let held = 'a-token-that-nobody-told'

  function device(name: string): TestDevice {
    const known = devices.get(name) ?? makeDevice()
    devices.set(name, known)
    return known
  }
  function meaningOf(name: string): string {
    if (name === 'shared') return SHARED
    if (name.startsWith('D')) return device(name).id
    if (/^[SBJ]\d/.test(name)) return setups.get(name) ?? 'never-made'
    if (name.startsWith('R')) return requests.get(name) ?? '00000000-0000-4000-8000-000000000000'
    // A token that was told there and not here: its device still holds the one that it was told last.
    return tokens.get(name) ?? held
  }
  return {
    device,
    fill: (text) => text.replaceAll(/\$([A-Za-z]\w*)/g, (_whole, name: string) => meaningOf(name)),
    tellToken(secret, recorded) {
      held = secret
      return tell(tokens, secret, namesIn(recorded, 'T'))
    },
    tellSetup({ setupId, setupCode, joinUrl = '' }, recorded) {
      const name = tell(setups, setupId, namesIn(recorded, 'S'))
      setups.set(name.replace('S', 'B'), parseSetupCode(setupCode)?.bootstrapToken ?? '')
      setups.set(name.replace('S', 'J'), joinUrl.split('/').at(-1) ?? '')
      return name
    },
    tellRequest: (id, recorded) => tell(requests, id, namesIn(recorded, 'R')),
  }
}

function namesIn(text: string, letter: string): readonly string[] {
  return text.match(new RegExp(`\\b${letter}\\d+\\b`, 'g')) ?? []
}

function tell(known: Map<string, string>, value: string, recorded: readonly string[]): string {
  const same = recorded.find((name) => known.get(name) === value)
  if (same !== undefined) return same
  const older = [...known].find(([, other]) => other === value)?.[0]
  const free = recorded.find((name) => !known.has(name))
  // Later steps speak of it under the recorded name, also where it is an old one here.
  if (free !== undefined) known.set(free, value)
  return older ?? free ?? 'new'
}
