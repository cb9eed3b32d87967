import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DeviceId, Instant, RequestId } from '@pairgate/protocol'
import fc from 'fast-check'
import { chooseToLeave, type PendingPlace, type RoomQuestion } from './choose-to-leave.ts'

/** A request of device `n`, filed at moment `n`. */
function place(n: number, prefix: string, device = `device-${n}`): PendingPlace {
  return { id: `r${n}` as RequestId, deviceId: device as DeviceId, prefix, createdAt: n as Instant }
}

function chosen(open: readonly PendingPlace[], changes: Partial<RoomQuestion> = {}): string | undefined {
  const newcomer = { deviceId: 'new' as DeviceId, prefix: 'new' }
  return chooseToLeave({ open, newcomer, askedLately: () => 0, isShown: () => false, ...changes })?.id
}

describe('when all places are taken', () => {
  test('the newest request of the busiest peer makes room', () => {
    assert.equal(chosen([place(1, 'a'), place(2, 'b'), place(3, 'b'), place(4, 'c')]), 'r3')
  })

  test('a peer that lost its places to others is as busy as it was', () => {
    const lately = (prefix: string) => (prefix === 'flood' ? 7 : 1)
    assert.equal(chosen([place(1, 'flood'), place(2, 'person')], { askedLately: lately }), 'r1')
  })

  test('a newcomer of the busiest peer sends nobody else away', () => {
    const newcomer = { deviceId: 'new' as DeviceId, prefix: 'flood' }
    assert.equal(
      chosen([place(1, 'a'), place(2, 'b')], { newcomer, askedLately: (p) => (p === 'flood' ? 2 : 1) }),
      undefined,
    )
  })

  test('a request that an operator was shown stays, and so do those of the asking device', () => {
    const open = [place(1, 'a'), place(2, 'a'), place(3, 'a', 'new')]
    assert.equal(chosen(open), 'r2')
    assert.equal(chosen(open, { isShown: (id) => id === 'r2' }), 'r1')
    assert.equal(chosen(open, { isShown: (id) => id !== 'r3' }), undefined)
  })

  test('among equals neither who waits longest nor who came last has to go', () => {
    const open = [place(5, 'e'), place(1, 'a'), place(2, 'b'), place(3, 'c'), place(4, 'd')]
    assert.equal(chosen(open), 'r3')
  })

  test('there is nobody to send away when nobody is there', () => {
    assert.equal(chosen([]), undefined)
  })
})

test('whoever has to go is of a peer at least as busy as every other that may go, and as the newcomer', () => {
  const prefix = fc.constantFrom('a', 'b', 'c', 'd')
  const situation = fc.record({
    prefixes: fc.array(prefix, { maxLength: 20 }),
    newcomer: prefix,
    shown: fc.uniqueArray(fc.nat(20)),
    lately: fc.dictionary(prefix, fc.nat(8)),
  })
  fc.assert(
    fc.property(situation, ({ prefixes, newcomer, shown, lately }) => {
      const open = prefixes.map((one, n) => place(n, one))
      const isShown = (id: RequestId) => shown.some((n) => id === `r${n}`)
      const leaving = chooseToLeave({
        open,
        newcomer: { deviceId: 'new' as DeviceId, prefix: newcomer },
        askedLately: (one) => lately[one] ?? 0,
        isShown,
      })
      const busy = (one: string) => {
        const held = open.filter((other) => other.prefix === one).length + (one === newcomer ? 1 : 0)
        return Math.max(held, lately[one] ?? 0)
      }
      const mayGo = open.filter(({ id }) => !isShown(id))
      const most = Math.max(...mayGo.map((one) => busy(one.prefix)))
      if (!leaving) return assert.ok(mayGo.length === 0 || busy(newcomer) > most)
      assert.ok(!isShown(leaving.id))
      assert.equal(busy(leaving.prefix), most)
      const newer = mayGo.filter((one) => one.prefix === leaving.prefix && one.createdAt > leaving.createdAt)
      assert.deepEqual(newer, [])
    }),
  )
})
