/** Cuts a stream of unmasked, unfragmented frames, as servers send them. */
export function createFrameReader(onFrame: (opcode: number, payload: Buffer) => void) {
  let pending: Buffer | undefined
  return (chunk: Buffer): void => {
    let rest = pending ? Buffer.concat([pending, chunk]) : chunk
    for (let size = frameSize(rest); size !== undefined; size = frameSize(rest)) {
      const { head, body } = size
      if (rest.length < head + body) break
      onFrame((rest[0] ?? 0) & 0x0f, rest.subarray(head, head + body))
      rest = rest.subarray(head + body)
    }
    pending = rest.length > 0 ? rest : undefined
  }
}

function frameSize(bytes: Buffer): { readonly head: number; readonly body: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = (bytes[1] ?? 0) & 0x7f
  if (short < 126) return { head: 2, body: short }
  const head = short === 126 ? 4 : 10
  if (bytes.length < head) return undefined
  return { head, body: short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)) }
}
