import { chooseLanguage } from '../../texts/choose-language.ts'
import { fillText } from '../../texts/fill-text.ts'
import { de } from './de.ts'
import { en, type TextKey, type Texts } from './en.ts'

export const CATALOGUES = { en, de } as const satisfies Record<string, Texts>

export type Language = keyof typeof CATALOGUES
/** Says a text of the catalogue in the reader's language. */
export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string

export function languageFor(wanted: readonly string[]): Language {
  return chooseLanguage(wanted, ['en', 'de'], 'en')
}

export function speak(language: Language): Say {
  const texts = CATALOGUES[language]
  return (key, values = {}) => fillText(texts[key], values)
}
