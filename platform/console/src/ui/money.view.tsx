import { formatMinor } from './money.format.js'

interface MoneyProps {
  amountMinor: bigint
  currency: string
  size?: 'body' | 'display'
}

export function Money({ amountMinor, currency, size = 'body' }: MoneyProps) {
  const { sign, digits } = formatMinor(amountMinor, currency)
  const length = digits.length > 16 ? ' is-huge' : digits.length > 10 ? ' is-long' : ''
  return (
    <span className={`money money-${size}${length}`}>
      <span className="money-sign">{sign}</span>
      {digits}
    </span>
  )
}
