import { wordlist } from '@scure/bip39/wordlists/english.js'
import type { DeviceId } from './ids.ts'

const WORDS = 6
const BITS_PER_WORD = 11
const BITS_PER_DIGIT = 4
/** Hex digits in which any run of eleven bits lies whole. */
const DIGITS = 4

/**
 * Six words for the first 66 bits of a device id, for two people to compare aloud.
 * The list is the English one of BIP-39: 2,048 words, told apart by their first four letters.
 */
export function fingerprintWords(deviceId: DeviceId): string {
  const words: string[] = []
  for (let bit = 0; words.length < WORDS; bit += BITS_PER_WORD) {
    const digit = Math.floor(bit / BITS_PER_DIGIT)
    const around = Number.parseInt(deviceId.slice(digit, digit + DIGITS), 16)
    const behind = DIGITS * BITS_PER_DIGIT - BITS_PER_WORD - (bit % BITS_PER_DIGIT)
    words.push(wordlist[(around >> behind) & (2 ** BITS_PER_WORD - 1)] ?? '')
  }
  return words.join(' ')
}
