import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'uqr'

const PIXELS = 6
const QUIET_ZONE = 4
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
/** One bit to a pixel, grey, no interlace (PNG specification, section 11.2.1). */
const HEADER_END = Buffer.from([1, 0, 0, 0, 0])

/** A QR code as a PNG in a data URL, six pixels to a module. */
export function qrDataUrl(text: string): string {
  const { data, size } = encode(text, { ecc: 'L', border: QUIET_ZONE })
  const side = size * PIXELS
  const rows = data.flatMap((modules) => {
    const row = Buffer.alloc(1 + Math.ceil(side / 8))
    for (let x = 0; x < side; x += 1) {
      const isLight = !modules[Math.floor(x / PIXELS)]
      if (isLight) row[1 + (x >> 3)] = (row[1 + (x >> 3)] ?? 0) | (0x80 >> (x & 7))
    }
    return Array.from({ length: PIXELS }, () => row)
  })
  const header = Buffer.alloc(8)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  const png = Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([header, HEADER_END])),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return `data:image/png;base64,${png.toString('base64')}`
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
