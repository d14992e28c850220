import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../infra/database/database.js'
import type { NewApp } from './identity.types.js'

/** Rows of institutions, departments, apps, keys and operators. Written rarely, by people. */
@Injectable()
export class IdentityRepository {
  constructor(private readonly database: Database) {}

  async insertInstitution(id: string, name: string, dataKey: Buffer): Promise<void> {
    await this.database.prisma.institution.create({
      data: { id, name, data_key: new Uint8Array(dataKey) },
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

  async insertApp(id: string, app: NewApp): Promise<void> {
    await this.database.prisma.app.create({ data: { ...app, scopes: [...app.scopes], id } })
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

  findApp(institutionId: string, id: string) {
    return this.database.prisma.app.findUnique({
      where: { institution_id_id: { institution_id: institutionId, id } },
    })
  }

  async insertKey(row: {
    institution_id: string
    id: string
    app_id: string
    livemode: boolean
    algorithm: string
    public_key: string
    scopes: string[]
    not_after: Date | null
  }): Promise<void> {
    await this.database.prisma.api_key.create({ data: row })
  }

  listKeys(institutionId: string, appId: string) {
    return this.database.prisma.api_key.findMany({
      where: { institution_id: institutionId, app_id: appId },
      orderBy: { id: 'asc' },
    })
  }

  /** False when there is no such key. Revoking twice keeps the first time. */
  async revokeKey(id: string, at: Date): Promise<boolean> {
    const { count } = await this.database.prisma.api_key.updateMany({
      where: { id, revoked_at: null },
      data: { revoked_at: at },
    })
    return count > 0 || (await this.database.prisma.api_key.count({ where: { id } })) > 0
  }

  async upsertOperator(row: {
    institution_id: string
    id: string
    login: string
    name: string
    roles: string[]
    password_hash: string
  }): Promise<void> {
    const { institution_id, login, password_hash, name, roles } = row
    await this.database.prisma.operator.upsert({
      where: { institution_id_login: { institution_id, login } },
      create: row,
      update: { password_hash, name, roles },
    })
  }
}
