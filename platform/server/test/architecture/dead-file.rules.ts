import { isTestCode, type SourceFile } from './source-file.js'
import { findImported } from './source-tree.js'
import type { Violation } from './violation.js'

/** Files that nothing that runs reaches. What only a test imports is dead too. */
export function deadFiles(
  files: readonly SourceFile[],
  isEntry: (path: string) => boolean,
): Violation[] {
  const source = files.filter(({ path }) => !isTestCode(path))
  const reached = reachable(source, isEntry)
  return source
    .filter(({ path }) => !path.endsWith('.d.ts') && !reached.has(path))
    .map(({ path }) => ({
      path,
      line: 1,
      message:
        'is reached by nothing that runs. Import it, delete it, or, if it serves tests, name it *.fixture.ts or *.harness.ts.',
    }))
}

function reachable(
  files: readonly SourceFile[],
  isEntry: (path: string) => boolean,
): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const paths = new Set(byPath.keys())
  const reached = new Set<string>()
  const waiting = [...paths].filter(isEntry)
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    for (const { specifier } of byPath.get(path)?.imports ?? []) {
      const target = findImported(paths, path, specifier)
      if (target) waiting.push(target)
    }
  }
  return reached
}
