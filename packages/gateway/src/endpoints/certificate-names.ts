import { X509Certificate } from 'node:crypto'

/** The names and addresses that a certificate (PEM) is for; those with a wildcard are no addresses. */
export function certificateNames(pem: string): readonly string[] {
  const { subjectAltName = '' } = new X509Certificate(pem)
  return subjectAltName.split(', ').flatMap((entry) => {
    const name = /^(?:DNS|IP Address):([A-Za-z0-9.:_-]+)$/.exec(entry)?.[1]
    return name === undefined ? [] : [name.toLowerCase()]
  })
}
