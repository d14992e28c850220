/** Reads an option of the command line; whoever mistypes one should not wait minutes to learn it. */
export function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new Error(`${name} must be a whole number from 1 to ${max}, not "${text}"`)
}
