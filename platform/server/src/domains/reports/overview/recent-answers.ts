/** Questions that can be waited for or remembered at once; the oldest is forgotten first. */
const KEPT_MAX = 500

/** Answers that cost much and may be a moment old: asked by many at once, they are worked out once. */
export class RecentAnswers<T> {
  private readonly answers = new Map<string, { readonly answer: Promise<T>; until: number }>()

  constructor(private readonly keptMs: number) {}

  get(question: string, workOut: () => Promise<T>): Promise<T> {
    const known = this.answers.get(question)
    if (known && performance.now() < known.until) return known.answer
    const entry = { answer: workOut(), until: Infinity }
    this.answers.delete(question)
    this.answers.set(question, entry)
    this.forgetOldest()
    entry.answer.then(
      () => {
        entry.until = performance.now() + this.keptMs
      },
      // A failure is nobody else's answer.
      () => {
        if (this.answers.get(question) === entry) this.answers.delete(question)
      },
    )
    return entry.answer
  }

  private forgetOldest(): void {
    const [oldest] = this.answers.keys()
    if (this.answers.size > KEPT_MAX && oldest !== undefined) this.answers.delete(oldest)
  }
}
