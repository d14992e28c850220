import { expect, test } from '@jest/globals'
import { readArguments } from './arguments.js'
import { UsageError } from './command.types.js'

test('the platform is the one of the option, of the environment, or the local one', () => {
  const of = (args: string[], environment = {}) =>
    readArguments(['debug-signature', ...args], environment).apiBase
  const environment = { BURSAR_API_BASE: 'https://env.test' }
  expect(of([])).toBe('http://localhost:3000')
  expect(of([], { BURSAR_API_BASE: '' })).toBe('http://localhost:3000')
  expect(of([], environment)).toBe('https://env.test')
  expect(of(['--api-base', 'https://pay.test/'], environment)).toBe('https://pay.test')
  expect(of(['--api-base=https://a.test', '--api-base=https://b.test'])).toBe('https://b.test')
})

test('help is given when asked for, and to whoever says nothing', () => {
  for (const args of [[], ['help'], ['--help'], ['debug-signature', '-h']]) {
    expect(readArguments(args, {}).isHelp).toBe(true)
  }
  expect(readArguments(['debug-signature', '--json'], {})).toMatchObject({
    isHelp: false,
    isJson: true,
  })
})

test.each([
  [['debug'], /no command "debug"/],
  [['debug-signature', 'request.http'], /no command "debug-signature request.http"/],
  [['debug-signature', '--xml'], /--xml/],
  [['debug-signature', '--api-base', 'pay.test'], /must be like http/],
])('%j is refused', (args, reason) => {
  expect(() => readArguments(args, {})).toThrow(UsageError)
  expect(() => readArguments(args, {})).toThrow(reason)
})
