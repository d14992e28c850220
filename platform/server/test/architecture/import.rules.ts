import { type Import, isTestCode, type SourceFile } from './source-file.js'
import { resolveImport } from './source-tree.js'
import type { Violation } from './violation.js'

export interface Layers {
  readonly ranks: Readonly<Record<string, number>>
  /** Module → the only modules that may import it. */
  readonly reserved: Readonly<Record<string, readonly string[]>>
  /** Files of a private role that others may import, with the reason. */
  readonly sharedFiles: Readonly<Record<string, string>>
}

const PRIVATE_ROLE = /\.(repository|schema|controller)\.ts$/

/** `domains/payments` of `domains/payments/payment.service.ts`; otherwise the first folder. */
export function moduleOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  return first === 'domains' ? `${first}/${second}` : first
}

/** Every module stands in the rank table. */
export function modulesWithoutRank(files: readonly SourceFile[], layers: Layers): Violation[] {
  const first = new Map<string, string>()
  for (const { path } of files) {
    const module = moduleOf(path)
    if (!(module in layers.ranks) && !first.has(module)) first.set(module, path)
  }
  return [...first].map(([module, path]) => ({
    path,
    line: 1,
    message: `module ${module} has no rank. Give it one in test/layers.ts, above all that it imports.`,
  }))
}

/** Imports run down the ranks, and take of another module only what it offers. */
export function forbiddenImports(files: readonly SourceFile[], layers: Layers): Violation[] {
  return files
    .filter((file) => !isTestCode(file.path))
    .flatMap((file) => file.imports.flatMap((one) => violationsOf(file.path, one, layers)))
}

/** An exception that nobody needs any more is taken off the list. */
export function unusedExceptions(files: readonly SourceFile[], layers: Layers): Violation[] {
  const imported = new Set(files.flatMap((file) => importedFromElsewhere(file)))
  return Object.keys(layers.sharedFiles)
    .filter((path) => !imported.has(path))
    .map((path) => ({
      path,
      line: 1,
      message:
        'is a shared file that no other module imports. Take it off SHARED_FILES in test/layers.ts.',
    }))
}

function importedFromElsewhere(file: SourceFile): string[] {
  return file.imports
    .map((one) => resolveImport(file.path, one.specifier))
    .filter((target) => target !== null)
    .filter((target) => moduleOf(target) !== moduleOf(file.path))
}

function violationsOf(path: string, { specifier, line }: Import, layers: Layers): Violation[] {
  const target = resolveImport(path, specifier)
  if (target === null) return []
  const messages = target.startsWith('..')
    ? [
        `imports ${target}, outside src. Packages share data, never source: import a package by its name.`,
      ]
    : [testCodeMessage(target), ...boundaryMessages(path, target, layers)]
  return messages.filter((one) => one !== null).map((message) => ({ path, line, message }))
}

function testCodeMessage(target: string): string | null {
  if (!isTestCode(target)) return null
  return `imports ${target}, which is test code and not part of the build. Move what it needs into a source file.`
}

function boundaryMessages(path: string, target: string, layers: Layers): (string | null)[] {
  const [from, to] = [moduleOf(path), moduleOf(target)]
  if (from === to) return []
  return [
    rankMessage(from, to, layers),
    reservedMessage(from, to, layers),
    privateMessage(target, layers),
  ]
}

function rankMessage(from: string, to: string, { ranks }: Layers): string | null {
  const [fromRank, toRank] = [ranks[from], ranks[to]]
  // Modules without a rank are reported once, by modulesWithoutRank.
  if (fromRank === undefined || toRank === undefined || toRank < fromRank) return null
  return (
    `${from} (rank ${fromRank}) imports ${to} (rank ${toRank}). Imports go to a lower rank: move the type or ` +
    'function down, tell upward with an event, or ask downward through a port.'
  )
}

function reservedMessage(from: string, to: string, { reserved }: Layers): string | null {
  const allowed = reserved[to]
  if (!allowed || allowed.includes(from)) return null
  return (
    `${from} imports ${to}, which only ${allowed.join(', ')} may. Declare low, enforce high: put the decorator ` +
    'or type in infra/http and let the gateway obey it.'
  )
}

function privateMessage(target: string, { sharedFiles }: Layers): string | null {
  if (!PRIVATE_ROLE.test(target) || target in sharedFiles) return null
  return (
    `imports ${target}, which is private to ${moduleOf(target)}. Use its service, types, events or errors; ` +
    'move what is missing there.'
  )
}
