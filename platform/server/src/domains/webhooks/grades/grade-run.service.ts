import { randomBytes } from 'node:crypto'
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common'
import type { WebhookAnswer } from '../deliveries/delivery.types.js'
import { WebhookClient } from '../deliveries/webhook.client.js'
import { WebhookSigner } from '../deliveries/webhook.signer.js'
import { type ClaimedGrade, WebhookGradeRepository } from './grade.repository.js'
import { CASE_WORDS, isPassed, judge } from './grade.rules.js'
import type { GradeCase, GradeExchange } from './grade.schema.js'
import { GRADE_CASES, type GradeCaseName, type GradeKey } from './grade.types.js'
import { type GradeMessage, gradeMessages } from './grade-messages.rules.js'

/** Sockets in one process; a grade uses one at a time. */
const RUNNING_MAX = 16

/** Grades receivers beside the job queue: no place of it is held while somebody's server thinks. */
@Injectable()
export class GradeRunService implements OnModuleDestroy {
  private readonly logger = new Logger(GradeRunService.name)
  private readonly running = new Set<Promise<void>>()
  private isStopping = false

  constructor(
    private readonly grades: WebhookGradeRepository,
    private readonly signer: WebhookSigner,
    private readonly client: WebhookClient,
  ) {}

  /** Returns when it has begun, not when it is over. */
  async start(key: GradeKey): Promise<void> {
    if (this.isStopping || this.running.size >= RUNNING_MAX) return this.grades.postpone(key)
    const grade = await this.grades.claim(key)
    if (!grade) return
    const run = this.run(grade).catch((error: unknown) => {
      // Another process takes it when the lease is over.
      this.logger.error({ msg: 'a receiver could not be graded', grade: key.id, err: error })
    })
    this.running.add(run)
    void run.then(() => this.running.delete(run))
  }

  /** Waits for the grades under way. */
  async drain(): Promise<void> {
    await Promise.all(this.running)
  }

  /** What is under way ends before its next message; somebody else does it again from the start. */
  onModuleDestroy(): void {
    this.isStopping = true
  }

  private async run(grade: ClaimedGrade): Promise<void> {
    const [newest, ...others] = await this.grades.material(grade, grade.event_types)
    if (!newest) return
    const messages = gradeMessages([newest, ...others], new Date())
    const cases: GradeCase[] = []
    let isSilent = false
    for (const name of GRADE_CASES) {
      if (this.isStopping) return
      const exchanges: GradeExchange[] = isSilent ? [] : await this.exchange(grade, messages[name])
      // Seven deadlines in a row would say nothing more than the first.
      isSilent ||= exchanges.some(({ response_status }) => response_status === null)
      cases.push(caseOf(name, exchanges))
    }
    const isGood = isPassed(cases.map(({ verdict }) => verdict))
    await this.grades.finish(grade, isGood ? 'passed' : 'failed', cases)
  }

  private async exchange(
    grade: ClaimedGrade,
    messages: readonly GradeMessage[],
  ): Promise<GradeExchange[]> {
    const exchanges: GradeExchange[] = []
    for (const message of messages) {
      const headers = await this.signer.sign(grade, message)
      if (message.is_forged) headers['webhook-signature'] = forgedSignature()
      const { url, livemode } = grade
      const answer = await this.client.post({ url, livemode, headers, body: message.body })
      exchanges.push(exchangeOf(headers, message, answer))
    }
    return exchanges
  }
}

/** Of the right form, by nobody's secret. */
function forgedSignature(): string {
  return `v1,${randomBytes(32).toString('base64')}`
}

function exchangeOf(
  request_headers: Record<string, string>,
  { body: request_body }: GradeMessage,
  { response_status, response_body, error, duration_ms }: WebhookAnswer,
): GradeExchange {
  return {
    ...{ request_headers, request_body },
    ...{ response_status, response_body, error, duration_ms },
  }
}

function caseOf(name: GradeCaseName, exchanges: GradeExchange[]): GradeCase {
  const { expected } = CASE_WORDS[name]
  return { case: name, ...judge(name, exchanges), expected, exchanges }
}
