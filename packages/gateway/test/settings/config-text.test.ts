import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { tokenize } from '@humanwhocodes/momoa'
import fc from 'fast-check'
import { parseConfigText } from '../../src/config/config-file.ts'
import { CONFIG_KEYS, type ConfigKey } from '../../src/config/config-schema.ts'
import { readSettingText } from '../../src/config/config-value.ts'
import { editConfigText } from '../../src/config/editing/edit-config-text.ts'
import { nestSettings } from '../../src/config/nest-settings.ts'
import { anyKey, anySetting, settingValue, writtenByHand } from './config-arbitraries.ts'

const FILE = 'pairgate.json'

function commentsOf(text: string): readonly string[] {
  const tokens = tokenize(text, { mode: 'json5', ranges: true })
  return tokens
    .filter(({ type }) => type.endsWith('Comment'))
    .map(({ range: [start, end] = [0, 0] }) => text.slice(start, end))
}

describe('every setting of the schema', () => {
  for (const key of CONFIG_KEYS) {
    test(`is read as it was set, from any text of a command line: ${key}`, () => {
      fc.assert(
        fc.property(settingValue(key), (value) => {
          const typed = Array.isArray(value) ? JSON.stringify(value) : String(value)
          assert.deepEqual(readSettingText(key, typed), value)
          const text = editConfigText(undefined, [{ key, value }], FILE)
          const { found, problems } = parseConfigText(text, FILE)
          assert.deepEqual([...found], [[key, value]])
          assert.deepEqual(problems, [])
        }),
      )
    })
  }
})

test('however a file was written, an edit changes what it is meant to and loses no comment', () => {
  const before = fc.uniqueArray(anySetting, { selector: ({ key }) => key, maxLength: 8 })
  const scene = fc.tuple(before, anySetting, fc.boolean()).chain(([settings, setting, remove]) => {
    const target = remove ? fc.constantFrom(setting.key, ...settings.map(({ key }) => key)) : anyKey
    const nested = nestSettings(settings.map(({ key, value }) => [key, value]))
    const edit = remove ? target.map((key) => ({ key, value: undefined })) : fc.constant(setting)
    return fc.record({ settings: fc.constant(settings), text: writtenByHand(nested), edit })
  })
  fc.assert(
    fc.property(scene, ({ settings, text, edit }) => {
      const edited = editConfigText(text, [edit], FILE)
      const wanted = new Map<ConfigKey, unknown>(settings.map(({ key, value }) => [key, value]))
      if (edit.value === undefined) wanted.delete(edit.key)
      else wanted.set(edit.key, edit.value)

      assert.deepEqual(parseConfigText(edited, FILE).found, wanted)
      assert.deepEqual(commentsOf(edited), commentsOf(text))
    }),
    { numRuns: 1_000 },
  )
})
