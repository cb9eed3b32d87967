import { styleText } from 'node:util'

// styleText itself leaves the text alone when stdout is no terminal or NO_COLOR is set.
export const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })
export const dim = (text: string): string => styleText('dim', text, { stream: process.stdout })
export const green = (text: string): string => styleText('green', text, { stream: process.stdout })
export const yellow = (text: string): string => styleText('yellow', text, { stream: process.stdout })
