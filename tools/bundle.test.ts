import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { takeBuiltins } from './bundle/take-builtins.js'

test('what a chunk imports from Node.js it gets, under the names it gives', () => {
  const chunk = `import path, { basename as last, join } from "node:path";
import process from "node:process";
import "node:fs";
import { once } from 'node:events';
console.log(join(path.sep, last("/a/b")), typeof process.exit, typeof once, 'import { x } from "node:fs";');
`
  const taken = takeBuiltins(chunk)
  assert.equal(taken.split('\n').length, chunk.split('\n').length)
  assert.doesNotMatch(taken, /^import/m)
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', taken])
  assert.equal(`${stdout}${stderr}`, '/b function function import { x } from "node:fs";\n')
})

test('what is imported from elsewhere stays as it is', () => {
  const chunk = 'import { a } from "./chunks/a.js";\nexport { a as b };\n'
  assert.equal(takeBuiltins(chunk), chunk)
})
