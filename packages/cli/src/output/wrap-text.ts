const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
/** Two of these letters are one flag, which takes two columns. */
const FLAG_HALF = /[\u{1f1e6}-\u{1f1ff}]/u
const EMOJI = /\p{Emoji_Presentation}/u
/** Nearly all that a list shows: a column for each letter. */
const PLAIN = /^[ -~]*$/
const COMBINING = /^\p{M}$/u

/** Terminal columns that a text takes: East Asian letters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const letter of text) width += letterWidth(letter)
  return width
}

/** Breaks a text into lines of at most `width` columns: at spaces, and inside a word only when it must. */
export function wrapText(text: string, width: number): readonly string[] {
  if (displayWidth(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((piece) => breakWord(piece, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (displayWidth(longer) <= width) {
      line = longer
      continue
    }
    lines.push(line)
    line = word
  }
  return [...lines, line]
}

function breakWord(word: string, width: number): readonly string[] {
  if (displayWidth(word) <= width) return [word]
  const pieces: string[] = []
  let piece = ''
  for (const letter of word) {
    if (piece !== '' && displayWidth(piece) + letterWidth(letter) > width) {
      pieces.push(piece)
      piece = ''
    }
    piece += letter
  }
  return [...pieces, piece]
}

function letterWidth(letter: string): number {
  if (COMBINING.test(letter)) return 0
  return WIDE.test(letter) || (EMOJI.test(letter) && !FLAG_HALF.test(letter)) ? 2 : 1
}
