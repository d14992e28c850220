/** What was started or made is undone at the end, last first, also when the end is Ctrl-C. */
export class CleanUp {
  #undo = []

  add(undo) {
    this.#undo.push(undo)
  }

  async run() {
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) {
      await undo().catch((error) => console.error(`Cleaning up: ${error.message}`))
    }
  }

  onSignals() {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, async () => {
        console.error(`\n${signal}: stopping what the demo started …`)
        await this.run()
        process.exit(130)
      })
    }
  }
}
