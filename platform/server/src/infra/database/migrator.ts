import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineBindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import { Pool } from 'pg'

const FILTERS = { externalTables: [], externalEnums: [] }

export interface SchemaFile {
  readonly path: string
  readonly content: string
}

/**
 * Prisma's own schema engine as WebAssembly: the same migrations folder and `_prisma_migrations` table
 * as `prisma migrate deploy`, with nothing to download. See docs/decisions/.
 */
export class Migrator {
  constructor(private readonly prismaDir: string) {}

  /** Applies what is missing and returns the names of the migrations that were applied. */
  async apply(databaseUrl: string): Promise<readonly string[]> {
    const migrationsList = await this.migrations()
    const output = await this.withEngine(databaseUrl, (engine) =>
      engine.applyMigrations({ migrationsList, filters: FILTERS }),
    )
    return output.appliedMigrationNames
  }

  /**
   * SQL that leads from older models (none: an empty database) to today's: the body of a migration.
   * It compares texts; the engine wants to see a server all the same, of which nothing is touched.
   */
  async diff(databaseUrl: string, olderModels: readonly SchemaFile[]): Promise<string> {
    const files = await this.models()
    const result = await this.withEngine(databaseUrl, (engine) =>
      engine.diff({
        from:
          olderModels.length === 0
            ? { tag: 'empty' }
            : { tag: 'schemaDatamodel', files: [...olderModels] },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: null,
        filters: FILTERS,
      }),
    )
    return result.stdout ?? ''
  }

  private async withEngine<T>(
    databaseUrl: string,
    work: (engine: engineBindings.SchemaEngine) => Promise<T>,
  ): Promise<T> {
    await loadEngine()
    const datamodels = (await this.models()).map(({ path, content }): [string, string] => [
      path,
      content,
    ])
    const pool = new Pool({ connectionString: databaseUrl, max: 2 })
    const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScriptAdapter(pool))
    const engine = await engineBindings.SchemaEngine.new({ datamodels }, () => {}, adapter)
    try {
      return await work(engine)
    } finally {
      engine.free()
      await pool.end()
    }
  }

  private async models(): Promise<SchemaFile[]> {
    const names = (await readdir(join(this.prismaDir, 'models'))).sort()
    const paths = ['schema.prisma', ...names.map((name) => join('models', name))]
    return Promise.all(
      paths.map(async (path) => ({
        path,
        content: await readFile(join(this.prismaDir, path), 'utf8'),
      })),
    )
  }

  private async migrations() {
    const baseDir = join(this.prismaDir, 'migrations')
    const entries = await readdir(baseDir, { withFileTypes: true })
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    const migrationDirectories = await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(baseDir, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    )
    const lockfile = {
      path: 'migration_lock.toml',
      content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8'),
    }
    return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories }
  }
}

/**
 * Prisma's adapter cuts a script at every semicolon, also inside a function's body. Sent whole, a script
 * may hold functions, and PostgreSQL runs it as one transaction: a migration is applied or it is not.
 */
class WholeScriptAdapter extends PrismaPg {
  constructor(private readonly pool: Pool) {
    super(pool)
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const connection = await super.connect()
    connection.executeScript = async (script) => {
      await this.pool.query(script)
    }
    return connection
  }
}

let loading: Promise<void> | undefined

function loadEngine(): Promise<void> {
  loading ??= (async () => {
    const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')
    const bytes = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'))
    const { instance } = await WebAssembly.instantiate(bytes, {
      './schema_engine_bg.js': withoutLingeringTimers({ ...engineBindings }),
    })
    engineBindings.__wbg_set_wasm(instance.exports)
    const start = instance.exports.__wbindgen_start
    if (typeof start === 'function') start()
  })()
  return loading
}

/** The engine's ten-second lock timer stays behind; it must not keep a finished process alive. */
function withoutLingeringTimers(bindings: Record<string, unknown>): Record<string, unknown> {
  const name = Object.keys(bindings).find((key) => key.startsWith('__wbg_setTimeout_'))
  if (name === undefined) return bindings
  const unreferenced = (callback: () => void, milliseconds: number) =>
    setTimeout(callback, milliseconds >>> 0).unref()
  return { ...bindings, [name]: unreferenced }
}
