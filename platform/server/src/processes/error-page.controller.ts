import { Controller, Get, Header, Param } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { Public } from '../infra/http/decorators.js'
import { HttpError } from '../infra/http/http.errors.js'
import { ERROR_CATALOGUE } from './error-catalogue.js'

/** Where the `type` of every problem leads: what the code means for the caller, in two languages. */
@ApiExcludeController()
@Public()
@Controller('docs/errors')
export class ErrorPageController {
  @Get(':code')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'")
  page(@Param('code') code: string): string {
    const spec = Object.hasOwn(ERROR_CATALOGUE, code) ? ERROR_CATALOGUE[code] : undefined
    if (!spec) throw new HttpError('route_not_found', 'There is no such error code.')
    const retry = spec.retryable
      ? 'The same call may be sent again, with the same Idempotency-Key. 可用同一 Idempotency-Key 重试。'
      : 'Sending the same call again gives the same answer. 重试不会改变结果,请先修改请求。'
    return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${code} · OpenBursar</title>
<h1><code>${code}</code></h1>
<p>HTTP status 状态码: <strong>${spec.status}</strong></p>
<p>${retry}</p>
<p>The problem’s <code>detail</code> says what is wrong with this call and what to do; <code>errors</code> points to the field.
具体原因见响应中的 <code>detail</code>,出错字段见 <code>errors</code>。</p>
</html>
`
  }
}
