import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common'
import { answerVersionOf } from '../../infra/http/caller.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { requestOf } from '../../infra/http/request.js'
import { API_VERSION_LATEST, VERSION_HISTORY } from '../../versions/versions.js'

/** Brings what callers on older versions send up to date, before a schema looks at it. */
@Injectable()
export class VersioningGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = requestOf(context)
    const { caller, body } = request
    if (!caller) return true
    const version = answerVersionOf(caller)
    if (version === API_VERSION_LATEST) return true
    const route = `${request.method} ${request.routeOptions.url}`
    const forward = VERSION_HISTORY.bringForward(version, route, body)
    if (forward.kind === 'unknown_fields') throw unknownFields(forward.names, version)
    request.body = forward.body
    caller.older_pointers = VERSION_HISTORY.pointersOf(version, route)
    return true
  }
}

function unknownFields(names: readonly string[], version: string): HttpError {
  const detail = `is not a field of version ${version}; a later one has it, see Bursar-Version`
  const errors = names.map((name) => ({ pointer: `/${name}`, code: 'field_unknown', detail }))
  return new HttpError('field_unknown', `/${names[0]}: ${detail}`, { errors })
}
