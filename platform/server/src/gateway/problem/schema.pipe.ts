import { StandardSchemaValidationPipe } from '@nestjs/common'
import { validationProblem } from './validation.js'

/**
 * Nest's pipe takes away members named `constructor` and `prototype` before it validates. Then an unknown
 * field would pass in silence, and metadata would lose a pair. Neither name can do harm here: `__proto__` is
 * refused by the strict JSON reader, and schemas name every member they read.
 */
export class SchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => validationProblem([...issues]) })
  }

  protected override stripProtoKeys(): void {}
}
