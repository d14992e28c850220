import { Controller, Get, Header } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { z } from 'zod'
import {
  KEY_PURPOSES,
  PlatformKeys,
  type PlatformPublicJwk,
} from '../../infra/crypto/platform-keys.js'
import { Public } from '../../infra/http/decorators.js'

const PlatformJwk = z
  .object({
    kid: z.string().max(100),
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string().max(100),
    use: z.literal('sig'),
    alg: z.literal('EdDSA'),
    purpose: z
      .enum(KEY_PURPOSES)
      .describe('What it signs: webhook deliveries, access tokens, or responses.'),
    webhook_public_key: z
      .string()
      .max(100)
      .optional()
      .describe('On keys for webhooks: the same key as Standard Webhooks libraries take it.'),
  })
  .meta({ id: 'PlatformJwk' })

const PlatformJwks = z.object({ keys: z.array(PlatformJwk).max(20) }).meta({ id: 'PlatformJwks' })

@ApiTags('platform keys')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: PlatformKeys) {}

  @Get('jwks.json')
  @Public()
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  @ApiOperation({ operationId: 'platformKeys.list', summary: 'Public keys of the platform (JWKS)' })
  @ApiOkResponse({ standardSchema: PlatformJwks })
  list(): Promise<{ keys: PlatformPublicJwk[] }> {
    return this.keys.publicJwks()
  }
}
