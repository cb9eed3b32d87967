// First, so that the secret leaves the address bar before anything else is loaded.
import './address.ts'
import { render } from 'preact'
import { address } from './address.ts'
import { PairApp } from './pair-app.tsx'

const root = document.getElementById('app')
if (root) {
  root.replaceChildren()
  render(<PairApp address={address} />, root)
}
