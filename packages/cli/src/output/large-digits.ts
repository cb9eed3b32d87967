/** Three dots wide and five high; a dot is two columns wide, because letters are twice as high as wide. */
const DIGITS: Readonly<Record<string, readonly string[]>> = {
  '0': ['###', '# #', '# #', '# #', '###'],
  '1': [' # ', '## ', ' # ', ' # ', '###'],
  '2': ['###', '  #', '###', '#  ', '###'],
  '3': ['###', '  #', '###', '  #', '###'],
  '4': ['# #', '# #', '###', '  #', '  #'],
  '5': ['###', '#  ', '###', '  #', '###'],
  '6': ['###', '#  ', '###', '# #', '###'],
  '7': ['###', '  #', '  #', '  #', '  #'],
  '8': ['###', '# #', '###', '# #', '###'],
  '9': ['###', '# #', '###', '  #', '###'],
  ' ': [' ', ' ', ' ', ' ', ' '],
}
const ROWS = 5
const INDENT = '  '

/** Digits that can be read from across the room. */
export function largeDigits(text: string): readonly string[] {
  return Array.from({ length: ROWS }, (_, row) => {
    const dots = [...text].map((digit) => DIGITS[digit]?.[row] ?? '').join(' ')
    return (INDENT + [...dots].map((dot) => (dot === '#' ? '██' : '  ')).join('')).trimEnd()
  })
}
