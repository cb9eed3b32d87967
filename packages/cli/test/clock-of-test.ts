import { readFileSync } from 'node:fs'

/**
 * Loaded before a program of a test: its clock is ahead by as many milliseconds as the file says that
 * `CLOCK_FILE` names, from one question to the next.
 */
const file = process.env['CLOCK_FILE'] ?? ''
const machine = Date.now

Date.now = () => machine() + Number(readFileSync(file, 'utf8'))
