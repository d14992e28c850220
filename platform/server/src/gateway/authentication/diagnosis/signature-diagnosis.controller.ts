import { Body, Controller, HttpCode, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Public } from '../../../infra/http/decorators.js'
import {
  DiagnoseSignature,
  SignatureDiagnosis,
  type SignatureDiagnosis as WireDiagnosis,
} from './signature-diagnosis.schema.js'
import { SignatureDiagnosisService } from './signature-diagnosis.service.js'

@ApiTags('test_helpers')
@Controller('v1/test_helpers')
export class SignatureDiagnosisController {
  constructor(private readonly diagnosis: SignatureDiagnosisService) {}

  @Post('signature_diagnosis')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'testHelpers.signatures.diagnose',
    summary: 'Say what is wrong with the signature of a request of a test key',
  })
  @ApiOkResponse({ standardSchema: SignatureDiagnosis })
  diagnose(@Body({ schema: DiagnoseSignature }) body: DiagnoseSignature): Promise<WireDiagnosis> {
    return this.diagnosis.diagnose(body)
  }
}
