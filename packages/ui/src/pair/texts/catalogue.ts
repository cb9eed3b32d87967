import { chooseLanguage } from '../../texts/choose-language.ts'
import { createSay, type Values } from '../../texts/speak.ts'
import { de } from './de.ts'
import { en, type TextKey, type Texts } from './en.ts'

export const CATALOGUES = { en, de } as const satisfies Record<string, Texts>

export type Language = keyof typeof CATALOGUES
/** Says a text of the catalogue in the reader's language. */
export type Say = (key: TextKey, values?: Values) => string

export function languageFor(wanted: readonly string[]): Language {
  return chooseLanguage(wanted, ['en', 'de'], 'en')
}

export function speak(language: Language): Say {
  return createSay(CATALOGUES[language], language)
}
