import { useRef, useState } from 'react'
import { useLanguage } from '../i18n/language.provider.js'
import { saveImage } from './qr-save.action.js'

const QR_SIZE = 208

interface QrCodeProps {
  /** null while the channel is still being asked for a code. */
  address: string | null
  app: string
  reference: string
}

export function QrCode({ address, app, reference }: QrCodeProps) {
  const { messages } = useLanguage()
  const image = useRef<HTMLImageElement>(null)
  const [loaded, setLoaded] = useState<{ address: string; isBroken: boolean } | null>(null)
  const [round, setRound] = useState(0)
  const outcome = loaded !== null && loaded.address === address ? loaded : null
  const isReady = outcome !== null && !outcome.isBroken
  const reload = () => {
    setLoaded(null)
    setRound(round + 1)
  }
  return (
    <>
      <div className="qr" data-ready={isReady}>
        {outcome === null && (
          <span className="qr-preparing">
            <span className="spinner" aria-hidden="true" />
            {messages.preparing}
          </span>
        )}
        {outcome?.isBroken && (
          <span className="qr-preparing" role="alert">
            {messages.qrFailed}
            <button className="button-link" type="button" onClick={reload}>
              {messages.qrReload}
            </button>
          </span>
        )}
        {address !== null && !outcome?.isBroken && (
          <img
            key={`${address} ${round}`}
            ref={image}
            className="qr-image"
            src={address}
            width={QR_SIZE}
            height={QR_SIZE}
            alt={messages.qrAlt(app)}
            onLoad={() => setLoaded({ address, isBroken: false })}
            onError={() => setLoaded({ address, isBroken: true })}
          />
        )}
      </div>
      <button
        className="button button-secondary only-phone qr-save"
        type="button"
        disabled={!isReady}
        onClick={() => {
          if (image.current !== null) void saveImage(image.current, `${reference}.png`)
        }}
      >
        {messages.saveQr}
      </button>
    </>
  )
}
