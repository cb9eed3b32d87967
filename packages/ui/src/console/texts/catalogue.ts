import { chooseLanguage } from '../../texts/choose-language.ts'
import { createSay, type Values } from '../../texts/speak.ts'
import { de } from './de.ts'
import { en, type TextKey, type Texts } from './en.ts'

export const CATALOGUES = { en, de } as const satisfies Record<string, Texts>

export type Language = keyof typeof CATALOGUES
export const LANGUAGES = Object.keys(CATALOGUES) as readonly Language[]
/** Says a text of the catalogue in the reader's language. */
export type Say = (key: TextKey, values?: Values) => string

export function languageFor(wanted: readonly string[]): Language {
  return chooseLanguage(wanted, LANGUAGES, 'en')
}

export function speak(language: Language): Say {
  return createSay(CATALOGUES[language], language)
}

/** In words of the reader; a scope that this page does not know yet stands as it is. */
export function scopeText(scope: string, say: Say): string {
  const key = `scope.${scope}`
  return Object.hasOwn(en, key) ? say(key as TextKey) : scope
}

/** A kind of event in words of the reader, or as it stands in the log. */
export function kindText(kind: string, say: Say): string {
  const key = `kind.${kind}`
  return Object.hasOwn(en, key) ? say(key as TextKey) : kind
}

/** What a code of the gateway means for its reader, if this page knows it. */
export function refusalText(code: string, say: Say): string | undefined {
  const key = `refusal.${code}`
  return Object.hasOwn(en, key) ? say(key as TextKey) : undefined
}
