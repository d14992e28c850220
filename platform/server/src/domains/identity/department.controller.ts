import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../infra/http/decorators.js'
import { Department, UpdateDepartment } from './department.schema.js'
import { DepartmentService } from './department.service.js'

@ApiTags('departments')
@Controller('v1/departments')
export class DepartmentController {
  constructor(private readonly departments: DepartmentService) {}

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
