import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const [light = '', dark = ''] = css.split('@media')

/** Text on its ground. WCAG 2 AA asks for 4.5 to 1. */
const TEXT_PAIRS = ['ink', 'ink-soft', 'ink-faint', 'link', 'success', 'danger', 'notice']
  .flatMap((ink) => [
    [ink, 'paper'],
    [ink, 'card'],
  ])
  .concat([
    ['on-primary', 'primary'],
    ['on-primary', 'primary-deep'],
    ['on-test', 'test'],
    ['danger', 'danger-wash'],
    ['ink-soft', 'danger-wash'],
    ['on-toast', 'toast'],
  ])

describe.each([
  ['light', colours(light)],
  ['dark', new Map([...colours(light), ...colours(dark)])],
])('%s colours', (_name, tokens) => {
  test.each(TEXT_PAIRS)('%s can be read on %s', (ink = '', ground = '') => {
    expect(contrast(tokens.get(ink), tokens.get(ground))).toBeGreaterThanOrEqual(4.5)
  })

  test('the edge of a button stands out from its ground', () => {
    expect(contrast(tokens.get('line-strong'), tokens.get('card'))).toBeGreaterThanOrEqual(3)
  })
})

function colours(source: string): Map<string, string> {
  return new Map(
    [...source.matchAll(/--([\w-]+): #([0-9a-f]{6})/g)].map(([, name = '', hex = '']) => [
      name,
      hex,
    ]),
  )
}

function contrast(one = '', other = ''): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

/** WCAG 2.2, "relative luminance". */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4]
    .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
