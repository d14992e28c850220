import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { Controller, Get, Param, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { PageFiles } from '../../infra/http/page-files.js'
import { consolePolicyOf, pageWithNonce } from './console-page.rules.js'

const DIST = resolve(import.meta.dirname, '../../../../console/dist-console')
const YEAR_SECONDS = 31_536_000
const NONCE_BYTES = 18

/**
 * The console's page. It holds nothing of anybody and is the same at every address: which part of it is
 * shown is decided in the browser, and what is in it comes by the API.
 */
@ApiExcludeController()
@Public()
@Controller('console')
export class ConsolePageController {
  private readonly files = new PageFiles(DIST)

  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    const file = this.files.asset(name)
    if (!file) throw new HttpError('route_not_found', 'There is no such page.')
    reply
      .header('content-type', file.content_type)
      // Names carry a hash of the content, so a browser may keep them for good.
      .header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
      .header('x-content-type-options', 'nosniff')
      .send(file.bytes)
  }

  @Get(['', '*'])
  page(@Res() reply: FastifyReply): void {
    const file = this.files.file('console.html')
    if (!file) throw new HttpError('route_not_found', 'The console has not been built.')
    const nonce = randomBytes(NONCE_BYTES).toString('base64')
    reply
      .header('content-type', file.content_type)
      .header('content-security-policy', consolePolicyOf(nonce))
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'same-origin')
      .header('x-content-type-options', 'nosniff')
      .header('x-frame-options', 'DENY')
      .send(pageWithNonce(file.bytes.toString('utf8'), nonce))
  }
}
