import { writeFileSync } from 'node:fs'
import { PAGE, readPage } from './starts-table.ts'

writeFileSync(PAGE, readPage().renewed)
