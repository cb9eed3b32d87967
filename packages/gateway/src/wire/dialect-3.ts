import type { Refusal } from '@pairgate/core'
import {
  type ApproveResult,
  type DevicePairList,
  type ErrorShape,
  eventNames,
  type MethodName,
  type PairedRow,
  type RotateResult,
} from '@pairgate/protocol/wire'
import { closeReason } from './close-reason.ts'
import type { Dialect } from './dialect.ts'
import { helloOk } from './hello.ts'
import { refusalToWire } from './refusal-to-wire.ts'

const EVENTS = new Set(eventNames({ protocol: 3, extended: true }))

/** Protocol 3, as clients of 2026.4 speak it (protocol fact 18): the newest, less what came since. */
export const DIALECT_3: Dialect = {
  protocol: 3,
  keepsScopesWithoutDevice: false,
  hello(admission, facts) {
    const { server, auth, ...rest } = helloOk(admission, facts)
    const { token } = admission
    return {
      ...rest,
      server: { version: server.version, connId: server.connId },
      // Here scopes are those of the token; who has no token reads nothing of its session.
      ...(token && { auth: { ...auth, scopes: token.record.scopes } }),
    }
  },
  error(refusal, context) {
    return olderError(refusal, refusalToWire(olderRefusal(refusal), context))
  },
  // The texts are short and clients compare them whole; the id is in the details.
  closeReason: (message) => closeReason(message),
  result(method, payload) {
    return OLDER_RESULTS[method]?.(payload) ?? payload
  },
  knowsEvent: (event) => EVENTS.has(event),
}

/** A token that asks for more than it has was a wrong one. */
function olderRefusal(refusal: Refusal): Refusal {
  if (refusal.reason !== 'scope-mismatch') return refusal
  return { reason: 'token-mismatch', fault: 'mismatch', mayTryDeviceToken: true }
}

function olderError({ reason }: Refusal, error: ErrorShape): ErrorShape {
  switch (reason) {
    case 'pairing-required': {
      const { code, requestId, reason: why } = error.details ?? {}
      return { ...error, message: 'pairing required', details: { code, requestId, reason: why } }
    }
    case 'bootstrap-invalid': {
      const message = 'unauthorized: bootstrap token invalid or expired (scan a fresh setup code)'
      return { ...error, message }
    }
    case 'scope-missing':
      return { code: 'INVALID_REQUEST', message: error.message }
    default:
      return error
  }
}

type OlderResult = (payload: unknown) => unknown

const OLDER_RESULTS: { readonly [M in MethodName]?: OlderResult } = {
  'device.pair.list': (payload) => {
    const { pending, paired } = payload as DevicePairList
    return { pending, paired: paired.map(olderRow) }
  },
  'device.pair.approve': (payload) => {
    const { device, ...rest } = payload as ApproveResult
    return { ...rest, device: olderRow(device) }
  },
  'device.token.rotate': (payload) => {
    const { tokenDelivery: _unknown, ...rest } = payload as RotateResult
    return rest
  },
}

function olderRow(row: PairedRow): object {
  const { approvedVia, operatorLabel, connected, lastSeenAtMs, lastSeenReason, ...known } = row
  return known
}
