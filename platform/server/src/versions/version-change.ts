/** A JSON object of the wire. */
export type WireObject = Readonly<Record<string, unknown>>

/** How a request body of one operation grew up. */
export interface RequestChange {
  /** Members that older callers do not have: from them they are unknown fields. */
  readonly introduces: readonly string[]
  /** The body before the change → the same body after it. */
  readonly forwards: (older: WireObject) => WireObject
  /** JSON Pointers after the change → before it, so that a refusal names the caller's own fields. */
  readonly pointers: Readonly<Record<string, string>>
}

/**
 * One change of the API that would break somebody, with all it takes to spare callers on older versions.
 * The code knows only the newest shapes; a change is never edited once it is released.
 */
export interface VersionChange {
  /** For the changelog of the API. */
  readonly description: { readonly en: string; readonly 'zh-CN': string }
  /** Components of the OpenAPI document that it breaks; the contract guard allows breaks nowhere else. */
  readonly components: readonly string[]
  /** By the member `object`: the object after the change → before it. */
  readonly responses: Readonly<Record<string, (newer: WireObject) => WireObject>>
  /** By method and route, such as `POST /v1/fee_items/:id`. */
  readonly requests: Readonly<Record<string, RequestChange>>
}

/** A dated version and what it changed of the one before. */
export interface ApiVersion {
  readonly date: string
  readonly changes: readonly VersionChange[]
}

/** The object with one member replaced by others, in its place. */
export function replaceMember(object: WireObject, name: string, members: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) =>
      key === name ? Object.entries(members) : [[key, value]],
    ),
  )
}

export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
