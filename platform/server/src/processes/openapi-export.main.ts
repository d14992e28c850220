import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NestFactory } from '@nestjs/core'
import { stringify } from 'yaml'
import { createHttpAdapter } from '../gateway/http-server.js'
import { docsBaseOf, readConfig } from '../infra/config/config.js'
import { Database } from '../infra/database/database.js'
import { ApiModule } from './api.module.js'
import { createOpenApiDocument } from './openapi/openapi.document.js'
import { ROOT } from './role.js'

/** Writes openapi/v1.yaml. Needs no database: nothing is called, only described. */
const config = { ...readConfig({}, ROOT), masterKey: Buffer.alloc(32).toString('base64') }
const database = new Database('postgresql://localhost/none')
const app = await NestFactory.create(
  ApiModule.for(config, database),
  createHttpAdapter(docsBaseOf(config)),
  {
    bodyParser: false,
    logger: ['error'],
  },
)
const target = join(ROOT, 'openapi/v1.yaml')
const header = '# Generated from the server’s schemas by `npm run generate`. Do not edit.\n'
await mkdir(dirname(target), { recursive: true })
await writeFile(
  target,
  header + stringify(createOpenApiDocument(app), { lineWidth: 110, aliasDuplicateObjects: false }),
)
await app.close()
await database.close()
console.log('openapi/v1.yaml written')
