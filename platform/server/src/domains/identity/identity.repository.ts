import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../infra/database/database.js'
import type { NewApiKey, NewApp } from './identity.types.js'

/** Rows of institutions, departments, apps, keys and operators. Written rarely, by people. */
@Injectable()
export class IdentityRepository {
  constructor(private readonly database: Database) {}

  async insertInstitution(
    id: string,
    name: string,
    dataKey: Buffer,
    metadata: Record<string, string>,
  ): Promise<void> {
    await this.database.prisma.institution.create({
      data: { id, name, data_key: new Uint8Array(dataKey), metadata },
    })
  }

  findInstitution(id: string) {
    return this.database.prisma.institution.findUnique({
      where: { id },
      select: { name: true, metadata: true },
    })
  }

  findInstitutionByName(name: string) {
    return this.database.prisma.institution.findFirst({ where: { name } })
  }

  findFirstInstitution() {
    return this.database.prisma.institution.findFirst({ orderBy: { id: 'asc' } })
  }

  hasOperator(institutionId: string, login: string): Promise<boolean> {
    return this.database.prisma.operator
      .count({ where: { institution_id: institutionId, login } })
      .then((count) => count > 0)
  }

  institutionName(id: string): Promise<string | undefined> {
    return this.database.prisma.institution
      .findUnique({ where: { id }, select: { name: true } })
      .then((row) => row?.name)
  }

  async insertDepartment(institutionId: string, id: string, name: string): Promise<void> {
    await this.database.prisma.department.create({
      data: { institution_id: institutionId, id, name },
    })
  }

  findDepartment(institutionId: string, id: string) {
    return this.database.prisma.department.findUnique({
      where: { institution_id_id: { institution_id: institutionId, id } },
    })
  }

  findDepartmentByName(institutionId: string, name: string) {
    return this.database.prisma.department.findFirst({
      where: { institution_id: institutionId, name },
      orderBy: { id: 'asc' },
    })
  }

  async departmentsAmong(
    institutionId: string,
    ids: readonly string[],
    reader: SqlReader = this.database,
  ): Promise<Set<string>> {
    const rows = await reader.query<{ id: string }>(
      'select id from departments where institution_id = $1 and id = any($2)',
      [institutionId, ids],
    )
    return new Set(rows.map(({ id }) => id))
  }

  async insertApp(id: string, app: NewApp): Promise<void> {
    await this.database.prisma.app.create({ data: { ...app, scopes: [...app.scopes], id } })
  }

  findApp(institutionId: string, id: string) {
    return this.database.prisma.app.findUnique({
      where: { institution_id_id: { institution_id: institutionId, id } },
    })
  }

  async apiVersion(
    institutionId: string,
    appId: string,
    reader: SqlReader = this.database,
  ): Promise<string | undefined> {
    const [row] = await reader.query<{ api_version: string }>(
      'select api_version from apps where institution_id = $1 and id = $2',
      [institutionId, appId],
    )
    return row?.api_version
  }

  /** Of an institution, or of one department of it. */
  appsWith(
    {
      institution_id,
      department_id,
      scope,
    }: { institution_id: string; department_id: string | null; scope: string },
    limit: number,
    reader: SqlReader = this.database,
  ): Promise<{ app_id: string; api_version: string }[]> {
    return reader.query<{ app_id: string; api_version: string }>(
      `select id as app_id, api_version from apps
        where institution_id = $1 and $2 = any(scopes)
          and ($3::text is null or department_id = $3)
        order by id limit $4`,
      [institution_id, scope, department_id, limit],
    )
  }

  async timeZone(
    institutionId: string,
    reader: SqlReader = this.database,
  ): Promise<string | undefined> {
    const [row] = await reader.query<{ timezone: string }>(
      'select timezone from institutions where id = $1',
      [institutionId],
    )
    return row?.timezone
  }

  /** False when there is no such app. A key that is there already stays as it is. */
  async insertKey(
    key: NewApiKey & { readonly id: string; readonly algorithm: string },
    writer: SqlReader = this.database,
  ): Promise<boolean> {
    const [row] = await writer.query<{ is_known: boolean }>(
      `with app as (select from apps where institution_id = $1 and id = $2),
            key as (
              insert into api_keys (institution_id, app_id, id, livemode, algorithm, public_key, scopes,
                                    not_before, not_after, name, allowed_ips, metadata)
              select $1, $2, $3, $4, $5, $6, $7, coalesce($8, now()), $9, $10, $11, $12 from app
              on conflict do nothing)
       select exists (select from app) as is_known`,
      [
        key.institution_id,
        key.app_id,
        key.id,
        key.livemode,
        key.algorithm,
        key.public_key,
        key.scopes ?? [],
        key.not_before ?? null,
        key.not_after ?? null,
        key.name ?? null,
        key.allowed_ips ?? [],
        JSON.stringify(key.metadata ?? {}),
      ],
    )
    return row?.is_known === true
  }

  async upsertOperator(row: {
    institution_id: string
    id: string
    login: string
    name: string
    roles: string[]
    password_hash: string
  }): Promise<string> {
    const { institution_id, login, password_hash, name, roles } = row
    const { id } = await this.database.prisma.operator.upsert({
      where: { institution_id_login: { institution_id, login } },
      create: row,
      update: { password_hash, name, roles },
      select: { id: true },
    })
    return id
  }
}
