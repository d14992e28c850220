import { DownloadOutlined } from '@ant-design/icons'
import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { Id } from '../../ui/id.view.js'
import { saveFile } from '../../ui/save-file.action.js'
import { type KeyMaterial, type KeyText, writeKey } from './key-material.rules.js'
import { keysMessages } from './keys.messages.js'

interface KeySaverProps {
  readonly keyId: string
  readonly algorithm: string
  readonly made: KeyMaterial
  readonly onDone: () => void
}

/** The one moment at which a new private key can be saved. */
export function KeySaver({ keyId, algorithm, made, onDone }: KeySaverProps) {
  const words = useMessages(keysMessages)
  const [texts, setTexts] = useState<readonly KeyText[]>([])
  const [isSaved, setSaved] = useState(false)
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    void writeKey(made).then(setTexts)
  }, [made])
  useEffect(() => {
    if (isSaved) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isSaved])
  const names = { pkcs8: words.savePem, jwk: words.saveJwk, pkcs1: words.saveOther }
  const [first] = texts
  return (
    <section className="panel-box key-saver" aria-labelledby="key-saver-title">
      <Alert
        type="warning"
        showIcon
        title={<strong id="key-saver-title">{words.madeTitle}</strong>}
        description={words.madeDetail}
      />
      <dl className="facts">
        <dt>{words.keyId}</dt>
        <dd>
          <Id id={keyId} />
        </dd>
      </dl>
      <div className="button-row">
        {texts.map(({ format, text, extension }) => (
          <Button
            key={format}
            type={format === 'pkcs8' ? 'primary' : 'default'}
            icon={<DownloadOutlined />}
            onClick={() => {
              saveFile(`${keyId}${format === 'pkcs1' ? '.pkcs1' : ''}.${extension}`, text)
              setSaved(true)
            }}
          >
            {format === 'pkcs1' || format === 'jwk' ? names[format] : names.pkcs8}
          </Button>
        ))}
        <Button
          onClick={() => {
            setShown(true)
            setSaved(true)
          }}
        >
          {words.showPrivate}
        </Button>
      </div>
      {isShown && first !== undefined && <CodeBlock label={words.privateKey} code={first.text} />}
      <CodeBlock label={words.sdkExample} code={sampleOf(keyId, algorithm)} />
      <div className="button-row">
        <Button type={isSaved ? 'primary' : 'default'} disabled={!isSaved} onClick={onDone}>
          {words.done}
        </Button>
        {!isSaved && <span className="hint">{words.notSaved}</span>}
      </div>
    </section>
  )
}

function sampleOf(keyId: string, algorithm: string): string {
  return [
    "import { readFileSync } from 'node:fs'",
    "import { Bursar } from '@openbursar/sdk'",
    '',
    'const bursar = new Bursar({',
    `  baseUrl: '${window.location.origin}',`,
    `  keyId: '${keyId}',`,
    `  privateKey: readFileSync('${keyId}.pem', 'utf8'),`,
    // The SDK's default for RSA keys is PSS.
    ...(algorithm === 'rsa-v1_5-sha256' ? [`  algorithm: '${algorithm}',`] : []),
    '})',
  ].join('\n')
}
