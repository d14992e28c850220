import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { BEGINNING, hasBeginning } from './sample-story.js'
import { placeOf, ROOT, type Sample } from './samples.js'

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  // Samples are read, also by people who write JavaScript: they carry no more types than they need.
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
  skipLibCheck: true,
  noEmit: true,
}

interface Unit {
  readonly name: string
  readonly text: string
  /** Where a line of the text stands in its document. */
  readonly place: (line: number) => string
}

/** What the compiler has against the code of one document: `docs/guides/en/keys.md:22: …`. */
export function typeErrors(samples: readonly Sample[]): string[] {
  const units = unitsOf(samples)
  const folder = mkdtempSync(join(tmpdir(), 'openbursar-types-'))
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    for (const { name, text } of units) writeFileSync(join(folder, name), text)
    const files = units.map(({ name }) => join(folder, name))
    const program = ts.createProgram(files, {
      ...OPTIONS,
      typeRoots: [join(folder, 'node_modules/@types')],
    })
    return ts.getPreEmitDiagnostics(program).map((one) => describe(one, units))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A story is one program; any other block is one by itself, or goes on from the block before it. */
function unitsOf(samples: readonly Sample[]): Unit[] {
  const programs: Sample[][] = []
  const stories = new Map<string, Sample[]>()
  for (const sample of samples) {
    const story = sample.options.get('run')
    const isFile = sample.options.has('file')
    if (story !== undefined && !isFile) {
      const own = stories.get(story)
      if (own) own.push(sample)
      else programs.push(stories.set(story, [sample]).get(story) ?? [])
    } else if (sample.options.has('continues')) programs.at(-1)?.push(sample)
    else programs.push([sample])
  }
  return programs.map((program, index) => unitOf(program, index))
}

function unitOf(program: readonly Sample[], index: number): Unit {
  const body = program.map(({ text }) => text).join('')
  const before = beginningOf(body, program)
  const places = [
    ...before
      .split('\n')
      .slice(1)
      .map(() => placeOf(program[0] ?? never())),
    ...program.flatMap((sample) =>
      sample.text
        .split('\n')
        .slice(1)
        .map((_, at) => `${sample.document}:${sample.line + at}`),
    ),
  ]
  return {
    name: `sample-${index}.mts`,
    text: `${before}${body}\nexport {}\n`,
    place: (line) => places[line] ?? placeOf(program[0] ?? never()),
  }
}

function never(): never {
  throw new Error('a program has a block')
}

function beginningOf(body: string, program: readonly Sample[]): string {
  const given = program
    .flatMap(({ options }) => options.get('given')?.split(',') ?? [])
    .map((name) => `declare const ${name}: any\n`)
    .join('')
  if (hasBeginning(body)) return given
  const makes = (name: string) =>
    new RegExp(`(?:const|let) ${name}\\b|import .*\\b${name}\\b`).test(body)
  // What a sample imports or makes itself is its own.
  if (makes('app'))
    return `import { Bursar } from '@openbursar/sdk'\ndeclare const bursar: Bursar\n${given}`
  const beginning = makes('readFileSync') ? BEGINNING.replace(/^.*\n/, '') : BEGINNING
  return `${makes('bursar') ? beginning.replace(/const bursar.*\n/, '') : beginning}${given}`
}

function describe(diagnostic: ts.Diagnostic, units: readonly Unit[]): string {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')
  const { file, start } = diagnostic
  const unit = units.find(({ name }) => file?.fileName.endsWith(`/${name}`))
  if (!file || start === undefined || !unit) return `${file?.fileName ?? ''} ${message}`
  return `${unit.place(file.getLineAndCharacterOfPosition(start).line)}: ${message}`
}

export const isTyped = ({ language }: Sample) => ['js', 'mjs', 'ts'].includes(language)
