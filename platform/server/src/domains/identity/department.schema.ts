import { z } from 'zod'
import { AmountOrZero, listOf, listQuery, objectFields } from '../../infra/http/wire.schema.js'

export const Department = z
  .object({
    ...objectFields('dept', 'department'),
    name: z.string().max(200),
    refund_approval_threshold: AmountOrZero.nullable().describe(
      'Refunds of a payment above this sum, in fen, wait for a second person; null: none does.',
    ),
  })
  .meta({ id: 'Department' })
export type Department = z.infer<typeof Department>

export const DepartmentList = listOf(Department).meta({ id: 'DepartmentList' })
export const DepartmentListQuery = listQuery('dept', {})
export type DepartmentListQuery = z.infer<typeof DepartmentListQuery>

export const UpdateDepartment = z
  .strictObject({
    refund_approval_threshold: AmountOrZero.nullable()
      .optional()
      .describe(
        '0: every refund needs a second person. Refunds that exist already stay as they are.',
      ),
  })
  .meta({ id: 'UpdateDepartment' })
export type UpdateDepartment = z.infer<typeof UpdateDepartment>
