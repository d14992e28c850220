import { expect, test } from '@jest/globals'
import { html } from './html.js'

test('text is escaped, in elements and in attributes', () => {
  const name = `<img src=x onerror="alert('1')">&`
  const { text } = html`<p title="${name}">${name}</p>`
  expect(text).toBe(
    '<p title="&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;">' +
      '&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;</p>',
  )
})

test('markup is embedded as it is, alone and in lists', () => {
  expect(html`<ul>${['a', '<'].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe(
    '<ul><li>a</li><li>&#60;</li></ul>',
  )
})
