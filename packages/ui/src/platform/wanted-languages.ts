import { createMemo } from './memo.ts'

interface LanguageMemo {
  readonly language: string
}

/** What the reader has chosen in the console, for every page; it outlives them. */
export const languageMemo = createMemo<LanguageMemo>('pairgate.console')

/** In which languages the reader wants to be spoken to: the chosen one, or those of the browser. */
export function wantedLanguages(): readonly string[] {
  const { language } = languageMemo.read()
  return language === undefined ? navigator.languages : [language]
}
