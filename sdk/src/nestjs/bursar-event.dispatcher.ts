import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core'
import type { BursarEvent } from '../core/webhooks.js'
import { EVENT_TYPES_METADATA } from './on-bursar-event.decorator.js'

type Handle = (event: BursarEvent) => unknown

/** Knows every `@OnBursarEvent()` method of the app, and calls those that want an event, one after the other. */
@Injectable()
export class BursarEventDispatcher implements OnApplicationBootstrap {
  readonly #handlers = new Map<string, Handle[]>()
  readonly #discovery: DiscoveryService
  readonly #scanner: MetadataScanner
  readonly #reflector: Reflector

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(MetadataScanner) scanner: MetadataScanner,
    @Inject(Reflector) reflector: Reflector,
  ) {
    this.#discovery = discovery
    this.#scanner = scanner
    this.#reflector = reflector
  }

  onApplicationBootstrap(): void {
    for (const wrapper of [
      ...this.#discovery.getProviders(),
      ...this.#discovery.getControllers(),
    ]) {
      const { instance, metatype } = wrapper
      if (!instance || typeof instance !== 'object' || !metatype) continue
      const prototype: object | null = Object.getPrototypeOf(instance)
      if (prototype === null) continue
      for (const name of this.#scanner.getAllMethodNames(prototype)) {
        const method: unknown = Reflect.get(prototype, name)
        if (typeof method !== 'function') continue
        const types = this.#reflector.get<string[] | undefined>(EVENT_TYPES_METADATA, method)
        if (types === undefined) continue
        if (!wrapper.isDependencyTreeStatic()) throw requestScoped(wrapper.name, name)
        for (const type of types) this.#add(type, (event) => method.call(instance, event))
      }
    }
  }

  /** Resolves when every method is done; throws what the first one throws. */
  async dispatch(event: BursarEvent): Promise<void> {
    for (const handle of this.#handlers.get(event.type) ?? []) await handle(event)
  }

  #add(type: string, handle: Handle): void {
    this.#handlers.set(type, [...(this.#handlers.get(type) ?? []), handle])
  }
}

function requestScoped(owner: unknown, method: string): Error {
  return new Error(
    `${String(owner)}.${method} is an @OnBursarEvent() handler of a request-scoped provider, which Nest makes ` +
      'anew for each request: give the provider its default scope.',
  )
}
