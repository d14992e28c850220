/** In the order in which they are sent. */
export const GRADE_CASES = [
  'valid',
  'duplicate',
  'bad_signature',
  'stale_timestamp',
  'reordered',
  'unknown_type',
  'answer_time',
] as const
export type GradeCaseName = (typeof GRADE_CASES)[number]

export const GRADE_VERDICTS = ['passed', 'warning', 'failed', 'not_run'] as const
export type GradeVerdict = (typeof GRADE_VERDICTS)[number]

export const GRADE_STATUSES = ['running', 'passed', 'failed'] as const
export type GradeStatus = (typeof GRADE_STATUSES)[number]

export interface Words {
  readonly en: string
  readonly zh: string
}

export const GRADE_JOB = 'webhook-grade'

export interface GradeKey {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
}
