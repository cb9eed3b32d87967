import { wordlist } from '@scure/bip39/wordlists/english.js'
import type { DeviceId } from './ids.ts'

const WORDS = 6
const BITS_PER_WORD = 11

/**
 * Six words for the first 66 bits of a device id, for two people to compare aloud.
 * The list is the English one of BIP-39: 2,048 words, told apart by their first four letters.
 */
export function fingerprintWords(deviceId: DeviceId): string {
  const bits = [...deviceId.slice(0, 17)]
    .map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'))
    .join('')
  const words: string[] = []
  for (let word = 0; word < WORDS; word += 1) {
    const index = Number.parseInt(bits.slice(word * BITS_PER_WORD, (word + 1) * BITS_PER_WORD), 2)
    words.push(wordlist[index] ?? '')
  }
  return words.join(' ')
}
