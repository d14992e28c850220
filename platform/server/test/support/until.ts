/** Asks again until the answer is good enough; the last answer is in the error when it never is. */
export async function until<T>(
  ask: () => Promise<T>,
  isGood: (answer: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (isGood(answer)) return answer
    if (Date.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain; the last answer: ${JSON.stringify(answer)}`)
    }
    await pause(100)
  }
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
