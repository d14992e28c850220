import { isTestCode, type SourceFile } from './source-file.js'
import type { Violation } from './violation.js'

export const FILE_LINES_MAX = 400
export const FUNCTION_LINES_MAX = 70

/** Hand-written files have an end. Specs may be longer: they are read one test at a time. */
export function longFiles(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => !file.isGenerated && !/\.spec\.tsx?$/.test(file.path))
    .filter((file) => file.lines > FILE_LINES_MAX)
    .map(({ path, lines }) => ({
      path,
      line: 1,
      message: `has ${lines} lines, more than ${FILE_LINES_MAX}. Split it by meaning, not by size.`,
    }))
}

export function longFunctions(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => !file.isGenerated && !isTestCode(file.path))
    .flatMap(({ path, functions }) =>
      functions
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map(({ name, line, lines }) => ({
          path,
          line,
          message:
            `${name} has ${lines} lines, more than ${FUNCTION_LINES_MAX}. Keep the decisions in it and move ` +
            'the straight-line work into helpers.',
        })),
    )
}
