import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { expandScopes, SCOPES } from '@pairgate/protocol'
import {
  CLOSES,
  DETAIL_CODES,
  EVENTS,
  type EventRow,
  HTTP_ROUTES,
  LIMITS,
  METHODS,
  type MethodRow,
  OWNER_NONCE_HEADER,
  ownerProofText,
  PAIRGATE_CAPABILITY,
} from '@pairgate/protocol/wire'
import { readPage, sectionOf, tableRows } from './markdown.ts'

const page = readPage('docs/protocol.md')
const rowsUnder = (title: string, head: string) => tableRows(sectionOf(page, title), head)
const firstTwo = (rows: readonly (readonly string[])[]) => rows.map(([one, two]) => [one, two])

describe('docs/protocol.md', () => {
  test('names every limit with its value', () => {
    const limits = Object.entries(LIMITS).map(([name, value]) => [name, String(value)])
    assert.deepEqual(firstTwo(rowsUnder('Limits', 'name')), limits)
  })

  test('names every scope with all that it brings along', () => {
    const scopes = SCOPES.map((scope) => {
      const brought = [...expandScopes([scope])].filter((other) => other !== scope)
      const all = brought.length === SCOPES.length - 1
      return [scope, all ? 'every scope' : brought.join(', ') || 'nothing']
    })
    assert.deepEqual(rowsUnder('Scopes', 'scope'), scopes)
  })

  test('names every method with its roles, its scope, its session and its params', () => {
    const methods = Object.entries(METHODS).map(([name, row]) => [
      name,
      row.roles.join(', '),
      row.scope,
      sessionOf(row),
      paramsOf(row),
    ])
    assert.deepEqual(rowsUnder('Methods', 'method'), methods)
  })

  test('names every HTTP route with its roles, its scope and its session', () => {
    const routes = Object.entries(HTTP_ROUTES).map(([path, row]) => [
      path,
      row.roles.join(', '),
      row.scope,
      sessionOf(row),
    ])
    assert.deepEqual(rowsUnder('HTTP routes', 'route'), routes)
  })

  test('names every event with its scope and its session', () => {
    const events = Object.entries(EVENTS).map(([name, { scope, session }]) => [name, scope, session])
    const shown = rowsUnder('Events', 'event').map((row) => row.slice(0, 3))
    assert.deepEqual(shown, events)
  })

  test('names what protocol 3 does not know', () => {
    const since = (row: MethodRow | EventRow) => (row.since ?? 0) > 3
    const methods = Object.entries(METHODS).filter(([, row]) => since(row))
    const events = Object.entries(EVENTS).filter(([, row]) => since(row))
    const names = [...methods.map(([name]) => [name, 'method']), ...events.map(([name]) => [name, 'event'])]
    assert.deepEqual(rowsUnder('Protocol 3', 'name'), names)
  })

  test('explains every detail code in the words of the code', () => {
    const codes = Object.entries(DETAIL_CODES).map(([code, meaning]) => [code, meaning.replaceAll('`', '')])
    assert.deepEqual(rowsUnder('Detail codes', 'code'), codes)
  })

  test('names every close with its code and its reason', () => {
    const closes = Object.entries(CLOSES).map(([name, { code, reason }]) => [
      name,
      String(code),
      reason || 'empty',
    ])
    const shown = rowsUnder('Close codes', 'name').map((row) => row.slice(0, 3))
    assert.deepEqual(shown, closes)
  })

  test('spells the header, the capability and the text of the owner path as the code does', () => {
    assert.ok(page.includes(`\`${OWNER_NONCE_HEADER}\``))
    assert.ok(page.includes(`## Extra fields of \`${PAIRGATE_CAPABILITY}\``))
    assert.ok(page.includes(ownerProofText('gateway', '<client nonce>', '<gateway nonce>')))
  })
})

function sessionOf({ session }: Pick<MethodRow, 'session'>): string {
  return typeof session === 'string' ? session : session.param
}

/** `requestId, scopes?`: a question mark for what may be left out. */
function paramsOf({ params }: MethodRow): string {
  const { properties = {}, required = [] } = params as { properties?: object; required?: readonly string[] }
  const names = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`))
  return names.join(', ') || 'none'
}
