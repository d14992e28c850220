import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Controller, Get, Header } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { Public } from '../../infra/http/decorators.js'
import { ROOT } from '../role.js'

/** The contract itself, for the API reference and for everybody's tools. */
@ApiExcludeController()
@Public()
@Controller('openapi')
export class OpenApiController {
  private document: Promise<string> | null = null

  @Get('v1.yaml')
  // RFC 9512.
  @Header('content-type', 'application/yaml; charset=utf-8')
  @Header('cache-control', 'no-cache')
  yaml(): Promise<string> {
    this.document ??= readFile(join(ROOT, 'openapi/v1.yaml'), 'utf8')
    return this.document
  }
}
