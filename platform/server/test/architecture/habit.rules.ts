import type { SourceFile } from './source-file.js'
import type { Violation } from './violation.js'

export function defaultExports(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, defaultExports: found }) =>
    found.map(({ line }) => ({
      path,
      line,
      message: 'exports a default. Export it by name, so that it is called the same everywhere.',
    })),
  )
}

/** Settings are read and checked once, before anything starts. */
export function environmentReads(
  files: readonly SourceFile[],
  isAllowed: (path: string) => boolean,
): Violation[] {
  return files
    .filter(({ path }) => !isAllowed(path))
    .flatMap(({ path, environmentReads: found }) =>
      found.map(({ line }) => ({
        path,
        line,
        message:
          'reads process.env. Add the setting to infra/config/config.ts and inject CONFIG, so that a bad ' +
          'value stops the start.',
      })),
    )
}
