import { render } from 'preact'
import { ConsoleApp } from './console-app.tsx'

const root = document.getElementById('app')
if (root) {
  root.replaceChildren()
  render(<ConsoleApp />, root)
}
