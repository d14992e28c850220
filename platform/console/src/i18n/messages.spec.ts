import { describe, expect, test } from '@jest/globals'
import { enMessages } from './en.messages.js'
import { channelWords } from './messages.types.js'
import { zhCnMessages } from './zh-cn.messages.js'

const CHANNEL = { name: 'NAME', app: 'APP' }
const HAN = /\p{Script=Han}/u

function texts(messages: object): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] => {
    if (typeof value === 'string') return [[key, value]]
    if (typeof value === 'function')
      return [[key, String(value(/^(payWith|leaveButton)$/.test(key) ? CHANNEL : 'APP', '¥1.00'))]]
    return texts(value)
  })
}

describe('messages', () => {
  test('both languages name the same channels', () => {
    expect(Object.keys(enMessages.channels)).toEqual(Object.keys(zhCnMessages.channels))
  })

  test.each(texts(zhCnMessages))('Chinese: %s is written in Chinese', (_key, text) => {
    expect(text).toMatch(HAN)
  })

  test.each(texts(enMessages))('English: %s is written in English', (_key, text) => {
    expect(text.trim().length).toBeGreaterThan(0)
    expect(text).not.toMatch(HAN)
  })

  test('shows the code of a channel it has no words for', () => {
    expect(channelWords(enMessages, 'new_bank')).toEqual({ name: 'new_bank', app: 'new_bank' })
  })
})
