/** Markup that is safe to embed. Only `html` makes it, so text cannot slip in unescaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** A template that escapes every value which is not markup itself. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  return new Markup(parts.map((part, index) => part + embed(values[index] ?? '')).join(''))
}

function embed(value: string | Markup | readonly Markup[]): string {
  if (value instanceof Markup) return value.text
  if (typeof value !== 'string') return value.map((markup) => markup.text).join('')
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
