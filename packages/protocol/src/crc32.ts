const POLYNOMIAL = 0xedb88320

/** What eight steps make of every value of a byte. */
const STEPS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  return crc
})

/** CRC-32 (IEEE 802.3) of ASCII text, or of its beginning, as an unsigned 32-bit number. */
export function crc32(text: string, length = text.length): number {
  let crc = 0xffffffff
  for (let i = 0; i < length; i += 1) {
    crc = (crc >>> 8) ^ (STEPS[(crc ^ text.charCodeAt(i)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
