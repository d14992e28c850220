/** Excel takes a file without it for one in the machine's own encoding, and Chinese for noise. */
export const BOM = '\uFEFF'

/**
 * What a spreadsheet takes for a formula, also in full width, and the white space that it skips first
 * (OWASP, CSV Injection).
 */
const FORMULA = /^[\s\u3000]*[=+\-@＝＋－＠]|^[\t\r\n]/
const TO_BE_QUOTED = /[",\r\n]|^\s|\s$/

/** A text that somebody else chose, such that it is a text for every spreadsheet. */
export function safeText(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** RFC 4180: commas, CR LF, quotes doubled. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`
}

function quoted(cell: string): string {
  return TO_BE_QUOTED.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
