/** Marks that turn the direction of what follows, and letters that nobody sees: they only serve to deceive. */
const UNSEEN = /\p{Cc}|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu
/** Between two pictures it makes one of them, and only there it is wanted. */
const JOINER = /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})/gu
/** Stands in for a joiner meanwhile; a name holds none, because all blanks have become spaces before. */
const KEPT = '\u2028'
/** More marks than that on one letter paint over the lines above and below. */
const MARKS = /(\p{M}{3})\p{M}+/gu

/** What somebody else has named, so that it can do no harm where it is shown; empty when nothing is left. */
export function tameText(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(JOINER, KEPT)
    .replace(UNSEEN, '')
    .replaceAll(KEPT, '\u200d')
    .replace(MARKS, '$1')
    .trim()
}

/** At most so many letters as people count them; one that is left out is told by dots. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)]
  if (letters.length <= most) return text
  const kept = letters.slice(0, most - 1).map(({ segment }) => segment)
  return `${kept.join('')}…`
}
