import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Clock, DevicePrincipal } from '@pairgate/core'
import type { DeviceId, Instant, Role, SessionId, TokenId } from '@pairgate/protocol'
import { type Announced, createWorkGates, type Gate } from './work-gates.ts'

interface Facts {
  readonly device?: string
  readonly role?: Role
  readonly session?: string
  readonly expiresAt?: number
}

function open() {
  let now = 0
  const gates = createWorkGates({ clock: { now: () => now as Instant } as Clock })
  const cut: string[] = []
  function come(announced: Announced, name: string, facts: Facts = {}): Gate {
    const { device = 'a', role = 'operator', session = 's', expiresAt } = facts
    const principal: DevicePrincipal = {
      kind: 'device',
      deviceId: device as DeviceId,
      tokenId: 't' as TokenId,
      role,
      scopes: [],
      sessionId: session as SessionId,
      remoteIp: undefined,
      connId: name,
      byDeviceToken: false,
    }
    return announced.enter({
      principal,
      expiresAt: expiresAt as Instant | undefined,
      cut: () => cut.push(name),
    })
  }
  return {
    gates,
    cut,
    come,
    enter: (name: string, facts?: Facts) => come(gates.announce(), name, facts),
    at(time: number) {
      now = time
      gates.sweep()
    },
  }
}
const id = (text: string) => text as DeviceId

describe('gates of work', () => {
  test('are closed by device and role, each once', () => {
    const world = open()
    const { gates, cut } = world
    const gate = world.enter('one')
    world.enter('node', { role: 'node' })
    world.enter('other', { device: 'b' })
    gates.closeDevice(id('a'), 'operator', undefined)
    gates.closeDevice(id('a'), 'operator', undefined)
    assert.deepEqual(cut, ['one'])
    assert.equal(gate.isOpen, false)
    gates.closeDevice(id('a'), undefined, undefined)
    assert.deepEqual(cut, ['one', 'node'])
    gates.closeAll()
    assert.deepEqual(cut, ['one', 'node', 'other'])
    assert.equal(gates.size, 0)
  })
  test('are closed by session', () => {
    const world = open()
    const { gates, cut } = world
    world.enter('one')
    world.enter('other', { session: 'z' })
    gates.closeSession('z' as SessionId, undefined)
    assert.deepEqual(cut, ['other'])
  })
  test('close with their token, also when its end was moved', () => {
    const world = open()
    const { gates, cut } = world
    world.enter('soon', { expiresAt: 10 })
    world.enter('longer', { device: 'b', expiresAt: 10 })
    world.enter('shorter', { device: 'c' })
    world.enter('elsewhere', { device: 'c', role: 'node' })
    gates.setDeadline(id('b'), 'operator', undefined)
    gates.setDeadline(id('c'), 'operator', 9 as Instant)
    world.at(9)
    assert.deepEqual(cut, ['shorter'])
    world.at(10)
    assert.deepEqual(cut, ['shorter', 'soon'])
    assert.equal(gates.size, 2)
  })
  test('of work that is over are closed by nobody', () => {
    const world = open()
    const { gates, cut } = world
    const gate = world.enter('one')
    gate.leave()
    gates.closeAll()
    assert.deepEqual(cut, [])
    assert.equal(gates.size, 0)
  })
  test('of work that was announced are closed by what was decided before its caller was known', () => {
    const world = open()
    const [one, other, later] = [world.gates.announce(), world.gates.announce(), world.gates.announce()]
    world.gates.closeDevice(id('a'), 'operator', undefined)
    world.gates.setDeadline(id('b'), 'operator', 5 as Instant)
    assert.equal(world.come(one, 'one', {}).isOpen, false)
    assert.equal(world.come(other, 'other', { device: 'b' }).isOpen, true)
    assert.equal(world.come(later, 'later', { role: 'node' }).isOpen, true)
    assert.deepEqual(world.cut, ['one'])
    world.at(5)
    assert.deepEqual(world.cut, ['one', 'other'])
    assert.equal(world.enter('afterwards').isOpen, true)
  })
})
