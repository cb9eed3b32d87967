/** The first of the reader's languages that there is, by its first part: `de-AT` is `de`. */
export function chooseLanguage<L extends string>(
  wanted: readonly string[],
  there: readonly L[],
  otherwise: L,
): L {
  for (const tag of wanted) {
    const [word = ''] = tag.toLowerCase().split('-')
    const found = there.find((language) => language === word)
    if (found) return found
  }
  return otherwise
}
