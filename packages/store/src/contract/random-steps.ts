import type { TokenUse } from '@pairgate/core'
import type { Instant, Role } from '@pairgate/protocol'
import fc from 'fast-check'
import { at, deviceId, tokenId } from './sample-records.ts'

export type Operation =
  | { readonly do: 'save-device'; readonly device: number; readonly label: string | undefined }
  | { readonly do: 'delete-device'; readonly device: number }
  | {
      readonly do: 'save-token'
      readonly device: number
      readonly role: Role
      readonly version: number
    }
  | {
      readonly do: 'insert-access-token'
      readonly device: number
      readonly role: Role
      readonly until: Instant
    }
  | { readonly do: 'insert-session'; readonly session: number }
  | { readonly do: 'append'; readonly device: number; readonly removes: boolean }
  | {
      readonly do: 'insert-request'
      readonly request: number
      readonly device: number
      readonly at: Instant
      readonly until: Instant
    }
  | { readonly do: 'refresh'; readonly request: number; readonly at: Instant; readonly until: Instant }
  | {
      readonly do: 'settle'
      readonly request: number
      readonly state: 'approved' | 'rejected' | 'superseded'
      readonly at: Instant
    }

export type Step =
  | { readonly step: 'transaction'; readonly operations: readonly Operation[]; readonly throws: boolean }
  | { readonly step: 'note'; readonly uses: readonly TokenUse[] }
  | { readonly step: 'forget' | 'forget-access'; readonly before: Instant }

// Few of everything, so that the operations meet each other.
const device = fc.nat(2)
const request = fc.nat(5)
const instant = fc.nat(100).map(at)
const role = fc.constantFrom<Role>('operator', 'node')
const is = <const Name extends string>(name: Name) => fc.constant(name)

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    do: is('save-device'),
    device,
    label: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
  }),
  fc.record({ do: is('delete-device'), device }),
  fc.record({ do: is('save-token'), device, role, version: fc.nat(3) }),
  fc.record({ do: is('insert-access-token'), device, role, until: instant }),
  fc.record({ do: is('insert-session'), session: fc.nat(3) }),
  fc.record({ do: is('append'), device, removes: fc.boolean() }),
  fc.record({ do: is('insert-request'), request, device, at: instant, until: instant }),
  fc.record({ do: is('refresh'), request, at: instant, until: instant }),
  fc.record({
    do: is('settle'),
    request,
    state: fc.constantFrom('approved', 'rejected', 'superseded'),
    at: instant,
  }),
)

const use = fc
  .record({ device, secret: fc.nat(3), at: instant, ip: fc.option(fc.ipV4(), { nil: undefined }) })
  .map(
    (facts): TokenUse => ({
      tokenId: tokenId(1_000 * (facts.device + 1) + facts.secret),
      deviceId: deviceId(facts.device),
      at: facts.at,
      ip: facts.ip,
    }),
  )

/** A life of a store: transactions of which some fail, noted uses, sweeps. */
export const randomSteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        step: is('transaction'),
        operations: fc.array(operation, { maxLength: 8 }),
        throws: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ step: is('note'), uses: fc.array(use, { maxLength: 4 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ step: fc.constantFrom('forget', 'forget-access'), before: instant }),
    },
  ),
  { maxLength: 20 },
)
