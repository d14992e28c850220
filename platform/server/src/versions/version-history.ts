import {
  type ApiVersion,
  isWireObject,
  type RequestChange,
  type VersionChange,
  type WireObject,
} from './version-change.js'

/** What an older caller's body becomes, or the members it cannot know. */
export type BroughtForward =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'unknown_fields'; readonly names: readonly string[] }

/** The dated versions of an API, and the way between the newest and each of them. */
export class VersionHistory {
  readonly dates: readonly string[]
  readonly newest: string
  /** For each older version, what was changed since, oldest first. */
  private readonly since: ReadonlyMap<string, readonly VersionChange[]>

  /** @param versions oldest first */
  constructor(versions: readonly [ApiVersion, ...ApiVersion[]]) {
    this.dates = versions.map(({ date }) => date)
    this.newest = versions.reduce((_, version) => version).date
    this.since = new Map(
      versions
        .map(({ date }, index) => {
          const later = versions.slice(index + 1).flatMap(({ changes }) => changes)
          return [date, later] as const
        })
        .slice(0, -1),
    )
  }

  /**
   * A wire object as a version knows it, newest change undone first. An event is left alone: what it
   * tells of was put into its own version when it happened. A version that this process has not heard of
   * is newer than it, so the newest known is the closest.
   */
  asOf(date: string, wire: unknown): unknown {
    const changes = this.since.get(date)
    if (!changes || !isWireObject(wire)) return wire
    if (wire.object === 'list' && Array.isArray(wire.data)) {
      return { ...wire, data: wire.data.map((one) => this.asOf(date, one)) }
    }
    return changes.reduceRight<WireObject>((object, { responses }) => {
      const undo = responses[String(object.object)]
      return undo ? undo(object) : object
    }, wire)
  }

  /** A body written for a version, as the newest one would be written: oldest change done first. */
  bringForward(date: string, route: string, body: unknown): BroughtForward {
    const changes = this.requestChanges(date, route)
    if (!isWireObject(body)) return { kind: 'body', body }
    // Before the first step: a later one may itself make a member that an earlier version has not.
    const names = changes.flatMap(({ introduces }) =>
      introduces.filter((name) => Object.hasOwn(body, name)),
    )
    if (names.length > 0) return { kind: 'unknown_fields', names }
    return { kind: 'body', body: changes.reduce((older, { forwards }) => forwards(older), body) }
  }

  /** Pointers into the newest body → into the body as that version writes it. */
  pointersOf(date: string, route: string): Readonly<Record<string, string>> {
    return this.requestChanges(date, route).reduceRight<Record<string, string>>(
      (known, { pointers }) => {
        const moved = Object.entries(known).map(([now, then]) => [now, pointers[then] ?? then])
        return { ...pointers, ...Object.fromEntries(moved) }
      },
      {},
    )
  }

  private requestChanges(date: string, route: string): readonly RequestChange[] {
    return (this.since.get(date) ?? []).flatMap(({ requests }) => requests[route] ?? [])
  }
}
