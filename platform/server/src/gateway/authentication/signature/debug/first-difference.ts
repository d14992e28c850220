/** Where two signature bases part. */
export interface FirstDifference {
  /** In bytes from the start of the signature base. */
  readonly offset: number
  readonly line: number
  readonly component: string
  readonly expected: string
  readonly received: string
}

/** Bytes of context shown on either side of the first difference. */
const CONTEXT_BYTES = 20

export function findDifference(expected: Buffer, received: Buffer): FirstDifference | null {
  const length = Math.max(expected.length, received.length)
  let offset = 0
  while (offset < length && expected[offset] === received[offset]) offset += 1
  if (offset === length) return null
  const before = expected.subarray(0, offset).toString('latin1').split('\n')
  const lineStart = offset - (before.at(-1)?.length ?? 0)
  const [component = ''] =
    /^"[^"]*"(?:;req)?/.exec(expected.subarray(lineStart).toString('latin1')) ?? []
  return {
    offset,
    line: before.length,
    component: component.replaceAll('"', ''),
    expected: around(expected, offset),
    received: around(received, offset),
  }
}

function around(text: Buffer, offset: number): string {
  return text
    .subarray(Math.max(0, offset - CONTEXT_BYTES), offset + CONTEXT_BYTES)
    .toString('latin1')
}
