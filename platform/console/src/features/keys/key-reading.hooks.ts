import { useEffect, useState } from 'react'
import { KeyFormatError, type KeyProblem } from './der.rules.js'
import { type KeyMaterial, readKey } from './key-material.rules.js'

export interface KeyReading {
  readonly text: string
  readonly setText: (text: string) => void
  readonly key: KeyMaterial | null
  /** Why it can't be read; nothing is said about an empty field. */
  readonly problem: KeyProblem | null
}

/** A field for a key, read while it is filled. */
export function useKeyReading(): KeyReading {
  const [text, setText] = useState('')
  const [found, setFound] = useState<{ key: KeyMaterial | null; problem: KeyProblem | null }>({
    key: null,
    problem: null,
  })
  useEffect(() => {
    let isCurrent = true
    readKey(text).then(
      (key) => isCurrent && setFound({ key, problem: null }),
      (error: unknown) => isCurrent && setFound({ key: null, problem: problemIn(error, text) }),
    )
    return () => {
      isCurrent = false
    }
  }, [text])
  return { text, setText, ...found }
}

function problemIn(error: unknown, text: string): KeyProblem | null {
  if (text.trim() === '') return null
  return error instanceof KeyFormatError ? error.reason : 'unreadable'
}
