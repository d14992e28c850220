/** One broken rule: where, what is wrong, and what to do about it. */
export interface Violation {
  readonly path: string
  readonly line: number
  readonly message: string
}

/** One line each, in a form that an editor makes a link of. */
export function describeViolations(folder: string, violations: readonly Violation[]): string[] {
  return violations.map(({ path, line, message }) => `${folder}/${path}:${line} ${message}`)
}
