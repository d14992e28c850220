import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { formPageOf, formPolicyOf } from './cashier-form.page.js'

const URL = 'https://gateway.bank.example:8443/front?a=1&b="2"'
const pageOf = (fields: Record<string, string>, url = URL) =>
  formPageOf({ url, fields }, '/cashier/assets/payer-1.css').bytes.toString()

describe('the page that sends a provider’s form', () => {
  test('runs the one script that its policy names, and no other', () => {
    const scripts = [...pageOf({}).matchAll(/<script>(.*?)<\/script>/gs)].map(([, text]) => text)
    expect(scripts).toHaveLength(1)
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64')
    expect(formPolicyOf(URL)).toContain(`script-src 'sha256-${hash}'`)
    expect(formPolicyOf(URL)).not.toMatch(/unsafe|\*/)
  })

  test('lets the form leave to the provider and over https, and to nothing else', () => {
    const policy = formPolicyOf(URL)
    expect(policy).toContain('form-action https://gateway.bank.example:8443 https:;')
    expect(policy).toContain("default-src 'none'")
    expect(formPolicyOf('http://localhost:3100/unionpay/front')).toContain(
      'form-action http://localhost:3100 https:;',
    )
  })

  test('escapes whatever a field carries', () => {
    const page = pageOf({ 'a"b': '"><script>alert(1)</script>', 中文: '学费' })
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('name="a&#34;b" value="&#34;&#62;&#60;script&#62;')
    expect(page).toContain('name="中文" value="学费"')
    expect(page).toContain('action="https://gateway.bank.example:8443/front?a=1&#38;b=&#34;2&#34;"')
  })
})
