import type { SignatureDiagnosis } from '@openbursar/sdk'
import { Alert } from 'antd'
import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { Facts, fact } from '../../ui/facts.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { BaseComparison } from './base-comparison.view.js'
import { debuggerMessages } from './signature-debugger.messages.js'

type Diagnosis = Omit<SignatureDiagnosis, 'object'>

/** What is wrong with a signature: in words first, then where. */
export function DiagnosisView({ diagnosis }: { diagnosis: Diagnosis }) {
  const words = useMessages(debuggerMessages)
  const { valid, detail, code, cause, expected_base, received_base } = diagnosis
  const difference = diagnosis.first_difference
  return (
    <section className="diagnosis" aria-live="polite">
      <Alert
        type={valid ? 'success' : 'error'}
        showIcon
        title={valid ? words.valid : words.invalid}
        description={valid ? words.validDetail : detail}
      />
      <Facts
        facts={[
          fact(words.cause, (cause ?? code) && <code>{cause ?? code}</code>),
          fact(
            words.firstDifference,
            difference && (
              <>
                <code>{difference.component}</code>{' '}
                <span className="soft">{words.at(difference.offset, difference.line)}</span>
              </>
            ),
          ),
          fact(words.key, <ObjectId id={diagnosis.key_id} />),
          fact(words.algorithm, diagnosis.algorithm),
        ]}
      />
      {expected_base !== null && received_base !== null && (
        <BaseComparison expected={expected_base} received={received_base} />
      )}
      {expected_base !== null && received_base === null && (
        <>
          {!valid && <p className="soft">{words.notReceived}</p>}
          {difference !== null && (
            <div className="two-columns">
              <CodeBlock label={words.excerptExpected} code={difference.expected} />
              <CodeBlock label={words.excerptReceived} code={difference.received} />
            </div>
          )}
          <CodeBlock label={words.expected} code={expected_base} />
        </>
      )}
    </section>
  )
}
