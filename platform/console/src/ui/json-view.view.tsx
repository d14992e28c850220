import { CodeBlock } from './code-block.view.js'

/** An object as the API gives it. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  return <CodeBlock label={label} code={JSON.stringify(value, null, 2) ?? ''} />
}
