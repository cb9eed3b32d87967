// The tests of the documentation, one file per subject.
import './docs/command-page.test.ts'
import './docs/environment.test.ts'
import './docs/file-names.test.ts'
import './docs/incidents.test.ts'
import './docs/links.test.ts'
import './docs/protocol-page.test.ts'
