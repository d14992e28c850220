import ts from 'typescript'

export interface Located {
  readonly line: number
}

export interface Import extends Located {
  /** As it is written: `../payments/payment.service.js`. */
  readonly specifier: string
}

export interface FunctionBody extends Located {
  readonly name: string
  readonly lines: number
}

/** What the rules need to know of one file. */
export interface SourceFile {
  /** Relative to the tree it was read from, with `/`. */
  readonly path: string
  readonly lines: number
  readonly isGenerated: boolean
  readonly imports: readonly Import[]
  readonly functions: readonly FunctionBody[]
  readonly defaultExports: readonly Located[]
  readonly environmentReads: readonly Located[]
}

const TEST_CODE = /\.(spec|conformance|harness|fixture)\.tsx?$/

/** Specs, conformance suites, harnesses and fixtures: they may reach anywhere, and nothing that runs may reach them. */
export function isTestCode(path: string): boolean {
  return TEST_CODE.test(path)
}

export function parseSource(path: string, text: string): SourceFile {
  const root = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const lineOf = (position: number) => root.getLineAndCharacterOfPosition(position).line + 1
  const imports: Import[] = []
  const functions: FunctionBody[] = []
  const defaultExports: Located[] = []
  const environmentReads: Located[] = []

  const visit = (node: ts.Node): void => {
    const line = lineOf(node.getStart())
    const specifier = importedBy(node)
    if (specifier !== null) imports.push({ specifier, line })
    const body = bodyOf(node)
    if (body) {
      const lines = lineOf(body.getEnd()) - lineOf(body.getStart()) + 1
      functions.push({ name: nameOf(node), line, lines })
    }
    if (isDefaultExport(node)) defaultExports.push({ line })
    if (readsEnvironment(node)) environmentReads.push({ line })
    ts.forEachChild(node, visit)
  }
  visit(root)

  const lines = text.replace(/\n$/, '').split('\n')
  const isGenerated = /^\/[/*].*\bgenerated\b/i.test(lines[0] ?? '')
  return {
    path,
    lines: lines.length,
    isGenerated,
    imports,
    functions,
    defaultExports,
    environmentReads,
  }
}

function importedBy(node: ts.Node): string | null {
  const name = moduleNameOf(node)
  return name && ts.isStringLiteralLike(name) ? name.text : null
}

/** `import … from`, `export … from`, `import()` and the type `import('…').Name` alike. */
function moduleNameOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
  }
  const isDynamic =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return isDynamic ? node.arguments[0] : undefined
}

function bodyOf(node: ts.Node): ts.Node | undefined {
  return isFunction(node) ? node.body : undefined
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  )
}

/** A function without a name of its own is called by what it is assigned to. */
function nameOf(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor'
  if (isFunction(node) && node.name) return node.name.getText()
  const holder = node.parent
  const isNamed = ts.isVariableDeclaration(holder) || ts.isPropertyAssignment(holder)
  return isNamed || ts.isPropertyDeclaration(holder) ? holder.name.getText() : 'a callback'
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  if (!ts.canHaveModifiers(node)) return false
  return ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword) ?? false
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return node.name.text === 'env' && node.expression.getText() === 'process'
  }
  if (ts.isElementAccessExpression(node)) return /^process\[.env.\]$/.test(node.getText())
  return (
    ts.isImportSpecifier(node) &&
    (node.propertyName ?? node.name).text === 'env' &&
    comesFromProcess(node)
  )
}

function comesFromProcess(node: ts.ImportSpecifier): boolean {
  const specifier = node.parent.parent.parent.moduleSpecifier
  return ts.isStringLiteral(specifier) && /^(node:)?process$/.test(specifier.text)
}
