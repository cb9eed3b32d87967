/** Letters that JSON may hold as they are but a terminal obeys: DEL, C1 controls, direction changes, line ends. */
const HAZARDS = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** They can only stand inside a string, where \uXXXX means the very same letter. */
export function escapeHazards(json: string): string {
  return json.replace(HAZARDS, (hazard) => `\\u${hazard.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** One line of JSON, safe when a person's terminal shows it. */
export function formatJsonLine(value: unknown): string {
  return escapeHazards(JSON.stringify(value) ?? 'null')
}
