import { sqlState } from './database.js'

/**
 * Connection refused, cut or shut down (SQLSTATE class 08, 57P0x), no more of something (class 53: disk,
 * memory, connections), the pool gave none in time, or Prisma's words for these (P1xxx). What failed of it may be tried again in a moment.
 */
export function isDatabaseAway(thrown: unknown): boolean {
  const code = sqlState(thrown) ?? ''
  if (/^(08|57P0|53|P1|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/.test(code)) return true
  const message = thrown instanceof Error ? thrown.message : ''
  return /Connection terminated|timeout exceeded when trying to connect|not queryable/.test(message)
}
