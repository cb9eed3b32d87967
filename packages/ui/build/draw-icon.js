import { deflateSync } from 'node:zlib'

// What icon.svg shows, for systems that take no drawing: an arch with a lit lamp. A test compares the two.
const SIDE = 512
const GROUND = [0x0e, 0x5f, 0x53]
const ARCH = [0xf4, 0xf1, 0xea]
const LAMP = [0xf2, 0xb4, 0x5c]
/** Steps between the ground and a colour along its edges; with both colours they fit into four bits. */
const STEPS = 4

/**
 * A square PNG of a few hundred bytes, painted to its edges: those who show it cut its corners as they like.
 * @param {number} size in pixels
 * @returns {Buffer}
 */
export function drawIcon(size) {
  const rows = Buffer.alloc(size * (1 + size / 2))
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const at = y * (1 + size / 2) + 1 + (x >> 1)
      rows[at] |= colorAt(x, y, size) << (x % 2 === 0 ? 4 : 0)
    }
  const palette = [GROUND, ...stepsTo(ARCH), ...stepsTo(LAMP)]
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    // Four bits for each pixel, which name a colour of the palette.
    chunk('IHDR', Buffer.from([...bytesOf(size), ...bytesOf(size), 4, 3, 0, 0, 0])),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function colorAt(column, row, size) {
  const scale = SIDE / size
  const [x, y] = [(column + 0.5) * scale, (row + 0.5) * scale]
  const stepOf = (distance) => Math.round(Math.min(1, Math.max(0, 0.5 - distance / scale)) * STEPS)
  const lamp = stepOf(Math.min(Math.hypot(x - 256, y - 268) - 34, toLine(x, y, 256, [284, 376]) - 14))
  if (lamp > 0) return STEPS + lamp
  const toArch = y < 250 ? Math.abs(Math.hypot(x - 256, y - 250) - 120) : toPillar(x, y)
  return stepOf(toArch - 18)
}

const toPillar = (x, y) => toLine(256 + Math.abs(x - 256), y, 376, [250, 400])

/** Distance to an upright line. */
function toLine(x, y, at, [top, bottom]) {
  return Math.hypot(x - at, y - Math.min(bottom, Math.max(top, y)))
}

function stepsTo(color) {
  const parts = Array.from({ length: STEPS }, (_, at) => (at + 1) / STEPS)
  return parts.map((part) => color.map((value, at) => Math.round(GROUND[at] + (value - GROUND[at]) * part)))
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  return Buffer.concat([Buffer.from(bytesOf(data.length)), body, Buffer.from(bytesOf(checksum(body)))])
}

function bytesOf(number) {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff)
}

/** CRC-32, which older versions of Node.js do not have. */
function checksum(bytes) {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return (sum ^ 0xffffffff) >>> 0
}
