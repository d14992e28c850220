import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { parseSource, type SourceFile } from './source-file.js'

/** Every TypeScript file below a folder; `skip` leaves out folders, such as a generated client. */
export function readTree(folder: string, skip: readonly string[] = []): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !skip.some((one) => path.startsWith(`${one}/`)))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(folder, path), 'utf8')))
}

/** The file that a relative import means, as a path of the same tree (`../` if it leaves it); null for a package. */
export function resolveImport(importer: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return posix.join(posix.dirname(importer), specifier).replace(/\.js(x?)$/, '.ts$1')
}

/** The same, among files that exist: `./page.js` may be written in `page.tsx`. */
export function findImported(
  paths: ReadonlySet<string>,
  importer: string,
  specifier: string,
): string | null {
  const path = resolveImport(importer, specifier)
  if (path === null) return null
  return [path, path.replace(/\.ts$/, '.tsx')].find((one) => paths.has(one)) ?? null
}
