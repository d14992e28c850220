const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

class Html {
  constructor(text) {
    this.text = text
  }

  toString() {
    return this.text
  }
}

/** A template whose values are escaped, unless they are html`…` themselves. Lists are joined. */
export function html(strings, ...values) {
  return new Html(String.raw({ raw: strings }, ...values.map(toText)))
}

function toText(value) {
  if (value === undefined || value === null || value === false) return ''
  if (Array.isArray(value)) return value.map(toText).join('')
  if (value instanceof Html) return value.text
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character])
}

/** Fen as yuan, digit by digit: 28000 → "¥280.00". */
export function yuan(amount) {
  const digits = String(amount).padStart(3, '0')
  return `¥${digits.slice(0, -2)}.${digits.slice(-2)}`
}
