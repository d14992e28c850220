/** Where an object's page is, by the prefix of its id: the list is called as in the API. */
const LISTS: Readonly<Record<string, string>> = {
  app: 'apps',
  pay: 'payments',
  ref: 'refunds',
  bill: 'bills',
  chk: 'checkouts',
  payer: 'payers',
  item: 'fee_items',
  cha: 'channel_accounts',
  evt: 'events',
  whk: 'webhook_endpoints',
  dlv: 'webhook_deliveries',
  req: 'request_logs',
  txn: 'ledger/transactions',
}

const ID = /^([a-z]{2,8})_[0-7][0-9a-hjkmnp-tv-z]{25}$/
const IDS = /\b[a-z]{2,8}_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g

/** The path of the page of an object; null when it has none, or the text is no id. */
export function pageOfId(id: string): string | null {
  const prefix = ID.exec(id)?.[1]
  const list = prefix === undefined ? undefined : LISTS[prefix]
  return list === undefined ? null : `/${list}/${id}`
}

/** A piece of a text; `to` where it is an id that has a page. */
export interface TextPart {
  readonly text: string
  readonly to: string | null
}

/** Cuts a text at the ids in it, so that each can be a link. */
export function splitAtIds(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(IDS)) {
    const to = pageOfId(match[0])
    if (to === null) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index), to: null })
    parts.push({ text: match[0], to })
    end = match.index + match[0].length
  }
  if (end < text.length) parts.push({ text: text.slice(end), to: null })
  return parts
}
