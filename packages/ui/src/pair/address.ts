import { takeAddress } from './take-address.ts'

/** Imported first, so that the secret has left the address bar before anything else of the page runs. */
export const address = takeAddress()
