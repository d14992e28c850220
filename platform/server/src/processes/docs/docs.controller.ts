import { randomBytes } from 'node:crypto'
import { Controller, Get, Param, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Public } from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { ERROR_CATALOGUE } from '../error-catalogue.js'
import { type DocsFile, DocsFiles } from './docs-files.js'
import { languageOf } from './docs-language.js'

const YEAR_SECONDS = 31_536_000
/** Icons are in the style sheets, as data: addresses. Everything else comes from here. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
const NONCE = '__NONCE__'

/** The documentation, and where the `type` of every problem leads. */
@ApiExcludeController()
@Public()
@Controller('docs')
export class DocsController {
  constructor(private readonly files: DocsFiles) {}

  @Get()
  home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.toLanguage(request, reply, '')
  }

  @Get('api')
  reference(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.toLanguage(request, reply, 'api')
  }

  @Get('errors/:code')
  error(
    @Param('code') code: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    if (!Object.hasOwn(ERROR_CATALOGUE, code)) {
      throw new HttpError('route_not_found', 'There is no such error code.')
    }
    this.toLanguage(request, reply, `errors/${code}`)
  }

  @Get('*')
  async file(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = request.url.replace(/^\/docs\//, '').replace(/\?.*$/s, '')
    // Written without its slash, and what a visitor has bookmarked of another site.
    if (path === '') return this.toLanguage(request, reply, '')
    if (path === 'en' || path === 'zh-CN') return redirect(reply, `/docs/${path}/`)
    const file = this.files.find(path)
    if (!file) throw new HttpError('route_not_found', this.missing())
    await (file.needsNonce ? sendWithNonce(file, reply) : send(file, request, reply))
  }

  private toLanguage(request: FastifyRequest, reply: FastifyReply, path: string): void {
    if (!this.files.isBuilt()) throw new HttpError('route_not_found', this.missing())
    reply.header('vary', 'accept-language, cookie')
    redirect(reply, `/docs/${languageOf(request.headers)}/${path}`)
  }

  private missing(): string {
    return this.files.isBuilt()
      ? 'There is no such page.'
      : 'The documentation is not built yet: npm start does it in its first minute, or npm run build.'
  }
}

function redirect(reply: FastifyReply, to: string): void {
  reply.redirect(to, 302)
}

async function send(file: DocsFile, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const accepts = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const form = accepts && file.isCompressible ? 'gzip' : 'plain'
  const caching = file.isImmutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache'
  reply
    .header('content-type', file.contentType)
    .header('content-security-policy', POLICY)
    .header('x-frame-options', 'DENY')
    .header('cache-control', caching)
    .header('vary', 'accept-encoding')
    .header('etag', file.etag)
  if (request.headers['if-none-match'] === file.etag) {
    reply.status(304).send()
    return
  }
  if (form === 'gzip') reply.header('content-encoding', 'gzip')
  reply.send(await file.read(form))
}

/** A page whose program adds style sheets: those, and no others, may be used. */
async function sendWithNonce(file: DocsFile, reply: FastifyReply): Promise<void> {
  const nonce = randomBytes(16).toString('base64url')
  const html = (await file.read('plain')).toString('utf8').replaceAll(NONCE, nonce)
  reply
    .header('content-type', file.contentType)
    .header('content-security-policy', `${POLICY}; style-src 'self' 'nonce-${nonce}'`)
    .header('x-frame-options', 'DENY')
    .header('cache-control', 'no-store')
    .send(html)
}
