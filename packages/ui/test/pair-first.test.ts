import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { expectAccessible } from './accessible.ts'
import { openBrowser, skip } from './browser-world.ts'
import { openUiWorld } from './ui-world.ts'

const world = skip ? undefined : await openBrowser({ after }, { allowedHosts: ['plain.test'] })

test('the link of the claim makes the first browser the owner, and nobody after it', { skip }, async () => {
  assert.ok(world)
  const fresh = await openUiWorld({ after })
  const secret = fresh.running.claim?.text ?? assert.fail('a fresh gateway has a claim')
  const link = `${fresh.pairPage}#${secret}`
  const { page, close } = await world.visit(link)
  await page.getByRole('button', { name: 'Pair this browser' }).click()
  await page.getByText('This browser is paired').waitFor()
  assert.equal(await page.locator('.chip').textContent(), 'administer everything')
  await page.getByText('All sessions').waitFor()
  await close()
  const second = await world.visit(link)
  await second.page.getByRole('button', { name: 'Pair this browser' }).click()
  await second.page.getByText('The link is not valid any more').waitFor()
  assert.ok(!fresh.logged.join('').includes(secret))
  await second.close()
})

test('the code of the claim is confirmed on the host by six words', { skip }, async () => {
  assert.ok(world)
  const fresh = await openUiWorld({ after })
  const { code = '', id } = await fresh.owner.request('device.pair.claimCode', {})
  const { page, close } = await world.visit(fresh.pairPage)
  await page.getByRole('textbox').fill(code)
  await page.keyboard.press('Enter')
  await page.getByText('One more step').waitFor()
  await fresh.owner.request('device.pair.confirm', { id })
  await page.getByText('This browser is paired').waitFor()
  assert.equal(await page.locator('.chip').textContent(), 'administer everything')
  await close()
})

test('on plain HTTP of another name the weaker key is told, and it pairs all the same', {
  skip,
}, async () => {
  assert.ok(world)
  const { page, close } = await world.visit(world.pairPage.replace('127.0.0.1', 'plain.test'))
  await page.getByText('This connection is not encrypted').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  const requestId = (await page.locator('.facts .mono').textContent()) ?? ''
  await world.owner.request('device.pair.approve', { requestId })
  await page.getByText('This browser is paired').waitFor()
  await close()
})

test('a browser can install the page', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  const devtools = await page.context().newCDPSession(page)
  const { errors, url } = await devtools.send('Page.getAppManifest')
  assert.equal(url, `${world.origin}/__pairgate__/manifest.webmanifest`)
  assert.deepEqual(errors, [])
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  // A context of tests is a private one, from which nothing is installed.
  const others = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')
  assert.deepEqual(others, [])
  await close()
})

/** How far the colours of two pictures are apart, in the middle of the parts and along their edges. */
const COMPARE = `async ([one, other, size]) => {
  const pixels = async (src) => {
    const image = new Image()
    image.src = src
    await image.decode()
    const canvas = new OffscreenCanvas(size, size).getContext('2d')
    canvas.drawImage(image, 0, 0, size, size)
    return canvas.getImageData(0, 0, size, size).data
  }
  const [a, b] = [await pixels(one), await pixels(other)]
  // The drawing has round corners, which every system cuts in its own way.
  const isCorner = (at) => [at % size, Math.floor(at / size)].every((place) => Math.min(place, size - place) < size * 0.25)
  const far = (at) => Math.max(...[0, 1, 2].map((part) => Math.abs(a[at * 4 + part] - b[at * 4 + part])))
  const all = Array.from({ length: size * size }, (_, at) => (isCorner(at) ? 0 : far(at)))
  return { far: all.filter((each) => each > 40).length, worst: all.reduce((one, each) => Math.max(one, each)) }
}`

test('the icons of systems that take no drawing show what the drawing shows', { skip }, async () => {
  assert.ok(world)
  const { page, close } = await world.visit()
  const { icons } = (await (await fetch(`${world.origin}/__pairgate__/manifest.webmanifest`)).json()) as {
    icons: readonly { src: string; sizes: string; purpose: string }[]
  }
  const [drawing, ...painted] = icons
  assert.deepEqual(
    painted.map(({ sizes, purpose }) => [sizes, purpose]),
    [
      ['192x192', 'any maskable'],
      ['512x512', 'any maskable'],
    ],
  )
  for (const { src, sizes } of painted) {
    const size = Number(sizes.split('x')[0])
    const { headers } = await fetch(`${world.origin}/__pairgate__/${src}`)
    assert.equal(headers.get('content-type'), 'image/png')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    const asked = JSON.stringify([drawing?.src, src, size])
    const { far, worst } = await page.evaluate<{ far: number; worst: number }>(`(${COMPARE})(${asked})`)
    assert.ok(far < size && worst < 140, `${far} pixels of ${size}, at most ${worst}`)
  }
  assert.equal(await page.locator('link[rel="apple-touch-icon"]').getAttribute('href'), painted[0]?.src)
  await close()
})
