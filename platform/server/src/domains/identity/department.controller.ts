import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import {
  CurrentCaller,
  ForInstitution,
  Idempotent,
  Permission,
  Scopes,
} from '../../infra/http/decorators.js'
import type { WireList } from '../../infra/http/wire.schema.js'
import {
  Department,
  DepartmentList,
  DepartmentListQuery,
  UpdateDepartment,
} from './department.schema.js'
import { DepartmentService } from './department.service.js'

@ApiTags('departments')
@Controller('v1/departments')
export class DepartmentController {
  constructor(private readonly departments: DepartmentService) {}

  @Get()
  @ForInstitution()
  @Scopes('departments:read')
  @Permission('departments:read')
  @ApiOperation({
    operationId: 'departments.list',
    summary: 'List the departments that the caller sees: a program its own',
  })
  @ApiOkResponse({ standardSchema: DepartmentList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: DepartmentListQuery }) query: DepartmentListQuery,
  ): Promise<WireList<Department>> {
    return this.departments.list(caller, query)
  }

  @Get(':id')
  @Scopes('departments:read')
  @ApiOperation({ operationId: 'departments.get', summary: 'Get the app’s department' })
  @ApiOkResponse({ standardSchema: Department })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Department> {
    return this.departments.get(caller, id)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('departments:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'departments.update',
    summary: 'Change what the department decides about its money, in this mode',
  })
  @ApiOkResponse({ standardSchema: Department })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateDepartment }) body: UpdateDepartment,
  ): Promise<Department> {
    return this.departments.update(caller, id, body)
  }
}
