/**
 * Controls (terminal escapes start with one), invisible and direction-changing characters, lone
 * surrogates, line separators, and the fillers that look like nothing at all.
 */
const HAZARDS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu
const LONGEST = 200

/**
 * Text of a stranger, made safe to print: a device chooses its own name, and an operator decides by what
 * the terminal shows. Every hazard becomes visible as `\u{…}`; nothing is silently dropped.
 */
export function cleanText(text: string, longest = LONGEST): string {
  const visible = text.replace(HAZARDS, (hazard) => `\\u{${(hazard.codePointAt(0) ?? 0).toString(16)}}`)
  if (visible.length <= longest) return visible
  const letters = [...visible]
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : visible
}
