/**
 * The only source of chance in a simulation: the same seed gives the same run. sfc32 (PractRand's small
 * fast counting generator), seeded through splitmix32.
 */
export class Random {
  private readonly state: [number, number, number, number]

  constructor(seed: number) {
    let mixed = seed >>> 0
    const next = () => {
      mixed = (mixed + 0x9e3779b9) >>> 0
      let word = mixed
      word = Math.imul(word ^ (word >>> 16), 0x21f0aaad)
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
      return (word ^ (word >>> 15)) >>> 0
    }
    this.state = [next(), next(), next(), 1]
    for (let round = 0; round < 12; round++) this.word()
  }

  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number {
    return Math.floor((this.word() / 0x1_0000_0000) * bound)
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  chance(probability: number): boolean {
    return this.word() / 0x1_0000_0000 < probability
  }

  pick<T>(list: readonly T[]): T {
    const chosen = list[this.below(list.length)]
    if (chosen === undefined) throw new Error('nothing to choose from')
    return chosen
  }

  /** One of the entries, each as often as its weight says. */
  weighted<T extends { readonly weight: number }>(entries: readonly T[]): T {
    const total = entries.reduce((sum, { weight }) => sum + weight, 0)
    let left = this.below(total)
    for (const entry of entries) {
      if (left < entry.weight) return entry
      left -= entry.weight
    }
    throw new Error('weights add up to their sum')
  }

  private word(): number {
    let [a, b, c, counter] = this.state
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    this.state[0] = a
    this.state[1] = b
    this.state[2] = c
    this.state[3] = counter
    return sum >>> 0
  }
}
