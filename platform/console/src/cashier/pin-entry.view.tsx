import { type FormEvent, useState } from 'react'
import { useLanguage } from '../i18n/language.provider.js'

const PIN_LENGTH = 6

interface PinEntryProps {
  isConfirming: boolean
  onConfirm: (pin: string) => void
}

/** Confirmed by the PIN of the payer's campus card. It leaves the page's memory as it is sent. */
export function PinEntry({ isConfirming, onConfirm }: PinEntryProps) {
  const { messages } = useLanguage()
  const [pin, setPin] = useState('')
  const isWhole = pin.length === PIN_LENGTH
  const confirm = (event: FormEvent) => {
    event.preventDefault()
    if (!isWhole || isConfirming) return
    setPin('')
    onConfirm(pin)
  }
  return (
    <form className="pin" onSubmit={confirm}>
      <label className="pin-label" htmlFor="pin">
        {messages.pinLabel}
      </label>
      <input
        id="pin"
        className="pin-input"
        // The phone shows digits alone; no browser offers to remember it.
        type="password"
        inputMode="numeric"
        autoComplete="off"
        maxLength={PIN_LENGTH}
        value={pin}
        disabled={isConfirming}
        onChange={({ target }) => setPin(target.value.replace(/\D/g, ''))}
      />
      <button className="button button-primary" type="submit" disabled={!isWhole || isConfirming}>
        {isConfirming ? messages.pinChecking : messages.bridgeButton}
      </button>
    </form>
  )
}
