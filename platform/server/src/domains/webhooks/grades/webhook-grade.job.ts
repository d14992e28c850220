import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { JobHandler } from '../../../infra/jobs/jobs.js'
import { GRADE_JOB } from './grade.types.js'
import { GradeRunService } from './grade-run.service.js'

const Payload = z.object({ institution_id: z.string(), livemode: z.boolean(), id: z.string() })

@Injectable()
export class WebhookGradeJob implements JobHandler {
  readonly name = GRADE_JOB

  constructor(private readonly grades: GradeRunService) {}

  run(payload: unknown): Promise<void> {
    return this.grades.start(Payload.parse(payload))
  }
}
