/** A stretch of a line; `differs` where the two sides are not the same. */
export interface Segment {
  text: string
  differs: boolean
}

export type RowKind = 'same' | 'changed' | 'missing' | 'extra'

/** One component of a signature base on both sides; an empty side has no such line. */
export interface BaseRow {
  kind: RowKind
  component: string
  expected: Segment[] | null
  received: Segment[] | null
  /** The first difference of all: the one that made the signature wrong. */
  isFirstDifference: boolean
}

/** `"content-type"` of `"content-type": application/json`; what is no component stands for itself. */
function componentOf(line: string): string {
  return /^("[^"]*"(?:;[\w-]+(?:=[^:]*)?)*):/.exec(line)?.[1] ?? line
}

/**
 * Sets the lines of the platform's string and of the caller's beside each other, component by component, and
 * marks in each pair what differs.
 */
export function diffBases(expected: string, received: string): BaseRow[] {
  const pairs = align(expected.split('\n'), received.split('\n'))
  const rows = pairs.map(([left, right]) => rowOf(left, right))
  const first = rows.find(({ kind }) => kind !== 'same')
  return rows.map((row) => ({ ...row, isFirstDifference: row === first }))
}

function rowOf(
  left: string | null,
  right: string | null,
): Omit<BaseRow, 'isFirstDifference'> & { isFirstDifference?: boolean } {
  const component = componentOf(left ?? right ?? '')
  if (left === null || right === null) {
    return {
      kind: left === null ? 'extra' : 'missing',
      component,
      expected: left === null ? null : [{ text: left, differs: true }],
      received: right === null ? null : [{ text: right, differs: true }],
    }
  }
  if (left === right) {
    const segments = [{ text: left, differs: false }]
    return { kind: 'same', component, expected: segments, received: segments }
  }
  const [start, end] = sharedEnds(left, right)
  return {
    kind: 'changed',
    component,
    expected: segmentsOf(left, start, end),
    received: segmentsOf(right, start, end),
  }
}

/** How many characters both begin and end with. */
function sharedEnds(left: string, right: string): [start: number, end: number] {
  const most = Math.min(left.length, right.length)
  let start = 0
  while (start < most && left[start] === right[start]) start += 1
  let end = 0
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) end += 1
  return [start, end]
}

function segmentsOf(line: string, start: number, end: number): Segment[] {
  const parts = [
    { text: line.slice(0, start), differs: false },
    { text: line.slice(start, line.length - end), differs: true },
    { text: line.slice(line.length - end), differs: false },
  ]
  return parts.filter(({ text }) => text !== '')
}

/** Longest common subsequence of the components: a line that one side lacks shifts nothing. */
function align(left: string[], right: string[]): [string | null, string | null][] {
  const lengths = lengthsOf(left.map(componentOf), right.map(componentOf))
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0
  const pairs: [string | null, string | null][] = []
  let [row, column] = [0, 0]
  while (row < left.length || column < right.length) {
    const [one = null, other = null] = [left[row], right[column]]
    if (one !== null && other !== null && componentOf(one) === componentOf(other)) {
      pairs.push([one, other])
      row += 1
      column += 1
    } else if (other === null || (one !== null && at(row + 1, column) >= at(row, column + 1))) {
      pairs.push([one, null])
      row += 1
    } else {
      pairs.push([null, other])
      column += 1
    }
  }
  return pairs
}

function lengthsOf(left: string[], right: string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () =>
    new Array<number>(right.length + 1).fill(0),
  )
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const line = lengths[row]
      if (line === undefined) continue
      line[column] =
        left[row] === right[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  return lengths
}

/** Characters that can't be seen and still change a signature, made visible. */
const INVISIBLE: Record<string, string> = { '\r': '␍', '\t': '␉', '\u00a0': '⍽', '\ufeff': '␀BOM' }

export function visible(text: string, atLineEnd: boolean): string {
  const shown = text.replace(
    /[\r\t\u00a0\ufeff]/g,
    (character) => INVISIBLE[character] ?? character,
  )
  return atLineEnd ? shown.replace(/ +$/, (spaces) => '␠'.repeat(spaces.length)) : shown
}
