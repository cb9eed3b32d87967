/**
 * SHA-256. On a page that came unencrypted from another machine browsers hide WebCrypto, and a library does
 * it; that library is loaded only there.
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const subtle = webCrypto()
  if (subtle) return new Uint8Array(await subtle.digest('SHA-256', bytes))
  const plain = await loadPlainCrypto()
  return plain.sha256(bytes)
}

/** The libraries that do without; a chunk of their own, because most pages never need them. */
export async function loadPlainCrypto() {
  return import('./plain-crypto.ts')
}

/** WebCrypto, where the browser does not hide it. */
export function webCrypto(): SubtleCrypto | undefined {
  const { subtle }: { readonly subtle?: SubtleCrypto } = crypto
  return subtle
}
