import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NestFactory } from '@nestjs/core'
import { stringify } from 'yaml'
import { createHttpAdapter } from '../gateway/http-server.js'
import { readConfig } from '../infra/config/config.js'
import { Database } from '../infra/database/database.js'
import { renderChangelog } from '../versions/changelog.js'
import { VERSIONS } from '../versions/versions.js'
import { ApiModule } from './api.module.js'
import { createOpenApiDocument } from './openapi/openapi.document.js'
import { renderScopesPage } from './openapi/scopes.page.js'
import { ROOT } from './role.js'

/** Writes openapi/v1.yaml and docs/reference/scopes.md. Needs no database: nothing is called, only described. */
const config = { ...readConfig({}, ROOT), masterKey: Buffer.alloc(32).toString('base64') }
const database = new Database('postgresql://localhost/none')
const app = await NestFactory.create(ApiModule.for(config, database), createHttpAdapter(config), {
  bodyParser: false,
  logger: ['error'],
})
const target = join(ROOT, 'openapi/v1.yaml')
const header = '# Generated from the server’s schemas by `npm run generate`. Do not edit.\n'
const document = createOpenApiDocument(app)
await mkdir(dirname(target), { recursive: true })
await writeFile(
  target,
  header + stringify(document, { lineWidth: 110, aliasDuplicateObjects: false }),
)
await writeFile(join(ROOT, 'docs/reference/scopes.md'), renderScopesPage(document))
await writeFile(join(ROOT, 'docs/reference/api-changelog.md'), renderChangelog(VERSIONS))
await app.close()
await database.close()
console.log('openapi/v1.yaml and docs/reference/scopes.md written')
