import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inflateSync } from 'node:zlib'
import decodeQR from 'qr/decode.js'
import { qrDataUrl } from './qr-data-url.ts'

/** The pixels of a PNG with one bit to a pixel and no filters, which is what we write. */
function readPng(url: string) {
  const png = Buffer.from(url.slice('data:image/png;base64,'.length), 'base64')
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)))
  const data = new Uint8Array(width * height * 4)
  const stride = 1 + Math.ceil(width / 8)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const light = ((rows[y * stride + 1 + (x >> 3)] ?? 0) << (x & 7)) & 0x80 ? 255 : 0
      data.set([light, light, light, 255], (y * width + x) * 4)
    }
  }
  return { width, height, data }
}

test('a QR code is a PNG that a scanner reads, and no larger than clients take', () => {
  const text = 'eyJ1cmwiOiJ3czovLzE5Mi4xNjguMS4yMDoxODc4OSIsImJvb3RzdHJhcFRva2VuIjoiUkdnIn0'.repeat(3)
  const url = qrDataUrl(text)
  assert.ok(url.length < 16_384)
  assert.equal(decodeQR(readPng(url)), text)
})
