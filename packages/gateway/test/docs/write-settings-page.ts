import { writeFileSync } from 'node:fs'
import { PAGE, readPage } from './settings-table.ts'

writeFileSync(PAGE, readPage().renewed)
